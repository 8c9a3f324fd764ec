package io.forebay.server.reload;

import io.forebay.server.settings.ReloadedSettings;
import io.forebay.server.settings.ServerSettings;
import io.forebay.server.settings.SettingsReading;
import io.forebay.server.settings.SettingsReading.ShownSetting;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads the settings again, on demand, and puts in force what can change while the server runs.
/// One at a time; thread-safe. May wait for the file: not for event loops.
public final class Reload {

  private static final Logger log = LoggerFactory.getLogger(Reload.class);

  /// Takes new values over. What it leaves alone needs a restart.
  public interface Target {

    /// @param access whether tokens and the names by which the API may be called are taken over too
    void take(ServerSettings settings, boolean access);

    /// Whether the proxy can take these routes over: it runs, and would still have any.
    boolean takesRoutes(ServerSettings settings);

    /// Whether clients wait long enough for what these settings allow origins to take.
    boolean clientsWaitFor(ServerSettings settings);
  }

  private final SettingsSource source;
  private final Target target;
  private final LongAdder applied = new LongAdder();
  private final LongAdder refused = new LongAdder();

  // Guarded by this.
  private ServerSettings settings;
  private final Map<String, String> inForce;

  /// @param started the settings that the server began with
  public Reload(SettingsSource source, SettingsReading.Accepted started, Target target) {
    this.source = source;
    this.target = target;
    this.settings = started.settings();
    this.inForce = byName(started.shown());
  }

  /// @param why who asked, for the log: `SIGHUP`
  public synchronized ReloadOutcome now(String why) {
    ReloadOutcome outcome =
        switch (source.read()) {
          case SettingsReading.Refused(var problems) -> new ReloadOutcome.Refused(problems);
          case SettingsReading.Accepted accepted -> apply(accepted);
        };
    switch (outcome) {
      case ReloadOutcome.Applied(var changed, var needsRestart) -> {
        applied.increment();
        log.atInfo()
            .addKeyValue("because", why)
            .addKeyValue("changed", String.join(", ", changed))
            .addKeyValue("needs_restart", String.join(", ", needsRestart))
            .log("settings read again");
      }
      case ReloadOutcome.Refused(var problems) -> {
        refused.increment();
        problems.forEach(problem ->
            log.atWarn()
                .addKeyValue("because", why)
                .addKeyValue("problem", problem.describe())
                .log("the new settings are refused: nothing changed"));
      }
    }
    return outcome;
  }

  private ReloadOutcome apply(SettingsReading.Accepted accepted) {
    ServerSettings next = accepted.settings();
    Map<String, String> shown = byName(accepted.shown());
    boolean routes = target.takesRoutes(next);
    // Tokens were checked against the address in the file; the one in use may be another, which
    // must not end up open to everybody.
    boolean access = next.api().listen().equals(settings.api().listen());
    boolean waits = target.clientsWaitFor(next);

    List<String> changed = new ArrayList<>();
    List<String> needsRestart = new ArrayList<>();
    for (String name : differing(shown)) {
      boolean isTaken =
          ReloadedSettings.isReloaded(name)
              && (access || !ReloadedSettings.isOfAccess(name))
              && (routes || !ReloadedSettings.isOfRoutes(name));
      if (isTaken) {
        changed.add(name);
        if (shown.containsKey(name)) {
          inForce.put(name, shown.get(name));
        } else {
          inForce.remove(name);
        }
      }
      if (!isTaken || (!waits && ReloadedSettings.isTimeout(name))) {
        needsRestart.add(name);
      }
    }
    // Secrets are not shown, so a change of theirs does not show either.
    if (!next.tokens().equals(settings.tokens())
        && changed.stream().noneMatch(ReloadedSettings::isToken)) {
      (access ? changed : needsRestart).add(ReloadedSettings.TOKENS);
    }
    target.take(next, access);
    settings = access ? next : settings;
    return new ReloadOutcome.Applied(changed, needsRestart);
  }

  /// Names whose values are not what is in force, in alphabetical order.
  private Set<String> differing(Map<String, String> shown) {
    Set<String> names = new TreeSet<>(shown.keySet());
    names.addAll(inForce.keySet());
    names.removeIf(name -> inForce.containsKey(name) && inForce.get(name).equals(shown.get(name)));
    return names;
  }

  private static Map<String, String> byName(List<ShownSetting> shown) {
    Map<String, String> values = new HashMap<>();
    shown.forEach(setting -> values.put(setting.name(), setting.value()));
    return values;
  }

  /// How often new settings were put in force.
  public long applied() {
    return applied.sum();
  }

  /// How often they were refused.
  public long refused() {
    return refused.sum();
  }
}

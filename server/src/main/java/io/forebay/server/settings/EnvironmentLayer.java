package io.forebay.server.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Finds settings among environment variables: `FOREBAY_` and the name in capitals, dots as
/// underscores. An empty variable counts as absent.
final class EnvironmentLayer {

  private static final String PREFIX = "FOREBAY_";

  /// The launcher's, the command line's and the scripts' own.
  private static final Set<String> NOT_SETTINGS =
      Set.of(
          "FOREBAY_CONFIG",
          "FOREBAY_JAVA_HOME",
          "FOREBAY_JAVA_OPTIONS",
          "FOREBAY_SERVER",
          "FOREBAY_TOKEN",
          "FOREBAY_LOCAL_REDIS_PORT");

  /// Kubernetes and Docker links announce a service called forebay (or forebay-api, …) so.
  private static final Pattern SERVICE_LINK =
      Pattern.compile(
          "FOREBAY_(\\w+_)?(SERVICE_HOST|SERVICE_PORT(_\\w+)?|PORT(_\\d+_(TCP|UDP|SCTP)\\w*)?)");

  private EnvironmentLayer() {}

  static List<Assignment> read(Map<String, String> environment, List<SettingProblem> problems) {
    Map<String, String> byVariable = new TreeMap<>();
    allNames().forEach(name -> byVariable.put(Setting.environmentVariable(name), name));
    List<Assignment> assignments = new ArrayList<>();
    for (var variable : new TreeMap<>(environment).entrySet()) {
      String written = variable.getKey();
      if (!written.startsWith(PREFIX) || variable.getValue().isEmpty()) {
        continue;
      }
      var origin = new SettingOrigin.Environment(written);
      String name = byVariable.get(written);
      if (name != null) {
        assignments.add(new Assignment(name, variable.getValue(), origin));
      } else if (!NOT_SETTINGS.contains(written) && !SERVICE_LINK.matcher(written).matches()) {
        problems.add(unknown(written, byVariable, origin));
      }
    }
    return assignments;
  }

  private static SettingProblem unknown(
      String written, Map<String, String> byVariable, SettingOrigin origin) {
    String nearest =
        NearestName.of(written, byVariable.keySet())
            .map(variable -> "; did you mean " + variable + "?")
            .orElse("; `forebay config show` lists all settings");
    return new SettingProblem(written, "no setting has this variable" + nearest, origin);
  }

  static Stream<String> allNames() {
    return Stream.concat(
        Settings.ALL.stream().map(Setting::name), Settings.GROUPS.stream().map(SettingGroup::name));
  }
}

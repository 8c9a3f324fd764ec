package io.forebay.server.settings;

import static io.forebay.server.settings.CommonTypes.NAME;
import static io.forebay.server.settings.CommonTypes.TIMEOUT;
import static io.forebay.server.settings.SettingTypes.choice;
import static io.forebay.server.settings.SettingTypes.duration;
import static io.forebay.server.settings.SettingTypes.integer;
import static io.forebay.server.settings.SettingTypes.optional;
import static io.forebay.server.settings.SettingTypes.origin;
import static io.forebay.server.settings.SettingTypes.text;

import io.forebay.server.forward.ForwardSettings;
import io.forebay.server.forward.ForwardTarget;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Passing invalidations on.
final class ForwardDeclarations {

  private ForwardDeclarations() {}

  static final Setting<String> FORWARD_NAME =
      Setting.required("name", NAME, "The target's name in receipts, logs and metrics.");

  static final Setting<ForwardTarget.Kind> FORWARD_KIND =
      Setting.required("kind", choice(ForwardTarget.Kind.class), "Whose orders it understands.");

  static final Setting<Optional<URI>> FORWARD_URL =
      Setting.of(
          "url",
          optional(origin()),
          Optional.empty(),
          "Where it takes orders; needed for varnish, else the provider's API.");

  static final Setting<Optional<String>> FORWARD_ID =
      Setting.of(
          "id",
          optional(text("letters and digits", Pattern.compile("[A-Za-z0-9]{1,64}"))),
          Optional.empty(),
          "Fastly's service or Cloudflare's zone; needed for these.");

  static final Setting<Optional<String>> FORWARD_TOKEN =
      Setting.of(
              "token",
              optional(text("a token", Pattern.compile("[!-~]{1,512}"))),
              Optional.<String>empty(),
              "The provider's API token; needed for fastly and cloudflare.")
          .asSecret();

  static final SettingGroup FORWARD_TARGETS =
      new SettingGroup(
          "forward.targets",
          SettingGroup.Shape.LIST,
          List.of(FORWARD_NAME, FORWARD_KIND, FORWARD_URL, FORWARD_ID, FORWARD_TOKEN),
          "Caches before this one to which invalidations are passed on.",
          """
          forward:
            targets:
              - name: edge
                kind: varnish
                url: http://10.0.0.9:6081
              - name: cdn
                kind: fastly
                id: SU1Z0isxPaozGVKXdv0eY
                token: abcdefghijklmnopqrstuvwxyz012345
          """);

  static final Setting<Duration> FORWARD_TIMEOUT =
      Setting.of(
          "forward.timeout",
          TIMEOUT,
          Duration.ofSeconds(10),
          "How long a target may take to answer one attempt.");

  static final Setting<Duration> FORWARD_GIVE_UP_AFTER =
      Setting.of(
          "forward.give_up_after",
          duration(Duration.ofSeconds(1), Duration.ofDays(1)),
          Duration.ofMinutes(10),
          "How long an invalidation is tried at a target that does not take it.");

  static final Setting<Long> FORWARD_MAX_PENDING =
      Setting.of(
          "forward.max_pending",
          integer(1, 1_000_000),
          1000L,
          "Invalidations that may wait for one target; more are not passed on, and counted.");

  static final List<Setting<?>> ALL =
      List.of(FORWARD_TIMEOUT, FORWARD_GIVE_UP_AFTER, FORWARD_MAX_PENDING);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  static ServerSettings.Forward read(ResolvedSettings settings) {
    ResolvedSettings.Values values = settings.values();
    return new ServerSettings.Forward(
        settings.items(FORWARD_TARGETS).stream().map(ForwardDeclarations::target).toList(),
        new ForwardSettings(
            values.get(FORWARD_TIMEOUT),
            FIRST_PAUSE,
            LONGEST_PAUSE,
            values.get(FORWARD_GIVE_UP_AFTER),
            values.get(FORWARD_MAX_PENDING).intValue()));
  }

  private static ForwardTarget target(ResolvedSettings.Item item) {
    ResolvedSettings.Values fields = item.fields();
    ForwardTarget.Kind kind = fields.get(FORWARD_KIND);
    String usual =
        switch (kind) {
          case VARNISH -> "http://127.0.0.1"; // CrossChecks asks for one
          case FASTLY -> "https://api.fastly.com";
          case CLOUDFLARE -> "https://api.cloudflare.com";
        };
    return new ForwardTarget(
        fields.get(FORWARD_NAME),
        kind,
        fields.get(FORWARD_URL).orElse(URI.create(usual)),
        fields.get(FORWARD_ID).orElse(""),
        fields.get(FORWARD_TOKEN).orElse(""));
  }
}

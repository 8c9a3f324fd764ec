package io.forebay.server.settings;

import static io.forebay.server.settings.SettingTypes.duration;
import static io.forebay.server.settings.SettingTypes.onOff;
import static io.forebay.server.settings.SettingTypes.optional;
import static io.forebay.server.settings.SettingTypes.text;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// The page that browsers get at `/`.
final class PageDeclarations {

  private PageDeclarations() {}

  /// The pattern keeps out what would mean something in HTML or in a field of the answer.
  static final Setting<Optional<String>> API_BASE =
      Setting.of(
          "page.api_base",
          optional(
              text(
                  "an address such as http://localhost:9400",
                  Pattern.compile("https?://[A-Za-z0-9.:\\[\\]-]{1,300}/?"))),
          Optional.empty(),
          "Whose API the page at / shows; without it, that of the server it came from. Another"
              + " server has to list the page's origin in its api.allowed_origins.");

  static final Setting<Boolean> REALTIME =
      Setting.of(
          "page.realtime",
          onOff(),
          true,
          "Whether the page is told what happens, by a WebSocket; off, it asks.");

  static final Setting<Duration> POLL_INTERVAL =
      Setting.of(
          "page.poll_interval",
          duration(Duration.ofMillis(100), Duration.ofHours(1)),
          Duration.ofSeconds(5),
          "How often the page asks, while page.realtime is off.");

  static final List<Setting<?>> ALL = List.of(API_BASE, REALTIME, POLL_INTERVAL);

  static ServerSettings.Page read(ResolvedSettings.Values values) {
    return new ServerSettings.Page(
        values
            .get(API_BASE)
            .map(base -> base.endsWith("/") ? base.substring(0, base.length() - 1) : base),
        values.get(REALTIME),
        values.get(POLL_INTERVAL));
  }
}

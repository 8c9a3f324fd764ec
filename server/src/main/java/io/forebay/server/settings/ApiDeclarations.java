package io.forebay.server.settings;

import static io.forebay.server.settings.CommonTypes.CAPACITY;
import static io.forebay.server.settings.CommonTypes.TIMEOUT;
import static io.forebay.server.settings.SettingTypes.hostAndPort;
import static io.forebay.server.settings.SettingTypes.integer;
import static io.forebay.server.settings.SettingTypes.listOf;
import static io.forebay.server.settings.SettingTypes.text;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/// The API listener.
final class ApiDeclarations {

  private ApiDeclarations() {}

  static final Setting<HostAndPort> API_LISTEN =
      Setting.of(
          "api.listen",
          hostAndPort(),
          HostAndPort.local(9400),
          "Where the API, health and metrics are served; beyond this machine only with"
              + " access.tokens.");

  static final Setting<List<String>> API_ALLOWED_HOSTS =
      Setting.of(
          "api.allowed_hosts",
          listOf(text("a host name without port", Pattern.compile("[A-Za-z0-9.-]{1,253}"))),
          List.of(),
          "Host names by which clients may address the API, besides localhost and IP addresses;"
              + " without tokens every other name is refused (DNS rebinding).");

  static final Setting<List<String>> API_ALLOWED_ORIGINS =
      Setting.of(
          "api.allowed_origins",
          listOf(
              text(
                  "a web origin, such as https://admin.example.org",
                  Pattern.compile("https?://[A-Za-z0-9.\\[\\]:-]{1,253}"))),
          List.of(),
          "Web origins whose pages may call the API from a browser, besides the API's own (CORS,"
              + " CSRF).");

  static final Setting<Long> API_MAX_CONNECTIONS =
      Setting.of(
          "api.max_connections",
          integer(1, 1_000_000),
          4096L,
          "Connections to the API at one time; more are closed at once.");

  static final Setting<Duration> API_IDLE_TIMEOUT =
      Setting.of(
          "api.idle_timeout",
          TIMEOUT,
          Duration.ofSeconds(60),
          "A connection to the API on which nothing moved for so long is closed.");

  static final Setting<ByteSize> API_MAX_PENDING_BODY_BYTES =
      Setting.of(
          "api.max_pending_body_bytes",
          CAPACITY,
          ByteSize.ofMebibytes(64),
          "Request bodies held in memory at one time, all API requests together; beyond it requests"
              + " get 503.");

  static final List<Setting<?>> ALL =
      List.of(
          API_LISTEN,
          API_ALLOWED_HOSTS,
          API_ALLOWED_ORIGINS,
          API_MAX_CONNECTIONS,
          API_IDLE_TIMEOUT,
          API_MAX_PENDING_BODY_BYTES);

  static ServerSettings.Api read(ResolvedSettings.Values values) {
    return new ServerSettings.Api(
        values.get(API_LISTEN),
        lowerCase(values.get(API_ALLOWED_HOSTS)),
        lowerCase(values.get(API_ALLOWED_ORIGINS)),
        values.get(API_MAX_CONNECTIONS).intValue(),
        values.get(API_IDLE_TIMEOUT),
        values.get(API_MAX_PENDING_BODY_BYTES),
        TlsDeclarations.readApi(values));
  }

  private static List<String> lowerCase(List<String> texts) {
    return texts.stream().map(text -> text.toLowerCase(Locale.ROOT)).toList();
  }
}

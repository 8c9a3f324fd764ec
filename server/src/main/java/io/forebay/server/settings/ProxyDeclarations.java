package io.forebay.server.settings;

import static io.forebay.server.settings.CommonTypes.CAPACITY;
import static io.forebay.server.settings.CommonTypes.LIFETIME;
import static io.forebay.server.settings.CommonTypes.TIMEOUT;
import static io.forebay.server.settings.OriginTypes.originSource;
import static io.forebay.server.settings.SettingTypes.byteSize;
import static io.forebay.server.settings.SettingTypes.choice;
import static io.forebay.server.settings.SettingTypes.hostAndPort;
import static io.forebay.server.settings.SettingTypes.integer;
import static io.forebay.server.settings.SettingTypes.listOf;
import static io.forebay.server.settings.SettingTypes.network;
import static io.forebay.server.settings.SettingTypes.onOff;
import static io.forebay.server.settings.SettingTypes.optional;

import io.forebay.proxy.listen.Network;
import io.forebay.proxy.listen.TagFields;
import io.forebay.proxy.origin.OriginSource;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The caching proxy: its listener, and what holds for all routes.
final class ProxyDeclarations {

  private ProxyDeclarations() {}

  static final Setting<HostAndPort> PROXY_LISTEN =
      Setting.of(
          "proxy.listen",
          hostAndPort(),
          HostAndPort.local(6081),
          "Where the caching proxy takes requests.");

  static final Setting<Optional<OriginSource>> PROXY_ORIGIN =
      Setting.of(
          "proxy.origin",
          optional(originSource()),
          Optional.empty(),
          "The origin for every request that no route takes; without it and without routes the"
              + " proxy is off.");

  static final Setting<Duration> PROXY_CONNECT_TIMEOUT =
      Setting.of(
          "proxy.connect_timeout",
          TIMEOUT,
          Duration.ofSeconds(2),
          "How long a connection to an origin may take to open; then another origin gets the"
              + " request, or 504.");

  static final Setting<Duration> PROXY_FIRST_BYTE_TIMEOUT =
      Setting.of(
          "proxy.first_byte_timeout",
          TIMEOUT,
          Duration.ofSeconds(30),
          "How long an origin may take to begin its answer; then 504.");

  static final Setting<Duration> PROXY_IDLE_TIMEOUT =
      Setting.of(
          "proxy.idle_timeout",
          TIMEOUT,
          Duration.ofSeconds(60),
          "A connection on which nothing moves for so long in the middle of an exchange is closed, on"
              + " either side.");

  static final Setting<ByteSize> PROXY_MIN_UPLOAD_RATE =
      Setting.of(
          "proxy.min_upload_rate",
          byteSize(new ByteSize(0), ByteSize.ofMebibytes(1)),
          new ByteSize(500),
          "How much of a request's content must come in a second, until its answer begins: a client"
              + " that is slower for longer than proxy.idle_timeout is cut off, as its request"
              + " holds a place at an origin; 0B for any rate.");

  static final Setting<ByteSize> PROXY_MAX_STORED_BODY_BYTES =
      Setting.of(
          "proxy.max_stored_body_bytes",
          byteSize(new ByteSize(0), ByteSize.ofMebibytes(1024)),
          ByteSize.ofMebibytes(8),
          "Answers with a longer body pass through unstored.");

  static final Setting<Optional<ByteSize>> PROXY_PAGES_MAX_BYTES =
      Setting.of(
          "proxy.pages_max_bytes",
          optional(CAPACITY),
          Optional.empty(),
          "What all stored pages may weigh; without it, memory.max_bytes.");

  static final Setting<Duration> PROXY_STALE_IF_ERROR =
      Setting.of(
          "proxy.stale_if_error",
          LIFETIME,
          Duration.ZERO,
          "How long past its freshness a page may answer for an origin that fails, when the page"
              + " itself does not say.");

  static final Setting<Boolean> PROXY_HEURISTIC_FRESHNESS =
      Setting.of(
          "proxy.heuristic_freshness",
          onOff(),
          true,
          "Whether a page without a stated lifetime gets a tenth of the time since its Last-Modified,"
              + " a day at most (RFC 9111 §4.2.2).");

  static final Setting<Boolean> PROXY_STORE_SET_COOKIE =
      Setting.of(
          "proxy.store_set_cookie",
          onOff(),
          false,
          "Whether answers that set a cookie may be stored, cookie included.");

  static final Setting<ByteSize> PROXY_MAX_HEAD_BYTES =
      Setting.of(
          "proxy.max_head_bytes",
          byteSize(ByteSize.ofKibibytes(1), ByteSize.ofMebibytes(1)),
          ByteSize.ofKibibytes(32),
          "The largest request or response head.");

  static final Setting<Long> PROXY_MAX_EXCHANGES =
      Setting.of(
          "proxy.max_exchanges",
          integer(1, 1_000_000),
          10_000L,
          "Requests under way at one time; more get 503.");

  static final Setting<ByteSize> PROXY_MAX_FILL_BYTES =
      Setting.of(
          "proxy.max_fill_bytes",
          CAPACITY,
          ByteSize.ofMebibytes(64),
          "What bodies on their way into the store may take in memory, all together; beyond it they"
              + " pass through unstored.");

  static final Setting<List<Network>> PROXY_EXPLAIN_NETWORKS =
      Setting.of(
          "proxy.explain_networks",
          listOf(network()),
          List.of(),
          "Clients of these addresses may send Forebay-Explain and get an explanation in place of"
              + " the page; a server before the proxy counts as its client. Without any, the field"
              + " means nothing.");

  static final Setting<List<Network>> PROXY_PURGE_NETWORKS =
      Setting.of(
          "proxy.purge_networks",
          listOf(network()),
          List.of(
              Network.parse("127.0.0.0/8").orElseThrow(), Network.parse("::1/128").orElseThrow()),
          "Clients of these addresses may send PURGE and BAN to the proxy without a token of the"
              + " role purge; not requests that passed another proxy or come from a web page.");

  static final Setting<TagFields> PROXY_TAG_FIELDS =
      Setting.of(
          "proxy.tag_fields",
          choice(TagFields.class),
          TagFields.STRIP,
          "Whether clients see the fields that carry tags, such as Cache-Tag: strip never; debug"
              + " when they send Forebay-Debug: 1 or Fastly-Debug: 1; keep always, for a cache"
              + " behind this one.");

  static final List<Setting<?>> ALL =
      List.of(
          PROXY_LISTEN,
          PROXY_ORIGIN,
          PROXY_CONNECT_TIMEOUT,
          PROXY_FIRST_BYTE_TIMEOUT,
          PROXY_IDLE_TIMEOUT,
          PROXY_MIN_UPLOAD_RATE,
          PROXY_MAX_STORED_BODY_BYTES,
          PROXY_PAGES_MAX_BYTES,
          PROXY_STALE_IF_ERROR,
          PROXY_HEURISTIC_FRESHNESS,
          PROXY_STORE_SET_COOKIE,
          PROXY_MAX_HEAD_BYTES,
          PROXY_MAX_EXCHANGES,
          PROXY_MAX_FILL_BYTES,
          PROXY_EXPLAIN_NETWORKS,
          PROXY_PURGE_NETWORKS,
          PROXY_TAG_FIELDS);

  static ServerSettings.Proxy read(ResolvedSettings settings) {
    ResolvedSettings.Values values = settings.values();
    return new ServerSettings.Proxy(
        values.get(PROXY_LISTEN),
        RouteDeclarations.read(settings),
        values.get(PROXY_MAX_STORED_BODY_BYTES),
        values.get(PROXY_PAGES_MAX_BYTES).orElse(values.get(CacheDeclarations.MEMORY_MAX_BYTES)),
        values.get(PROXY_STALE_IF_ERROR),
        values.get(PROXY_HEURISTIC_FRESHNESS),
        values.get(PROXY_STORE_SET_COOKIE),
        values.get(PROXY_MAX_HEAD_BYTES),
        values.get(PROXY_MAX_EXCHANGES).intValue(),
        values.get(PROXY_MAX_FILL_BYTES),
        values.get(OriginDeclarations.MAX_REFRESHES).intValue(),
        values.get(OriginDeclarations.MAX_FOLLOWERS).intValue(),
        values.get(PROXY_EXPLAIN_NETWORKS),
        values.get(PROXY_PURGE_NETWORKS),
        values.get(OriginDeclarations.DNS_SERVERS),
        values.get(PROXY_IDLE_TIMEOUT),
        values.get(PROXY_MIN_UPLOAD_RATE),
        values.get(PROXY_TAG_FIELDS),
        GuardDeclarations.read(values),
        ConnectionDeclarations.read(settings),
        OriginConnectionDeclarations.read(settings));
  }
}

package io.forebay.server.settings;

import static io.forebay.server.settings.SettingTypes.byteSize;
import static io.forebay.server.settings.SettingTypes.choice;
import static io.forebay.server.settings.SettingTypes.duration;
import static io.forebay.server.settings.SettingTypes.hostAndPort;
import static io.forebay.server.settings.SettingTypes.integer;
import static io.forebay.server.settings.SettingTypes.listOf;
import static io.forebay.server.settings.SettingTypes.network;
import static io.forebay.server.settings.SettingTypes.onOff;
import static io.forebay.server.settings.SettingTypes.optional;
import static io.forebay.server.settings.SettingTypes.origin;
import static io.forebay.server.settings.SettingTypes.postgreSql;
import static io.forebay.server.settings.SettingTypes.text;

import io.forebay.cache.policy.EvictionPolicies;
import io.forebay.cache.policy.HitObjective;
import io.forebay.proxy.listen.Network;
import io.forebay.proxy.listen.TagFields;
import io.forebay.server.audit.AuditDatabase;
import io.forebay.server.audit.OnFailure;
import io.forebay.server.forward.ForwardTarget;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Every setting, each declared once. The order is that of `docs/configure.md` and `config show`.
final class Settings {

  private static final ByteSize ONE_BYTE = new ByteSize(1);
  private static final ByteSize TEN_TEBIBYTES = ByteSize.ofMebibytes(10L << 20);
  private static final SettingType<ByteSize> CAPACITY =
      byteSize(ByteSize.ofMebibytes(1), TEN_TEBIBYTES);
  private static final SettingType<Duration> TIMEOUT =
      duration(Duration.ofMillis(1), Duration.ofHours(1));
  private static final SettingType<Duration> LIFETIME =
      duration(Duration.ZERO, Duration.ofDays(24_855));
  private static final SettingType<String> NAME =
      text(
          "a name of 1 to 64 letters, digits, dots, dashes or underscores",
          Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}"));
  private static final SettingType<String> FOLDER =
      text("a folder's path", Pattern.compile("[^\\x00-\\x1f]{1,4096}"));

  private static SettingType<String> evictionPolicy() {
    String names = String.join("|", EvictionPolicies.names());
    return text("one of " + names.replace("|", ", "), Pattern.compile(names));
  }

  private static HostAndPort local(int port) {
    return new HostAndPort("127.0.0.1", port);
  }

  private Settings() {}

  // The API listener.

  static final Setting<HostAndPort> API_LISTEN =
      Setting.of(
          "api.listen",
          hostAndPort(),
          local(9400),
          "Where the API, health and metrics are served; beyond this machine only with access.tokens.");
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
          "Web origins whose pages may call the API from a browser, besides the API's own (CORS, CSRF).");
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

  // Keys and values.

  static final Setting<Long> ENTRIES_MAX_KEY_BYTES =
      Setting.of(
          "entries.max_key_bytes", integer(1, 4096), 250L, "The longest key, in bytes of UTF-8.");
  static final Setting<ByteSize> ENTRIES_MAX_VALUE_BYTES =
      Setting.of(
          "entries.max_value_bytes",
          byteSize(ONE_BYTE, ByteSize.ofMebibytes(1024)),
          ByteSize.ofMebibytes(8),
          "The largest value.");
  static final Setting<Duration> ENTRIES_DEFAULT_TTL =
      Setting.of(
          "entries.default_ttl",
          LIFETIME,
          Duration.ofHours(1),
          "How long an entry is fresh when neither its writer nor its cache says so.");

  // Memory.

  static final Setting<ByteSize> MEMORY_MAX_BYTES =
      Setting.of(
          "memory.max_bytes",
          CAPACITY,
          ByteSize.ofMebibytes(256),
          "What all caches of this node may weigh together, pages included; the launcher derives"
              + " the JVM's heap from it.");

  static final Setting<String> MEMORY_EVICTION_POLICY =
      Setting.of(
          "memory.eviction_policy",
          evictionPolicy(),
          EvictionPolicies.names().getFirst(),
          "What leaves first when memory is full, for pages and for caches that do not say; auto"
              + " learns it.");

  static final Setting<HitObjective> MEMORY_EVICTION_OBJECTIVE =
      Setting.of(
          "memory.eviction_objective",
          choice(HitObjective.class),
          HitObjective.OBJECTS,
          "What auto maximizes: objects, the share of requests that hit, or bytes, the share of"
              + " requested bytes that hit.");
  static final Setting<Boolean> MEMORY_WHAT_IF =
      Setting.of(
          "memory.what_if",
          onOff(),
          false,
          "Whether pages, and caches that do not say, find out what hit ratio other sizes and"
              + " policies would have (GET /v1/caches/{cache}/what-if); costs up to 12 MB a cache.");

  // Caches.

  static final Setting<Optional<ByteSize>> CACHE_MAX_BYTES =
      Setting.of(
          "max_bytes",
          optional(CAPACITY),
          Optional.empty(),
          "What its entries may weigh; without it, memory.max_bytes.");
  static final Setting<Optional<Long>> CACHE_MAX_ENTRIES =
      Setting.of(
          "max_entries",
          optional(integer(1, Long.MAX_VALUE / 10)),
          Optional.empty(),
          "How many entries it may hold; without it, any number.");
  static final Setting<Optional<Duration>> CACHE_DEFAULT_TTL =
      Setting.of(
          "default_ttl",
          optional(LIFETIME),
          Optional.empty(),
          "How long an entry is fresh when its writer does not say; without it,"
              + " entries.default_ttl.");
  static final Setting<Optional<String>> CACHE_EVICTION_POLICY =
      Setting.of(
          "eviction_policy",
          optional(evictionPolicy()),
          Optional.empty(),
          "What leaves first when it is full; without it, memory.eviction_policy.");
  static final Setting<Optional<HitObjective>> CACHE_EVICTION_OBJECTIVE =
      Setting.of(
          "eviction_objective",
          optional(choice(HitObjective.class)),
          Optional.empty(),
          "What auto maximizes in it; without it, memory.eviction_objective.");
  static final Setting<Optional<Boolean>> CACHE_WHAT_IF =
      Setting.of(
          "what_if",
          optional(onOff()),
          Optional.empty(),
          "Whether it answers what-if; without it, memory.what_if.");
  static final SettingGroup CACHES =
      new SettingGroup(
          "caches",
          SettingGroup.Shape.MAP,
          List.of(
              CACHE_MAX_BYTES,
              CACHE_MAX_ENTRIES,
              CACHE_DEFAULT_TTL,
              CACHE_EVICTION_POLICY,
              CACHE_EVICTION_OBJECTIVE,
              CACHE_WHAT_IF),
          "Caches that exist from the start, by name; `default` always exists.",
          """
          caches:
            sessions:
              max_bytes: 64MiB
              default_ttl: 20m
          """);

  // The proxy.

  static final Setting<HostAndPort> PROXY_LISTEN =
      Setting.of(
          "proxy.listen", hostAndPort(), local(6081), "Where the caching proxy takes requests.");
  static final Setting<Optional<URI>> PROXY_ORIGIN =
      Setting.of(
          "proxy.origin",
          optional(origin()),
          Optional.empty(),
          "The origin for every request that no route takes; without it and without routes the"
              + " proxy is off.");
  static final Setting<String> ROUTE_NAME =
      Setting.required("name", NAME, "The route's name in logs and metrics.");
  static final Setting<Optional<String>> ROUTE_HOST =
      Setting.of(
          "host",
          optional(
              text(
                  "a host name, or *.example.org for any below it",
                  Pattern.compile("(\\*\\.)?[A-Za-z0-9.-]{1,253}"))),
          Optional.empty(),
          "Takes requests for this host only; without it, for any.");
  static final Setting<String> ROUTE_PATH =
      Setting.of(
          "path",
          text(
              "a path that begins with /, where * stands for anything",
              Pattern.compile("/[!-~]{0,2047}")),
          "/*",
          "Takes requests whose path matches, where * stands for anything.");
  static final Setting<List<URI>> ROUTE_ORIGINS =
      Setting.required(
          "origins", listOf(origin()), "The servers that answer; tried in this order.");
  static final Setting<Optional<Duration>> ROUTE_CONNECT_TIMEOUT =
      Setting.of(
          "connect_timeout",
          optional(TIMEOUT),
          Optional.empty(),
          "As proxy.connect_timeout, for this route.");
  static final Setting<Optional<Duration>> ROUTE_FIRST_BYTE_TIMEOUT =
      Setting.of(
          "first_byte_timeout",
          optional(TIMEOUT),
          Optional.empty(),
          "As proxy.first_byte_timeout, for this route.");
  static final Setting<Optional<Duration>> ROUTE_IDLE_TIMEOUT =
      Setting.of(
          "idle_timeout",
          optional(TIMEOUT),
          Optional.empty(),
          "As proxy.idle_timeout, for this route.");
  static final SettingGroup PROXY_ROUTES =
      new SettingGroup(
          "proxy.routes",
          SettingGroup.Shape.LIST,
          List.of(
              ROUTE_NAME,
              ROUTE_HOST,
              ROUTE_PATH,
              ROUTE_ORIGINS,
              ROUTE_CONNECT_TIMEOUT,
              ROUTE_FIRST_BYTE_TIMEOUT,
              ROUTE_IDLE_TIMEOUT),
          "Which origin answers which requests; the first route that matches takes the request.",
          """
          proxy:
            routes:
              - name: shop
                host: shop.example.org
                path: /*
                origins: [http://10.0.0.5:8080, http://10.0.0.6:8080]
                first_byte_timeout: 5s
          """);
  static final Setting<Duration> PROXY_CONNECT_TIMEOUT =
      Setting.of(
          "proxy.connect_timeout",
          TIMEOUT,
          Duration.ofSeconds(2),
          "How long a connection to an origin may take to open (then 504), and how long a request may wait"
              + " for one that is free (then 503).");
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
          "A connection on which nothing moved for so long is closed, on either side.");
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
          "Whether a page without a stated lifetime gets one from its age (RFC 9111 §4.2.2).");
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
  static final Setting<Long> PROXY_MAX_CONNECTIONS_PER_ORIGIN =
      Setting.of(
          "proxy.max_connections_per_origin",
          integer(1, 65_535),
          256L,
          "Connections to one origin at one time; further requests wait for one.");

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
          "Clients of these addresses may send Forebay-Explain and get an explanation in place of the"
              + " page; a server before the proxy counts as its client. Without any, the field means"
              + " nothing.");
  static final Setting<TagFields> PROXY_TAG_FIELDS =
      Setting.of(
          "proxy.tag_fields",
          choice(TagFields.class),
          TagFields.STRIP,
          "Whether clients see the fields that carry tags, such as Cache-Tag: strip never; debug when"
              + " they send Forebay-Debug: 1 or Fastly-Debug: 1; keep always, for a cache behind this"
              + " one.");

  // Access.

  /// What a token may do; `docs/concepts/access.md` says it in full.
  static final SettingType<String> ROLE =
      text("one of read, write, purge, admin", Pattern.compile("read|write|purge|admin"));

  static final Setting<String> TOKEN_NAME =
      Setting.required("name", NAME, "Who holds it: shown in logs, never secret.");
  static final Setting<List<String>> TOKEN_ROLES =
      Setting.required(
          "roles", listOf(ROLE), "What it may do; each role includes read, admin includes all.");
  static final Setting<String> TOKEN_SHA256 =
      Setting.required(
              "sha256",
              text(
                  "64 hexadecimal digits, as printed by `forebay token new`",
                  Pattern.compile("[0-9a-fA-F]{64}")),
              "The SHA-256 hash of the token; the token itself is stored nowhere.")
          .asSecret();
  static final SettingGroup ACCESS_TOKENS =
      new SettingGroup(
          "access.tokens",
          SettingGroup.Shape.LIST,
          List.of(TOKEN_NAME, TOKEN_ROLES, TOKEN_SHA256),
          "Who may use the API; without tokens it is open, and only on this machine.",
          """
          access:
            tokens:
              - name: deploy
                roles: [purge]
                sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
          """);

  // Operation.

  static final Setting<String> DATA_DIR =
      Setting.of(
          "data.dir",
          FOLDER,
          "forebay-data",
          "The folder for what outlives a restart; made if missing. A relative path begins where the"
              + " server is started.");

  // The audit.

  static final Setting<LogStorage> INVALIDATION_LOG =
      Setting.of(
          "invalidation.log",
          choice(LogStorage.class),
          LogStorage.MEMORY,
          "Where the log of invalidations is kept: memory, which is enough while everything that is"
              + " cached ends with the process, or file, in data.dir; an invalidation then waits for"
              + " the disk, and positions go on after a restart.");
  static final Setting<Boolean> AUDIT_ENABLED =
      Setting.of(
          "audit.enabled",
          onOff(),
          true,
          "Whether each request that changes something leaves a row in the audit.");
  static final Setting<Optional<AuditDatabase.PostgreSql>> AUDIT_URL =
      Setting.of(
              "audit.url",
              optional(postgreSql()),
              Optional.<AuditDatabase.PostgreSql>empty(),
              "The PostgreSQL database that holds the audit; without it, the SQLite file audit.db in"
                  + " data.dir.")
          .asSecret();
  static final Setting<Boolean> AUDIT_ENTRY_WRITES =
      Setting.of(
          "audit.entry_writes",
          onOff(),
          false,
          "Whether writing and deleting entries leaves rows too; each then waits for the disk.");
  static final Setting<OnFailure> AUDIT_ON_FAILURE =
      Setting.of(
          "audit.on_failure",
          choice(OnFailure.class),
          OnFailure.REFUSE,
          "What becomes of changes whose row cannot be written: refuse answers 503 and changes nothing;"
              + " go_on makes them and raises an alarm.");
  static final Setting<Duration> AUDIT_TIMEOUT =
      Setting.of(
          "audit.timeout",
          TIMEOUT,
          Duration.ofSeconds(5),
          "How long a change waits for its row; then it counts as one that cannot be written.");
  static final Setting<Long> AUDIT_MAX_PENDING =
      Setting.of(
          "audit.max_pending",
          integer(1, 1_000_000),
          10_000L,
          "Audit rows that may wait to be written; beyond it changes wait.");
  static final Setting<Duration> AUDIT_KEEP =
      Setting.of(
          "audit.keep",
          duration(Duration.ofMinutes(1), Duration.ofDays(36_500)),
          Duration.ofDays(90),
          "How long an audit row is kept.");
  static final Setting<Long> AUDIT_MAX_ROWS =
      Setting.of(
          "audit.max_rows",
          integer(1, 1_000_000_000_000L),
          1_000_000L,
          "How many audit rows are kept, about; the oldest go first. A million take about 300 MiB.");

  static final Setting<LogFormat> LOG_FORMAT =
      Setting.of(
          "log.format",
          choice(LogFormat.class),
          LogFormat.AUTO,
          "How log lines look: auto is text on a terminal and json elsewhere.");
  static final Setting<Boolean> LOG_EXCHANGES =
      Setting.of(
          "log.exchanges", onOff(), true, "Whether each request writes one log line when it ends.");
  static final Setting<Duration> SHUTDOWN_GRACE =
      Setting.of(
          "shutdown.grace",
          duration(Duration.ZERO, Duration.ofHours(1)),
          Duration.ofSeconds(10),
          "How long requests under way may take to finish after the order to stop.");

  // Passing invalidations on.

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
      List.of(
          API_LISTEN,
          API_ALLOWED_HOSTS,
          API_ALLOWED_ORIGINS,
          API_MAX_CONNECTIONS,
          API_IDLE_TIMEOUT,
          API_MAX_PENDING_BODY_BYTES,
          ENTRIES_MAX_KEY_BYTES,
          ENTRIES_MAX_VALUE_BYTES,
          ENTRIES_DEFAULT_TTL,
          MEMORY_MAX_BYTES,
          MEMORY_EVICTION_POLICY,
          MEMORY_EVICTION_OBJECTIVE,
          MEMORY_WHAT_IF,
          PROXY_LISTEN,
          PROXY_ORIGIN,
          PROXY_CONNECT_TIMEOUT,
          PROXY_FIRST_BYTE_TIMEOUT,
          PROXY_IDLE_TIMEOUT,
          PROXY_MAX_STORED_BODY_BYTES,
          PROXY_PAGES_MAX_BYTES,
          PROXY_STALE_IF_ERROR,
          PROXY_HEURISTIC_FRESHNESS,
          PROXY_STORE_SET_COOKIE,
          PROXY_MAX_HEAD_BYTES,
          PROXY_MAX_CONNECTIONS_PER_ORIGIN,
          PROXY_MAX_EXCHANGES,
          PROXY_MAX_FILL_BYTES,
          PROXY_EXPLAIN_NETWORKS,
          PROXY_TAG_FIELDS,
          DATA_DIR,
          INVALIDATION_LOG,
          AUDIT_ENABLED,
          AUDIT_URL,
          AUDIT_ENTRY_WRITES,
          AUDIT_ON_FAILURE,
          AUDIT_TIMEOUT,
          AUDIT_MAX_PENDING,
          AUDIT_KEEP,
          AUDIT_MAX_ROWS,
          FORWARD_TIMEOUT,
          FORWARD_GIVE_UP_AFTER,
          FORWARD_MAX_PENDING,
          LOG_FORMAT,
          LOG_EXCHANGES,
          SHUTDOWN_GRACE);

  static final List<SettingGroup> GROUPS =
      List.of(CACHES, PROXY_ROUTES, ACCESS_TOKENS, FORWARD_TARGETS);
}

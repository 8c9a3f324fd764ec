package io.forebay.server.metrics;

import java.util.List;

/// Every metric of Forebay's own, under the name in which Prometheus sees it. `docs/metrics.md` is
/// checked against this list.
public enum Metric {
  BUILD_INFO(
      "forebay_build_info",
      Kind.GAUGE,
      "none",
      "Always 1; the labels say which build runs.",
      "version",
      "commit"),
  READY("forebay_ready", Kind.GAUGE, "none", "1 while the server takes traffic, else 0."),
  MEMORY_MAX_BYTES(
      "forebay_memory_max_bytes",
      Kind.GAUGE,
      "bytes",
      "What all caches may weigh together (memory.max_bytes)."),
  MEMORY_USED_BYTES(
      "forebay_memory_used_bytes", Kind.GAUGE, "bytes", "What all caches weigh together."),
  LOG_EVENTS_DROPPED(
      "forebay_log_events_dropped_total",
      Kind.COUNTER,
      "events",
      "Log events lost because nobody took them fast enough."),

  API_REQUEST_DURATION(
      "forebay_api_request_duration_seconds",
      Kind.HISTOGRAM,
      "seconds",
      "API requests, from their head to their answer.",
      "method",
      "route",
      "status"),
  API_CONNECTIONS("forebay_api_connections", Kind.GAUGE, "connections", "Open API connections."),
  API_CONNECTIONS_REFUSED(
      "forebay_api_connections_refused_total",
      Kind.COUNTER,
      "connections",
      "API connections closed at once because of api.max_connections."),
  API_PENDING_BODY_BYTES(
      "forebay_api_pending_body_bytes",
      Kind.GAUGE,
      "bytes",
      "API request bodies that are being received."),
  API_BODIES_REFUSED(
      "forebay_api_bodies_refused_total",
      Kind.COUNTER,
      "requests",
      "API requests refused because of api.max_pending_body_bytes."),

  NODE_SUSPECT(
      "forebay_node_suspect",
      Kind.GAUGE,
      "none",
      "1 while this node may have missed invalidations of others (invalidation.lease), else 0."),
  INVALIDATION_LAG(
      "forebay_invalidation_lag_seconds",
      Kind.GAUGE,
      "seconds",
      "Since the moment up to which this node surely knows every invalidation; 0 if it stands"
          + " alone."),
  FLEET_NODES(
      "forebay_fleet_nodes", Kind.GAUGE, "nodes", "Nodes that share the log and are not gone."),
  INVALIDATIONS_QUEUED(
      "forebay_invalidations_queued",
      Kind.GAUGE,
      "batches",
      "Batches in force here that wait for the shared log to be reached."),
  INVALIDATION_EPOCHS(
      "forebay_invalidation_epochs_total",
      Kind.COUNTER,
      "epochs",
      "Epochs of the shared log that this node entered; each but the first makes everything a miss"
          + " once."),
  INVALIDATION_GAPS(
      "forebay_invalidation_gaps_total",
      Kind.COUNTER,
      "gaps",
      "Times that this node was away so long that records it lacked were gone."),
  INVALIDATION_LOG_CONNECTIONS(
      "forebay_invalidation_log_connections_total",
      Kind.COUNTER,
      "connections",
      "Times that this node connected to the shared log."),
  TIER_CONNECTED(
      "forebay_tier_connected",
      Kind.GAUGE,
      "none",
      "1 while the tier can be reached, else 0.",
      "tier"),
  TIER_BREAKER_OPEN(
      "forebay_tier_breaker_open",
      Kind.GAUGE,
      "none",
      "1 while the tier is left alone because it failed often, 0.5 while a few calls try it, else"
          + " 0.",
      "tier"),
  TIER_CALLS_UNDER_WAY(
      "forebay_tier_calls_under_way",
      Kind.GAUGE,
      "calls",
      "Calls that wait for the tier's answer, or for their turn.",
      "tier"),
  TIER_BYTES(
      "forebay_tier_bytes",
      Kind.GAUGE,
      "bytes",
      "What the tier holds, if it says so: values in a database (counted every few seconds), files"
          + " of the file tier.",
      "tier"),
  TIER_VALUES(
      "forebay_tier_values",
      Kind.GAUGE,
      "values",
      "Values that the tier holds, if it says so.",
      "tier"),
  TIER_BACKLOG_WRITES(
      "forebay_tier_backlog_writes",
      Kind.GAUGE,
      "writes",
      "Acknowledged writes that have still to reach the tier (write_behind).",
      "tier"),
  TIER_BACKLOG_BYTES(
      "forebay_tier_backlog_bytes",
      Kind.GAUGE,
      "bytes",
      "What these writes take (write_behind.max_bytes).",
      "tier"),
  TIER_BACKLOG_SECONDS(
      "forebay_tier_backlog_oldest_seconds",
      Kind.GAUGE,
      "seconds",
      "How long the oldest of these writes has been waiting.",
      "tier"),
  TIER_EVENTS(
      "forebay_tier_events_total",
      Kind.COUNTER,
      "times",
      "What was counted besides, by event: segments_dropped, records_damaged, segments_newer (file);"
          + " evicted, swept, housekeeping_failed (database); values_compressed,"
          + " compression_bytes_in, compression_bytes_out; and what was not served:"
          + " compressed_unreadable, encrypted_with_unknown_key, encrypted_and_changed,"
          + " not_encrypted; and of writes that wait, write_behind_accepted, _arrived, _coalesced,"
          + " _retries, _withdrawn (by purges), _backlog_full, _failed"
          + " and _lost.",
      "tier",
      "event"),
  TIER_CALL_DURATION(
      "forebay_tier_call_duration_seconds",
      Kind.HISTOGRAM,
      "seconds",
      "Calls that the tier answered, by operation: read, begin_fill, fill, write, remove.",
      "tier",
      "operation"),
  TIER_CALLS_FAILED(
      "forebay_tier_calls_failed_total",
      Kind.COUNTER,
      "calls",
      "Calls that the tier did not answer, or that were not even sent, by kind: breaker_open, busy,"
          + " disconnected, timed_out, broken, refused.",
      "tier",
      "operation",
      "kind"),
  TIER_READS(
      "forebay_tier_reads_total",
      Kind.COUNTER,
      "reads",
      "Reads of a cache that came to its tier, by result: hit, miss, distrusted (an invalidation"
          + " covers it), unreadable, failed.",
      "tier",
      "cache",
      "result"),
  TIER_WARMED(
      "forebay_tier_warmed_total",
      Kind.COUNTER,
      "values",
      "Values copied from tiers into memory after a restart before anybody asked for them"
          + " (tiers.warm_keys)."),
  TIER_WRITES_FAILED(
      "forebay_tier_writes_failed_total",
      Kind.COUNTER,
      "writes",
      "Fills, writes and removals of a cache that its tier failed.",
      "tier",
      "cache"),

  PREDICTIONS(
      "forebay_predictions_total",
      Kind.COUNTER,
      "predictions",
      "Predicted lifetimes, by who said them: built_in, external, or fallback.",
      "source"),
  PREDICTION_OBSERVATIONS(
      "forebay_prediction_observations_total",
      Kind.COUNTER,
      "observations",
      "Times that something was learned of how often values change."),
  PREDICTION_CLASSES(
      "forebay_prediction_classes",
      Kind.GAUGE,
      "classes",
      "Classes of keys about which something was learned."),
  PREDICTION_CLASSES_REFUSED(
      "forebay_prediction_classes_refused_total",
      Kind.COUNTER,
      "classes",
      "Times that a class was not learned because there are too many."),
  WARMING_JOBS("forebay_warming_jobs_total", Kind.COUNTER, "jobs", "Warming jobs begun."),
  WARMING_JOBS_REFUSED(
      "forebay_warming_jobs_refused_total",
      Kind.COUNTER,
      "jobs",
      "Warming jobs refused because too many waited."),
  HISTORY_ROWS_LOST(
      "forebay_history_rows_lost_total",
      Kind.COUNTER,
      "rows",
      "Samples and ended jobs that could not be written down."),
  LIVE_SOCKETS("forebay_live_sockets", Kind.GAUGE, "sockets", "Open WebSockets at /v1/live."),
  LIVE_SOCKETS_REFUSED(
      "forebay_live_sockets_refused_total",
      Kind.COUNTER,
      "sockets",
      "WebSockets closed at once because there were too many."),
  LIVE_MESSAGES_SKIPPED(
      "forebay_live_messages_skipped_total",
      Kind.COUNTER,
      "messages",
      "Messages that a WebSocket missed because it did not read fast enough."),

  AUDIT_FAILING(
      "forebay_audit_failing", Kind.GAUGE, "none", "1 while the audit cannot be written, else 0."),
  AUDIT_PENDING("forebay_audit_pending", Kind.GAUGE, "rows", "Audit rows that wait to be written."),
  AUDIT_ROWS(
      "forebay_audit_rows_total",
      Kind.COUNTER,
      "rows",
      "Audit rows made durable, each once when its change begins, once when it ends, and when a"
          + " count came later."),
  AUDIT_COMMITS(
      "forebay_audit_commits_total", Kind.COUNTER, "commits", "Commits that these rows took."),
  AUDIT_LOST(
      "forebay_audit_lost_total",
      Kind.COUNTER,
      "rows",
      "Changes made whose row or outcome could not be written (audit.on_failure)."),
  AUDIT_REFUSED(
      "forebay_audit_refused_total",
      Kind.COUNTER,
      "changes",
      "Changes refused because their row could not be written (audit.on_failure)."),
  AUDIT_QUEUE_FULL(
      "forebay_audit_queue_full_total",
      Kind.COUNTER,
      "rows",
      "Audit rows that had to wait for a place in the queue (audit.max_pending)."),
  AUDIT_TRIMMED(
      "forebay_audit_trimmed_total",
      Kind.COUNTER,
      "rows",
      "Old audit rows deleted (audit.keep, audit.max_rows)."),

  INVALIDATIONS(
      "forebay_invalidations_total",
      Kind.COUNTER,
      "operations",
      "Operations of invalidations put in force, by the way they came: api, fastly, cloudflare,"
          + " purge, ban, compat.",
      "source"),
  INVALIDATIONS_REFUSED(
      "forebay_invalidations_refused_total",
      Kind.COUNTER,
      "requests",
      "Requests to invalidate that were refused and changed nothing.",
      "source"),
  INVALIDATIONS_NOT_KEPT(
      "forebay_invalidations_not_kept_total",
      Kind.COUNTER,
      "requests",
      "Requests in force that the log could not keep (invalidation.log), so that they were not"
          + " acknowledged."),
  INVALIDATION_LOG_POSITION(
      "forebay_invalidation_log_position",
      Kind.GAUGE,
      "position",
      "The newest position of the invalidation log, within its epoch."),
  INVALIDATION_LOG_DURABLE(
      "forebay_invalidation_log_durable_position",
      Kind.GAUGE,
      "position",
      "The newest position that the log has kept; behind the other while its disk does not take"
          + " more."),
  INVALIDATION_HISTORY_NAMES(
      "forebay_invalidation_history_names",
      Kind.GAUGE,
      "names",
      "Names of what was invalidated or deleted that are remembered for backups to be restored."),
  INVALIDATION_HISTORY_FORGOTTEN(
      "forebay_invalidation_history_forgotten_total",
      Kind.COUNTER,
      "names",
      "Names forgotten for lack of room: older backups are refused."),
  RECEIPTS("forebay_receipts", Kind.GAUGE, "receipts", "Receipts that can be asked for."),
  RECEIPTS_UNSWEPT(
      "forebay_receipts_unswept",
      Kind.GAUGE,
      "receipts",
      "Receipts whose entries are hidden, but still take memory."),
  SETTINGS_RELOADS(
      "forebay_settings_reloads_total",
      Kind.COUNTER,
      "reloads",
      "Times that the settings were read again and put in force."),
  SETTINGS_RELOADS_REFUSED(
      "forebay_settings_reloads_refused_total",
      Kind.COUNTER,
      "reloads",
      "Times that they were wrong and changed nothing; the log says where."),

  FORWARD_PENDING(
      "forebay_forward_pending",
      Kind.GAUGE,
      "invalidations",
      "Invalidations that wait for a target of forward.targets."),
  FORWARD_DELIVERED(
      "forebay_forward_delivered_total",
      Kind.COUNTER,
      "invalidations",
      "Invalidations that a target accepted, counted for each."),
  FORWARD_FAILED(
      "forebay_forward_failed_total",
      Kind.COUNTER,
      "invalidations",
      "Invalidations that a target refused, has no order for, or did not take in time."),
  FORWARD_RETRIES(
      "forebay_forward_retries_total",
      Kind.COUNTER,
      "requests",
      "Requests to targets sent again because one failed."),
  FORWARD_QUEUE_FULL(
      "forebay_forward_queue_full_total",
      Kind.COUNTER,
      "invalidations",
      "Invalidations not passed on because of forward.max_pending."),

  PROXY_REQUEST_DURATION(
      "forebay_proxy_request_duration_seconds",
      Kind.HISTOGRAM,
      "seconds",
      "Proxy requests to the last byte, by result: hit, stale, why they were forwarded (RFC 9211),"
          + " or none.",
      "route",
      "result",
      "status"),
  PROXY_BODY_BYTES(
      "forebay_proxy_body_bytes_total",
      Kind.COUNTER,
      "bytes",
      "Response bodies sent to the proxy's clients.",
      "route"),
  PROXY_ORIGIN_ERRORS(
      "forebay_proxy_origin_errors_total",
      Kind.COUNTER,
      "errors",
      "Requests for which an origin gave no usable response, by error (RFC 9209).",
      "route",
      "error"),
  PROXY_EXCHANGES("forebay_proxy_exchanges", Kind.GAUGE, "requests", "Proxy requests under way."),
  PROXY_EXCHANGES_REFUSED(
      "forebay_proxy_exchanges_refused_total",
      Kind.COUNTER,
      "requests",
      "Proxy requests refused because of proxy.max_exchanges, or because the server is stopping."),
  PROXY_FETCHES(
      "forebay_proxy_fetches", Kind.GAUGE, "requests", "Requests to origins that others may join."),
  PROXY_COLLAPSED(
      "forebay_proxy_collapsed_total",
      Kind.COUNTER,
      "requests",
      "Requests that waited for another's fetch."),
  PROXY_FOLLOWERS_REFUSED(
      "forebay_proxy_followers_refused_total",
      Kind.COUNTER,
      "requests",
      "Requests refused because too many waited for the same fetch (proxy.max_followers)."),
  PROXY_REFRESHES_REFUSED(
      "forebay_proxy_refreshes_refused_total",
      Kind.COUNTER,
      "refreshes",
      "Refreshes of stale pages not begun because too many were under way."),
  PROXY_FILL_BYTES(
      "forebay_proxy_fill_bytes", Kind.GAUGE, "bytes", "Bodies on their way into the store."),
  PROXY_FILLS_REFUSED(
      "forebay_proxy_fills_refused_total",
      Kind.COUNTER,
      "bodies",
      "Bodies not stored because of proxy.max_fill_bytes."),
  PROXY_PAGES_CODED(
      "forebay_proxy_pages_coded_total",
      Kind.COUNTER,
      "pages",
      "Stored pages made in a content coding, once for each coding (proxy.compression)."),
  PROXY_CODINGS_REFUSED(
      "forebay_proxy_codings_refused_total",
      Kind.COUNTER,
      "pages",
      "Stored pages left as they are for now because too many were waiting to be compressed."),

  PROXY_CONNECTIONS(
      "forebay_proxy_connections", Kind.GAUGE, "connections", "Open connections of clients."),
  PROXY_CONNECTIONS_REFUSED(
      "forebay_proxy_connections_refused_total",
      Kind.COUNTER,
      "connections",
      "Connections of clients closed at once because of proxy.max_connections."),
  PROXY_HTTP2_CONNECTIONS(
      "forebay_proxy_http2_connections",
      Kind.GAUGE,
      "connections",
      "Open connections of clients that speak HTTP/2."),
  PROXY_TLS_HANDSHAKES_FAILED(
      "forebay_proxy_tls_handshakes_failed_total",
      Kind.COUNTER,
      "handshakes",
      "TLS handshakes of clients that came to nothing."),
  PROXY_HEADERS_REFUSED(
      "forebay_proxy_protocol_refused_total",
      Kind.COUNTER,
      "connections",
      "Connections closed for want of the PROXY protocol's header from a trusted proxy"
          + " (proxy.proxy_protocol)."),
  PROXY_REQUESTS_REFUSED(
      "forebay_proxy_requests_refused_total",
      Kind.COUNTER,
      "requests",
      "Requests refused unread, being malformed, too large or too slow, by the answer's status;"
          + " reset for HTTP/2 streams that were reset.",
      "status"),
  PROXY_HTTP2_ERRORS(
      "forebay_proxy_http2_errors_total",
      Kind.COUNTER,
      "connections",
      "HTTP/2 connections of clients ended for what they did, floods included, by the error they"
          + " were told (RFC 9113 §7).",
      "error"),
  PROXY_UPGRADED(
      "forebay_proxy_upgraded_connections",
      Kind.GAUGE,
      "connections",
      "Connections that were upgraded to another protocol, such as WebSocket, and are open."),
  PROXY_UPGRADES_REFUSED(
      "forebay_proxy_upgrades_refused_total",
      Kind.COUNTER,
      "requests",
      "Upgrades refused because of proxy.max_upgraded."),
  TLS_RELOADS(
      "forebay_tls_reloads_total",
      Kind.COUNTER,
      "times",
      "Times that changed files of certificates and keys were put to use."),
  TLS_RELOADS_FAILED(
      "forebay_tls_reloads_failed_total",
      Kind.COUNTER,
      "times",
      "Times that such files had changed and could not be used."),
  TLS_CERTIFICATE_EXPIRY(
      "forebay_tls_certificate_expiry_seconds",
      Kind.GAUGE,
      "seconds",
      "How long the first of the certificates in use to end is still valid; negative once it is"
          + " not."),
  POOL_WAITING(
      "forebay_pool_waiting",
      Kind.GAUGE,
      "requests",
      "Requests that wait for their turn at an origin.",
      "pool"),
  POOL_REFUSED(
      "forebay_pool_refused_total",
      Kind.COUNTER,
      "requests",
      "Requests that got no turn: full (proxy.max_waiting_requests) or late (proxy.wait_timeout).",
      "pool",
      "reason"),
  POOL_SPARED(
      "forebay_pool_spared_total",
      Kind.COUNTER,
      "requests",
      "Requests and refreshes not sent because no origin was up and something stale could be"
          + " served.",
      "pool"),
  POOL_RETRIES(
      "forebay_pool_retries_total",
      Kind.COUNTER,
      "requests",
      "Requests sent once more because the first try failed.",
      "pool"),
  POOL_RETRIES_REFUSED(
      "forebay_pool_retries_refused_total",
      Kind.COUNTER,
      "requests",
      "Requests not sent once more because of proxy.retry_percent.",
      "pool"),
  POOL_LOOKUPS_FAILED(
      "forebay_pool_lookups_failed_total",
      Kind.COUNTER,
      "lookups",
      "Times that a name or file of origins could not be looked up; the origins found before stay.",
      "pool"),
  ORIGIN_UP(
      "forebay_origin_up",
      Kind.GAUGE,
      "none",
      "1 while the origin is up, 0 while it is down or on trial.",
      "pool",
      "origin"),
  ORIGIN_UNDER_WAY(
      "forebay_origin_under_way",
      Kind.GAUGE,
      "requests",
      "Requests at the origin now.",
      "pool",
      "origin"),
  ORIGIN_CONNECTIONS(
      "forebay_origin_connections",
      Kind.GAUGE,
      "connections",
      "Open connections to the origin.",
      "pool",
      "origin"),
  ORIGIN_REQUESTS(
      "forebay_origin_requests_total",
      Kind.COUNTER,
      "requests",
      "Requests that the origin was chosen for.",
      "pool",
      "origin"),
  ORIGIN_FAILURES(
      "forebay_origin_failures_total",
      Kind.COUNTER,
      "requests",
      "Of these, failed: an error of RFC 9209, error_response (500, 502, 503, 504) or broken_body.",
      "pool",
      "origin",
      "kind"),
  ORIGIN_TIMES_DOWN(
      "forebay_origin_times_down_total",
      Kind.COUNTER,
      "times",
      "Times that the origin went down, failed trials included.",
      "pool",
      "origin"),
  ORIGIN_CHECKS(
      "forebay_origin_checks_total",
      Kind.COUNTER,
      "checks",
      "Checks of the origin by their result: good or bad.",
      "pool",
      "origin",
      "result"),

  CACHE_ENTRIES("forebay_cache_entries", Kind.GAUGE, "entries", "Entries in the cache.", "cache"),
  CACHE_WEIGHT_BYTES(
      "forebay_cache_weight_bytes",
      Kind.GAUGE,
      "bytes",
      "What the entries weigh, overhead included.",
      "cache"),
  CACHE_MAX_BYTES(
      "forebay_cache_max_bytes", Kind.GAUGE, "bytes", "What the entries may weigh.", "cache"),
  CACHE_READS(
      "forebay_cache_reads_total",
      Kind.COUNTER,
      "reads",
      "Reads by their result: hit, stale_hit, miss_absent, miss_expired, miss_invalidated.",
      "cache",
      "result"),
  CACHE_WRITES("forebay_cache_writes_total", Kind.COUNTER, "writes", "Values stored.", "cache"),
  CACHE_WRITES_REFUSED(
      "forebay_cache_writes_refused_total",
      Kind.COUNTER,
      "writes",
      "Writes that changed nothing: a precondition, a fence or a bound.",
      "cache"),
  CACHE_REMOVALS(
      "forebay_cache_removals_total",
      Kind.COUNTER,
      "entries",
      "Entries removed by a client.",
      "cache"),
  CACHE_EVICTIONS(
      "forebay_cache_evictions_total",
      Kind.COUNTER,
      "entries",
      "Entries evicted for space, by the bound that was hit: bytes or entries.",
      "cache",
      "bound"),
  CACHE_EXPIRATIONS(
      "forebay_cache_expirations_total",
      Kind.COUNTER,
      "entries",
      "Expired entries dropped: on_access by a read, or in_background.",
      "cache",
      "found"),
  CACHE_INVALIDATIONS(
      "forebay_cache_invalidations_total",
      Kind.COUNTER,
      "invalidations",
      "Invalidations put in force.",
      "cache"),
  CACHE_SWEPT(
      "forebay_cache_swept_total",
      Kind.COUNTER,
      "entries",
      "Invalidated entries whose space was given back.",
      "cache"),
  CACHE_BARRIERS(
      "forebay_cache_barriers",
      Kind.GAUGE,
      "barriers",
      "Tags, prefixes, patterns and hosts whose invalidation still hides entries or loads.",
      "cache"),
  CACHE_BARRIER_FLOOR(
      "forebay_cache_barrier_floor",
      Kind.GAUGE,
      "position",
      "Entries loaded before this position of the invalidation log are misses; 0 if there is no"
          + " floor.",
      "cache"),
  CACHE_BARRIER_OVERFLOWS(
      "forebay_cache_barrier_overflows_total",
      Kind.COUNTER,
      "times",
      "Times that the floor rose because too many barriers were in force at once.",
      "cache"),
  CACHE_NOTIFICATIONS_DROPPED(
      "forebay_cache_notifications_dropped_total",
      Kind.COUNTER,
      "notifications",
      "Departures of entries that a listener will not hear of, as it was too slow.",
      "cache");

  private final String exposedName;
  private final Kind kind;
  private final String unit;
  private final String help;
  private final String labels;

  /// What sort of figure it is.
  public enum Kind {
    COUNTER,
    GAUGE,
    HISTOGRAM
  }

  Metric(String exposedName, Kind kind, String unit, String help, String... labels) {
    this.exposedName = exposedName;
    this.kind = kind;
    this.unit = unit;
    this.help = help;
    this.labels = String.join(",", labels);
  }

  public String exposedName() {
    return exposedName;
  }

  public Kind kind() {
    return kind;
  }

  public String unit() {
    return unit;
  }

  /// One sentence for the operator.
  public String help() {
    return help;
  }

  public List<String> labels() {
    return labels.isEmpty() ? List.of() : List.of(labels.split(",", -1));
  }

  /// Without what the exposition adds to counters, `_total`.
  String baseName() {
    return switch (kind) {
      case COUNTER -> exposedName.substring(0, exposedName.length() - "_total".length());
      case GAUGE, HISTOGRAM -> exposedName;
    };
  }
}

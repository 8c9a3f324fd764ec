package io.forebay.server.api;

import java.util.Locale;

/// Every error the API answers with, declared once: RFC 9457's `type` is
/// `urn:forebay:problem:<code>`. `docs/problems.md` is checked against this list.
public enum ProblemType {
  INVALID_REQUEST(
      400, "Invalid request", "A part of the request is wrong; `field` and `expected` say which."),
  INVALID_JSON(
      400, "Invalid JSON", "The body is not the JSON that was expected; `field` says where."),
  IMPORT_STOPPED(
      400,
      "Import stopped",
      "A line of the backup is wrong, or its end is missing; `line`, `field` and `expected` say"
          + " where and what. The lines before it have been carried out; the counts say how."),
  TOKEN_MISSING(401, "Token missing", "The request needs a token: `Authorization: Bearer`."),
  TOKEN_UNKNOWN(401, "Token unknown", "The token is not among access.tokens."),
  FORBIDDEN(403, "Not allowed", "The token's roles do not include what the request needs."),
  FOREIGN_ORIGIN(
      403, "Foreign web page", "A web page of an origin that is not in api.allowed_origins asks."),
  NO_SUCH_PATH(404, "No such path", "Nothing is served at this path."),
  UNKNOWN_CACHE(404, "Unknown cache", "There is no cache of that name; create it with PUT."),
  NO_SUCH_ENTRY(404, "No such entry", "The cache has no entry under that key."),
  NO_SUCH_RECEIPT(404, "No such receipt", "There is no receipt of that id, or not any more."),
  METHOD_NOT_ALLOWED(405, "Method not allowed", "`Allow` lists what the path understands."),
  CONFLICT(409, "Conflict", "What is there does not permit this change."),
  PROXY_OFF(409, "Proxy off", "There is no proxy: neither proxy.origin nor proxy.routes is set."),
  HISTORY_UNKNOWN(
      409,
      "History unknown",
      "This server does not know what was invalidated since the backup was made, so nothing was"
          + " restored. `even_invalidated=true` restores all of it."),
  PRECONDITION_FAILED(
      412, "Precondition failed", "If-Match or If-None-Match did not hold; nothing changed."),
  TOO_LARGE(413, "Too large", "The body or value is larger than allowed."),
  UNSUPPORTED_MEDIA_TYPE(
      415, "Unsupported media type", "The body's type or encoding is not understood here."),
  FOREIGN_HOST(
      421, "Foreign host name", "The request came by a host name not in api.allowed_hosts."),
  SETTINGS_REFUSED(
      422,
      "Settings refused",
      "The settings that were read again are wrong, and nothing changed; `problems` says where."),
  UNEXPECTED(500, "Unexpected failure", "A bug or a broken machine; the server's log has more."),
  INVALIDATION_NOT_PASSED_ON(
      502,
      "Not passed on",
      "The invalidation is in force on every node, but a target of forward.targets did not take it;"
          + " asked for with `wait`. `receipt` says which."),
  INVALIDATION_NOT_KEPT(
      503,
      "Not kept",
      "The invalidation is in force on this node, but the log could not keep it: a restart may"
          + " forget it. Order it again."),
  OVERLOADED(
      503,
      "Overloaded",
      "Too many request bodies (api.max_pending_body_bytes), or exports and imports, are under"
          + " way."),
  IMPORT_NOT_TAKEN(
      503,
      "Import not taken",
      "The tier behind a cache could not take an entry, at `line`. The lines before it have been"
          + " carried out. Send the backup again: what is there by then is kept."),
  AUDIT_UNAVAILABLE(
      503,
      "Audit unavailable",
      "The audit cannot be read or written; with audit.on_failure `refuse` nothing was changed."),
  TIER_FAILED(
      503,
      "Tier failed",
      "The tier behind the cache could not take the change; `detail` says whether it may have."),
  STOPPING(503, "Stopping", "The server is about to stop and takes no new requests."),
  INVALIDATION_NOT_IN_TIME(
      504,
      "Not in time",
      "The invalidation is in force on this node, but what `wait` asks for did not come true within"
          + " `timeout`. `receipt` goes on growing.");

  private final int status;
  private final String title;
  private final String sentence;

  ProblemType(int status, String title, String sentence) {
    this.status = status;
    this.title = title;
    this.sentence = sentence;
  }

  public int status() {
    return status;
  }

  public String title() {
    return title;
  }

  /// For the documentation.
  public String sentence() {
    return sentence;
  }

  /// `unknown-cache`.
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}

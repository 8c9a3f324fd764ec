package io.forebay.server.api;

import java.util.Locale;

/// Every error the API answers with, declared once: RFC 9457's `type` is
/// `urn:forebay:problem:<code>`. `docs/problems.md` is checked against this list.
public enum ProblemType {
  INVALID_REQUEST(
      400, "Invalid request", "A part of the request is wrong; `field` and `expected` say which."),
  INVALID_JSON(
      400, "Invalid JSON", "The body is not the JSON that was expected; `field` says where."),
  TOKEN_MISSING(401, "Token missing", "The request needs a token: `Authorization: Bearer`."),
  TOKEN_UNKNOWN(401, "Token unknown", "The token is not among access.tokens."),
  FORBIDDEN(403, "Not allowed", "The token's roles do not include what the request needs."),
  FOREIGN_ORIGIN(
      403, "Foreign web page", "A web page of an origin that is not in api.allowed_origins asks."),
  NO_SUCH_PATH(404, "No such path", "Nothing is served at this path."),
  UNKNOWN_CACHE(404, "Unknown cache", "There is no cache of that name; create it with PUT."),
  NO_SUCH_ENTRY(404, "No such entry", "The cache has no entry under that key."),
  METHOD_NOT_ALLOWED(405, "Method not allowed", "`Allow` lists what the path understands."),
  CONFLICT(409, "Conflict", "What is there does not permit this change."),
  PROXY_OFF(409, "Proxy off", "There is no proxy: neither proxy.origin nor proxy.routes is set."),
  PRECONDITION_FAILED(
      412, "Precondition failed", "If-Match or If-None-Match did not hold; nothing changed."),
  TOO_LARGE(413, "Too large", "The body or value is larger than allowed."),
  UNSUPPORTED_MEDIA_TYPE(
      415, "Unsupported media type", "The body's type or encoding is not understood here."),
  FOREIGN_HOST(
      421, "Foreign host name", "The request came by a host name not in api.allowed_hosts."),
  UNEXPECTED(500, "Unexpected failure", "A bug or a broken machine; the server's log has more."),
  OVERLOADED(
      503, "Overloaded", "Too many request bodies are under way (api.max_pending_body_bytes)."),
  AUDIT_UNAVAILABLE(
      503,
      "Audit unavailable",
      "The audit cannot be read or written; with audit.on_failure `refuse` nothing was changed."),
  TIER_FAILED(
      503,
      "Tier failed",
      "The tier behind the cache could not take the change; `detail` says whether it may have."),
  STOPPING(503, "Stopping", "The server is about to stop and takes no new requests.");

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

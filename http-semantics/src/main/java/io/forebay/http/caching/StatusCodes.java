package io.forebay.http.caching;

/// What a cache knows of status codes (RFC 9110 §15).
final class StatusCodes {

  private StatusCodes() {}

  /// Whether it speaks of the target, so that others are likely to be answered with it too, and not
  /// of this request's own fields or of the server's troubles. A 4xx that is not known is taken as
  /// 400 (RFC 9110 §15).
  static boolean isOfTarget(int status) {
    return switch (status) {
      case 401, 402, 403, 404, 409, 410, 451 -> true;
      default -> status < 400;
    };
  }

  /// Defined as heuristically cacheable (RFC 9110 §15.1).
  static boolean isHeuristicallyCacheable(int status) {
    return switch (status) {
      case 200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501 -> true;
      default -> false;
    };
  }

  /// A final status code whose caching requirements this cache implements, which is what
  /// `must-understand` asks (RFC 9111 §5.2.2.3). 304 is treated apart (§4.3.4).
  static boolean isUnderstood(int status) {
    return switch (status) {
      case 200, 201, 202, 203, 204, 205, 206 -> true;
      case 300, 301, 302, 303, 305, 307, 308 -> true;
      case 421, 422, 423, 424, 425, 426, 428, 429, 431, 451 -> true;
      case 500, 501, 502, 503, 504, 505, 507, 508, 511 -> true;
      default -> status >= 400 && status <= 417;
    };
  }
}

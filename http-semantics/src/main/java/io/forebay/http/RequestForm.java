package io.forebay.http;

/// The one form in which requests that mean the same are decided on, found in the store, and sent
/// to the origin. What is equal for the cache is so equal for the origin: it never sees that a
/// client wrote it otherwise, and can't answer otherwise.
///
/// The host is in lower case, without the scheme's default port. In the path, percent-encoded
/// unreserved characters are decoded and dot segments removed (RFC 3986 §6.2.2). Encoded slashes,
/// backslashes, semicolons and whatever else some software takes for a delimiter are never decoded:
/// see [#isAmbiguous].
///
/// @param normalisesPaths whether paths are brought into that form; else they stay byte-exact
/// @param mergesSlashes whether neighbouring slashes become one; off where they may have a meaning
public record RequestForm(boolean normalisesPaths, boolean mergesSlashes) {

  /// Paths normalised, slashes kept.
  public static final RequestForm USUAL = new RequestForm(true, false);

  /// The request in this form; the same object if it has it already.
  public RequestHead of(RequestHead request) {
    String authority = TargetUri.normalAuthority(request.scheme(), request.authority());
    String target = target(request.target());
    return authority.equals(request.authority()) && target.equals(request.target())
        ? request
        : new RequestHead(request.method(), request.scheme(), authority, target, request.fields());
  }

  public TargetUri of(TargetUri uri) {
    return new TargetUri(uri.scheme(), uri.authority(), target(uri.target()));
  }

  /// A path and query in this form.
  public String target(String target) {
    if (!target.startsWith("/")) {
      return target;
    }
    // Slashes first, as servers that merge them do: `/a//../b` is `/b` to those.
    String merged = mergesSlashes ? withSingleSlashes(target) : target;
    return normalisesPaths && needsLook(merged) ? TargetUri.normalisedTarget(merged) : merged;
  }

  /// Whether the path has anything that could change; most have not.
  private static boolean needsLook(String target) {
    for (int i = 0; i < target.length(); i++) {
      char c = target.charAt(i);
      if (c == '?') {
        return false;
      }
      if (c == '%' || (c == '.' && target.charAt(i - 1) == '/')) {
        return true;
      }
    }
    return false;
  }

  private static String withSingleSlashes(String target) {
    int query = target.indexOf('?');
    int end = query < 0 ? target.length() : query;
    if (target.lastIndexOf("//", end - 2) < 0) {
      return target;
    }
    StringBuilder merged = new StringBuilder(target.length());
    for (int i = 0; i < end; i++) {
      if (target.charAt(i) != '/' || i == 0 || target.charAt(i - 1) != '/') {
        merged.append(target.charAt(i));
      }
    }
    return merged.append(target, end, target.length()).toString();
  }

  /// Whether different software may take the path for different ones: it has an encoded slash,
  /// backslash, question mark, hash, percent sign or control character, a plain backslash, a
  /// semicolon, two slashes in a row, or a dot segment (which is there only where paths are not
  /// normalised). These are the discrepancies that web cache deception lives on.
  ///
  /// @param target path and query
  public static boolean isAmbiguous(String target) {
    for (int i = 0; i < target.length(); i++) {
      switch (target.charAt(i)) {
        case '?' -> {
          return false;
        }
        case '\\', ';' -> {
          return true;
        }
        case '/' -> {
          if (isSlashOrDotSegment(target, i + 1)) {
            return true;
          }
        }
        case '%' -> {
          if (isAmbiguousOctet(target, i + 1)) {
            return true;
          }
        }
        default -> {}
      }
    }
    return false;
  }

  private static boolean isSlashOrDotSegment(String target, int from) {
    if (target.startsWith("/", from)) {
      return true;
    }
    int end = from;
    while (end < target.length() && target.charAt(end) == '.') {
      end++;
    }
    boolean isDots = end - from == 1 || end - from == 2;
    return isDots && (end == target.length() || "/?".indexOf(target.charAt(end)) >= 0);
  }

  private static boolean isAmbiguousOctet(String target, int from) {
    int octet = TargetUri.octet(target, from);
    if (octet < 0) {
      return true; // not an octet at all: who knows what it becomes
    }
    return octet < ' '
        || octet == 0x7f
        || "/\\?#;.".indexOf(octet) >= 0
        || (octet == '%' && TargetUri.octet(target, from + 2) >= 0);
  }
}

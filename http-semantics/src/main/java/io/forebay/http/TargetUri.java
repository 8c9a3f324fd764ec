package io.forebay.http;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/// An absolute `http` or `https` URI without fragment (RFC 9110 §4.2, §7.1).
///
/// @param scheme in lower case
/// @param authority host and optional port: the host in lower case, without a port when it is the
///   scheme's default (§4.2.3)
/// @param target path and query, byte-exact; never empty
public record TargetUri(String scheme, String authority, String target) {

  public static TargetUri of(RequestHead request) {
    return of(request.scheme(), request.authority(), request.target());
  }

  /// @param target path and query; a fragment is dropped, an empty path is `/`
  public static TargetUri of(String scheme, String authority, String target) {
    String lowerScheme = FieldSyntax.lowerCase(scheme);
    return new TargetUri(lowerScheme, normalAuthority(lowerScheme, authority), withPath(target));
  }

  /// In lower case, without the scheme's default port (RFC 9110 §4.2.3).
  ///
  /// @param scheme in lower case
  static String normalAuthority(String scheme, String authority) {
    String lower = FieldSyntax.lowerCase(authority);
    String defaultPort = scheme.equals("https") ? ":443" : ":80";
    if (lower.endsWith(defaultPort)) {
      return lower.substring(0, lower.length() - defaultPort.length());
    }
    return lower.endsWith(":") ? lower.substring(0, lower.length() - 1) : lower;
  }

  private static String withPath(String target) {
    int hash = target.indexOf('#');
    String withoutFragment = hash < 0 ? target : target.substring(0, hash);
    boolean hasPath = withoutFragment.startsWith("/") || withoutFragment.equals("*");
    return hasPath ? withoutFragment : "/" + withoutFragment;
  }

  /// Scheme, host and port are the same (RFC 9110 §4.3.1).
  public boolean isSameOrigin(TargetUri other) {
    return scheme.equals(other.scheme) && authority.equals(other.authority);
  }

  /// Resolves a URI reference, as in `Location` (RFC 3986 §5.2.2); empty when it is not of `http`
  /// or `https`. Never throws.
  public Optional<TargetUri> resolve(String reference) {
    String text = FieldSyntax.trimmed(reference);
    int colon = text.indexOf(':');
    if (colon > 0 && FieldSyntax.isToken(text.substring(0, colon))) {
      return absolute(FieldSyntax.lowerCase(text.substring(0, colon)), text.substring(colon + 1));
    }
    if (text.startsWith("//")) {
      return absolute(scheme, text);
    }
    return Optional.of(of(scheme, authority, merged(text)));
  }

  private static Optional<TargetUri> absolute(String scheme, String rest) {
    boolean isHttp = scheme.equals("http") || scheme.equals("https");
    if (!isHttp || !rest.startsWith("//")) {
      return Optional.empty();
    }
    int end = 2;
    while (end < rest.length() && "/?#".indexOf(rest.charAt(end)) < 0) {
      end++;
    }
    String authority = rest.substring(2, end);
    String target = rest.substring(end);
    return authority.isEmpty()
        ? Optional.empty()
        : Optional.of(of(scheme, authority, withoutDotSegments(withPath(target))));
  }

  private String merged(String reference) {
    if (reference.isEmpty() || reference.startsWith("#")) {
      return target;
    }
    String path = pathOf(target);
    if (reference.startsWith("?")) {
      return path + reference;
    }
    String full =
        reference.startsWith("/")
            ? reference
            : path.substring(0, path.lastIndexOf('/') + 1) + reference;
    return withoutDotSegments(withPath(full));
  }

  private static String pathOf(String target) {
    int query = target.indexOf('?');
    return query < 0 ? target : target.substring(0, query);
  }

  /// The target with its path in the normal form of RFC 3986 §6.2.2: percent-encoded unreserved
  /// characters decoded, hex digits in upper case, dot segments removed. The query is left alone.
  ///
  /// For a proxy that wants equivalent targets to be one: it must then forward this target, not the
  /// one received. Origins do tell the forms apart, and an error page stored for one form would be
  /// served for the other.
  public static String normalisedTarget(String target) {
    String path = pathOf(target);
    return withoutDotSegments(normalisedPercent(path)) + target.substring(path.length());
  }

  private static String normalisedPercent(String path) {
    if (path.indexOf('%') < 0) {
      return path;
    }
    StringBuilder out = new StringBuilder(path.length());
    for (int i = 0; i < path.length(); i++) {
      int octet = path.charAt(i) == '%' ? octet(path, i + 1) : -1;
      if (octet < 0) {
        out.append(path.charAt(i));
      } else {
        if (isUnreserved((char) octet)) {
          out.append((char) octet);
        } else {
          out.append('%').append(path.substring(i + 1, i + 3).toUpperCase(java.util.Locale.ROOT));
        }
        i += 2;
      }
    }
    return out.toString();
  }

  /// The octet written as two hex digits at `from`; -1 when there are none.
  static int octet(String text, int from) {
    if (from + 2 > text.length()) {
      return -1;
    }
    int high = Character.digit(text.charAt(from), 16);
    int low = Character.digit(text.charAt(from + 1), 16);
    return high < 0 || low < 0 || text.charAt(from) > 'f' || text.charAt(from + 1) > 'f'
        ? -1
        : high << 4 | low;
  }

  /// RFC 3986 §2.3.
  private static boolean isUnreserved(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || FieldSyntax.isDigit(c)
        || "-._~".indexOf(c) >= 0;
  }

  /// RFC 3986 §5.2.4, on the path; the query stays.
  private static String withoutDotSegments(String target) {
    String path = pathOf(target);
    if (!path.contains("/.")) {
      return target;
    }
    Deque<String> kept = new ArrayDeque<>();
    String[] segments = path.substring(1).split("/", -1);
    for (int i = 0; i < segments.length; i++) {
      String segment = segments[i];
      boolean isDots = segment.equals(".") || segment.equals("..");
      if (segment.equals("..")) {
        kept.pollLast();
      }
      if (!isDots) {
        kept.addLast(segment);
      } else if (i == segments.length - 1) {
        kept.addLast("");
      }
    }
    return "/" + String.join("/", kept) + target.substring(path.length());
  }

  @Override
  public String toString() {
    return scheme + "://" + authority + target;
  }
}

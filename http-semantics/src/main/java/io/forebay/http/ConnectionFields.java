package io.forebay.http;

import java.util.List;
import java.util.Set;

/// Fields that belong to one connection and are neither forwarded nor stored (RFC 9110 §7.6.1), and
/// `Via` (§7.6.3).
public final class ConnectionFields {

  /// Meant for every recipient, so that a `Connection` that nominates them is wrong (§7.6.1: a
  /// sender MUST NOT list these). Left in place: a nomination must not be a way to strip a message
  /// of its framing, its address, its credentials or its caching rules.
  private static final Set<String> END_TO_END =
      Set.of(
          "age",
          "authorization",
          "cache-control",
          "cdn-cache-control",
          "cdn-loop",
          "content-encoding",
          "content-length",
          "content-range",
          "content-type",
          "cookie",
          "date",
          "etag",
          "expires",
          "forwarded",
          "host",
          "last-modified",
          "location",
          "pragma",
          "range",
          "set-cookie",
          "vary",
          "via",
          "x-forwarded-for");

  private ConnectionFields() {}

  /// The fields without the hop-by-hop ones and those that `Connection` nominates. `TE: trailers`
  /// is not kept: who forwards trailers says so itself.
  public static HttpFields removed(HttpFields fields) {
    return fields.without(line -> isHopByHop(line.name())).without(nominated(fields));
  }

  /// Whether or not `Connection` nominates it (§7.6.1; RFC 9111 §3.1 for the proxy's own
  /// authentication fields, which are not among these when forwarding).
  private static boolean isHopByHop(String name) {
    return switch (name.length()) {
      case 2 -> name.equalsIgnoreCase("te");
      case 7 -> name.equalsIgnoreCase("upgrade");
      case 10 -> name.equalsIgnoreCase("connection") || name.equalsIgnoreCase("keep-alive");
      case 14 -> name.equalsIgnoreCase("http2-settings");
      case 16 -> name.equalsIgnoreCase("proxy-connection");
      case 17 -> name.equalsIgnoreCase("transfer-encoding");
      default -> false;
    };
  }

  private static List<String> nominated(HttpFields fields) {
    List<String> lines = fields.all("Connection");
    if (lines.isEmpty() || (lines.size() == 1 && lines.getFirst().equals("keep-alive"))) {
      return List.of();
    }
    List<String> names = FieldSyntax.listMembers(fields, "Connection");
    names.removeIf(name -> END_TO_END.contains(FieldSyntax.lowerCase(name)));
    return names;
  }

  /// The fields with one more `Via` member at the end.
  ///
  /// @param receivedProtocol e.g. `1.1` or `2`
  /// @param receivedBy a pseudonym, or host and port
  public static HttpFields withVia(HttpFields fields, String receivedProtocol, String receivedBy) {
    return fields.with("Via", receivedProtocol + ' ' + receivedBy);
  }

  /// How many members of `Via` name `receivedBy`: how often the message has passed something of
  /// that name.
  public static int timesPassed(HttpFields fields, String receivedBy) {
    int times = 0;
    for (String member : FieldSyntax.listMembers(fields, "Via")) {
      String[] parts = member.split("[ \t]+", 3);
      if (parts.length > 1 && parts[1].equalsIgnoreCase(receivedBy)) {
        times++;
      }
    }
    return times;
  }

  /// Whether `Connection` has the option `close` (RFC 9112 §9.6).
  public static boolean isLastOfConnection(HttpFields fields) {
    return FieldSyntax.listMembers(fields, "Connection").stream()
        .anyMatch("close"::equalsIgnoreCase);
  }

  /// Whether the client, and everybody between it and us, wants trailers (`TE: trailers`, RFC 9110
  /// §10.1.4).
  public static boolean wantsTrailers(HttpFields requestFields) {
    for (String member : FieldSyntax.listMembers(requestFields, "TE")) {
      if (FieldSyntax.trimmed(member.split(";", 2)[0]).equalsIgnoreCase("trailers")) {
        return true;
      }
    }
    return false;
  }
}

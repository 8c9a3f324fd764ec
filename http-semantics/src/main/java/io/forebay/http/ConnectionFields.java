package io.forebay.http;

import java.util.HashSet;
import java.util.Set;

/// Fields that belong to one connection and are neither forwarded nor stored (RFC 9110 §7.6.1), and
/// `Via` (§7.6.3).
public final class ConnectionFields {

  /// Hop-by-hop whether or not `Connection` nominates them (§7.6.1; RFC 9111 §3.1 for the proxy's
  /// own authentication fields, which are not among these when forwarding).
  private static final Set<String> HOP_BY_HOP =
      Set.of(
          "connection",
          "keep-alive",
          "proxy-connection",
          "te",
          "transfer-encoding",
          "upgrade",
          "http2-settings");

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
    Set<String> nominated = nominated(fields);
    return fields.without(line -> {
      String name = FieldSyntax.lowerCase(line.name());
      return HOP_BY_HOP.contains(name) || nominated.contains(name);
    });
  }

  private static Set<String> nominated(HttpFields fields) {
    if (!fields.contains("Connection")) {
      return Set.of();
    }
    Set<String> names = new HashSet<>();
    for (String member : FieldSyntax.listMembers(fields, "Connection")) {
      names.add(FieldSyntax.lowerCase(member));
    }
    names.removeAll(END_TO_END);
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

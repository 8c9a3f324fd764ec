package io.forebay.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One element of the field `Forwarded` (RFC 7239 §4): what one proxy says of the request that it
/// received.
///
/// @param from the node that sent it, as written: an IP address with or without a port, `unknown`,
///   or a name that begins with `_`
/// @param host the host that it was for
/// @param proto the scheme that it came by
public record ForwardedElement(
    Optional<String> from, Optional<String> host, Optional<String> proto) {

  /// The elements in the order of the proxies, from behind the last malformed one: each proxy adds
  /// its own at the end, and what came before may be a client's invention.
  public static List<ForwardedElement> parse(HttpFields fields) {
    List<ForwardedElement> elements = new ArrayList<>();
    for (String member : FieldSyntax.listMembers(fields, "Forwarded")) {
      Optional<ForwardedElement> element = parseElement(member);
      if (element.isEmpty()) {
        elements.clear();
      }
      element.ifPresent(elements::add);
    }
    return elements;
  }

  private static Optional<ForwardedElement> parseElement(String text) {
    Map<String, String> pairs = new HashMap<>();
    for (String pair : FieldSyntax.split(text, ';')) {
      if (pair.isEmpty()) {
        continue;
      }
      int equals = pair.indexOf('=');
      String name = equals < 0 ? "" : FieldSyntax.lowerCase(pair.substring(0, equals));
      String written = pair.substring(equals + 1);
      Optional<String> value =
          FieldSyntax.isToken(written) ? Optional.of(written) : FieldSyntax.unquoted(written);
      boolean isNew = FieldSyntax.isToken(name) && value.isPresent() && !pairs.containsKey(name);
      if (!isNew) {
        return Optional.empty();
      }
      pairs.put(name, value.get());
    }
    return Optional.of(
        new ForwardedElement(
            Optional.ofNullable(pairs.get("for")),
            Optional.ofNullable(pairs.get("host")),
            Optional.ofNullable(pairs.get("proto"))));
  }

  /// The address part of a node (§6), without port and brackets; not checked to be one.
  public static String address(String node) {
    if (node.startsWith("[")) {
      int end = node.indexOf(']');
      return end < 0 ? node : node.substring(1, end);
    }
    int colon = node.indexOf(':');
    // More than one colon: an IPv6 address that should have had brackets.
    return colon < 0 || colon != node.lastIndexOf(':') ? node : node.substring(0, colon);
  }

  /// As it is written in the field.
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(80);
    append(text, "for", from.map(ForwardedElement::node));
    append(text, "host", host);
    append(text, "proto", proto);
    return text.toString();
  }

  private static String node(String ip) {
    return ip.indexOf(':') >= 0 && !ip.startsWith("[") ? "[" + ip + "]" : ip;
  }

  private static void append(StringBuilder text, String name, Optional<String> value) {
    if (value.isEmpty()) {
      return;
    }
    if (!text.isEmpty()) {
      text.append(';');
    }
    text.append(name).append('=');
    if (FieldSyntax.isToken(value.get())) {
      text.append(value.get());
    } else {
      text.append('"');
      String quoted = value.get();
      for (int i = 0; i < quoted.length(); i++) {
        char c = quoted.charAt(i);
        if (c == '"' || c == '\\') {
          text.append('\\');
        }
        text.append(c);
      }
      text.append('"');
    }
  }
}

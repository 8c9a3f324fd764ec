package io.forebay.http;

import java.util.ArrayList;
import java.util.List;

/// The cookies of a request (RFC 6265 §4.2).
public final class RequestCookies {

  private RequestCookies() {}

  /// All values of the cookies of that name, in the order sent. Names are compared percent-decoded,
  /// as some origins do, so that nobody slips a cookie past a rule by encoding its name.
  public static List<String> values(HttpFields request, String name) {
    List<String> values = List.of();
    for (FieldLine line : request) {
      if (!line.isNamed("Cookie")) {
        continue;
      }
      for (String pair : line.value().split(";", -1)) {
        int equals = pair.indexOf('=');
        String written = FieldSyntax.trimmed(equals < 0 ? pair : pair.substring(0, equals));
        if (Percent.decoded(written).equals(name)) {
          values = values.isEmpty() ? new ArrayList<>(2) : values;
          values.add(FieldSyntax.trimmed(pair.substring(equals + 1)));
        }
      }
    }
    return values;
  }
}

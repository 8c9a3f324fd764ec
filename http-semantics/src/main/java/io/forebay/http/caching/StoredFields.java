package io.forebay.http.caching;

import io.forebay.http.ConnectionFields;
import io.forebay.http.HttpFields;
import java.util.Collection;
import java.util.Set;

/// Which fields of a response are stored (RFC 9111 §3.1).
final class StoredFields {

  /// Not stored, beside the hop-by-hop ones. `Age` is no longer true once stored: it has gone into
  /// the initial age.
  private static final Set<String> NEVER =
      Set.of("proxy-authenticate", "proxy-authentication-info", "proxy-authorization", "age");

  /// Without these a stored response would be read wrongly or be given to the wrong client.
  private static final Set<String> INDISPENSABLE =
      Set.of(
          "cache-control",
          "content-encoding",
          "content-length",
          "content-range",
          "content-type",
          "date",
          "expires",
          "location",
          "vary");

  private StoredFields() {}

  /// Whether a response cannot be stored without the field, so that a directive that forbids
  /// storing the field forbids storing the response.
  ///
  /// @param name in lower case
  static boolean isIndispensable(String name) {
    return INDISPENSABLE.contains(name);
  }

  /// @param stripped names of further fields that must not be stored
  static HttpFields of(HttpFields received, Collection<String> stripped) {
    return ConnectionFields.removed(received).without(NEVER).without(stripped);
  }
}

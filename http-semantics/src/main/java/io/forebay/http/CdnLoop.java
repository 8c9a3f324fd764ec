package io.forebay.http;

/// The `CDN-Loop` field (RFC 8586): which caches a request has passed, in a field that none of them
/// may remove, unlike `Via`, which some do.
public final class CdnLoop {

  private static final String NAME = "CDN-Loop";

  private CdnLoop() {}

  /// The fields with one more member: `cdn; id=instance`.
  ///
  /// @param cdn a token, the same for all instances
  /// @param instance a token that no other instance has
  public static HttpFields with(HttpFields fields, String cdn, String instance) {
    return fields.with(NAME, cdn + "; id=" + instance);
  }

  /// Whether this very instance has had the request before.
  public static boolean names(HttpFields fields, String cdn, String instance) {
    for (String member : FieldSyntax.listMembers(fields, NAME)) {
      String[] parts = member.split(";", -1);
      boolean isOurs = FieldSyntax.trimmed(parts[0]).equalsIgnoreCase(cdn);
      for (int i = 1; isOurs && i < parts.length; i++) {
        if (FieldSyntax.trimmed(parts[i]).equals("id=" + instance)) {
          return true;
        }
      }
    }
    return false;
  }
}

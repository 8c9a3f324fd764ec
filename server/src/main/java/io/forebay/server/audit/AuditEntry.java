package io.forebay.server.audit;

import java.util.Optional;

/// What is known of a change before it is made.
///
/// @param principal who asks: a token's name, never secret
/// @param address from where, an IP address
/// @param scope what it covers, as text: `key:home`, `tags:a,b`
/// @param mode `hard` or `soft`
/// @param reason as the client gave it
/// @param subject the id of what it is about, such as an invalidation's
public record AuditEntry(
    AuditedOperation operation,
    String principal,
    String address,
    Optional<String> cache,
    Optional<String> scope,
    Optional<String> mode,
    Optional<String> reason,
    Optional<String> subject) {

  /// Longest text of one part, in characters; what is longer is cut and says so.
  public static final int MAX_TEXT = 2000;

  public AuditEntry {
    principal = AuditText.storable(principal);
    address = AuditText.storable(address);
    cache = cache.map(AuditText::storable);
    scope = scope.map(AuditText::storable);
    mode = mode.map(AuditText::storable);
    reason = reason.map(AuditText::storable);
    subject = subject.map(AuditText::storable);
  }

  public static AuditEntry of(AuditedOperation operation, String principal, String address) {
    return new AuditEntry(
        operation,
        principal,
        address,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  public AuditEntry inCache(String name) {
    return new AuditEntry(
        operation, principal, address, Optional.of(name), scope, mode, reason, subject);
  }

  public AuditEntry covering(String text) {
    return new AuditEntry(
        operation, principal, address, cache, Optional.of(text), mode, reason, subject);
  }

  public AuditEntry inMode(String text) {
    return new AuditEntry(
        operation, principal, address, cache, scope, Optional.of(text), reason, subject);
  }

  public AuditEntry because(String text) {
    return new AuditEntry(
        operation, principal, address, cache, scope, mode, Optional.of(text), subject);
  }

  public AuditEntry about(String id) {
    return new AuditEntry(
        operation, principal, address, cache, scope, mode, reason, Optional.of(id));
  }
}

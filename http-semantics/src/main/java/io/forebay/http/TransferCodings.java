package io.forebay.http;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The `Transfer-Encoding` of a response (RFC 9112 §6.1, §7). We never offer another coding than
/// chunked, so a response has no reason to come in one.
public final class TransferCodings {

  /// RFC 9112 §7.2.
  private static final Set<String> COMPRESSIONS =
      Set.of("gzip", "x-gzip", "deflate", "compress", "x-compress");

  private TransferCodings() {}

  /// Why the content cannot be had, for people; empty when it can.
  ///
  /// A single coding that nobody knows is let through: such a response ends with its connection
  /// (§6.3), and its content goes by as it is.
  public static Optional<String> fault(HttpFields responseFields) {
    if (!responseFields.contains("Transfer-Encoding")) {
      return Optional.empty();
    }
    List<String> codings =
        FieldSyntax.listMembers(responseFields, "Transfer-Encoding").stream()
            .map(member -> FieldSyntax.lowerCase(FieldSyntax.trimmed(member.split(";", 2)[0])))
            .toList();
    if (codings.stream().anyMatch(COMPRESSIONS::contains)) {
      return Optional.of("the origin compressed the transfer without being asked to");
    }
    if (codings.size() > 1 && codings.contains("chunked")) {
      return Optional.of("the origin put another transfer coding beside chunked");
    }
    return Optional.empty();
  }
}

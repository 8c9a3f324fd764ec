package io.forebay.http.caching;

import io.forebay.http.FieldSyntax;
import io.forebay.http.HttpFields;
import io.forebay.http.structured.BareItem.BooleanItem;
import io.forebay.http.structured.BareItem.IntegerItem;
import io.forebay.http.structured.BareItem.StringItem;
import io.forebay.http.structured.BareItem.TokenItem;
import io.forebay.http.structured.StructuredFields;
import io.forebay.http.structured.StructuredMember;
import io.forebay.http.structured.StructuredMember.Item;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The directives that govern a response in this cache, from the first field that applies: a
/// targeted field (RFC 9213 §2.2), `Surrogate-Control`, or `Cache-Control`.
///
/// With the first two, `Cache-Control` and `Expires` are as if they were not there.
///
/// @param fieldName the field they come from
public record ResponseDirectives(CacheControl directives, Origin origin, String fieldName) {

  /// What kind of field they come from.
  public enum Origin {
    TARGETED,
    SURROGATE_CONTROL,
    CACHE_CONTROL
  }

  public static ResponseDirectives of(HttpFields fields, CachePolicy policy) {
    for (String name : policy.targetedFields()) {
      Optional<CacheControl> targeted = targeted(fields, name);
      if (targeted.isPresent()) {
        return new ResponseDirectives(targeted.get(), Origin.TARGETED, name);
      }
    }
    if (policy.surrogateControl()) {
      Optional<CacheControl> surrogate = surrogate(fields);
      if (surrogate.isPresent()) {
        return new ResponseDirectives(
            surrogate.get(), Origin.SURROGATE_CONTROL, "Surrogate-Control");
      }
    }
    return new ResponseDirectives(CacheControl.of(fields), Origin.CACHE_CONTROL, "Cache-Control");
  }

  /// RFC 9213 §2.1: a dictionary whose parameters do not matter; ignored as a whole when it is
  /// empty or does not parse.
  private static Optional<CacheControl> targeted(HttpFields fields, String name) {
    if (!fields.contains(name)) {
      return Optional.empty();
    }
    return StructuredFields.dictionary(fields, name)
        .filter(members -> !members.isEmpty())
        .map(ResponseDirectives::ofMembers);
  }

  private static CacheControl ofMembers(Map<String, StructuredMember> members) {
    Map<String, Optional<String>> arguments = new LinkedHashMap<>();
    List<String> malformed = new ArrayList<>();
    members.forEach((name, member) -> {
      boolean isNumeric = isNumeric(name);
      switch (member) {
        case Item(BooleanItem(boolean value), _) when value ->
            arguments.put(name, Optional.empty());
        case Item(BooleanItem _, _) -> {}
        case Item(IntegerItem(long value), _) when isNumeric ->
            arguments.put(name, Optional.of(Long.toString(value)));
        case Item(StringItem(String value), _) when !isNumeric ->
            arguments.put(name, Optional.of(value));
        case Item(TokenItem(String value), _) when !isNumeric ->
            arguments.put(name, Optional.of(value));
        case StructuredMember _ -> malformed.add(name);
      }
    });
    return CacheControl.ofArguments(arguments, malformed);
  }

  /// Directives whose argument is a number maps to an Integer and nothing else (RFC 9213 §2.1).
  private static boolean isNumeric(String directive) {
    return switch (directive) {
      case "max-age", "s-maxage", "stale-while-revalidate", "stale-if-error" -> true;
      default -> false;
    };
  }

  /// Edge Architecture Specification §2: `max-age=N[+M]`, `no-store`, and members for one surrogate
  /// alone (`;name`), which are not for us. M seconds of staleness are allowed while revalidating.
  /// It governs only when it says how long, or that nothing is stored.
  private static Optional<CacheControl> surrogate(HttpFields fields) {
    if (!fields.contains("Surrogate-Control")) {
      return Optional.empty();
    }
    HttpFields.Builder plain = HttpFields.builder();
    for (String member : FieldSyntax.listMembers(fields, "Surrogate-Control")) {
      if (FieldSyntax.split(member, ';').size() == 1) {
        addSurrogateMember(plain, member);
      }
    }
    CacheControl directives = CacheControl.ofField(plain.build(), "Surrogate-Control");
    boolean governs = directives.has("max-age") || directives.noStore();
    return governs ? Optional.of(directives) : Optional.empty();
  }

  private static void addSurrogateMember(HttpFields.Builder plain, String member) {
    int plus = member.indexOf('+');
    boolean isExtended = plus > 0 && FieldSyntax.lowerCase(member).startsWith("max-age=");
    if (!isExtended) {
      plain.add("Surrogate-Control", member);
      return;
    }
    plain.add("Surrogate-Control", member.substring(0, plus));
    plain.add("Surrogate-Control", "stale-while-revalidate=" + member.substring(plus + 1));
  }
}

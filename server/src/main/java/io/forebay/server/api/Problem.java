package io.forebay.server.api;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// One error as a problem document (RFC 9457).
///
/// @param detail one sentence about this case
/// @param field which part of the request
/// @param expected what would be right
public record Problem(
    ProblemType type, String detail, Optional<String> field, Optional<String> expected) {

  public static Problem of(ProblemType type, String detail) {
    return new Problem(type, detail, Optional.empty(), Optional.empty());
  }

  public static Problem invalid(String field, String expected, String detail) {
    return new Problem(
        ProblemType.INVALID_REQUEST, detail, Optional.of(field), Optional.of(expected));
  }

  /// Its JSON members, in order.
  public Map<String, Object> members() {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("type", "urn:forebay:problem:" + type.code());
    members.put("title", type.title());
    members.put("status", type.status());
    members.put("detail", detail);
    field.ifPresent(name -> members.put("field", name));
    expected.ifPresent(text -> members.put("expected", text));
    return members;
  }
}

package io.forebay.server.api;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// One answer: status, fields, body. Immutable; [#with] makes another.
public final class ApiResponse {

  private static final byte[] NOTHING = {};

  private final int status;
  private final List<Map.Entry<String, String>> fields;
  private final byte[] body;

  private ApiResponse(int status, List<Map.Entry<String, String>> fields, byte[] body) {
    this.status = status;
    this.fields = List.copyOf(fields);
    this.body = body;
  }

  /// Without a body.
  public static ApiResponse empty(int status) {
    return new ApiResponse(status, List.of(), NOTHING);
  }

  /// @param body not copied
  public static ApiResponse bytes(int status, String contentType, byte[] body) {
    return new ApiResponse(status, List.of(Map.entry("Content-Type", contentType)), body);
  }

  public static ApiResponse text(int status, String text) {
    return bytes(status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
  }

  /// @param value a record, map or list
  public static ApiResponse json(int status, Object value) {
    return bytes(status, "application/json", Json.write(value));
  }

  public static ApiResponse problem(Problem problem) {
    return bytes(
        problem.type().status(), "application/problem+json", Json.write(problem.members()));
  }

  /// The same with one more field line.
  public ApiResponse with(String name, String value) {
    List<Map.Entry<String, String>> more = new ArrayList<>(fields);
    more.add(Map.entry(name, value));
    return new ApiResponse(status, more, body);
  }

  public int status() {
    return status;
  }

  public List<Map.Entry<String, String>> fields() {
    return fields;
  }

  /// Not a copy: read only.
  public byte[] body() {
    return body;
  }
}

package io.forebay.server.api;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// One answer: status, fields, body, which is there or is made while it is sent. Immutable; [#with]
/// makes another.
public final class ApiResponse {

  private static final byte[] NOTHING = {};

  private final int status;
  private final List<Map.Entry<String, String>> fields;
  private final byte[] body;
  private final OptionalLong affected;
  private final Optional<BodyWriter> writer;

  /// Makes a body while it is sent.
  @FunctionalInterface
  public interface BodyWriter {

    /// Called on a virtual thread. The answer is cut off, so that the client can tell, if this
    /// throws.
    ///
    /// @param out waits for a client that is slow, and fails when it is gone
    void writeTo(OutputStream out) throws IOException;
  }

  private ApiResponse(
      int status,
      List<Map.Entry<String, String>> fields,
      byte[] body,
      OptionalLong affected,
      Optional<BodyWriter> writer) {
    this.status = status;
    this.fields = List.copyOf(fields);
    this.body = body;
    this.affected = affected;
    this.writer = writer;
  }

  /// Without a body.
  public static ApiResponse empty(int status) {
    return new ApiResponse(status, List.of(), NOTHING, OptionalLong.empty(), Optional.empty());
  }

  /// One whose body is made while it is sent.
  public static ApiResponse streaming(int status, String contentType, BodyWriter writer) {
    return new ApiResponse(
        status,
        List.of(Map.entry("Content-Type", contentType)),
        NOTHING,
        OptionalLong.empty(),
        Optional.of(writer));
  }

  /// @param body not copied
  public static ApiResponse bytes(int status, String contentType, byte[] body) {
    return new ApiResponse(
        status,
        List.of(Map.entry("Content-Type", contentType)),
        body,
        OptionalLong.empty(),
        Optional.empty());
  }

  public static ApiResponse text(int status, String text) {
    return bytes(status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
  }

  /// @param value a record, map or list
  public static ApiResponse json(int status, Object value) {
    return bytes(status, "application/json", Json.write(value));
  }

  public static ApiResponse problem(Problem problem) {
    return problem(problem, Map.of());
  }

  /// @param more members of the document besides its own (RFC 9457 §3.2)
  public static ApiResponse problem(Problem problem, Map<String, Object> more) {
    Map<String, Object> members = problem.members();
    members.putAll(more);
    return bytes(problem.type().status(), "application/problem+json", Json.write(members));
  }

  /// The same with one more field line.
  public ApiResponse with(String name, String value) {
    List<Map.Entry<String, String>> more = new ArrayList<>(fields);
    more.add(Map.entry(name, value));
    return new ApiResponse(status, more, body, affected, writer);
  }

  /// The same, saying how many things the request changed: for the audit, not for the client.
  public ApiResponse affecting(long count) {
    return new ApiResponse(status, fields, body, OptionalLong.of(count), writer);
  }

  public int status() {
    return status;
  }

  public List<Map.Entry<String, String>> fields() {
    return fields;
  }

  /// How many things the request changed; empty if nobody counted.
  public OptionalLong affected() {
    return affected;
  }

  /// Not a copy: read only.
  public byte[] body() {
    return body;
  }

  /// What makes the body; empty if it is there.
  Optional<BodyWriter> writer() {
    return writer;
  }
}

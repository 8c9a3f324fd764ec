package io.forebay.server.compat;

import io.forebay.server.api.Json;
import io.forebay.server.api.Utf8;
import io.forebay.server.caches.StoredValue;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// Values as the adapters keep them, so that each API reads what the others wrote: text as text,
/// every other JSON value as JSON, bytes as bytes.
final class ForeignValue {

  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String JSON = "application/json";
  private static final String BYTES = "application/octet-stream";

  private ForeignValue() {}

  static StoredValue text(String text) {
    return new StoredValue(text.getBytes(StandardCharsets.UTF_8), TEXT);
  }

  /// A JSON text is kept as text, without its quotes.
  static StoredValue json(JsonNode value) {
    return value.isString() ? text(value.asString()) : new StoredValue(Json.write(value), JSON);
  }

  static StoredValue bytes(byte[] bytes) {
    return new StoredValue(bytes, BYTES);
  }

  /// As JSON: JSON as it is, text as a text, anything else in base64.
  static Object toJson(StoredValue value) {
    if (isJson(value)) {
      Optional<JsonNode> tree = Json.tree(value.bytes());
      if (tree.isPresent()) {
        return tree.get();
      }
    }
    return toText(value);
  }

  /// As text: JSON is its own text, bytes that are no text come in base64.
  static String toText(StoredValue value) {
    return isBinary(value)
        ? Base64.getEncoder().encodeToString(value.bytes())
        : Utf8.text(value.bytes())
            .orElseGet(() -> Base64.getEncoder().encodeToString(value.bytes()));
  }

  static boolean isJson(StoredValue value) {
    String essence = essence(value);
    return essence.equals(JSON) || essence.endsWith("+json");
  }

  static boolean isBinary(StoredValue value) {
    return !isJson(value) && !essence(value).startsWith("text/");
  }

  private static String essence(StoredValue value) {
    return value.contentType().toLowerCase(Locale.ROOT).split(";", 2)[0].strip();
  }
}

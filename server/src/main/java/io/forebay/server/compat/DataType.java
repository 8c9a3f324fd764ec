package io.forebay.server.compat;

import io.forebay.server.caches.StoredValue;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// The Cache Management API's kinds of values: what a value of each has to be in JSON, and how it
/// is kept.
enum DataType {
  STRING("a text"),
  JSON("any JSON"),
  /// In base64 wherever it is JSON.
  BINARY("a text in base64"),
  NUMBER("a number"),
  BOOLEAN("true or false"),
  LIST("an array"),
  DICTIONARY("an object");

  private final String expected;

  DataType(String expected) {
    this.expected = expected;
  }

  String expected() {
    return expected;
  }

  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<DataType> named(String text) {
    return Arrays.stream(values()).filter(type -> type.text().equals(text)).findFirst();
  }

  static String names() {
    return Arrays.stream(values()).map(DataType::text).collect(Collectors.joining(", "));
  }

  /// What a value is when nobody says so: a text is a string, as the API's default has it.
  static DataType of(JsonNode value) {
    return switch (value.getNodeType()) {
      case STRING -> STRING;
      case NUMBER -> NUMBER;
      case BOOLEAN -> BOOLEAN;
      case ARRAY -> LIST;
      case OBJECT -> DICTIONARY;
      case BINARY, MISSING, NULL, POJO -> JSON;
    };
  }

  /// What a value is that came by another API.
  static DataType of(StoredValue value) {
    return ForeignValue.isJson(value) ? JSON : ForeignValue.isBinary(value) ? BINARY : STRING;
  }

  /// As it is kept; empty if the value is not of this kind.
  Optional<StoredValue> stored(JsonNode value) {
    return switch (this) {
      case STRING -> value.isString() ? Optional.of(ForeignValue.json(value)) : Optional.empty();
      case JSON -> Optional.of(json(value));
      case BINARY -> value.isString() ? decoded(value.asString()) : Optional.empty();
      case NUMBER -> value.isNumber() ? Optional.of(json(value)) : Optional.empty();
      case BOOLEAN -> value.isBoolean() ? Optional.of(json(value)) : Optional.empty();
      case LIST -> value.isArray() ? Optional.of(json(value)) : Optional.empty();
      case DICTIONARY -> value.isObject() ? Optional.of(json(value)) : Optional.empty();
    };
  }

  private static StoredValue json(JsonNode value) {
    return new StoredValue(io.forebay.server.api.Json.write(value), "application/json");
  }

  private static Optional<StoredValue> decoded(String base64) {
    try {
      return Optional.of(ForeignValue.bytes(Base64.getDecoder().decode(base64)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}

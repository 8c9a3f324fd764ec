package io.forebay.server.api;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/// JSON of the API. Names are in snake_case. Reading is strict: unknown or repeated members, text
/// where a number belongs, and anything after the value are refused.
public final class Json {

  private static final int DEEPEST = 100;

  /// The body's own limit bounds a text; this only has to be larger.
  private static final int LONGEST_TEXT = Integer.MAX_VALUE - 8;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(DEEPEST)
                          .maxStringLength(LONGEST_TEXT)
                          .build())
                  .build())
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .withCoercionConfig(
              LogicalType.Textual,
              config ->
                  config
                      .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .disable(DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS)
          .disable(DateTimeFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
          .build();

  private Json() {}

  public static byte[] write(Object value) {
    return MAPPER.writeValueAsBytes(value);
  }

  /// Any JSON value, numbers kept exactly; empty if the bytes are no JSON.
  public static Optional<JsonNode> tree(byte[] bytes) {
    try {
      return Optional.of(MAPPER.readTree(bytes)).filter(node -> !node.isMissingNode());
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  /// Reads a value of `type`, or refuses the request: what is wrong, and where.
  public static <T> T read(byte[] body, Class<T> type) {
    try {
      T value = MAPPER.readValue(body, type);
      if (value == null) {
        throw new RequestRefused(refusal("body", "a JSON object", "The body is null."));
      }
      return value;
    } catch (UnrecognizedPropertyException e) {
      throw new RequestRefused(
          refusal(
              path(e),
              "one of "
                  + Optional.ofNullable(e.getKnownPropertyIds()).orElse(List.of()).stream()
                      .map(String::valueOf)
                      .sorted()
                      .collect(Collectors.joining(", ")),
              "The body has a member that is not known here."));
    } catch (DatabindException e) {
      throw new RequestRefused(
          refusal(path(e), expectation(e), "A member of the body is not of the right kind."));
    } catch (JacksonException e) {
      var location = e.getLocation();
      String where =
          location == null
              ? ""
              : " at line " + location.getLineNr() + ", column " + location.getColumnNr();
      throw new RequestRefused(refusal("body", "JSON", "The body is not JSON" + where + "."));
    }
  }

  private static String expectation(DatabindException e) {
    return e instanceof tools.jackson.databind.exc.MismatchedInputException mismatch
            && mismatch.getTargetType() != null
        ? "a value of kind " + kind(mismatch.getTargetType())
        : "a value of another kind";
  }

  private static String kind(Class<?> type) {
    if (type == String.class) {
      return "text";
    }
    if (Number.class.isAssignableFrom(type) || type.isPrimitive()) {
      return type == boolean.class ? "true or false" : "number";
    }
    return java.util.Collection.class.isAssignableFrom(type) ? "array" : "object";
  }

  /// `items[3].key`.
  private static String path(DatabindException e) {
    var path = new StringBuilder();
    for (JacksonException.Reference step : e.getPath()) {
      if (step.getPropertyName() != null) {
        path.append(path.isEmpty() ? "" : ".").append(step.getPropertyName());
      } else {
        path.append('[').append(step.getIndex()).append(']');
      }
    }
    return path.isEmpty() ? "body" : path.toString();
  }

  private static Problem refusal(String field, String expected, String detail) {
    return new Problem(ProblemType.INVALID_JSON, detail, Optional.of(field), Optional.of(expected));
  }
}

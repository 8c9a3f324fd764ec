package io.forebay.http.structured;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.http.structured.BareItem.BooleanItem;
import io.forebay.http.structured.BareItem.ByteSequence;
import io.forebay.http.structured.BareItem.DateItem;
import io.forebay.http.structured.BareItem.DecimalItem;
import io.forebay.http.structured.BareItem.DisplayString;
import io.forebay.http.structured.BareItem.IntegerItem;
import io.forebay.http.structured.BareItem.StringItem;
import io.forebay.http.structured.BareItem.TokenItem;
import io.forebay.http.structured.StructuredMember.InnerList;
import io.forebay.http.structured.StructuredMember.Item;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The public data set of httpwg/structured-field-tests, which lies among the test resources.
class StructuredFieldDataTest {

  private static final String FOLDER = "/structured-field-tests/";
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  /// A field value of any of the three kinds.
  private sealed interface Value {
    record OfItem(Item item) implements Value {}

    record OfList(List<StructuredMember> members) implements Value {}

    record OfDictionary(Map<String, StructuredMember> members) implements Value {}
  }

  static List<String> files() throws IOException {
    try (InputStream index = resource("index.txt")) {
      return new String(index.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  private static InputStream resource(String name) {
    return Objects.requireNonNull(
        StructuredFieldDataTest.class.getResourceAsStream(FOLDER + name), name);
  }

  private static JsonNode records(String file) throws IOException {
    try (InputStream data = resource(file)) {
      return JSON.readTree(data.readAllBytes());
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void everyFieldIsReadAsTheDataSays(String file) throws IOException {
    for (JsonNode record : records(file)) {
      if (!record.has("raw")) {
        continue;
      }
      Optional<Value> parsed = parse(record);
      boolean mayFail = record.path("can_fail").booleanValue(false);
      if (record.path("must_fail").booleanValue(false)) {
        assertThat(parsed).as(name(record)).isEmpty();
      } else if (parsed.isPresent() || !mayFail) {
        assertThat(parsed.map(StructuredFieldDataTest::text))
            .as(name(record))
            .hasValue(text(expected(record)));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void everyValueIsWrittenInTheCanonicalForm(String file) throws IOException {
    for (JsonNode record : records(file)) {
      boolean mustFail = record.path("must_fail").booleanValue(false);
      if (!record.has("expected") || (mustFail && record.has("raw"))) {
        continue;
      }
      Optional<String> written = serialise(expected(record));
      if (mustFail) {
        assertThat(written).as(name(record)).isEmpty();
      } else {
        JsonNode lines = record.has("canonical") ? record.get("canonical") : record.get("raw");
        assertThat(written.orElse("")).as(name(record)).isEqualTo(joined(lines));
      }
    }
  }

  private static String name(JsonNode record) {
    return record.get("name").stringValue();
  }

  private static String joined(JsonNode lines) {
    List<String> values = new ArrayList<>();
    lines.forEach(line -> values.add(line.stringValue()));
    return String.join(", ", values);
  }

  private static Optional<Value> parse(JsonNode record) {
    String raw = joined(record.get("raw"));
    return switch (record.get("header_type").stringValue()) {
      case "item" -> StructuredFields.parseItem(raw).map(Value.OfItem::new);
      case "list" -> StructuredFields.parseList(raw).map(Value.OfList::new);
      default -> StructuredFields.parseDictionary(raw).map(Value.OfDictionary::new);
    };
  }

  private static Optional<String> serialise(Value value) {
    return switch (value) {
      case Value.OfItem(Item item) -> StructuredFields.serialise(item);
      case Value.OfList(List<StructuredMember> members) -> StructuredFields.serialiseList(members);
      case Value.OfDictionary(Map<String, StructuredMember> members) ->
          StructuredFields.serialiseDictionary(members);
    };
  }

  private static Value expected(JsonNode record) {
    JsonNode expected = record.get("expected");
    return switch (record.get("header_type").stringValue()) {
      case "item" -> new Value.OfItem(item(expected));
      case "list" -> {
        List<StructuredMember> members = new ArrayList<>();
        expected.forEach(member -> members.add(member(member)));
        yield new Value.OfList(members);
      }
      default -> {
        Map<String, StructuredMember> members = new LinkedHashMap<>();
        expected.forEach(pair -> members.put(pair.get(0).stringValue(), member(pair.get(1))));
        yield new Value.OfDictionary(members);
      }
    };
  }

  private static StructuredMember member(JsonNode node) {
    if (!node.get(0).isArray()) {
      return item(node);
    }
    List<Item> items = new ArrayList<>();
    node.get(0).forEach(element -> items.add(item(element)));
    return new InnerList(items, parameters(node.get(1)));
  }

  private static Item item(JsonNode node) {
    return new Item(bare(node.get(0)), parameters(node.get(1)));
  }

  private static Map<String, BareItem> parameters(JsonNode pairs) {
    Map<String, BareItem> parameters = new LinkedHashMap<>();
    pairs.forEach(pair -> parameters.put(pair.get(0).stringValue(), bare(pair.get(1))));
    return parameters;
  }

  private static BareItem bare(JsonNode node) {
    if (node.isBoolean()) {
      return new BooleanItem(node.booleanValue());
    }
    if (node.isIntegralNumber()) {
      return new IntegerItem(node.longValue());
    }
    if (node.isNumber()) {
      return new DecimalItem(node.decimalValue());
    }
    if (node.isString()) {
      return new StringItem(node.stringValue());
    }
    JsonNode value = node.get("value");
    return switch (node.get("__type").stringValue()) {
      case "token" -> new TokenItem(value.stringValue());
      case "binary" -> new ByteSequence(base32(value.stringValue()));
      case "date" -> new DateItem(value.longValue());
      default -> new DisplayString(value.stringValue());
    };
  }

  /// RFC 4648 §6, one `char` per byte.
  private static String base32(String encoded) {
    StringBuilder bytes = new StringBuilder();
    int bits = 0;
    int held = 0;
    for (char c : encoded.replace("=", "").toCharArray()) {
      held = (held << 5) | "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c);
      bits += 5;
      if (bits >= 8) {
        bits -= 8;
        bytes.append((char) ((held >> bits) & 0xff));
      }
    }
    return bytes.toString();
  }

  /// In order, and with decimals of equal value equal.
  private static String text(Value value) {
    return switch (value) {
      case Value.OfItem(Item item) -> text(item);
      case Value.OfList(List<StructuredMember> members) ->
          members.stream().map(StructuredFieldDataTest::text).collect(Collectors.joining(" , "));
      case Value.OfDictionary(Map<String, StructuredMember> members) ->
          members.entrySet().stream()
              .map(member -> member.getKey() + " = " + text(member.getValue()))
              .collect(Collectors.joining(" , "));
    };
  }

  private static String text(StructuredMember member) {
    String value =
        switch (member) {
          case Item item -> text(item.value());
          case InnerList list ->
              list.items().stream()
                  .map(StructuredFieldDataTest::text)
                  .collect(Collectors.joining(" ", "(", ")"));
        };
    return member.parameters().entrySet().stream()
        .map(parameter -> " ; " + parameter.getKey() + " = " + text(parameter.getValue()))
        .collect(Collectors.joining("", value, ""));
  }

  private static String text(BareItem item) {
    return item instanceof DecimalItem(BigDecimal value)
        ? "decimal " + value.stripTrailingZeros().toPlainString()
        : item.toString();
  }
}

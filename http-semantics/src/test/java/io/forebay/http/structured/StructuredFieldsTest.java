package io.forebay.http.structured;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.http.HttpFields;
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
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// RFC 9651 §3, §4.
class StructuredFieldsTest {

  static Stream<Arguments> bareItems() {
    return Stream.of(
        Arguments.of("42", new IntegerItem(42)),
        Arguments.of("-0", new IntegerItem(0)),
        Arguments.of("-999999999999999", new IntegerItem(-999_999_999_999_999L)),
        Arguments.of("4.5", new DecimalItem(new BigDecimal("4.5"))),
        Arguments.of("123456789012.123", new DecimalItem(new BigDecimal("123456789012.123"))),
        Arguments.of("\"a \\\"b\\\\\"", new StringItem("a \"b\\")),
        Arguments.of("foo123/456:*", new TokenItem("foo123/456:*")),
        Arguments.of("*a", new TokenItem("*a")),
        Arguments.of(":aGVsbG8=:", new ByteSequence("hello")),
        Arguments.of("::", new ByteSequence("")),
        Arguments.of("?1", BooleanItem.TRUE),
        Arguments.of("?0", BooleanItem.FALSE),
        Arguments.of("@1659578233", new DateItem(1_659_578_233)),
        Arguments.of("%\"f%c3%bc%25\"", new DisplayString("f\u00fc%")));
  }

  /// §3.3.
  @ParameterizedTest
  @MethodSource("bareItems")
  void everyBareItemIsRead(String text, BareItem item) {
    assertThat(StructuredFields.parseItem("  " + text + " ")).contains(Item.of(item));
  }

  @ParameterizedTest
  @MethodSource("bareItems")
  void everyBareItemIsWritten(String text, BareItem item) {
    assertThat(StructuredFields.serialise(Item.of(item))).contains(text.equals("-0") ? "0" : text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1234567890123456",
        "--1",
        "-",
        "1.",
        "1.1234",
        "1234567890123.1",
        "1 2",
        "\t1",
        "\"a",
        "\"\\a\"",
        "\"caf\u00e9\"",
        "'a'",
        "&",
        ":a",
        ":%:",
        "?2",
        "?",
        "@1.5",
        "@",
        "%\"a",
        "%\"%C3\"",
        "%\"%c3\"",
        "%\"%f\"",
        "%a",
        "1;A",
        "1;",
        "a, b",
        "\u00e9"
      })
  void anythingElseIsNoItem(String text) {
    assertThat(StructuredFields.parseItem(text)).isEmpty();
  }

  /// §3.1.
  @Test
  void listsHaveItemsAndInnerListsWithParameters() {
    List<StructuredMember> members =
        StructuredFields.parseList("a;q=0.5;x ,\t( \"b\"  2;y=?0 );z , ()").orElseThrow();
    assertThat(members)
        .containsExactly(
            new Item(
                new TokenItem("a"),
                Map.of("q", new DecimalItem(new BigDecimal("0.5")), "x", BooleanItem.TRUE)),
            new InnerList(
                List.of(
                    Item.of(new StringItem("b")),
                    new Item(new IntegerItem(2), Map.of("y", BooleanItem.FALSE))),
                Map.of("z", BooleanItem.TRUE)),
            new InnerList(List.of(), Map.of()));
    assertThat(StructuredFields.serialiseList(members)).contains("a;q=0.5;x, (\"b\" 2;y=?0);z, ()");
  }

  @ParameterizedTest
  @ValueSource(strings = {",", "a,", "a,,b", "a b", "(a", "(a,b)", "a)", "((a))", "(\"a\"\"b\")"})
  void malformedListsAreNone(String text) {
    assertThat(StructuredFields.parseList(text)).isEmpty();
  }

  /// §3.2.
  @Test
  void dictionariesKeepTheirOrderAndTheLastValue() {
    Map<String, StructuredMember> members =
        StructuredFields.parseDictionary("a=1, b;x=2, c=?0, d=(1 2), a=3").orElseThrow();
    assertThat(members.keySet()).containsExactly("a", "b", "c", "d");
    assertThat(members).containsEntry("a", Item.of(new IntegerItem(3)));
    assertThat(StructuredFields.serialiseDictionary(members)).contains("a=3, b;x=2, c=?0, d=(1 2)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"A=1", "a =1", "a= 1", "a=", "1=a", "a=1,", "a=1 b=2", "=1", "a==1"})
  void malformedDictionariesAreNone(String text) {
    assertThat(StructuredFields.parseDictionary(text)).isEmpty();
  }

  @Test
  void anEmptyFieldIsAnEmptyListOrDictionary() {
    assertThat(StructuredFields.parseList("  ")).contains(List.of());
    assertThat(StructuredFields.parseDictionary("")).contains(Map.of());
  }

  @Test
  void linesAreOneField() {
    HttpFields fields = HttpFields.of("X", "a=1", "x", "b=2", "Y", "a=1", "Y", "&");
    assertThat(StructuredFields.dictionary(fields, "X").orElseThrow().keySet())
        .containsExactly("a", "b");
    assertThat(StructuredFields.dictionary(fields, "Y")).isEmpty();
    assertThat(StructuredFields.list(fields, "Z")).isEmpty();
  }

  /// §4.1.5.
  @ParameterizedTest
  @CsvSource({"1, 1.0", "1.2345, 1.234", "1.2355, 1.236", "-0.0004, 0.0", "10.10, 10.1"})
  void decimalsAreRoundedToTheEvenThirdPlace(BigDecimal value, String text) {
    assertThat(StructuredFields.serialise(Item.of(new DecimalItem(value)))).contains(text);
  }

  static final List<BareItem> UNWRITABLE =
      List.of(
          new IntegerItem(1_000_000_000_000_000L),
          new IntegerItem(Long.MIN_VALUE),
          new DateItem(-1_000_000_000_000_000L),
          new DecimalItem(new BigDecimal("1000000000000")),
          new DecimalItem(new BigDecimal("999999999999.9999")),
          new StringItem("a\nb"),
          new StringItem("\u00e9"),
          new TokenItem(""),
          new TokenItem("1a"),
          new TokenItem("a b"));

  @ParameterizedTest
  @FieldSource("UNWRITABLE")
  void whatIsOutOfBoundsIsNotWritten(BareItem item) {
    assertThat(StructuredFields.serialise(Item.of(item))).isEmpty();
  }

  @Test
  void aKeyIsLowerCase() {
    Item item = Item.of(BooleanItem.TRUE);
    assertThat(StructuredFields.serialiseDictionary(Map.of("A", item))).isEmpty();
    assertThat(StructuredFields.serialiseDictionary(Map.of("", item))).isEmpty();
    assertThat(StructuredFields.serialiseDictionary(Map.of("*a_-.1", item))).contains("*a_-.1");
  }
}

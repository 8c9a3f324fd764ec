package io.forebay.http.caching;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.http.HttpFields;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// RFC 9111 §4.1.
class VariantKeyTest {

  private static String key(String vary, String... request) {
    return VariantKey.of(HttpFields.of("Vary", vary), HttpFields.of(request));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "Accept-Encoding | gzip, br              | BR,GZIP",
        "Accept-Encoding | gzip;q=1.0, br;q=0.50 | br ; q=0.5 , gzip",
        "Accept-Encoding | x-gzip                | gzip",
        "Accept-Language | en, de                | de, en",
        "Accept-Language | en, de                | eN, De",
        "Accept-Language | en, de                | ` en , de`",
        "Accept-Language | en;q=0.8              | en;Q=0.8",
        "Accept-Charset  | utf-8, *;q=0          | *;q=0.0,UTF-8",
        "Accept          | text/html, */*;q=0.1  | */*;q=0.100,Text/HTML;q=1",
        "Foo             | 1,2                   | ` 1, 2 `",
        "Foo             | a, \"b , c\"          | a,\"b , c\"",
      })
  void valuesThatMeanTheSameAreTheSame(String name, String one, String other) {
    assertThat(key(name, name, one)).isEqualTo(key(name, name, other));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "Accept-Encoding | gzip                   | br",
        "Accept-Encoding | gzip                   | gzip;q=0",
        "Accept-Encoding | gzip                   | ``",
        "Accept-Language | en;q=0.8, de           | en, de;q=0.8",
        "Accept          | text/html;x=A          | text/html;x=a",
        "Foo             | a                      | A",
        "Foo             | 1, 2                   | 2, 1",
        "Foo             | \"a, b\"               | \"a,b\"",
        "Foo             | a b                    | ab",
        "Cookie          | a=1, b=2               | a=1,b=2",
        "User-Agent      | A (x, y)               | A (x,y)",
      })
  void valuesThatMayMeanDifferentThingsDiffer(String name, String one, String other) {
    assertThat(key(name, name, one)).isNotEqualTo(key(name, name, other));
  }

  @Test
  void linesOfAFieldAreCombined() {
    assertThat(key("Foo", "Foo", "1", "foo", "2")).isEqualTo(key("Foo", "FOO", "1, 2"));
  }

  @Test
  void absentIsNotEmpty() {
    assertThat(key("Foo")).isNotEqualTo(key("Foo", "Foo", ""));
    assertThat(key("Foo, Bar", "Foo", "1")).isEqualTo(key("Foo, Bar", "Foo", "1"));
    assertThat(key("Foo, Bar", "Foo", "1")).isNotEqualTo(key("Foo, Bar", "Bar", "1"));
  }

  @Test
  void otherFieldsDoNotMatter() {
    assertThat(key("Foo", "Foo", "1", "Other", "2")).isEqualTo(key("Foo", "Foo", "1"));
  }

  @Test
  void namesAreASet() {
    String[] request = {"Foo", "1", "Bar", "2"};
    assertThat(key("Foo, Bar", request)).isEqualTo(key("bar,FOO,,foo", request));
    HttpFields lines = HttpFields.of("Vary", "", "Vary", "Bar", "Vary", "Foo");
    assertThat(VariantKey.of(lines, HttpFields.of(request))).isEqualTo(key("Foo, Bar", request));
  }

  @Test
  void whatDoesNotVaryHasAnEmptyKey() {
    HttpFields request = HttpFields.of("Foo", "1");
    assertThat(VariantKey.of(HttpFields.none(), request)).isEmpty();
    assertThat(VariantKey.of(HttpFields.of("Vary", ""), request)).isEmpty();
  }

  @Test
  void longValuesAreDigestedAndStillDiffer() {
    String cookie = "x".repeat(10_000);
    String one = key("Cookie", "Cookie", cookie + "1");
    assertThat(one)
        .hasSizeLessThanOrEqualTo(200)
        .isNotEqualTo(key("Cookie", "Cookie", cookie + "2"));
    assertThat(one).isEqualTo(key("cookie", "COOKIE", cookie + "1"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"*", " * ", "Foo, *", "*, Foo", ", *", "*, *", "a b"})
  void someVaryMatchesNothing(String vary) {
    assertThat(VariantKey.matchesNothing(HttpFields.of("Vary", vary))).isTrue();
    assertThat(VariantKey.matchesNothing(HttpFields.of("Vary", "", "Vary", vary))).isTrue();
  }

  @Test
  void ordinaryVaryMatchesSomething() {
    for (String vary : List.of("", "Foo", "Foo, Bar", ",", "x*y")) {
      assertThat(VariantKey.matchesNothing(HttpFields.of("Vary", vary))).as(vary).isFalse();
    }
    assertThat(VariantKey.matchesNothing(HttpFields.none())).isFalse();
  }
}

package io.forebay.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// RFC 9110 §8.8.3.
class EntityTagTest {

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "`\"xyzzy\"`    | false | `xyzzy`",
        "`W/\"xyzzy\"`  | true  | `xyzzy`",
        "`\"\"`         | false | ``",
        "`\"a\\b\"`     | false | `a\\b`",
        "`\"a,b\"`      | false | `a,b`",
        "`\"caf\u00e9\"` | false | `caf\u00e9`",
        "` \"x\" `      | false | `x`",
      })
  void aTagIsReadByteExact(String value, boolean weak, String opaque) {
    assertThat(EntityTag.parse(value)).contains(new EntityTag(weak, opaque));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "xyzzy",
        "\"xyzzy",
        "xyzzy\"",
        "w/\"x\"",
        "W\"x\"",
        "W/ \"x\"",
        "\"a\"b",
        "\"a\", \"b\"",
        "\"a\u0001\"",
        "*"
      })
  void anythingElseIsNoTag(String value) {
    assertThat(EntityTag.parse(value)).isEmpty();
  }

  /// The table of §8.8.3.2.
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "W/\"1\", W/\"1\", false, true",
        "W/\"1\", W/\"2\", false, false",
        "W/\"1\", \"1\",   false, true",
        "\"1\",   \"1\",   true,  true",
        "\"1\",   \"2\",   false, false",
      })
  void comparisonIsStrongOrWeak(String one, String other, boolean strongly, boolean weakly) {
    EntityTag first = EntityTag.parse(one).orElseThrow();
    EntityTag second = EntityTag.parse(other).orElseThrow();
    assertThat(first.matchesStrongly(second)).isEqualTo(strongly);
    assertThat(first.matchesWeakly(second)).isEqualTo(weakly);
  }

  @Test
  void aListSkipsWhatIsNoTag() {
    assertThat(EntityTag.parseList("\"a\" , W/\"b,c\",, junk, \"d\"e, \"f\""))
        .containsExactly(
            new EntityTag(false, "a"), new EntityTag(true, "b,c"), new EntityTag(false, "f"));
    assertThat(EntityTag.parseList("")).isEmpty();
    assertThat(EntityTag.parseList("*")).isEmpty();
  }

  @Test
  void aTagIsWrittenAsItWasRead() {
    assertThat(new EntityTag(true, "a").fieldValue()).isEqualTo("W/\"a\"");
    assertThat(new EntityTag(false, "a").fieldValue()).isEqualTo("\"a\"");
  }
}

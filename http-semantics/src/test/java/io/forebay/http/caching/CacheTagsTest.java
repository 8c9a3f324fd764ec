package io.forebay.http.caching;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.http.HttpFields;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CacheTagsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "Cache-Tag      | a, b c ,,d        | a;b c;d",
        "Cache-Tags     | a,b               | a;b",
        "Cache-Tags     | node:1 node_list  | node:1;node_list",
        "Surrogate-Key  | a b,c  d          | a;b,c;d",
        "xkey           | a b, c            | a;b;c",
        "Edge-Cache-Tag | a, b              | a;b",
        "X-Cache-Tags   | a,b               | a;b",
        "X-Magento-Tags | cat_p,cat_p_1     | cat_p;cat_p_1",
        "Cache-Groups   | \"a\", \"b, c\"   | a;b, c",
        "Cache-Groups   | \"a\", b          | ``",
        "Cache-Groups   | \"a               | ``",
        "Other          | a                 | ``",
      })
  void eachFieldHasItsSyntax(String name, String value, String tags) {
    assertThat(String.join(";", CacheTags.of(HttpFields.of(name, value)).tags())).isEqualTo(tags);
  }

  @Test
  void tagsOfAllFieldsAndLinesComeTogetherEachOnce() {
    HttpFields fields =
        HttpFields.of("Surrogate-Key", "a b", "cache-tag", "b,c", "Cache-Tag", "d,A");
    assertThat(CacheTags.of(fields).tags()).containsExactly("b", "c", "d", "A", "a");
  }

  @Test
  void aTagOverTheLimitIsDroppedAndTold() {
    String longest = "x".repeat(CacheTags.MAX_TAG_LENGTH);
    CacheTags tags = CacheTags.of(HttpFields.of("Surrogate-Key", longest + " " + longest + "y z"));
    assertThat(tags.tags()).containsExactly(longest, "z");
    assertThat(tags.dropped()).containsExactly(longest);
  }

  @Test
  void tagsBeyondTheFieldsLimitAreDroppedAndTold() {
    String value =
        IntStream.range(0, 2048).mapToObj("%08d"::formatted).collect(Collectors.joining(" "));
    CacheTags tags = CacheTags.of(HttpFields.of("Surrogate-Key", value, "Cache-Tag", "other"));
    assertThat(tags.tags()).hasSize((16 * 1024 + 1) / 9 + 1).contains("other");
    assertThat(tags.dropped()).hasSize(2048 - (16 * 1024 + 1) / 9).contains("00002047");
  }

  @Test
  void theFieldsAreKnownForStripping() {
    assertThat(CacheTags.fieldNames()).containsAll(List.of("Cache-Tag", "xkey", "Cache-Groups"));
  }
}

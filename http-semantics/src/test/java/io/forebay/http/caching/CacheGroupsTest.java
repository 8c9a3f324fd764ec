package io.forebay.http.caching;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import io.forebay.http.ResponseHead;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CacheGroupsTest {

  private static List<String> invalidated(String method, String host, String field) {
    return CacheGroups.invalidatedBy(
        new RequestHead(method, "https", host, "/order", HttpFields.none()),
        new ResponseHead(303, HttpFields.of("Cache-Group-Invalidation", field)));
  }

  private static List<String> groups(String url, String field) {
    return CacheGroups.tagsOf(new CacheKey(url), HttpFields.of("Cache-Groups", field));
  }

  /// RFC 9875 §3: only on responses to unsafe methods; a list of strings, parameters ignored.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "POST   | \"cart\"               | 1",
        "DELETE | \"cart\", \"b c\";x=1  | 2",
        "POST   | \"cart\", \"cart\"     | 1",
        "GET    | \"cart\"               | 0",
        "HEAD   | \"cart\"               | 0",
        "POST   | cart                   | 0",
        "POST   | \"cart                 | 0",
        "POST   | \"a\", 5               | 0",
      })
  void groupsToInvalidate(String method, String field, int count) {
    assertThat(invalidated(method, "a.example", field)).hasSize(count);
  }

  @Test
  void aGroupIsOnesOriginsOnly() {
    List<String> ours = groups("https://a.example/cart?x", "\"cart\"");
    assertThat(invalidated("POST", "a.example", "\"cart\"")).isEqualTo(ours);
    assertThat(invalidated("POST", "A.example:443", "\"cart\"")).isEqualTo(ours);
    assertThat(invalidated("POST", "b.example", "\"cart\"")).isNotEqualTo(ours);
    assertThat(invalidated("POST", "a.example", "\"Cart\"")).isNotEqualTo(ours);
    assertThat(groups("http://a.example/cart", "\"cart\"")).isNotEqualTo(ours);
    assertThat(groups("https://a.example", "\"cart\"")).isEqualTo(ours);
  }

  /// RFC 9875 §2: at least 32 groups of at least 32 characters.
  @Test
  void manyLongGroupsAreKept() {
    var field = new StringBuilder();
    for (int i = 0; i < 100; i++) {
      field.append(i == 0 ? "" : ", ").append('"').append("x".repeat(60)).append(i).append('"');
    }
    assertThat(groups("https://a.example/", field.toString())).hasSize(100);
  }

  @Test
  void groupsAreTagsToo() {
    HttpFields fields = HttpFields.of("Cache-Tag", "t", "Cache-Groups", "\"g\"");
    List<String> tags = CacheTags.of(new CacheKey("https://a.example/"), fields).tags();
    assertThat(tags)
        .hasSize(3)
        .contains("t", "g")
        .containsAll(groups("https://a.example/", "\"g\""));
  }
}

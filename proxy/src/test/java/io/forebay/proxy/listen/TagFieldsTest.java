package io.forebay.proxy.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import io.forebay.http.caching.CacheTags;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TagFieldsTest {

  private static RequestHead request(String field, String value) {
    return new RequestHead("GET", "http", "a", "/", HttpFields.of(field, value));
  }

  @ParameterizedTest
  @CsvSource({
    "STRIP, Forebay-Debug, 1, false",
    "DEBUG, Forebay-Debug, 1, true",
    "DEBUG, fastly-debug,  1, true",
    "DEBUG, Fastly-Debug,  0, false",
    "DEBUG, Accept,        1, false",
    "KEEP,  Accept,        1, true",
  })
  void whoSeesTags(TagFields mode, String field, String value, boolean seen) {
    HttpFields fields = HttpFields.of("Age", "1", "surrogate-key", "a");
    HttpFields shown = mode.shown(request(field, value), fields);
    assertThat(shown.contains("Surrogate-Key")).isEqualTo(seen);
    assertThat(shown.contains("Age")).isTrue();
  }

  @Test
  void everyFieldOfTagsIsStripped() {
    for (String name : CacheTags.fieldNames()) {
      HttpFields fields = HttpFields.of(name, "a");
      assertThat(TagFields.STRIP.shown(request("a", "b"), fields).isEmpty()).as(name).isTrue();
    }
  }
}

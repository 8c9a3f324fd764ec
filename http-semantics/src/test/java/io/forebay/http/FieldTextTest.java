package io.forebay.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.http.caching.CacheTags;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FieldTextTest {

  /// Left: one character for each byte, as a codec hands it over.
  @ParameterizedTest
  @CsvSource({
    "plain, plain",
    "z\u00c3\u00bcrich, z\u00fcrich",
    "\u00e2\u0082\u00ac, \u20ac",
    "z\u00fcrich, z\u00fcrich",
    "\u20ac\u00c3\u00bc, \u20ac\u00c3\u00bc"
  })
  void bytesOfUtf8BecomeTextAndEverythingElseStays(String received, String text) {
    assertThat(FieldText.decoded(received)).isEqualTo(text);
  }

  @Test
  void tagsAreReadSo() {
    HttpFields fields = HttpFields.of("Cache-Tag", "z\u00c3\u00bcrich, plain");
    assertThat(CacheTags.of(fields).tags()).containsExactly("z\u00fcrich", "plain");
  }
}

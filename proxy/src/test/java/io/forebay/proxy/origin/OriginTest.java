package io.forebay.proxy.origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OriginTest {

  @ParameterizedTest
  @CsvSource({
    "http://127.0.0.1:3000, http://127.0.0.1:3000",
    "http://example.com, http://example.com:80",
    "HTTPS://example.com/, https://example.com:443",
    "http://[::1]:81, http://[::1]:81",
  })
  void originsAreUrlsWithoutPath(String text, String expected) {
    assertThat(Origin.parse(text)).hasToString(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "127.0.0.1:3000",
        "ftp://example.com",
        "http://",
        "http://example.com/path",
        "http://example.com?q",
        "http://user@example.com",
        "http://example.com:0",
        "http://example.com:70000",
        "http://exa mple.com"
      })
  void anythingElseIsRefusedWithWhatWasExpected(String text) {
    assertThatThrownBy(() -> Origin.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected an origin as http://host[:port]");
  }
}

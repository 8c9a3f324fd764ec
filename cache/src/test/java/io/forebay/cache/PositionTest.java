package io.forebay.cache;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PositionTest {

  @ParameterizedTest
  @ValueSource(strings = {"0-0", "1-2", "1764115200-9223372036854775807"})
  void itsTextIsReadBack(String text) {
    assertThat(Position.parse(text)).hasToString("Optional[" + text + "]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1", "-", "1-", "-1-2", "1-2-3", "a-1", "1-9223372036854775808"})
  void whatIsNoPositionIsNone(String text) {
    assertThat(Position.parse(text)).isEmpty();
  }
}

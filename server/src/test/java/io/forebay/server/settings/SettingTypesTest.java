package io.forebay.server.settings;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingTypesTest {

  @ParameterizedTest
  @CsvSource({
    "0B, 0",
    "100B, 100",
    "1KiB, 1024",
    "8MiB, 8388608",
    "1 GiB, 1073741824",
    "2MB, 2000000",
    "1kb, 1000",
    "3tib, 3298534883328"
  })
  void sizesAreReadWithTheirUnit(String text, long bytes) {
    assertThat(ByteSize.parse(text)).hasValue(new ByteSize(bytes));
    assertThat(ByteSize.parse(new ByteSize(bytes).toString())).hasValue(new ByteSize(bytes));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1", "MiB", "-1MiB", "1.5MiB", "1XiB", "99999999999999TiB", "1MiB2"})
  void aSizeWithoutUnitOrBeyondALongIsNone(String text) {
    assertThat(ByteSize.parse(text)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "500ms, 500ms",
    "1000ms, 1s",
    "90s, 90s",
    "60s, 1m",
    "3600s, 1h",
    "24h, 1d",
    "0s, 0s",
    "7d, 7d"
  })
  void durationsAreRenderedInTheLargestUnitThatKeepsThemWhole(String text, String rendered) {
    assertThat(Durations.parse(text).map(Durations::render)).hasValue(rendered);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "s", "-5s", "1.5s", "5 weeks", "PT5S", "5S"})
  void aDurationWithoutUnitIsNone(String text) {
    assertThat(Durations.parse(text)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "listen, listen, 0",
    "lisen, listen, 1",
    "litsen, listen, 1",
    "abc, '', 3",
    "abc, axc, 1"
  })
  void editDistanceCountsASwapOfNeighboursOnce(String a, String b, int distance) {
    assertThat(NearestName.distance(a, b)).isEqualTo(distance);
    assertThat(NearestName.distance(b, a)).isEqualTo(distance);
  }

  @Test
  void everyDefaultIsReadBackByItsType() {
    for (Setting<?> setting : Settings.ALL) {
      assertThat(readsItsDefault(setting)).as(setting.name()).isTrue();
    }
  }

  private static <T> boolean readsItsDefault(Setting<T> setting) {
    T value = setting.defaultValue();
    if (value == null) {
      return false;
    }
    String text = setting.type().render(value);
    return text.isEmpty() || setting.type().parse(text).equals(Parsed.good(value));
  }
}

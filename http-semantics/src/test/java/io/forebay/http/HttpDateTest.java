package io.forebay.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// RFC 9110 §5.6.7.
class HttpDateTest {

  private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Sun, 06 Nov 1994 08:49:37 GMT  | 1994-11-06T08:49:37Z",
        "Sunday, 06-Nov-94 08:49:37 GMT | 1994-11-06T08:49:37Z",
        "Sun Nov  6 08:49:37 1994       | 1994-11-06T08:49:37Z",
        "Thu Aug 18 02:01:18 2050       | 2050-08-18T02:01:18Z",
        "SUN, 06 NOV 1994 08:49:37 gmt  | 1994-11-06T08:49:37Z",
        "Mon, 06 Nov 1994 08:49:37 GMT  | 1994-11-06T08:49:37Z",
        "Sat, 31 Dec 2016 23:59:60 GMT  | 2017-01-01T00:00:00Z",
        "Thu, 29 Feb 2024 00:00:00 GMT  | 2024-02-29T00:00:00Z",
        "Sun, 21 Nov 2286 04:46:39 GMT  | 2286-11-21T04:46:39Z",
      })
  void allThreeFormatsAreRead(String text, Instant instant) {
    assertThat(HttpDate.parse(text)).contains(instant);
    assertThat(HttpDate.parse(text, NOW)).contains(instant);
  }

  @ParameterizedTest
  @CsvSource({
    "01-Jun-76, 2076-06-01",
    "02-Jun-76, 1976-06-02",
    "01-Jan-77, 1977-01-01",
    "31-Dec-75, 2075-12-31",
    "01-Jan-99, 1999-01-01",
    "01-Jan-00, 2000-01-01"
  })
  void aTwoDigitYearMoreThanFiftyYearsAheadLiesInThePast(String day, String expected) {
    String text = "Monday, " + day + " 00:00:00 GMT";
    assertThat(HttpDate.parse(text, NOW)).contains(Instant.parse(expected + "T00:00:00Z"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0",
        "-1",
        "never",
        "1994-11-06T08:49:37Z",
        "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 06 Nov 1994 08:49:37 +0000",
        "Sun, 06 Nov 94 08:49:37 GMT",
        "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 8:49:37 GMT",
        "Sun, 06 Nov 1994 08.49.37 GMT",
        "Sun,  06 Nov 1994 08:49:37 GMT",
        "Sun, 06-Nov-1994 08:49:37 GMT",
        "Sun 06 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:00:00 GMT",
        "Sun, 06 Nov 1994 08:60:00 GMT",
        "Sun, 06 Nov 1994 08:49:61 GMT",
        "Sun, 31 Feb 1994 08:49:37 GMT",
        "Sun, 00 Nov 1994 08:49:37 GMT",
        "Sun, 06 Anj 1994 08:49:37 GMT",
        "Abc, 06 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT",
        "Sun Nov 6 08:49:37 1994",
        "Funday, 06-Nov-94 08:49:37 GMT",
      })
  void anythingElseIsNoDate(String text) {
    assertThat(HttpDate.parse(text)).isEmpty();
  }

  @Test
  void everySecondReadsBackAsItWasWritten() {
    long seed = 20260601;
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      Instant instant = Instant.ofEpochSecond(random.nextLong(-2_000_000_000L, 250_000_000_000L));
      assertThat(HttpDate.parse(HttpDate.format(instant))).as("seed %d", seed).contains(instant);
    }
  }

  @Test
  void partsOfASecondAreDropped() {
    Instant instant = Instant.parse("1994-11-06T08:49:37Z");
    assertThat(HttpDate.format(instant.plus(999, ChronoUnit.MILLIS)))
        .isEqualTo("Sun, 06 Nov 1994 08:49:37 GMT");
  }
}

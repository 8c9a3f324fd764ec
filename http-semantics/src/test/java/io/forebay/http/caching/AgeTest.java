package io.forebay.http.caching;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.http.HttpDate;
import io.forebay.http.HttpFields;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// RFC 9111 §4.2.3, §5.1.
class AgeTest {

  private static final Instant RECEIVED = Instant.parse("2026-06-01T12:00:00Z");

  private static long initialAge(HttpFields fields, Instant sent) {
    return Age.correctedInitial(fields, sent, RECEIVED).toSeconds();
  }

  @ParameterizedTest
  @CsvSource({
    // Date before receipt, Age, delay, corrected_initial_age
    "0, 0, 0, 0",
    "0, 30, 0, 30",
    "0, 30, 5, 35",
    "100, 30, 5, 100",
    "100, 98, 5, 103",
    "-100, 30, 5, 35",
    "-100, 0, 0, 0",
    "0, 0, -5, 0",
    "0, 2147483648, 10, 2147483648",
  })
  void theLargerOfApparentAndCorrectedAgeCounts(
      long dateAgo, String age, long delay, long expected) {
    HttpFields fields =
        HttpFields.of("Date", HttpDate.format(RECEIVED.minusSeconds(dateAgo)), "Age", age);
    assertThat(initialAge(fields, RECEIVED.minusSeconds(delay))).isEqualTo(expected);
  }

  /// §5.1: of a list, or of several lines, the first counts; what is not a number is ignored.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "7200            | 7200",
        "7200, 0         | 7200",
        "0, 7200         | 0",
        "' 60 '          | 60",
        "-7200           | 0",
        "7200.0          | 0",
        "abc             | 0",
        "7200;foo=1      | 0",
        "''              | 0",
        "abc, 60         | 0",
        "2147483649      | 2147483648",
        "99999999999999999999999 | 2147483648",
      })
  void anOddAgeFieldIsRead(String value, long expected) {
    assertThat(initialAge(HttpFields.of("Age", value), RECEIVED)).isEqualTo(expected);
  }

  @Test
  void theFirstOfSeveralAgeLinesCounts() {
    assertThat(initialAge(HttpFields.of("Age", "0", "Age", "7200"), RECEIVED)).isZero();
    assertThat(initialAge(HttpFields.of("Age", "7200", "Age", "0"), RECEIVED)).isEqualTo(7200);
  }

  @Test
  void withoutAValidDateThereIsNoApparentAge() {
    assertThat(initialAge(HttpFields.of("Date", "yesterday", "Age", "9"), RECEIVED)).isEqualTo(9);
    assertThat(initialAge(HttpFields.none(), RECEIVED)).isZero();
  }

  @Test
  void partsOfASecondDoNotMakeADateLookOld() {
    HttpFields fields = HttpFields.of("Date", HttpDate.format(RECEIVED));
    Instant received = RECEIVED.plusMillis(900);
    assertThat(Age.correctedInitial(fields, received, received)).isZero();
  }

  @Test
  void theDelayCountsInParts() {
    Instant sent = RECEIVED.minusMillis(300);
    assertThat(Age.correctedInitial(HttpFields.none(), sent, RECEIVED))
        .isEqualTo(Duration.ofMillis(300));
  }

  @Test
  void residenceIsAdded() {
    assertThat(Age.current(Duration.ofSeconds(5), Duration.ofSeconds(7)))
        .isEqualTo(Duration.ofSeconds(12));
    assertThat(Age.current(DeltaSeconds.LARGEST, Duration.ofDays(1)))
        .isEqualTo(DeltaSeconds.LARGEST);
  }

  @Test
  void theFieldHasWholeSecondsWithinBounds() {
    assertThat(Age.fieldValue(Duration.ofMillis(1999))).isEqualTo("1");
    assertThat(Age.fieldValue(Duration.ofSeconds(-3))).isEqualTo("0");
    assertThat(Age.fieldValue(Duration.ofDays(100_000))).isEqualTo("2147483648");
  }
}

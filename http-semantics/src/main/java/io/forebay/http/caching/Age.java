package io.forebay.http.caching;

import io.forebay.http.FieldSyntax;
import io.forebay.http.HttpDate;
import io.forebay.http.HttpFields;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// Calculates ages (RFC 9111 §4.2.3).
public final class Age {

  private Age() {}

  /// The age a response had when it was received: `corrected_initial_age`.
  ///
  /// A clock that ran backwards between the two instants counts as no delay.
  ///
  /// @param requestTime when its request was sent
  /// @param responseTime when its head was received
  /// @return zero or more, at most 2^31 s
  public static Duration correctedInitial(
      HttpFields responseFields, Instant requestTime, Instant responseTime) {
    Duration responseDelay = DeltaSeconds.bounded(Duration.between(requestTime, responseTime));
    Duration correctedAgeValue = fieldValueOf(responseFields).plus(responseDelay);
    Duration apparentAge = apparent(responseFields, responseTime);
    Duration larger =
        apparentAge.compareTo(correctedAgeValue) > 0 ? apparentAge : correctedAgeValue;
    return DeltaSeconds.bounded(larger);
  }

  /// `apparent_age`. A `Date` has whole seconds, so the instant is compared in whole seconds too.
  private static Duration apparent(HttpFields responseFields, Instant responseTime) {
    return responseFields
        .first("Date")
        .flatMap(date -> HttpDate.parse(date, responseTime))
        .map(date -> Duration.between(date, responseTime.truncatedTo(ChronoUnit.SECONDS)))
        .map(DeltaSeconds::bounded)
        .orElse(Duration.ZERO);
  }

  /// `age_value`: the first member of the first line (§5.1); zero when that is not a number.
  private static Duration fieldValueOf(HttpFields responseFields) {
    return responseFields
        .first("Age")
        .map(value -> FieldSyntax.trimmed(value.split(",", 2)[0]))
        .flatMap(DeltaSeconds::parse)
        .orElse(Duration.ZERO);
  }

  /// The age now: `current_age`.
  ///
  /// @param residentTime since it was received, on a monotonic clock
  public static Duration current(Duration correctedInitialAge, Duration residentTime) {
    return DeltaSeconds.bounded(correctedInitialAge.plus(residentTime));
  }

  /// As in the `Age` field: whole seconds, at most 2^31 (RFC 9111 §1.2.2).
  public static String fieldValue(Duration age) {
    return Long.toString(DeltaSeconds.bounded(age).toSeconds());
  }
}

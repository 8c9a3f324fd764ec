package io.forebay.http;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Optional;

/// HTTP dates (RFC 9110 §5.6.7).
///
/// All three formats are read, whatever the case of their names; a weekday that does not fit the
/// date does not matter. Otherwise the grammar is held to: what is not exactly a date is none,
/// since a wrong guess at `Expires` would serve stale content.
public final class HttpDate {

  private static final String MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec";
  private static final String[] MONTH_NAMES = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
  };
  private static final String[] DAY_NAMES = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
  private static final String SHORT_DAYS = "mon,tue,wed,thu,fri,sat,sun,";
  private static final String LONG_DAYS =
      "monday,tuesday,wednesday,thursday,friday,saturday,sunday,";

  /// Of the preferred format, as it was read.
  private record Fixdate(String text, Optional<Instant> instant) {}

  /// The last one that was read: most dates are of this very second, and each is looked at more
  /// than once. Racy, and right whoever wins.
  private static volatile Fixdate last = new Fixdate("", Optional.empty());

  private HttpDate() {}

  /// Parses a date whose century, if it is not given, is that of the years 1970 to 2069. Never
  /// throws.
  public static Optional<Instant> parse(String value) {
    return parse(value, 1970);
  }

  /// Parses a date; a two-digit year that would lie more than 50 years after `now` lies in the past
  /// (§5.6.7). Never throws.
  public static Optional<Instant> parse(String value, Instant now) {
    if (value.indexOf(',') == 3) { // its year has four digits
      return parse(value, 1970);
    }
    OffsetDateTime today = now.atOffset(ZoneOffset.UTC);
    Optional<Instant> date = parse(value, today.getYear() - 49);
    Instant limit = today.plusYears(50).toInstant();
    return date.filter(limit::isBefore).isPresent() ? parse(value, today.getYear() - 50) : date;
  }

  private static Optional<Instant> parse(String value, int earliestTwoDigitYear) {
    Fixdate known = last;
    if (known.text().equals(value)) {
      return known.instant();
    }
    String date = FieldSyntax.lowerCase(FieldSyntax.trimmed(value));
    int comma = date.indexOf(',');
    try {
      if (comma == 3) {
        Optional<Instant> instant = fixdate(date);
        last = new Fixdate(value, instant);
        return instant;
      }
      return comma > 0 ? rfc850(date, comma, earliestTwoDigitYear) : asctime(date);
    } catch (DateTimeException noSuchDay) {
      return Optional.empty();
    }
  }

  /// The preferred format, `Sun, 06 Nov 1994 08:49:37 GMT`; parts of a second are dropped.
  public static String format(Instant instant) {
    ZonedDateTime time = instant.atZone(ZoneOffset.UTC);
    StringBuilder date = new StringBuilder(29);
    date.append(DAY_NAMES[time.getDayOfWeek().getValue() - 1]).append(", ");
    appendPadded(date, time.getDayOfMonth(), 2).append(' ');
    date.append(MONTH_NAMES[time.getMonthValue() - 1]).append(' ');
    appendPadded(date, time.getYear(), 4).append(' ');
    appendPadded(date, time.getHour(), 2).append(':');
    appendPadded(date, time.getMinute(), 2).append(':');
    return appendPadded(date, time.getSecond(), 2).append(" GMT").toString();
  }

  private static StringBuilder appendPadded(StringBuilder out, int number, int digits) {
    String text = Integer.toString(number);
    return out.append("0".repeat(Math.max(0, digits - text.length()))).append(text);
  }

  /// `sun, 06 nov 1994 08:49:37 gmt`.
  private static Optional<Instant> fixdate(String date) {
    if (!matches(date, "???, 00 ??? 0000 00:00:00 gmt")
        || !isDay(date.substring(0, 3), SHORT_DAYS)) {
      return Optional.empty();
    }
    return instant(number(date, 12, 16), date.substring(8, 11), number(date, 5, 7), date, 17);
  }

  /// `sunday, 06-nov-94 08:49:37 gmt`.
  private static Optional<Instant> rfc850(String date, int comma, int earliestYear) {
    String rest = date.substring(comma);
    if (!matches(rest, ", 00-???-00 00:00:00 gmt") || !isDay(date.substring(0, comma), LONG_DAYS)) {
      return Optional.empty();
    }
    int century = earliestYear - Math.floorMod(earliestYear, 100);
    int year = century + number(rest, 9, 11);
    int inWindow = year < earliestYear ? year + 100 : year;
    return instant(inWindow, rest.substring(5, 8), number(rest, 2, 4), rest, 12);
  }

  /// `sun nov 6 08:49:37 1994`.
  private static Optional<Instant> asctime(String date) {
    boolean oneDigitDay = matches(date, "??? ???  0 00:00:00 0000");
    if (!(oneDigitDay || matches(date, "??? ??? 00 00:00:00 0000"))
        || !isDay(date.substring(0, 3), SHORT_DAYS)) {
      return Optional.empty();
    }
    int day = number(date, oneDigitDay ? 9 : 8, 10);
    return instant(number(date, 20, 24), date.substring(4, 7), day, date, 11);
  }

  /// `0` stands for a digit, `?` for any character.
  private static boolean matches(String date, String shape) {
    if (date.length() != shape.length()) {
      return false;
    }
    for (int i = 0; i < shape.length(); i++) {
      char expected = shape.charAt(i);
      char c = date.charAt(i);
      boolean fits =
          switch (expected) {
            case '0' -> FieldSyntax.isDigit(c);
            case '?' -> true;
            default -> c == expected;
          };
      if (!fits) {
        return false;
      }
    }
    return true;
  }

  private static boolean isDay(String name, String days) {
    return days.contains(name + ',') && name.indexOf(',') < 0;
  }

  private static int number(String date, int from, int to) {
    int number = 0;
    for (int i = from; i < to; i++) {
      number = number * 10 + date.charAt(i) - '0';
    }
    return number;
  }

  /// @param timeAt where `hh:mm:ss` begins in `date`; a leap second is the second after it
  private static Optional<Instant> instant(
      int year, String monthName, int day, String date, int timeAt) {
    int month = MONTHS.indexOf(monthName);
    if (month < 0 || month % 3 != 0) {
      return Optional.empty();
    }
    int second = number(date, timeAt + 6, timeAt + 8);
    boolean leap = second == 60;
    LocalDateTime time =
        LocalDateTime.of(
            year,
            month / 3 + 1,
            day,
            number(date, timeAt, timeAt + 2),
            number(date, timeAt + 3, timeAt + 5),
            leap ? 59 : second);
    return Optional.of(time.toInstant(ZoneOffset.UTC).plusSeconds(leap ? 1 : 0));
  }
}

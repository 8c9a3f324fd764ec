package io.forebay.server.v1;

import io.forebay.server.api.Problem;
import io.forebay.server.api.RequestRefused;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// The lifetime that a writer asks for by `Cache-Control`.
///
/// Stricter than a cache reading a response: there a recipient must ignore what it does not know
/// (RFC 9111 §5.2); here a directive that would be ignored is a mistake the writer wants to hear
/// about. Spans beyond 2^31 seconds count as 2^31 (RFC 9111 §1.2.2).
///
/// @param fresh from `max-age`, or `s-maxage` before it
/// @param stale from `stale-while-revalidate`
record LifetimeField(Optional<Duration> fresh, Optional<Duration> stale) {

  static final LifetimeField NONE = new LifetimeField(Optional.empty(), Optional.empty());

  private static final String FIELD = "Cache-Control";
  private static final String KNOWN =
      "max-age=SECONDS, s-maxage=SECONDS and stale-while-revalidate=SECONDS";
  private static final Pattern SECONDS = Pattern.compile("\\d{1,100}");
  private static final long LONGEST_SECONDS = 1L << 31;

  /// Reads the field's combined value, or refuses the request and names the directive.
  static LifetimeField parse(String combined) {
    Optional<Duration> maxAge = Optional.empty();
    Optional<Duration> sharedMaxAge = Optional.empty();
    Optional<Duration> stale = Optional.empty();
    for (String directive : combined.split(",", -1)) {
      String text = directive.strip();
      if (text.isEmpty()) {
        continue;
      }
      int equals = text.indexOf('=');
      String name =
          (equals < 0 ? text : text.substring(0, equals)).strip().toLowerCase(Locale.ROOT);
      switch (name) {
        case "max-age" -> maxAge = once(name, maxAge, text, equals);
        case "s-maxage" -> sharedMaxAge = once(name, sharedMaxAge, text, equals);
        case "stale-while-revalidate" -> stale = once(name, stale, text, equals);
        case "no-store" ->
            throw refused(
                name, "a lifetime, or DELETE", "A PUT stores; no-store would contradict it.");
        default -> throw refused(name, KNOWN, "This directive means nothing for a stored entry.");
      }
    }
    Optional<Duration> own = maxAge;
    return new LifetimeField(sharedMaxAge.or(() -> own), stale);
  }

  private static Optional<Duration> once(
      String name, Optional<Duration> earlier, String text, int equals) {
    if (earlier.isPresent()) {
      throw refused(name, "the directive once", "The directive is given twice.");
    }
    String value = equals < 0 ? "" : unquoted(text.substring(equals + 1).strip());
    if (!SECONDS.matcher(value).matches()) {
      throw refused(
          name,
          name + "=SECONDS, a whole number from 0",
          "The directive has no whole number of seconds.");
    }
    long seconds =
        value.length() > 10 ? LONGEST_SECONDS : Math.min(LONGEST_SECONDS, Long.parseLong(value));
    return Optional.of(Duration.ofSeconds(seconds));
  }

  private static String unquoted(String text) {
    return text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"")
        ? text.substring(1, text.length() - 1)
        : text;
  }

  private static RequestRefused refused(String directive, String expected, String detail) {
    return new RequestRefused(Problem.invalid(FIELD + ": " + directive, expected, detail));
  }
}

package io.forebay.http.caching;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.http.HttpFields;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// RFC 9111 §5.2.
class CacheControlTest {

  private static CacheControl parse(String... lines) {
    HttpFields.Builder fields = HttpFields.builder();
    for (String line : lines) {
      fields.add("Cache-Control", line);
    }
    return CacheControl.of(fields.build());
  }

  /// §1.2.2, §4.2.1, §5.2: what is there but cannot be read is stale.
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "max-age=5                      | 5",
        "MaX-aGe=5                      | 5",
        "max-age=\"5\"                  | 5",
        "max-age=005                    | 5",
        "foo, max-age=5, bar=\"x, y\"   | 5",
        "max-age=5, max-age=9           | 5",
        "max-age=2147483647             | 2147483647",
        "max-age=2147483648             | 2147483648",
        "max-age=99999999999999999999   | 2147483648",
        "max-age                        | 0",
        "max-age=                       | 0",
        "max-age=-5                     | 0",
        "max-age=+5                     | 0",
        "max-age=5.5                    | 0",
        "max-age=a5                     | 0",
        "max-age=5a                     | 0",
        "max-age='5'                    | 0",
        "max-age =5                     | 0",
        "max-age= 5                     | 0",
        "x=\"max-age=9\", max-age=5     | 5",
        "x=\"max-age=9\"                | ",
        "x=\"a\\\", max-age=9\"         | ",
        "``                             | ",
      })
  void maxAgeIsRead(String value, @Nullable Long seconds) {
    Optional<Duration> expected = Optional.ofNullable(seconds).map(Duration::ofSeconds);
    assertThat(parse(value).maxAge()).isEqualTo(expected);
    assertThat(parse(value.replaceAll("(?i)max-age", "s-maxage")).sMaxage()).isEqualTo(expected);
  }

  @Test
  void aMalformedPermissionIsNone() {
    CacheControl directives =
        parse("stale-while-revalidate=x, stale-if-error, max-stale=x, min-fresh=-1");
    assertThat(directives.staleWhileRevalidate()).isEmpty();
    assertThat(directives.staleIfError()).isEmpty();
    assertThat(directives.maxStale()).isEmpty();
    assertThat(directives.minFresh()).isEmpty();
  }

  @Test
  void maxStaleWithoutAnArgumentTakesAnyAge() {
    assertThat(parse("max-stale").maxStale()).contains(DeltaSeconds.LARGEST);
    assertThat(parse("max-stale=7").maxStale()).contains(Duration.ofSeconds(7));
    assertThat(parse("").maxStale()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "no-store",
        "NO-STORE",
        "a, no-store",
        "no-store=1",
        "a=\"b, no-store",
        "no-store ="
      })
  void aRestrictionHoldsHoweverOddlyItIsWritten(String value) {
    assertThat(parse(value).noStore()).isTrue();
  }

  @Test
  void linesAreCombinedAndAQuoteDoesNotReachIntoTheNext() {
    CacheControl directives = parse("max-age=5, x=\"", "no-store", "must-revalidate\"");
    assertThat(directives.noStore()).isTrue();
    assertThat(directives.maxAge()).contains(Duration.ofSeconds(5));
  }

  /// §5.2.2.4, §5.2.2.7.
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "no-cache                          | true  | ``",
        "no-cache=\"a\"                    | false | a",
        "no-cache=a                        | false | a",
        "no-cache=\"A, set-Cookie\"        | false | a;set-cookie",
        "no-cache=\"a\", no-cache=\"b\"    | false | a;b",
        "no-cache=\"a\", no-cache          | true  | ``",
        "no-cache, no-cache=\"a\"          | true  | ``",
        "no-cache=\"\"                     | true  | ``",
        "no-cache=\"a b\"                  | true  | ``",
        "no-cache=\"a                      | true  | ``",
        "no-cache = \"a\"                  | true  | ``",
        "max-age=1                         | false | ``",
      })
  void noCacheAndPrivateMayNameFields(String value, boolean unqualified, String names) {
    CacheControl noCache = parse(value);
    assertThat(noCache.noCache()).isEqualTo(unqualified);
    assertThat(String.join(";", noCache.noCacheFields())).isEqualTo(names);
    CacheControl isPrivate = parse(value.replace("no-cache", "private"));
    assertThat(isPrivate.isPrivate()).isEqualTo(unqualified);
    assertThat(String.join(";", isPrivate.privateFields())).isEqualTo(names);
  }

  @Test
  void everyDirectiveHasItsQuestion() {
    CacheControl all =
        parse(
            "public, must-revalidate, proxy-revalidate, must-understand, no-transform, immutable,"
                + " only-if-cached, stale-while-revalidate=1, stale-if-error=2, min-fresh=3");
    assertThat(all.isPublic()).isTrue();
    assertThat(all.mustRevalidate()).isTrue();
    assertThat(all.proxyRevalidate()).isTrue();
    assertThat(all.mustUnderstand()).isTrue();
    assertThat(all.noTransform()).isTrue();
    assertThat(all.immutable()).isTrue();
    assertThat(all.onlyIfCached()).isTrue();
    assertThat(all.staleWhileRevalidate()).contains(Duration.ofSeconds(1));
    assertThat(all.staleIfError()).contains(Duration.ofSeconds(2));
    assertThat(all.minFresh()).contains(Duration.ofSeconds(3));
    assertThat(CacheControl.none().isEmpty()).isTrue();
  }
}

package io.forebay.http.caching;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.http.HttpDate;
import io.forebay.http.HttpFields;
import io.forebay.http.ResponseHead;
import io.forebay.http.caching.CachePolicy.Heuristics;
import io.forebay.http.caching.CachePolicy.SMaxage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// RFC 9111 §4.2.1, §4.2.2, §4.2.4; RFC 9213; RFC 5861.
class FreshnessRulesTest {

  private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
  private static final CachePolicy POLICY = CachePolicy.defaults();

  private static String at(long seconds) {
    return HttpDate.format(NOW.plusSeconds(seconds));
  }

  private static Freshness of(int status, CachePolicy policy, String... fields) {
    return FreshnessRules.of(new ResponseHead(status, HttpFields.of(fields)), policy, NOW);
  }

  private static Freshness of(String... fields) {
    return of(200, POLICY, fields);
  }

  private static void assertLifetime(Freshness freshness, long seconds, FreshnessSource source) {
    assertThat(freshness.lifetime()).isEqualTo(Duration.ofSeconds(seconds));
    assertThat(freshness.source()).isEqualTo(source);
  }

  /// §4.2.1: the first that applies.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "max-age=60                | 60   | MAX_AGE",
        "s-maxage=90, max-age=60   | 90   | S_MAXAGE",
        "max-age=60, s-maxage=30   | 30   | S_MAXAGE",
        "max-age=60, s-maxage=x    | 0    | S_MAXAGE",
        "max-age=0                 | 0    | MAX_AGE",
        "max-age=junk              | 0    | MAX_AGE",
        "public                    | 1000 | EXPIRES",
        "''                        | 1000 | EXPIRES",
      })
  void cacheControlWinsOverExpires(String cacheControl, long seconds, FreshnessSource source) {
    assertLifetime(
        of("Cache-Control", cacheControl, "Expires", at(1000), "Date", at(0)), seconds, source);
  }

  /// §5.3.
  @Test
  void expiresCountsFromDate() {
    assertLifetime(of("Expires", at(300), "Date", at(100)), 200, FreshnessSource.EXPIRES);
    assertLifetime(of("Expires", at(300), "Date", at(400)), 0, FreshnessSource.EXPIRES);
    assertLifetime(of("Expires", at(0), "Date", at(0)), 0, FreshnessSource.EXPIRES);
    assertLifetime(of("Expires", at(300)), 300, FreshnessSource.EXPIRES);
    assertLifetime(of("Expires", at(300), "Date", "junk"), 300, FreshnessSource.EXPIRES);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "", "junk", "Mon, 01 Jun 2037 12:00:00 UTC"})
  void anInvalidExpiresLiesInThePast(String expires) {
    String modified = at(-1_000_000);
    assertLifetime(of("Expires", expires, "Last-Modified", modified), 0, FreshnessSource.EXPIRES);
  }

  /// §4.2.2 and RFC 9110 §15.1.
  @ParameterizedTest
  @ValueSource(ints = {200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501})
  void aTenthOfTheTimeSinceTheLastModificationIsGuessed(int status) {
    assertLifetime(
        of(status, POLICY, "Last-Modified", at(-1000), "Date", at(0)),
        100,
        FreshnessSource.HEURISTIC);
  }

  @ParameterizedTest
  @ValueSource(ints = {201, 202, 302, 303, 307, 400, 403, 500, 502, 503, 504, 299, 599})
  void otherStatusCodesAreGuessedOnlyWhenPublic(int status) {
    String modified = at(-1000);
    assertLifetime(of(status, POLICY, "Last-Modified", modified), 0, FreshnessSource.NONE);
    assertLifetime(
        of(status, POLICY, "Last-Modified", modified, "Cache-Control", "public"),
        100,
        FreshnessSource.HEURISTIC);
  }

  @Test
  void guessesAreBoundedAndCanBeTurnedOff() {
    String old = at(-Duration.ofDays(1000).toSeconds());
    assertLifetime(of("Last-Modified", old), 86_400, FreshnessSource.HEURISTIC);
    CachePolicy off = POLICY.toBuilder().heuristics(Heuristics.OFF).build();
    assertLifetime(of(200, off, "Last-Modified", old), 0, FreshnessSource.NONE);
    assertLifetime(of("Last-Modified", at(50), "Date", at(0)), 0, FreshnessSource.NONE);
    assertLifetime(of("Last-Modified", "junk"), 0, FreshnessSource.NONE);
  }

  @Test
  void theOperatorsDefaultIsForResponsesThatSayNothing() {
    CachePolicy minute =
        POLICY.toBuilder()
            .lifetimes(LifetimeRules.of(LifetimeRule.ofUnstated(Duration.ofMinutes(1))))
            .build();
    assertLifetime(of(200, minute), 60, FreshnessSource.POLICY);
    assertLifetime(of(500, minute), 0, FreshnessSource.NONE);
    assertLifetime(of(200, minute, "Cache-Control", "max-age=5"), 5, FreshnessSource.MAX_AGE);
    assertLifetime(of(200, minute, "Expires", "0"), 0, FreshnessSource.EXPIRES);
  }

  @Test
  void lifetimesAreCutToTheOperatorsBound() {
    CachePolicy hour = POLICY.toBuilder().maxLifetime(Duration.ofHours(1)).build();
    assertLifetime(of(200, hour, "Cache-Control", "max-age=99999"), 3600, FreshnessSource.MAX_AGE);
  }

  /// RFC 9213 §2.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "max-age=60              | 60  | TARGETED",
        "max-age=60;x=1, foo     | 60  | TARGETED",
        "s-maxage=30, max-age=60 | 30  | TARGETED",
        "max-age=\"60\"          | 0   | TARGETED",
        "max-age=60.0            | 0   | TARGETED",
        "max-age=-60             | 0   | TARGETED",
        "max-age                 | 0   | TARGETED",
        "max-age=1, max-age=60   | 60  | TARGETED",
        "foo                     | 0   | NONE",
        "MAX-AGE=60              | 900 | MAX_AGE",
        "max-age =60             | 900 | MAX_AGE",
        "max-age= 60             | 900 | MAX_AGE",
        "max-age=60, &&&         | 900 | MAX_AGE",
        "max-age=60,             | 900 | MAX_AGE",
        "``                      | 900 | MAX_AGE",
      })
  void aTargetedFieldReplacesTheOthersOnlyWhenItIsAStructuredField(
      String value, long seconds, FreshnessSource source) {
    assertLifetime(
        of("CDN-Cache-Control", value, "Cache-Control", "max-age=900", "Expires", at(500)),
        seconds,
        source);
  }

  @Test
  void targetedFieldsGoByPreference() {
    String[] both = {"CDN-Cache-Control", "max-age=1", "Forebay-Cache-Control", "max-age=2"};
    assertThat(of(both).lifetime()).hasSeconds(2);
    CachePolicy other = POLICY.toBuilder().targetedFields(List.of("cdn-cache-control")).build();
    assertThat(of(200, other, both).lifetime()).hasSeconds(1);
  }

  /// Edge Architecture Specification.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "max-age=60                        | 60  | 0  | SURROGATE_CONTROL",
        "max-age=60+30                     | 60  | 30 | SURROGATE_CONTROL",
        "content=\"ESI/1.0\", max-age=60   | 60  | 0  | SURROGATE_CONTROL",
        "content=\"ESI/1.0\"               | 900 | 0  | MAX_AGE",
        "max-age=60;other                  | 900 | 0  | MAX_AGE",
        "max-age=x                         | 0   | 0  | SURROGATE_CONTROL",
      })
  void surrogateControlIsNext(String value, long seconds, long stale, FreshnessSource source) {
    Freshness freshness = of("Surrogate-Control", value, "Cache-Control", "max-age=900");
    assertLifetime(freshness, seconds, source);
    assertThat(freshness.staleWhileRevalidate()).hasSeconds(stale);
    assertThat(of("Surrogate-Control", value, "CDN-Cache-Control", "max-age=7").lifetime())
        .hasSeconds(7);
  }

  /// §4.2.4.
  @ParameterizedTest
  @ValueSource(
      strings = {"must-revalidate", "proxy-revalidate", "s-maxage=5", "no-cache", "no-cache=vary"})
  void someDirectivesForbidServingStale(String directive) {
    CachePolicy generous =
        POLICY.toBuilder()
            .staleIfError(Duration.ofHours(1))
            .staleWhileRevalidate(Duration.ofHours(1))
            .build();
    String all = directive + ", max-age=5, stale-while-revalidate=9, stale-if-error=9";
    Freshness freshness = of(200, generous, "Cache-Control", all);
    assertThat(freshness.longestStaleWindow()).isZero();
    assertThat(freshness.mustRevalidate() || freshness.noCache()).isTrue();
  }

  @Test
  void sMaxageMayAllowTheWindowsBesideIt() {
    CachePolicy lenient =
        POLICY.toBuilder()
            .sMaxage(SMaxage.ALLOWS_EXPLICIT_WINDOWS)
            .staleIfError(Duration.ofHours(1))
            .build();
    Freshness freshness = of(200, lenient, "Cache-Control", "s-maxage=5, stale-while-revalidate=9");
    assertThat(freshness.staleWhileRevalidate()).hasSeconds(9);
    assertThat(freshness.staleIfError()).isZero();
    assertThat(freshness.staleWhenDisconnected()).isZero();
    assertThat(freshness.mustRevalidate()).isTrue();
  }

  /// RFC 5861.
  @Test
  void windowsComeFromTheResponseOrElseThePolicy() {
    CachePolicy policy =
        POLICY.toBuilder()
            .staleWhileRevalidate(Duration.ofSeconds(1))
            .staleIfError(Duration.ofSeconds(2))
            .staleWhenDisconnected(Duration.ofSeconds(3))
            .build();
    Freshness silent = of(200, policy, "Cache-Control", "max-age=5");
    assertThat(silent.staleWhileRevalidate()).hasSeconds(1);
    assertThat(silent.staleIfError()).hasSeconds(2);
    assertThat(silent.staleWhenDisconnected()).hasSeconds(3);
    Freshness explicit =
        of(200, policy, "Cache-Control", "max-age=5, stale-while-revalidate=7, stale-if-error=8");
    assertThat(explicit.staleWhileRevalidate()).hasSeconds(7);
    assertThat(explicit.staleIfError()).hasSeconds(8);
    assertThat(explicit.staleWhenDisconnected()).hasSeconds(8);
  }

  @Test
  void noCacheLeavesNoLifetime() {
    Freshness freshness = of("Cache-Control", "max-age=100, no-cache");
    assertThat(freshness.noCache()).isTrue();
    assertThat(freshness.lifetime()).isZero();
    assertThat(of("Cache-Control", "max-age=100, no-cache=a").lifetime()).hasSeconds(100);
  }

  @Test
  void freshnessEndsWhenTheAgeReachesTheLifetime() {
    Freshness freshness = of("Cache-Control", "max-age=100");
    assertThat(freshness.isFreshAt(Duration.ofMillis(99_999))).isTrue();
    assertThat(freshness.isFreshAt(Duration.ofSeconds(100))).isFalse();
    assertThat(freshness.remainingAt(Duration.ofSeconds(130))).hasSeconds(-30);
    assertThat(freshness.stalenessAt(Duration.ofSeconds(130))).hasSeconds(30);
    assertThat(freshness.stalenessAt(Duration.ofSeconds(30))).isZero();
  }
}

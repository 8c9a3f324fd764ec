package io.forebay.http.caching;

import static io.forebay.http.caching.LifetimeRulesTest.rule;
import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import io.forebay.http.ResponseHead;
import io.forebay.http.caching.CachePolicy.SMaxage;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// An operator's say in the windows for stale responses (RFC 5861 §3, §4), and where RFC 9111
/// §4.2.4 lets him have none.
class StaleRulesTest {

  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  /// The same rules for both windows; the node's own `stale-if-error` is 7 s.
  private static CachePolicy policy(LifetimeRules rules) {
    return CachePolicy.defaults().toBuilder()
        .staleIfError(Duration.ofSeconds(7))
        .staleWhenDisconnected(Duration.ofSeconds(100))
        .staleRules(new StaleRules(rules, rules))
        .build();
  }

  private static StoreDecision decide(
      CachePolicy policy, String target, int status, String requestField, String... fields) {
    HttpFields request =
        requestField.isEmpty() ? HttpFields.none() : HttpFields.of(requestField, "x");
    return StoreRules.decide(
        new RequestHead("GET", "http", "a", target, request),
        new ResponseHead(status, HttpFields.of(fields)),
        policy,
        NOW,
        NOW);
  }

  private static Freshness freshness(CachePolicy policy, int status, String cacheControl) {
    return ((StoreDecision.Store) decide(policy, "/p", status, "", "Cache-Control", cacheControl))
        .freshness();
  }

  private static String whileRevalidate(Freshness freshness) {
    return freshness.staleWhileRevalidate().toSeconds()
        + " "
        + freshness.staleWhileRevalidateSource();
  }

  private static String ifError(Freshness freshness) {
    return freshness.staleIfError().toSeconds() + " " + freshness.staleIfErrorSource();
  }

  @ParameterizedTest(name = "{0}/{1}/{2}/{3}, {4}, {5}")
  @CsvSource(
      delimiter = '|',
      value = {
        // override, minimum, maximum, default, status, says → while revalidating, if error,
        // disconnected
        "-1 | -1 | -1 | -1 | 200 |    | 0 NONE            | 7 POLICY          | 100",
        "-1 | -1 | -1 | -1 | 200 | 20 | 20 RESPONSE       | 20 RESPONSE       | 20",
        "-1 | -1 | -1 | -1 | 200 | 0  | 0 RESPONSE        | 0 RESPONSE        | 0",
        "-1 | -1 | -1 | 30 | 200 |    | 30 POLICY         | 30 POLICY         | 100",
        "-1 | -1 | -1 | 30 | 200 | 20 | 20 RESPONSE       | 20 RESPONSE       | 20",
        "-1 | -1 | -1 |  0 | 200 |    | 0 POLICY          | 0 POLICY          | 100",
        "60 | -1 | -1 | 30 | 200 |    | 60 POLICY_OVERRIDE | 60 POLICY_OVERRIDE | 60",
        "60 | -1 | -1 | 30 | 200 | 20 | 60 POLICY_OVERRIDE | 60 POLICY_OVERRIDE | 60",
        " 0 | -1 | -1 | 30 | 200 | 20 | 0 POLICY_OVERRIDE | 0 POLICY_OVERRIDE | 0",
        "60 | 90 | -1 | -1 | 200 | 20 | 90 POLICY_MINIMUM | 90 POLICY_MINIMUM | 90",
        "60 | -1 | 40 | -1 | 200 | 20 | 40 POLICY_MAXIMUM | 40 POLICY_MAXIMUM | 40",
        "-1 | 10 | -1 | -1 | 200 | 5  | 10 POLICY_MINIMUM | 10 POLICY_MINIMUM | 10",
        "-1 | 10 | -1 | -1 | 200 | 20 | 20 RESPONSE       | 20 RESPONSE       | 20",
        "-1 | 10 | -1 | -1 | 200 |    | 0 NONE            | 10 POLICY_MINIMUM | 100",
        "-1 | -1 | 10 | -1 | 200 | 20 | 10 POLICY_MAXIMUM | 10 POLICY_MAXIMUM | 10",
        "-1 | -1 |  5 | -1 | 200 |    | 0 NONE            | 5 POLICY_MAXIMUM  | 5",
        "-1 | -1 | 10 | 30 | 200 |    | 10 POLICY_MAXIMUM | 10 POLICY_MAXIMUM | 10",
        // Errors get what is for responses that say nothing, and nothing that lengthens.
        "60 | 90 | -1 | 30 | 404 |    | 30 POLICY         | 30 POLICY         | 100",
        "60 | 90 | -1 | 30 | 404 | 20 | 20 RESPONSE       | 20 RESPONSE       | 20",
        "60 | 90 | 10 | 30 | 500 | 20 | 10 POLICY_MAXIMUM | 10 POLICY_MAXIMUM | 10",
        "60 | -1 | -1 | -1 | 301 | 20 | 60 POLICY_OVERRIDE | 60 POLICY_OVERRIDE | 60",
      })
  void theOperatorsWordCountsWhereStaleIsAllowed(
      int override,
      int minimum,
      int maximum,
      int unstated,
      int status,
      @Nullable Integer says,
      String whileRevalidate,
      String ifError,
      int disconnected) {
    CachePolicy policy = policy(LifetimeRules.of(rule(override, minimum, maximum, unstated)));
    String windows =
        says == null ? "" : ", stale-while-revalidate=" + says + ", stale-if-error=" + says;
    Freshness freshness = freshness(policy, status, "max-age=5" + windows);
    assertThat(whileRevalidate(freshness)).isEqualTo(whileRevalidate);
    assertThat(ifError(freshness)).isEqualTo(ifError);
    assertThat(freshness.staleWhenDisconnected()).hasSeconds(disconnected);
  }

  /// §4.2.4, §5.2.2.2, §5.2.2.4, §5.2.2.8, §5.2.2.10.
  @ParameterizedTest
  @ValueSource(
      strings = {"must-revalidate", "proxy-revalidate", "s-maxage=5", "no-cache", "no-cache=vary"})
  void noRuleReachesPastWhatForbidsStale(String directive) {
    CachePolicy policy = policy(LifetimeRules.of(rule(60, 60, 60, 60)));
    for (String says : new String[] {"", ", stale-while-revalidate=9, stale-if-error=9"}) {
      StoreDecision decision =
          decide(
              policy,
              "/p",
              200,
              "",
              "ETag",
              "\"a\"",
              "Cache-Control",
              directive + ", max-age=5" + says);
      Freshness freshness = ((StoreDecision.Store) decision).freshness();
      assertThat(freshness.longestStaleWindow()).isZero();
      assertThat(whileRevalidate(freshness)).isEqualTo("0 FORBIDDEN");
      assertThat(ifError(freshness)).isEqualTo("0 FORBIDDEN");
    }
  }

  /// §5.2.2.5, §5.2.2.7, §3.5.
  @Test
  void noRuleReachesPastWhatForbidsStoring() {
    CachePolicy policy = policy(LifetimeRules.of(rule(60, 60, 60, 60)));
    assertThat(decide(policy, "/p", 200, "", "Cache-Control", "no-store, max-age=5"))
        .isInstanceOf(StoreDecision.DoNotStore.class);
    assertThat(decide(policy, "/p", 200, "", "Cache-Control", "private, max-age=5"))
        .isInstanceOf(StoreDecision.DoNotStore.class);
    assertThat(decide(policy, "/p", 200, "Authorization", "Cache-Control", "max-age=5"))
        .isInstanceOf(StoreDecision.DoNotStore.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "stale-if-error=9  | 0 FORBIDDEN | 9 RESPONSE",
        "stale-if-error=90 | 0 FORBIDDEN | 40 POLICY_MAXIMUM",
        "x                 | 0 FORBIDDEN | 0 FORBIDDEN",
      })
  void besideSMaxageOnlyTheResponseGrantsAndTheOperatorCuts(
      String says, String whileRevalidate, String ifError) {
    CachePolicy policy =
        policy(LifetimeRules.of(rule(60, 30, 40, 60))).toBuilder()
            .sMaxage(SMaxage.ALLOWS_EXPLICIT_WINDOWS)
            .build();
    Freshness freshness = freshness(policy, 200, "s-maxage=5, " + says);
    assertThat(whileRevalidate(freshness)).isEqualTo(whileRevalidate);
    assertThat(ifError(freshness)).isEqualTo(ifError);
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "404 |    | 10 POLICY_STATUS",
        "404 | 90 | 90 RESPONSE",
        "410 |    | 20 POLICY_OVERRIDE",
        "410 | 90 | 20 POLICY_OVERRIDE",
        "503 |    | 15 POLICY_MAXIMUM",
        "503 | 90 | 15 POLICY_MAXIMUM",
        "504 | 2  | 3 POLICY_MINIMUM",
        "504 |    | 30 POLICY",
        "200 |    | 30 POLICY",
        "200 | 900 | 100 POLICY_MAXIMUM",
      })
  void aStatusHasAWindowOfItsOwn(int status, @Nullable Integer says, String expected) {
    LifetimeRules rules =
        new LifetimeRules(
            rule(-1, -1, 100, 30),
            Map.of(
                404, rule(-1, -1, -1, 10),
                503, rule(-1, -1, 15, -1),
                504, rule(-1, 3, -1, -1)),
            Map.of(4, rule(20, -1, -1, -1)));
    String window = says == null ? "" : ", stale-if-error=" + says;
    assertThat(ifError(freshness(policy(rules), status, "max-age=5" + window))).isEqualTo(expected);
  }

  /// What is stale at once is kept if the operator grants it a window, as if the response did.
  @Test
  void anOverrideMakesAStaleResponseWorthStoring() {
    assertThat(decide(policy(LifetimeRules.NONE), "/p", 200, "", "Cache-Control", "max-age=0"))
        .isInstanceOf(StoreDecision.DoNotStore.class);
    CachePolicy policy = policy(LifetimeRules.of(rule(60, -1, -1, -1)));
    assertThat(whileRevalidate(freshness(policy, 200, "max-age=0")))
        .isEqualTo("60 POLICY_OVERRIDE");
  }

  @Test
  void anAmbiguousPathGetsOnlyWhatTheResponseSays() {
    CachePolicy policy = policy(LifetimeRules.of(rule(60, -1, -1, -1)));
    StoreDecision decision =
        decide(policy, "/static/..%2Faccount", 200, "", "Cache-Control", "max-age=5");
    assertThat(whileRevalidate(((StoreDecision.Store) decision).freshness())).isEqualTo("0 NONE");
  }
}

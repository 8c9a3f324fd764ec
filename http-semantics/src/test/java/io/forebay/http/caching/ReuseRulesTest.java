package io.forebay.http.caching;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import io.forebay.http.caching.CachePolicy.ClientDirectives;
import io.forebay.http.caching.ReuseDecision.Forward;
import io.forebay.http.caching.ReuseDecision.RefuseOnlyIfCached;
import io.forebay.http.caching.ReuseDecision.ServeFresh;
import io.forebay.http.caching.ReuseDecision.ServeStaleWhileRevalidating;
import io.forebay.http.caching.ReuseDecision.Validate;
import io.forebay.http.caching.ReuseDecision.ValidationReason;
import io.forebay.http.caching.StaleOnErrorDecision.OriginFailure;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// RFC 9111 §4, §4.1, §4.2.4, §5.2.1, §5.4; RFC 5861.
class ReuseRulesTest {

  private static final CachePolicy POLICY = CachePolicy.defaults();
  private static final CachePolicy IGNORING =
      POLICY.toBuilder().clientDirectives(ClientDirectives.IGNORE).build();

  private static RequestHead get(String... fields) {
    return new RequestHead("GET", "http", "example.com", "/", HttpFields.of(fields));
  }

  private static ReuseDecision<TestingCandidate> decide(
      RequestHead request, TestingCandidate... candidates) {
    return ReuseRules.decide(request, List.of(candidates), POLICY);
  }

  private static TestingCandidate candidate(String cacheControl, long age) {
    return TestingCandidate.of("Cache-Control", cacheControl).aged(age);
  }

  /// A short word for a decision, to make tables of.
  private static String word(ReuseDecision<TestingCandidate> decision) {
    return switch (decision) {
      case ServeFresh<TestingCandidate> _ -> "fresh";
      case ServeStaleWhileRevalidating<TestingCandidate> _ -> "stale";
      case Validate<TestingCandidate> validate -> "validate " + validate.reason();
      case Forward<TestingCandidate> forward -> "forward " + forward.reason();
      case RefuseOnlyIfCached<TestingCandidate> refuse -> "refuse " + refuse.reason();
    };
  }

  /// §4: fresh, allowed stale, or validated.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "max-age=10                                        | 9  | fresh",
        "max-age=10                                        | 10 | validate STALE",
        "max-age=10, must-revalidate                       | 9  | fresh",
        "max-age=10, no-cache                              | 0  | validate RESPONSE_NO_CACHE",
        "max-age=10, no-cache=\"a\"                        | 9  | fresh",
        "max-age=10, stale-while-revalidate=5              | 12 | stale",
        "max-age=10, stale-while-revalidate=5              | 15 | stale",
        "max-age=10, stale-while-revalidate=5              | 16 | validate STALE",
        "max-age=10, stale-while-revalidate=0              | 10 | validate STALE",
        "max-age=10, stale-while-revalidate=5, must-revalidate  | 12 | validate STALE",
        "max-age=10, stale-while-revalidate=5, proxy-revalidate | 12 | validate STALE",
        "s-maxage=10, stale-while-revalidate=5             | 12 | validate STALE",
        "no-cache, stale-while-revalidate=5                | 0  | validate RESPONSE_NO_CACHE",
        "max-age=10, stale-if-error=5                      | 12 | validate STALE",
      })
  void theStoredResponseDecides(String cacheControl, long age, String expected) {
    assertThat(word(decide(get(), candidate(cacheControl, age)))).isEqualTo(expected);
  }

  /// §5.2.1: the stored response has `max-age=100, stale-while-revalidate=100`.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "no-cache               | 1   | validate REQUEST_NO_CACHE",
        "NO-CACHE               | 150 | validate REQUEST_NO_CACHE",
        "no-cache=\"a\"         | 1   | validate REQUEST_NO_CACHE",
        "max-age=10             | 9   | fresh",
        "max-age=10             | 10  | fresh",
        "max-age=10             | 11  | validate REQUEST_MAX_AGE",
        "max-age=0              | 0   | validate REQUEST_MAX_AGE",
        "max-age=x              | 50  | fresh",
        "max-age=999            | 150 | validate STALE",
        "min-fresh=10           | 90  | fresh",
        "min-fresh=10           | 91  | validate REQUEST_MIN_FRESH",
        "min-fresh=10           | 150 | validate STALE",
        "max-stale              | 999999 | stale",
        "max-stale=10           | 110 | stale",
        "max-stale=100          | 201 | validate STALE",
        "max-age=999, max-stale=60 | 150 | stale",
        "max-age=10, max-stale=60  | 50  | validate REQUEST_MAX_AGE",
        "max-age=10, max-stale=60  | 150 | stale",
        "no-store               | 50  | fresh",
        "no-transform, foo      | 50  | fresh",
        "only-if-cached         | 50  | fresh",
        "only-if-cached         | 150 | stale",
        "only-if-cached         | 250 | refuse STALE",
        "only-if-cached, no-cache | 50 | refuse REQUEST",
      })
  void theRequestMayAskForMore(String cacheControl, long age, String expected) {
    TestingCandidate candidate = candidate("max-age=100, stale-while-revalidate=100", age);
    RequestHead request = get("Cache-Control", cacheControl);
    assertThat(word(decide(request, candidate))).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"no-cache", "max-age=0", "min-fresh=99"})
  void theOperatorMayIgnoreWhatClientsAskFor(String cacheControl) {
    RequestHead request = get("Cache-Control", cacheControl);
    List<TestingCandidate> fresh = List.of(candidate("max-age=100", 50));
    assertThat(word(ReuseRules.decide(request, fresh, IGNORING))).isEqualTo("fresh");
    List<TestingCandidate> stale = List.of(candidate("max-age=9, stale-while-revalidate=99", 50));
    assertThat(word(ReuseRules.decide(request, stale, IGNORING))).isEqualTo("stale");
  }

  @Test
  void aClientCannotHaveStaleWhatTheOriginForbids() {
    RequestHead request = get("Cache-Control", "max-stale");
    for (String directive : List.of("must-revalidate", "proxy-revalidate", "s-maxage=10")) {
      TestingCandidate stale = candidate("max-age=10, " + directive, 20);
      assertThat(word(decide(request, stale))).isEqualTo("validate STALE");
    }
    assertThat(word(decide(request, candidate("no-cache", 20))))
        .isEqualTo("validate RESPONSE_NO_CACHE");
  }

  /// §5.4.
  @Test
  void pragmaCountsOnlyWithoutCacheControl() {
    TestingCandidate fresh = candidate("max-age=100", 50);
    assertThat(word(decide(get("Pragma", "no-cache"), fresh)))
        .isEqualTo("validate REQUEST_NO_CACHE");
    assertThat(word(decide(get("Pragma", "foo, No-Cache"), fresh)))
        .isEqualTo("validate REQUEST_NO_CACHE");
    assertThat(word(decide(get("Pragma", "foo"), fresh))).isEqualTo("fresh");
    assertThat(word(decide(get("Pragma", "no-cache", "Cache-Control", "max-age=99"), fresh)))
        .isEqualTo("fresh");
  }

  /// §4: the method, and RFC 9110 §9.3.2.
  @Test
  void getAnswersGetAndHead() {
    TestingCandidate fresh = candidate("max-age=100", 50);
    RequestHead head = new RequestHead("HEAD", "http", "example.com", "/", HttpFields.none());
    assertThat(word(decide(head, fresh))).isEqualTo("fresh");
    for (String method : List.of("POST", "PUT", "DELETE", "OPTIONS", "PROPFIND")) {
      RequestHead other = new RequestHead(method, "http", "example.com", "/", HttpFields.none());
      assertThat(word(decide(other, fresh))).isEqualTo("forward METHOD");
    }
  }

  @Test
  void nothingStoredIsAMiss() {
    assertThat(word(decide(get()))).isEqualTo("forward URI_MISS");
    assertThat(word(decide(get("Cache-Control", "only-if-cached")))).isEqualTo("refuse URI_MISS");
  }

  /// §4.1.
  @Test
  void otherSelectingFieldsAreAMiss() {
    TestingCandidate english =
        TestingCandidate.varying(
            HttpFields.of("Accept-Language", "en"),
            "Cache-Control",
            "max-age=100",
            "Vary",
            "Accept-Language");
    assertThat(word(decide(get("Accept-Language", "EN"), english))).isEqualTo("fresh");
    assertThat(word(decide(get("Accept-Language", "de"), english))).isEqualTo("forward VARY_MISS");
    assertThat(word(decide(get(), english))).isEqualTo("forward VARY_MISS");
    assertThat(word(decide(get("Accept-Language", "en", "Other", "1"), english)))
        .isEqualTo("fresh");
  }

  @Test
  void varyAllNeverMatches() {
    TestingCandidate all = TestingCandidate.of("Cache-Control", "max-age=100", "Vary", "*");
    assertThat(word(decide(get(), all))).isEqualTo("forward VARY_MISS");
  }

  @Test
  void theMostRecentOfTheMatchingIsUsed() {
    TestingCandidate older =
        TestingCandidate.of(
            "Cache-Control", "max-age=100", "Date", "Mon, 01 Jun 2026 10:00:00 GMT");
    TestingCandidate newer =
        TestingCandidate.of("Cache-Control", "max-age=0", "Date", "Mon, 01 Jun 2026 11:00:00 GMT");
    assertThat(ReuseRules.select(get(), List.of(older, newer))).contains(newer);
    assertThat(ReuseRules.select(get(), List.of(newer, older))).contains(newer);
    assertThat(word(decide(get(), older, newer))).isEqualTo("validate STALE");
  }

  @Test
  void aResponseThatVariesIsPreferredToOneThatForgotToSay() {
    TestingCandidate varying =
        TestingCandidate.of(
            "Cache-Control", "max-age=100",
            "Vary", "Accept-Language",
            "Date", "Mon, 01 Jun 2026 10:00:00 GMT");
    TestingCandidate plain =
        TestingCandidate.of(
            "Cache-Control", "max-age=100", "Date", "Mon, 01 Jun 2026 11:00:00 GMT");
    assertThat(ReuseRules.select(get(), List.of(plain, varying))).contains(varying);
    assertThat(ReuseRules.select(get("Accept-Language", "de"), List.of(plain, varying)))
        .contains(plain);
  }

  @Test
  void theYoungestIsUsedWhenDatesAreEqual() {
    TestingCandidate old = candidate("max-age=100", 50);
    TestingCandidate young = candidate("max-age=100", 5);
    assertThat(ReuseRules.select(get(), List.of(old, young))).contains(young);
  }

  /// §3.3.
  @ParameterizedTest
  @CsvSource({
    "bytes=2-4, fresh",
    "bytes=-8, fresh",
    "bytes=2-3;4-5, fresh",
    "bytes=0-4, forward PARTIAL",
    "bytes=5-, fresh",
    "bytes=99-, forward PARTIAL",
  })
  void aStoredPartAnswersWhatItCovers(String range, String expected) {
    TestingCandidate part = candidate("max-age=100", 5).partOf("bytes 2-9/10");
    assertThat(word(decide(get("Range", range.replace(';', ',')), part))).isEqualTo(expected);
    assertThat(word(decide(get(), part))).isEqualTo("forward PARTIAL");
  }

  @Test
  void softInvalidationMakesStale() {
    TestingCandidate plain = candidate("max-age=100", 5).softlyInvalidated(3);
    assertThat(decide(get(), plain))
        .isEqualTo(
            new Validate<>(
                plain,
                Duration.ofSeconds(5),
                Duration.ofSeconds(3),
                ValidationReason.SOFTLY_INVALIDATED));
    TestingCandidate window =
        candidate("max-age=100, stale-while-revalidate=10", 5).softlyInvalidated(3);
    assertThat(word(decide(get(), window))).isEqualTo("stale");
    TestingCandidate tooLong =
        candidate("max-age=100, stale-while-revalidate=10", 50).softlyInvalidated(11);
    assertThat(word(decide(get(), tooLong))).isEqualTo("validate SOFTLY_INVALIDATED");
  }

  @Test
  void aDecisionCarriesItsNumbers() {
    TestingCandidate candidate = candidate("max-age=100, stale-while-revalidate=50", 40);
    assertThat(decide(get(), candidate))
        .isEqualTo(new ServeFresh<>(candidate, Duration.ofSeconds(40), Duration.ofSeconds(60)));
    TestingCandidate stale = candidate.aged(120);
    assertThat(decide(get(), stale))
        .isEqualTo(
            new ServeStaleWhileRevalidating<>(
                stale, Duration.ofSeconds(120), Duration.ofSeconds(20)));
  }

  /// §4.2.4, RFC 5861 §4; the policy allows an hour when disconnected.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "max-age=10                                    | 20   | ''                | TOO_STALE         | permitted",
        "max-age=10                                    | 3611 | ''                | TOO_STALE         | TOO_STALE",
        "max-age=10, stale-if-error=60                 | 70   | ''                | permitted         | permitted",
        "max-age=10, stale-if-error=60                 | 71   | ''                | TOO_STALE         | TOO_STALE",
        "max-age=10                                    | 20   | stale-if-error=60 | permitted         | permitted",
        "max-age=10, stale-if-error=60, must-revalidate | 20  | ''                | MUST_REVALIDATE   | MUST_REVALIDATE",
        "max-age=10, must-revalidate                   | 20   | stale-if-error=60 | MUST_REVALIDATE   | MUST_REVALIDATE",
        "max-age=10, proxy-revalidate                  | 20   | ''                | MUST_REVALIDATE   | MUST_REVALIDATE",
        "s-maxage=10                                   | 20   | ''                | MUST_REVALIDATE   | MUST_REVALIDATE",
        "max-age=10, no-cache                          | 1    | stale-if-error=60 | RESPONSE_NO_CACHE | RESPONSE_NO_CACHE",
        "max-age=10                                    | 5    | no-cache          | REQUEST           | REQUEST",
        "max-age=10                                    | 5    | max-age=0         | permitted         | permitted",
      })
  void anOriginsFailureMayBeCoveredByAStaleResponse(
      String cacheControl, long age, String request, String onError, String whenUnreachable) {
    RequestHead head = request.isEmpty() ? get() : get("Cache-Control", request);
    TestingCandidate candidate = candidate(cacheControl, age);
    assertThat(outcome(head, candidate, OriginFailure.ERROR_RESPONSE)).isEqualTo(onError);
    assertThat(outcome(head, candidate, OriginFailure.UNREACHABLE)).isEqualTo(whenUnreachable);
  }

  @ParameterizedTest
  @CsvSource({"500, true", "502, true", "503, true", "504, true", "501, false", "404, false"})
  void someStatusCodesAreFailuresOfTheOrigin(int status, boolean failure) {
    assertThat(StaleOnErrorDecision.isErrorResponse(status)).isEqualTo(failure);
  }

  private static String outcome(
      RequestHead request, TestingCandidate candidate, OriginFailure failure) {
    return switch (ReuseRules.staleOnError(request, candidate, failure, POLICY)) {
      case StaleOnErrorDecision.Permitted _ -> "permitted";
      case StaleOnErrorDecision.Forbidden(StaleOnErrorDecision.Reason reason) -> reason.name();
    };
  }

  /// RFC 9211 §2.2.
  @Test
  void forwardReasonsAreThoseOfCacheStatus() {
    assertThat(ForwardReason.values())
        .extracting(ForwardReason::token)
        .containsExactly(
            "bypass", "method", "uri-miss", "vary-miss", "miss", "request", "stale", "partial");
  }
}

package io.forebay.http.caching;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.http.HttpDate;
import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import io.forebay.http.ResponseHead;
import io.forebay.http.caching.CachePolicy.ClientDirectives;
import io.forebay.http.caching.CachePolicy.SetCookie;
import io.forebay.http.caching.StoreDecision.DoNotStore;
import io.forebay.http.caching.StoreDecision.Reason;
import io.forebay.http.caching.StoreDecision.Store;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.IntStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// RFC 9111 §3, and the directives of §5.2.2 that bear on storing.
class StoreRulesTest {

  private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
  private static final CachePolicy POLICY = CachePolicy.defaults();

  private static RequestHead request(String method, String... fields) {
    return new RequestHead(method, "http", "example.com", "/a/b?c", HttpFields.of(fields));
  }

  private static ResponseHead response(int status, String... fields) {
    return new ResponseHead(status, HttpFields.of(fields));
  }

  private static StoreDecision decide(
      RequestHead request, ResponseHead response, CachePolicy policy) {
    return StoreRules.decide(request, response, policy, NOW, NOW);
  }

  private static StoreDecision get(int status, String... fields) {
    return decide(request("GET"), response(status, fields), POLICY);
  }

  private static void assertRefused(StoreDecision decision, Reason reason) {
    assertThat(decision)
        .asInstanceOf(InstanceOfAssertFactories.type(DoNotStore.class))
        .extracting(DoNotStore::reason)
        .isEqualTo(reason);
  }

  private static Store assertStored(StoreDecision decision) {
    assertThat(decision).isInstanceOf(Store.class);
    return (Store) decision;
  }

  /// §3: "the request method is understood by the cache".
  @ParameterizedTest
  @ValueSource(strings = {"HEAD", "POST", "PUT", "DELETE", "OPTIONS", "get", "QUERY", ""})
  void onlyResponsesToGetAreStored(String method) {
    StoreDecision decision =
        decide(request(method), response(200, "Cache-Control", "max-age=9"), POLICY);
    assertThat(decision).isEqualTo(new DoNotStore(Reason.METHOD, Duration.ZERO));
  }

  /// RFC 9110 §9.3.3.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "200 | max-age=9 | /a/b?c                    | true",
        "200 | max-age=9 | b?c                       | true",
        "200 | max-age=9 | HTTP://EXAMPLE.com:80/a/b?c | true",
        "200 | max-age=9 | /a/b                      | false",
        "200 | max-age=9 | http://other.com/a/b?c    | false",
        "200 | max-age=9 | https://example.com/a/b?c | false",
        "200 | public    | /a/b?c                    | false",
        "404 | max-age=9 | /a/b?c                    | false",
      })
  void aPostResponseIsStoredWhenItIsWhatGetWouldAnswer(
      int status, String cacheControl, String location, boolean stored) {
    StoreDecision decision =
        decide(
            request("POST"),
            response(status, "Cache-Control", cacheControl, "Content-Location", location),
            POLICY);
    assertThat(decision instanceof Store).isEqualTo(stored);
  }

  /// §3: "the response status code is final"; §3.3, §4.3.4.
  @ParameterizedTest
  @CsvSource({
    "100, NOT_FINAL",
    "103, NOT_FINAL",
    "206, PARTIAL_CONTENT",
    "304, NOT_MODIFIED",
    "412, CONDITIONAL_REQUEST",
    "416, RANGE_REQUEST"
  })
  void someStatusCodesAreNeverStored(int status, Reason reason) {
    assertRefused(get(status, "Cache-Control", "max-age=9"), reason);
  }

  @Test
  void everyOtherFinalStatusCodeIsStoredWithExplicitFreshness() {
    IntStream.rangeClosed(200, 999)
        .filter(status -> status != 206 && status != 304 && status != 412 && status != 416)
        .forEach(status -> assertStored(get(status, "Cache-Control", "max-age=9")));
  }

  /// §3, last condition.
  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "200, -, -, NO_FRESHNESS",
        "200, ETag, '\"x\"', -",
        "404, ETag, '\"x\"', -",
        "500, ETag, '\"x\"', NO_FRESHNESS",
        "599, ETag, '\"x\"', NO_FRESHNESS",
        "200, ETag, x, NO_FRESHNESS",
        "200, Cache-Control, public, NO_FRESHNESS",
        "200, Cache-Control, max-age=0, NOTHING_TO_REUSE",
        "200, Cache-Control, no-cache, NO_FRESHNESS",
        "200, Cache-Control, 'max-age=9, no-cache', NOTHING_TO_REUSE",
        "200, Cache-Control, 'max-age=0, stale-while-revalidate=9', -",
        "200, Cache-Control, 'max-age=0, stale-if-error=9', -",
        "200, Cache-Control, 'max-age=0, stale-if-error=9, must-revalidate', NOTHING_TO_REUSE",
        "200, Expires, 0, NOTHING_TO_REUSE",
        "503, Expires, 'Mon, 01 Jun 2037 12:00:00 GMT', -",
        "200, Last-Modified, 'Mon, 01 Jan 2024 12:00:00 GMT', -",
        "403, Last-Modified, 'Mon, 01 Jan 2024 12:00:00 GMT', NO_FRESHNESS",
      })
  void aResponseIsStoredWhenItMayBeReusedSomeDay(
      int status, @Nullable String name, @Nullable String value, @Nullable Reason refused) {
    StoreDecision decision = name == null || value == null ? get(status) : get(status, name, value);
    if (refused == null) {
      assertStored(decision);
    } else {
      assertRefused(decision, refused);
    }
  }

  /// §5.2.2.5, §5.2.2.7, §5.2.2.3, §5.2.1.5.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "200 | max-age=9, no-store                  | NO_STORE",
        "200 | NO-STORE, max-age=9                  | NO_STORE",
        "200 | no-store=x                           | NO_STORE",
        "200 | max-age=9, private                   | PRIVATE",
        "200 | private, public, s-maxage=9          | PRIVATE",
        "200 | max-age=9, private=\"vary\"          | PRIVATE",
        "200 | max-age=9, private=\"a                | PRIVATE",
        "599 | max-age=9, must-understand           | STATUS_NOT_UNDERSTOOD",
        "599 | max-age=9, must-understand, no-store | STATUS_NOT_UNDERSTOOD",
      })
  void directivesForbidStoring(int status, String cacheControl, Reason reason) {
    assertRefused(get(status, "Cache-Control", cacheControl), reason);
  }

  @Test
  void mustUnderstandOverridesNoStoreWhenTheStatusCodeIsUnderstood() {
    assertStored(get(200, "Cache-Control", "max-age=9, must-understand, no-store"));
    assertStored(get(404, "Cache-Control", "max-age=9, no-store, must-understand"));
  }

  @Test
  void aClientsNoStoreIsFollowedUnlessTheOperatorSaysOtherwise() {
    RequestHead request = request("GET", "Cache-Control", "no-store");
    ResponseHead response = response(200, "Cache-Control", "max-age=9");
    assertThat(decide(request, response, POLICY))
        .isEqualTo(new DoNotStore(Reason.REQUEST_NO_STORE, Duration.ZERO));
    CachePolicy ignoring = POLICY.toBuilder().clientDirectives(ClientDirectives.IGNORE).build();
    assertStored(decide(request, response, ignoring));
  }

  /// §3.5.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "max-age=9                  | false",
        "max-age=9, public          | true",
        "max-age=9, must-revalidate | true",
        "s-maxage=9                 | true",
        "max-age=9, proxy-revalidate | false",
      })
  void anAuthorizedResponseIsStoredOnlyWhenItAllowsSharing(String cacheControl, boolean stored) {
    StoreDecision decision =
        decide(
            request("GET", "Authorization", "Basic x"),
            response(200, "Cache-Control", cacheControl),
            POLICY);
    assertThat(decision instanceof Store).isEqualTo(stored);
    if (!stored) {
      assertThat(decision).isEqualTo(new DoNotStore(Reason.AUTHORIZATION, Duration.ZERO));
    }
  }

  /// §7.3, and the operator's choice.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "STORE_IF_MARKED_SHARED | max-age=9                         | refused",
        "STORE_IF_MARKED_SHARED | max-age=9, public                 | with",
        "STORE_IF_MARKED_SHARED | s-maxage=9                        | with",
        "STORE_IF_MARKED_SHARED | max-age=9, no-cache=\"set-cookie\" | without",
        "STORE_IF_MARKED_SHARED | max-age=9, private=\"Set-Cookie\" | without",
        "STORE                  | max-age=9                         | with",
        "STORE_WITHOUT          | max-age=9                         | without",
        "DO_NOT_STORE           | max-age=9, public                 | refused",
        "DO_NOT_STORE           | max-age=9, private=\"Set-Cookie\" | without",
      })
  void aCookieIsStoredAsTheOperatorChose(SetCookie choice, String cacheControl, String outcome) {
    StoreDecision decision =
        decide(
            request("GET"),
            response(200, "Cache-Control", cacheControl, "Set-Cookie", "a=b"),
            POLICY.toBuilder().setCookie(choice).build());
    if (outcome.equals("refused")) {
      assertRefused(decision, Reason.SET_COOKIE);
    } else {
      boolean with = assertStored(decision).head().fields().contains("Set-Cookie");
      assertThat(with).isEqualTo(outcome.equals("with"));
    }
  }

  @Test
  void aTargetedFieldMarksAResponseAsShared() {
    assertStored(get(200, "CDN-Cache-Control", "max-age=9", "Set-Cookie", "a=b"));
  }

  /// §4.1.
  @ParameterizedTest
  @ValueSource(strings = {"*", "*, *", ", *", "Foo, *", "*, Foo", "foo bar"})
  void whatVariesOnEverythingIsNotStored(String vary) {
    assertRefused(get(200, "Cache-Control", "max-age=9", "Vary", vary), Reason.VARY_ALL);
  }

  /// RFC 9213 §2.2.
  @Test
  void aTargetedFieldSpeaksAlone() {
    assertStored(get(200, "Cache-Control", "no-store", "CDN-Cache-Control", "max-age=9"));
    assertRefused(
        get(200, "Cache-Control", "max-age=9", "CDN-Cache-Control", "private"), Reason.PRIVATE);
    assertRefused(
        get(200, "Cache-Control", "max-age=9", "CDN-Cache-Control", "no-store"), Reason.NO_STORE);
    assertRefused(
        get(200, "Cache-Control", "no-store", "CDN-Cache-Control", "max-age=9, &"),
        Reason.NO_STORE);
  }

  /// §3.1.
  @Test
  void connectionFieldsAndListedFieldsAreNotStored() {
    Store store =
        assertStored(
            get(
                200,
                "Cache-Control",
                "max-age=9, private=\"a\", no-cache=\"B, absent\"",
                "Connection",
                "c",
                "Age",
                "3",
                "Proxy-Authenticate",
                "Basic",
                "Transfer-Encoding",
                "chunked",
                "A",
                "1",
                "b",
                "2",
                "c",
                "3",
                "d",
                "4"));
    assertThat(store.strippedFields()).containsExactly("a", "b");
    assertThat(store.head().fields().without("Cache-Control"))
        .isEqualTo(HttpFields.of("d", "4", "Date", HttpDate.format(NOW)));
    assertThat(store.initialAge()).hasSeconds(3);
  }

  /// RFC 9110 §6.6.1.
  @Test
  void aMissingDateIsWhenItWasReceivedAndAValidOneStays() {
    assertThat(assertStored(get(200, "Cache-Control", "max-age=9")).head().date()).contains(NOW);
    assertThat(assertStored(get(200, "Cache-Control", "max-age=9", "Date", "x")).head().date())
        .contains(NOW);
    String hourAgo = HttpDate.format(NOW.minusSeconds(3600));
    Store old = assertStored(get(200, "Cache-Control", "max-age=9999", "Date", hourAgo));
    assertThat(old.head().fields().first("Date")).contains(hourAgo);
    assertThat(old.initialAge()).hasHours(1);
    assertThat(old.freshFor()).hasSeconds(9999 - 3600);
  }

  @Test
  void whatArrivesStaleIsKeptForValidation() {
    Store store =
        assertStored(get(200, "Cache-Control", "max-age=10", "Age", "30", "ETag", "\"x\""));
    assertThat(store.freshFor()).isZero();
    assertThat(store.keepStale()).isEqualTo(POLICY.keepForValidation());
    assertThat(store.keepFor()).isEqualTo(POLICY.keepForValidation().minusSeconds(20));
    assertRefused(get(200, "Cache-Control", "max-age=10", "Age", "30"), Reason.NOTHING_TO_REUSE);
  }

  @Test
  void itIsKeptAsLongAsAnyWindow() {
    CachePolicy none = POLICY.toBuilder().staleWhenDisconnected(Duration.ZERO).build();
    ResponseHead windows =
        response(200, "Cache-Control", "max-age=1, stale-while-revalidate=5, stale-if-error=7");
    assertThat(assertStored(decide(request("GET"), windows, none)).keepStale()).hasSeconds(7);
    ResponseHead plain = response(200, "Cache-Control", "max-age=1");
    assertThat(assertStored(decide(request("GET"), plain, none)).keepStale()).isZero();
    assertThat(assertStored(get(200, "Cache-Control", "max-age=1")).keepStale())
        .isEqualTo(POLICY.staleWhenDisconnected());
  }

  @Test
  void followersAreSetFreeForAWhileWhenTheResourceIsToBlameAndTheOriginIsWell() {
    assertThat(get(200, "Cache-Control", "private"))
        .isEqualTo(new DoNotStore(Reason.PRIVATE, POLICY.doNotCollapseFor()));
    assertThat(get(503)).isEqualTo(new DoNotStore(Reason.NO_FRESHNESS, Duration.ZERO));
  }

  @Test
  void theyAreNotWhenTheRequestIsToBlame() {
    assertThat(
            IntStream.range(200, 600)
                .filter(status -> status != 206 && status != 304)
                .filter(status -> setsFollowersFree(get(status, "Cache-Control", "no-store"))))
        .allMatch(status -> status < 452)
        .contains(200, 204, 301, 302, 307, 401, 402, 403, 404, 409, 410, 451)
        .doesNotContain(400, 405, 406, 408, 411, 412, 413, 414, 415, 416, 417, 418, 421, 422)
        .doesNotContain(425, 426, 428, 429, 431, 450, 499, 500, 502, 503, 504);
    for (int status : new int[] {200, 401, 403, 404}) {
      StoreDecision authorized =
          decide(
              request("GET", "Authorization", "Basic x"),
              response(status, "Cache-Control", "no-store"),
              POLICY);
      assertThat(authorized).isEqualTo(new DoNotStore(Reason.NO_STORE, Duration.ZERO));
    }
  }

  private static boolean setsFollowersFree(StoreDecision decision) {
    return decision instanceof DoNotStore refused && !refused.doNotCollapseFor().isZero();
  }

  @ParameterizedTest
  @EnumSource(Reason.class)
  void everyReasonIsASentenceForPeople(Reason reason) {
    assertThat(reason.sentence()).isNotBlank().doesNotEndWith(".");
  }

  /// §4.3.5: what is stored answers GET, whichever method asked.
  @Test
  void headFreshensToo() {
    ResponseHead stored = response(200, "Cache-Control", "max-age=5", "ETag", "\"x\"");
    for (int status : new int[] {200, 304}) {
      Store freshened =
          assertStored(
              StoreRules.decideFreshened(
                  request("HEAD"), stored, response(status, "ETag", "\"x\""), POLICY, NOW, NOW));
      assertThat(freshened.freshFor()).hasSeconds(5);
    }
  }

  /// §4.3.4: a 304 may change whether the response may be stored at all.
  @Test
  void aFreshenedResponseIsDecidedOnAnew() {
    ResponseHead stored =
        response(
            200,
            "Cache-Control",
            "max-age=5",
            "ETag",
            "\"x\"",
            "Date",
            HttpDate.format(NOW.minusSeconds(900)));
    Store freshened =
        assertStored(
            StoreRules.decideFreshened(
                request("GET"),
                stored,
                response(304, "ETag", "\"x\"", "Age", "2", "Cache-Control", "max-age=60"),
                POLICY,
                NOW,
                NOW));
    assertThat(freshened.head().status()).isEqualTo(200);
    assertThat(freshened.head().date()).contains(NOW);
    assertThat(freshened.initialAge()).hasSeconds(2);
    assertThat(freshened.freshFor()).hasSeconds(58);
    assertRefused(
        StoreRules.decideFreshened(
            request("GET"),
            stored,
            response(304, "ETag", "\"x\"", "Cache-Control", "private"),
            POLICY,
            NOW,
            NOW),
        Reason.PRIVATE);
    assertRefused(
        StoreRules.decideFreshened(
            request("GET"),
            stored,
            response(304, "ETag", "\"x\"", "Set-Cookie", "session=1"),
            POLICY,
            NOW,
            NOW),
        Reason.SET_COOKIE);
  }
}

package io.forebay.http.caching;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import io.forebay.http.ResponseHead;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// An operator's say in lifetimes, and where RFC 9111 lets him have none.
class LifetimeRulesTest {

  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  private static Optional<Duration> seconds(int seconds) {
    return seconds < 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(seconds));
  }

  /// @param override seconds, like the others; negative for none
  static LifetimeRule rule(int override, int minimum, int maximum, int unstated) {
    return new LifetimeRule(
        seconds(override), seconds(minimum), seconds(maximum), seconds(unstated));
  }

  private static CachePolicy policy(LifetimeRules rules) {
    return CachePolicy.defaults().toBuilder().lifetimes(rules).build();
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

  private static String shown(StoreDecision decision) {
    return switch (decision) {
      case StoreDecision.Store store ->
          store.freshness().lifetime().toSeconds() + " " + store.freshness().source();
      case StoreDecision.DoNotStore refusal -> refusal.reason().toString();
    };
  }

  @ParameterizedTest(name = "{0}/{1}/{2}/{3}, {4}, {5}")
  @CsvSource(
      delimiter = '|',
      value = {
        // override, minimum, maximum, default, status, Cache-Control → what is stored
        "60 | -1 | -1 | -1 | 200 | max-age=5      | 60 POLICY_OVERRIDE",
        "60 | -1 | -1 | -1 | 200 | max-age=0      | 60 POLICY_OVERRIDE",
        "60 | -1 | -1 | -1 | 200 | s-maxage=500   | 60 POLICY_OVERRIDE",
        "60 | -1 | -1 | -1 | 200 | x              | 60 POLICY_OVERRIDE",
        "60 | -1 | 30 | -1 | 200 | x              | 30 POLICY_MAXIMUM",
        "60 | 90 | -1 | -1 | 200 | x              | 90 POLICY_MINIMUM",
        "-1 | 10 | -1 | -1 | 200 | max-age=5      | 10 POLICY_MINIMUM",
        "-1 | 10 | -1 | -1 | 200 | max-age=50     | 50 MAX_AGE",
        "-1 | 10 | -1 | -1 | 200 | x              | NO_FRESHNESS",
        "-1 | -1 | 10 | -1 | 200 | max-age=50     | 10 POLICY_MAXIMUM",
        "-1 | -1 | 10 | -1 | 404 | max-age=50     | 10 POLICY_MAXIMUM",
        "-1 | -1 | -1 | 30 | 200 | x              | 30 POLICY",
        "-1 | -1 | -1 | 30 | 200 | max-age=50     | 50 MAX_AGE",
        "-1 | -1 | -1 | 30 | 301 | x              | 30 POLICY",
        "-1 | -1 | 20 | 30 | 200 | x              | 20 POLICY_MAXIMUM",
        // A redirect that may be this client's alone, and errors, need a word of their own.
        "60 | -1 | -1 | 30 | 302 | x              | NO_FRESHNESS",
        "60 | -1 | -1 | -1 | 302 | max-age=5      | 60 POLICY_OVERRIDE",
        "60 | 90 | -1 | 30 | 404 | x              | NO_FRESHNESS",
        "60 | 90 | -1 | 30 | 404 | max-age=5      | 5 MAX_AGE",
        "60 | 90 | -1 | 30 | 500 | x              | NO_FRESHNESS",
        "60 | 90 | -1 | 30 | 503 | max-age=5      | 5 MAX_AGE",
        // RFC 9111 decides first.
        "60 | 90 | -1 | 30 | 200 | no-store       | NO_STORE",
        "60 | 90 | -1 | 30 | 200 | private        | PRIVATE",
        "60 | 90 | -1 | 30 | 200 | private, max-age=5 | PRIVATE",
      })
  void theOperatorsWordCountsWhereTheResponseMayBeStored(
      int override,
      int minimum,
      int maximum,
      int unstated,
      int status,
      String cacheControl,
      String expected) {
    CachePolicy policy = policy(LifetimeRules.of(rule(override, minimum, maximum, unstated)));
    assertThat(shown(decide(policy, "/p", status, "", "Cache-Control", cacheControl)))
        .isEqualTo(expected);
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "404 | x           | 10 POLICY_STATUS",
        "404 | max-age=50  | 50 MAX_AGE",
        "404 | no-store    | NO_STORE",
        "410 | x           | 20 POLICY_STATUS",
        "403 | x           | 20 POLICY_STATUS",
        "302 | x           | 5 POLICY_STATUS",
        "302 | private     | PRIVATE",
        "503 | x           | 2 POLICY_OVERRIDE",
        "503 | max-age=90  | 2 POLICY_OVERRIDE",
        "500 | x           | NO_FRESHNESS",
        "200 | x           | 30 POLICY",
        "401 | max-age=999 | 100 POLICY_MAXIMUM",
      })
  void aStatusHasARuleOfItsOwn(int status, String cacheControl, String expected) {
    LifetimeRules rules =
        new LifetimeRules(
            rule(-1, -1, 100, 30),
            Map.of(
                404, rule(-1, -1, -1, 10),
                302, rule(-1, -1, -1, 5),
                503, rule(2, -1, -1, -1)),
            Map.of(4, rule(-1, -1, -1, 20)));
    assertThat(shown(decide(policy(rules), "/p", status, "", "Cache-Control", cacheControl)))
        .isEqualTo(expected);
  }

  /// §3.5: an operator's rule shares nothing that only the response may share.
  @Test
  void anAuthorizedResponseIsNotStoredByARule() {
    CachePolicy policy = policy(LifetimeRules.of(rule(60, 60, -1, 60)));
    assertThat(shown(decide(policy, "/p", 200, "Authorization"))).isEqualTo("AUTHORIZATION");
    assertThat(shown(decide(policy, "/p", 200, "Authorization", "Cache-Control", "public")))
        .isEqualTo("60 POLICY_OVERRIDE");
  }

  /// §5.2.2.4: `no-cache` is no lifetime that a rule could be longer than.
  @Test
  void noCacheIsNeverServedUnvalidated() {
    CachePolicy policy = policy(LifetimeRules.of(rule(60, 60, -1, 60)));
    StoreDecision decision =
        decide(policy, "/p", 200, "", "Cache-Control", "no-cache", "ETag", "\"a\"");
    assertThat(((StoreDecision.Store) decision).freshness().lifetime()).isZero();
    assertThat(((StoreDecision.Store) decision).freshness().noCache()).isTrue();
  }

  /// A guess is for when nobody says anything.
  @Test
  void theOperatorsDefaultComesBeforeAGuess() {
    String[] old = {"Last-Modified", "Sat, 21 Nov 2020 12:00:00 GMT"};
    assertThat(shown(decide(policy(LifetimeRules.NONE), "/p", 200, "", old)))
        .isEqualTo("86400 HEURISTIC");
    assertThat(shown(decide(policy(LifetimeRules.of(rule(-1, -1, -1, 30))), "/p", 200, "", old)))
        .isEqualTo("30 POLICY");
    assertThat(shown(decide(policy(LifetimeRules.of(rule(-1, -1, 30, -1))), "/p", 200, "", old)))
        .isEqualTo("30 POLICY_MAXIMUM");
  }

  @ParameterizedTest(name = "{0} as {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "/account/profile.css      | text/html                | CONTENT_TYPE",
        "/account/profile.css?x=1  | text/html; charset=utf-8 | CONTENT_TYPE",
        "/account%2fprofile.css    | text/html                | CONTENT_TYPE",
        "/account;x.JS             | text/html                | CONTENT_TYPE",
        "/api/me.json              | text/html                | CONTENT_TYPE",
        "/api/me.png               | application/json         | CONTENT_TYPE",
        "/me.woff2                 | application/json         | CONTENT_TYPE",
        "/me.zip                   | application/json         | CONTENT_TYPE",
        "/me.pdf                   | text/html                | CONTENT_TYPE",
        "/a.css                    | text/css                 | 60 MAX_AGE",
        "/a.js                     | application/javascript   | 60 MAX_AGE",
        "/a.mjs                    | Text/JavaScript;x        | 60 MAX_AGE",
        "/a.jpg                    | image/webp               | 60 MAX_AGE",
        "/a.svg                    | image/svg+xml            | 60 MAX_AGE",
        "/a.woff2                  | font/woff2               | 60 MAX_AGE",
        "/a.css                    | application/octet-stream | 60 MAX_AGE",
        "/a.json                   | application/ld+json      | 60 MAX_AGE",
        "/feed.rss                 | application/rss+xml      | 60 MAX_AGE",
        "/a.tgz                    | application/x-gzip       | 60 MAX_AGE",
        "/a.bin                    | text/plain               | 60 MAX_AGE",
        "/a.bin                    | text/html                | CONTENT_TYPE",
        "/a.css/profile            | text/html                | 60 MAX_AGE",
        "/a?x=.css                 | text/html                | 60 MAX_AGE",
        "/a.html                   | text/html                | 60 MAX_AGE",
        "/v1.2                     | text/html                | 60 MAX_AGE",
      })
  void aStaticSuffixOverOtherContentIsNotStored(String target, String type, String expected) {
    String[] fields = {"Cache-Control", "public, max-age=60", "Content-Type", type};
    assertThat(shown(decide(CachePolicy.defaults(), target, 200, "", fields))).isEqualTo(expected);
    CachePolicy off =
        CachePolicy.defaults().toBuilder()
            .guards(new StoreGuards(false, StoreGuards.AmbiguousPaths.EXPLICIT))
            .build();
    assertThat(shown(decide(off, target, 200, "", fields))).isEqualTo("60 MAX_AGE");
  }

  @Test
  void aMissingTypeIsNoneThatAStaticSuffixPromises() {
    String[] fields = {"Cache-Control", "max-age=60"};
    assertThat(shown(decide(CachePolicy.defaults(), "/a.css", 200, "", fields)))
        .isEqualTo("CONTENT_TYPE");
    assertThat(shown(decide(CachePolicy.defaults(), "/a.css", 404, "", fields)))
        .as("errors are no content")
        .isEqualTo("60 MAX_AGE");
  }

  @Test
  void anAmbiguousPathGetsOnlyWhatTheResponseSays() {
    CachePolicy policy = policy(LifetimeRules.of(rule(60, -1, -1, -1)));
    String target = "/static/..%2Faccount";
    assertThat(shown(decide(policy, target, 200, ""))).isEqualTo("NO_FRESHNESS");
    assertThat(
            shown(
                decide(policy, target, 200, "", "Last-Modified", "Sat, 21 Nov 2020 12:00:00 GMT")))
        .isEqualTo("0 NONE");
    assertThat(shown(decide(policy, target, 200, "", "Cache-Control", "max-age=5")))
        .isEqualTo("5 MAX_AGE");
    CachePolicy allowing =
        policy.toBuilder().guards(new StoreGuards(true, StoreGuards.AmbiguousPaths.ALLOW)).build();
    assertThat(shown(decide(allowing, target, 200, ""))).isEqualTo("60 POLICY_OVERRIDE");
  }

  @Test
  void strippedCookiesAreNotStored() {
    CachePolicy strip =
        CachePolicy.defaults().toBuilder().setCookie(CachePolicy.SetCookie.STRIP).build();
    StoreDecision decision =
        decide(strip, "/p", 200, "", "Cache-Control", "max-age=60", "Set-Cookie", "s=1");
    assertThat(((StoreDecision.Store) decision).head().fields().contains("Set-Cookie")).isFalse();
  }
}

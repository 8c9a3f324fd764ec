package io.forebay.proxy;

import static io.forebay.proxy.ProxyUnderTest.cacheStatus;
import static io.forebay.proxy.ProxyUnderTest.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.http.FieldLine;
import io.forebay.http.Glob;
import io.forebay.http.HeaderEdits;
import io.forebay.http.caching.CachePolicy;
import io.forebay.http.caching.KeyRule;
import io.forebay.http.caching.LifetimeRule;
import io.forebay.http.caching.LifetimeRules;
import io.forebay.http.caching.QueryRule;
import io.forebay.http.caching.QueryRule.Selection;
import io.forebay.http.caching.QueryRule.Sent;
import io.forebay.http.caching.StoreGuards;
import io.forebay.http.caching.StoreGuards.AmbiguousPaths;
import io.forebay.proxy.route.RequestGuards;
import io.forebay.proxy.route.RouteMatch;
import io.forebay.proxy.route.RouteMatch.HeaderMatch;
import io.forebay.proxy.route.RouteRules;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Published attacks on caches, against an origin that falls for each of them, behind routes whose
/// rules store more than the origin says: a victim must never get what an attacker made of a page
/// (poisoning), and an attacker never a page that a victim asked for (deception).
///
/// Sources: J. Kettle, "Practical Web Cache Poisoning" (2018) and "Web Cache Entanglement" (2020);
/// O. Gil, "Web Cache Deception" (2017); S. Mirheidari et al., "Cached and Confused" (2020); H. V.
/// Nguyen et al., "Your Cache Has Fallen" (CPDoS, 2019); M. Doyhenard, "Gotta cache 'em all"
/// (2024).
class PoisoningTest {

  /// What an attacker smuggles in; it may show up in no answer to another.
  private static final String EVIL = "evil.example";

  private ProxyUnderTest proxy;

  @BeforeEach
  void start() throws Exception {
    LifetimeRule generous =
        new LifetimeRule(
            Optional.of(seconds(60)), Optional.empty(), Optional.empty(), Optional.empty());
    CachePolicy policy =
        CachePolicy.defaults().toBuilder()
            .lifetimes(
                new LifetimeRules(
                    generous, Map.of(404, LifetimeRule.ofUnstated(seconds(10))), Map.of()))
            .build();
    QueryRule utm = new QueryRule(Selection.DROP, List.of(Glob.of("utm_*")), true, Sent.AS_KEYED);
    QueryRule page = new QueryRule(Selection.KEEP, List.of(Glob.of("page")), false, Sent.AS_KEYED);
    proxy =
        new ProxyUnderTest(all ->
            List.of(
                all.as("utm", "/utm*")
                    .withPolicy(policy)
                    .withRules(
                        RouteRules.USUAL.withKey(new KeyRule(utm, List.of(), List.of("lang")))),
                all.as("page", "/page*")
                    .withPolicy(policy)
                    .withRules(RouteRules.USUAL.withKey(new KeyRule(page, List.of(), List.of()))),
                all.as("static", "/static/*").withPolicy(policy),
                all.withPolicy(policy)));
  }

  @AfterEach
  void stop() throws Exception {
    proxy.close();
  }

  /// Says all that it was asked in its page, and heeds every field that may lead it astray.
  private void reflectEverything(String path) {
    proxy.origin.on(
        path,
        request ->
            request
                .response()
                .putHeader("Content-Type", "text/html")
                .end(
                    request.uri()
                        + "\n"
                        + request.headers().entries().stream()
                            .filter(line -> !isOurs(line.getKey()))
                            .map(line -> line.getKey() + ": " + line.getValue())
                            .sorted()
                            .collect(Collectors.joining("\n"))));
  }

  /// What the proxy itself says to the origin, and differs between clients anyway.
  private static boolean isOurs(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "via", "cdn-loop", "x-forwarded-for", "user-agent", "content-length" -> true;
      default -> false;
    };
  }

  private void attack(String method, String target, String host, List<String> fields)
      throws Exception {
    try (var client = new RawClient(proxy.port)) {
      client.send(
          method
              + " "
              + target
              + " HTTP/1.1\r\nHost: "
              + host
              + "\r\nConnection: close\r\n"
              + fields.stream().map(field -> field + "\r\n").collect(Collectors.joining())
              + "\r\n");
      client.readToEnd();
    }
  }

  private void attack(String target, String... fields) throws Exception {
    attack("GET", target, "127.0.0.1:" + proxy.port, List.of(fields));
  }

  /// Waits until all that a request may have stored is stored: the same request again ends after
  /// the first one's fetch, whatever became of it.
  private void settle() {
    Awaitility.await().until(() -> proxy.proxy.figures().fetchesUnderWay() == 0);
  }

  /// What the origin does not get must not be in the key: its page for nobody in particular would
  /// be everybody's who has that language.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Accept-Language",
        "accept-LANGUAGE",
        "x, Accept-Language",
        "TE, Cookie, Accept-Language"
      })
  void aKeyedFieldCannotBeKeptFromTheOriginByConnection(String nominated) throws Exception {
    RouteRules byLanguage =
        RouteRules.USUAL.withKey(
            new KeyRule(QueryRule.PLAIN, List.of("accept-language"), List.of("lang")));
    proxy.proxy.useRoutes(List.of(proxy.all.withRules(byLanguage)), RequestGuards.USUAL);
    proxy.origin.page(
        "/p",
        request -> request.getHeader("Accept-Language") + " " + request.getHeader("Cookie"),
        "Cache-Control",
        "max-age=60");
    attack("/p", "Accept-Language: de", "Cookie: lang=de", "Connection: " + nominated);
    settle();
    assertThat(proxy.get("/p", "Accept-Language", "de", "Cookie", "lang=de").body())
        .isEqualTo("de lang=de");
    assertThat(proxy.get("/p", "Cookie", "lang=de").body())
        .as("what the origin said to that request")
        .isEqualTo("null lang=de");
    assertThat(proxy.origin.asked("/p")).hasSize(2);
  }

  @Test
  void whatARouteAddsOrLooksAtCannotBeTakenAwayByConnection() throws Exception {
    RouteRules marked =
        RouteRules.USUAL
            .withMatch(
                new RouteMatch(
                    List.of(), List.of(new HeaderMatch("X-Beta", Glob.of("*"))), List.of()))
            .withEdits(
                new HeaderEdits(List.of(), List.of(new FieldLine("X-Key", "secret")), List.of()),
                HeaderEdits.NONE);
    proxy.proxy.useRoutes(
        List.of(proxy.all.as("beta", "/*").withRules(marked), proxy.all), RequestGuards.USUAL);
    proxy.origin.page("/p", "page");
    attack("/p", "X-Beta: 1", "Connection: X-Key");
    attack("/p", "X-Beta: 1", "Connection: X-Beta");
    List<Map<String, String>> asked =
        proxy.origin.asked("/p").stream().map(ScriptedOrigin.Asked::fields).toList();
    assertThat(asked.getFirst()).containsEntry("X-Key", "secret").containsEntry("X-Beta", "1");
    assertThat(asked.getLast())
        .as("as if it were not there, for routes too")
        .doesNotContainKeys("X-Key", "X-Beta");
    assertThat(proxy.records(2)).extracting(ExchangeRecord::route).containsExactly("beta", "all");
  }

  /// Whatever it names: these are for every recipient, or made by the proxy itself.
  @Test
  void aNominationIsNoWayAroundTheRulesForStoring() throws Exception {
    proxy.origin.page("/p", "page", "Cache-Control", "max-age=60");
    attack(
        "/p",
        "Authorization: Basic x",
        "Cookie: a=1",
        "Range: bytes=0-1",
        "Connection: Authorization, Cookie, Range, Host, Cache-Control, Via, CDN-Loop,"
            + " Content-Length, Forwarded, X-Forwarded-For, X-Forwarded-Proto, X-Forwarded-Host");
    settle();
    assertThat(proxy.origin.asked("/p").getFirst().fields())
        .containsEntry("Authorization", "Basic x")
        .containsEntry("Cookie", "a=1")
        .containsEntry("Range", "bytes=0-1")
        .containsEntry("X-Forwarded-For", "127.0.0.1")
        .containsEntry("X-Forwarded-Proto", "http")
        .containsKeys("Via", "CDN-Loop", "Forwarded", "X-Forwarded-Host");
    assertThat(proxy.pages.statistics().writes()).as("with Authorization").isZero();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "X-Forwarded-Host        | evil.example",
        "X-Forwarded-Host        | a, evil.example",
        "x-forwarded-HOST        | evil.example",
        "X-Forwarded-Proto       | evil.example",
        "X-Forwarded-Scheme      | evil.example",
        "X-Forwarded-Port        | evil.example",
        "X-Forwarded-Prefix      | evil.example",
        "X-Forwarded-Server      | evil.example",
        "X-Original-Host         | evil.example",
        "X-Host                  | evil.example",
        "X-HTTP-Host-Override    | evil.example",
        "Forwarded               | host=evil.example",
        "X-Original-URL          | /evil.example",
        "X-Rewrite-URL           | /evil.example",
        "X-Override-URL          | /evil.example",
        "X-HTTP-Method-Override  | evil.example",
        "X-HTTP-Method           | evil.example",
        "X-Method-Override       | evil.example",
        "X-Middleware-Subrequest | evil.example",
        "Base-Url                | evil.example",
      })
  void unkeyedFieldsAreNotReflected(String name, String value) throws Exception {
    reflectEverything("/p");
    attack("/p", name + ": " + value);
    settle();
    assertThat(proxy.get("/p").body()).doesNotContain(EVIL);
    assertThat(proxy.origin.asked("/p").getFirst().fields().toString()).doesNotContain(EVIL);
  }

  /// The key has the host without case and default port, so the origin must not see them.
  @Test
  void aHostInAnotherFormIsOneForTheOriginToo() throws Exception {
    reflectEverything("/p");
    try (var client = new RawClient(proxy.port)) {
      client.send("GET /p HTTP/1.1\r\nHost: SHOP.example:80\r\nConnection: close\r\n\r\n");
      assertThat(client.readToEnd()).contains("Host: shop.example").doesNotContain(":80");
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        // Another port, or name, is another key.
        "127.0.0.1:1337        | /p",
        "evil.example          | /p",
        // The host of the absolute form counts, and is what the origin gets.
        "127.0.0.1             | http://evil.example/p",
      })
  void anotherHostIsAnotherPage(String host, String target) throws Exception {
    reflectEverything("/p");
    attack("GET", target, host, List.of());
    settle();
    assertThat(proxy.get("/p").body())
        .doesNotContain(EVIL)
        .doesNotContain(":1337")
        .contains("127.0.0.1:" + proxy.port);
  }

  @ParameterizedTest(name = "{0} for {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        // Unkeyed parameters are not sent where the rule says keyed.
        "/utm?utm_source=evil.example                | /utm",
        "/utm?utm_source=evil.example&a=1            | /utm?a=1",
        "/page?page=1&callback=evil.example          | /page?page=1",
        // Cloaked: Ruby and others end a parameter at a semicolon.
        "/utm?utm_content=x;callback=evil.example    | /utm",
        "/page?x=1;page=evil.example                 | /page",
        // Encoded names are the same names, and the origin does not get them either.
        "/utm?utm%5fsource=evil.example              | /utm",
        "/page?%70age=1&c%61llback=evil.example      | /page?%70age=1",
        // An unkeyed fragment, or a question mark in another place, is another request or none.
        "/utm?a=1#utm_x=evil.example                 | /utm?a=1",
        "/utm%3futm_source=evil.example              | /utm",
      })
  void unkeyedPartsOfTheQueryAreNotReflected(String attack, String victim) throws Exception {
    reflectEverything("/utm");
    reflectEverything("/page");
    reflectEverything("/utm%3futm_source=evil.example");
    attack(attack);
    settle();
    assertThat(proxy.get(victim).body()).doesNotContain(EVIL);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "lang=evil.example           | ''",
        "lang=de; lang=evil.example  | lang=de",
        "lang=evil.example; lang=de  | lang=de",
        "l%61ng=evil.example         | ''",
      })
  void aKeyedCookieIsKeyedHoweverItIsWritten(String cookie, String victims) throws Exception {
    reflectEverything("/utm");
    attack("/utm", "Cookie: " + cookie);
    settle();
    String body =
        victims.isEmpty() ? proxy.get("/utm").body() : proxy.get("/utm", "Cookie", victims).body();
    assertThat(body).doesNotContain(EVIL);
  }

  /// What is equal for the key is equal for the origin; what is not, is another page.
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "/x/../p",
    "/./p",
    "/%70",
    "/x/%2e%2e/p",
    "/x%2f..%2fp",
    "//p",
    "/p/",
    "/p%2f",
    "/p%3Fx",
    "/p;evil",
    "/p%00",
    "/p%0a",
    "/p%23x",
    "/x\\..\\p",
    "/P"
  })
  void aPathInAnotherFormIsOneForTheOriginTooOrAnotherPage(String target) throws Exception {
    proxy.origin.on("/p", PoisoningTest::tellTarget);
    attack(target);
    settle();
    assertThat(proxy.get("/p").body()).isEqualTo("/p");
  }

  private static void tellTarget(HttpServerRequest request) {
    request.response().putHeader("Content-Type", "text/html").end(request.uri());
  }

  /// CPDoS: an error that an attacker provokes is not kept for others.
  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "X-Oversized: y                    | 400",
        "X-Oversized: y                    | 413",
        "X-Oversized: y                    | 431",
        "X-Meta: \t                        | 400",
        "X-HTTP-Method-Override: DELETE    | 405",
        "X-HTTP-Method-Override: POST      | 404",
        "Range: bytes=9-8                  | 416",
        "Expect: 200-ok                    | 417",
        "Upgrade: x                        | 426",
        "If-Match: x                       | 412",
        "Max-Forwards: 0                   | 500",
        "Content-Type: x                   | 501",
        "Transfer-Encoding: x              | 501",
      })
  void anErrorThatAFieldProvokesIsNotStored(String field, int status) throws Exception {
    String name = field.substring(0, field.indexOf(':'));
    proxy.origin.on(
        "/p",
        request -> {
          if (request.headers().contains(name)) {
            request.response().setStatusCode(status).end(EVIL);
          } else {
            request.response().putHeader("Content-Type", "text/html").end("good");
          }
        });
    attack("/p", field);
    settle();
    assertThat(proxy.get("/p").body()).isEqualTo("good");
  }

  /// "Fat GET": a body that the key knows nothing of.
  @ParameterizedTest
  @CsvSource({"GET", "HEAD"})
  void aRequestWithABodyPoisonsNothing(String method) throws Exception {
    proxy.origin.on(
        "/p",
        request ->
            request
                .body()
                .onSuccess(body ->
                    request
                        .response()
                        .putHeader("Content-Type", "text/html")
                        .end(body.length() == 0 ? "good" : body.toString())));
    try (var client = new RawClient(proxy.port)) {
      client.send(
          method
              + " /p HTTP/1.1\r\nHost: 127.0.0.1:"
              + proxy.port
              + "\r\nConnection: close\r\nContent-Length: 12\r\n\r\n"
              + EVIL);
      client.readToEnd();
    }
    settle();
    assertThat(proxy.get("/p").body()).isEqualTo("good");
  }

  /// Deception: the victim is led to `target`, where the origin answers with the victim's own page.
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    // Path mapping.
    "/account/x.css",
    "/account/x.js",
    "/account/x.ico",
    "/account/x.woff2",
    "/account/x.pdf?y",
    "/account/x.txt",
    "/account/x.csv",
    "/account/x.md",
    // Delimiters: of Spring, Rails, OpenLiteSpeed, nginx, and encoded ones.
    "/account;x.css",
    "/account.css",
    "/account%00x.css",
    "/account%0ax.css",
    "/account%3bx.css",
    "/account%23x.css",
    "/account%3fx.css",
    "/account%2fx.css",
    "/account%5cx.css",
    "/account!.css",
    // Static directories and files, by dot segments that only one side resolves.
    "/static/..%2faccount",
    "/static/%2e%2e%2faccount",
    "/static/..%5caccount",
    "/static/..\\account",
    "/account%2f..%2fstatic/x",
    "/account%2f..%2frobots.txt",
    "/static/x;/../..;/account",
    "/static/%252e%252e/account",
    "/account;%2f..%2fstatic/x.css"
  })
  void aPageOfAVictimIsNotStoredForAnAttacker(String target) throws Exception {
    String secret = "secret of the victim";
    Map<String, String> own = Map.of("Cookie", "session=victim");
    proxy.origin.onAny(request ->
        request
            .response()
            .putHeader("Content-Type", "text/html")
            .end(
                request.getHeader("Cookie") != null
                        && request.getHeader("Cookie").contains("session=victim")
                    ? secret
                    : "sign in"));
    for (int i = 0; i < 2; i++) {
      try (var client = new RawClient(proxy.port)) {
        client.send(
            "GET "
                + target
                + " HTTP/1.1\r\nHost: 127.0.0.1:"
                + proxy.port
                + "\r\nConnection: close\r\n"
                + (i == 0 ? "Cookie: " + own.get("Cookie") + "\r\n" : "")
                + "\r\n");
        String answer = client.readToEnd();
        assertThat(answer).contains(i == 0 ? secret : "sign in");
      }
      settle();
    }
  }

  /// The same where an operator stores everything below a path: what resolves to another place goes
  /// by that place's route.
  @Test
  void aDotSegmentLeavesTheRouteOfItsDirectory() throws Exception {
    proxy.origin.page("/account", "x", "Content-Type", "text/html", "Cache-Control", "private");
    attack("/static/../account");
    Awaitility.await().until(() -> proxy.records.size() == 1);
    assertThat(proxy.records.getFirst().route()).isEqualTo("all");
    assertThat(proxy.origin.asked("/account")).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"PASS, 200", "REFUSE, 400", "ALLOW, 200"})
  void anOperatorMayTreatAmbiguousPathsOtherwise(AmbiguousPaths choice, int status)
      throws Exception {
    CachePolicy policy = policy(choice);
    proxy.proxy.useRoutes(List.of(proxy.all.withPolicy(policy)), RequestGuards.USUAL);
    proxy.origin.page("/a;b", "x", "Cache-Control", "max-age=60", "Content-Type", "text/html");
    assertThat(proxy.get("/a;b").statusCode()).isEqualTo(status);
    settle();
    String again = cacheStatus(proxy.get("/a;b"));
    switch (choice) {
      case PASS -> assertThat(again).contains("fwd=bypass");
      case REFUSE -> assertThat(again).isEmpty();
      case ALLOW, EXPLICIT -> assertThat(again).contains("hit");
    }
  }

  private static CachePolicy policy(AmbiguousPaths choice) {
    return CachePolicy.defaults().toBuilder().guards(new StoreGuards(true, choice)).build();
  }

  @Test
  void endlesslyLongKeysAreNotForTheStore() throws Exception {
    proxy.origin.page("/p", "x", "Cache-Control", "max-age=60");
    String target = "/p?" + "x".repeat(9_000);
    proxy.get(target);
    assertThat(cacheStatus(proxy.get(target))).contains("fwd=bypass");
    assertThat(proxy.pages.statistics().writes()).isZero();
  }

  /// RFC 9110 §9.3.3 lets a POST's answer stand for a GET; not where the origin took it for another
  /// method's.
  @Test
  void anOverriddenMethodsAnswerIsNotReadableByGet() throws Exception {
    proxy.origin.page(
        "/p", EVIL, "Cache-Control", "max-age=60", "Content-Location", "/p", "Content-Type", "a/b");
    attack(
        "POST",
        "/p",
        "127.0.0.1:" + proxy.port,
        List.of("X-HTTP-Method-Override: GET", "Content-Length: 0"));
    settle();
    proxy.origin.page("/p", "good", "Content-Type", "a/b");
    assertThat(proxy.get("/p").body()).isEqualTo("good");
  }
}

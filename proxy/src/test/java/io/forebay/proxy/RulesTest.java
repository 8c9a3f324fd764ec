package io.forebay.proxy;

import static io.forebay.proxy.ProxyUnderTest.cacheStatus;
import static io.forebay.proxy.ProxyUnderTest.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.Invalidation;
import io.forebay.cache.Scope;
import io.forebay.http.FieldLine;
import io.forebay.http.Glob;
import io.forebay.http.HeaderEdits;
import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import io.forebay.http.TargetUri;
import io.forebay.http.caching.CachePolicy;
import io.forebay.http.caching.KeyRule;
import io.forebay.http.caching.LifetimeRule;
import io.forebay.http.caching.LifetimeRules;
import io.forebay.http.caching.QueryRule;
import io.forebay.http.caching.QueryRule.Selection;
import io.forebay.http.caching.QueryRule.Sent;
import io.forebay.http.caching.TagTemplate;
import io.forebay.proxy.route.RequestGuards;
import io.forebay.proxy.route.Route;
import io.forebay.proxy.route.RouteMatch;
import io.forebay.proxy.route.RouteMatch.CookieMatch;
import io.forebay.proxy.route.RouteMatch.HeaderMatch;
import io.forebay.proxy.route.RouteRules;
import io.vertx.core.http.HttpServerRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The rules of a route, seen from a client and from the origin.
class RulesTest {

  private static final RouteRules USUAL = RouteRules.USUAL;
  private static final QueryRule WITHOUT_UTM =
      new QueryRule(Selection.DROP, List.of(Glob.of("utm_*")), true, Sent.AS_RECEIVED);

  @SuppressWarnings("NullAway.Init") // by start, which each test calls with its routes
  private ProxyUnderTest proxy;

  private void start(Function<Route, List<Route>> routes) throws Exception {
    proxy = new ProxyUnderTest(routes);
  }

  private void startWith(RouteRules rules) throws Exception {
    start(all -> List.of(all.withRules(rules)));
  }

  @AfterEach
  void stop() throws Exception {
    proxy.close();
  }

  private boolean isHit(String path, String... fields) throws Exception {
    return cacheStatus(proxy.get(path, fields)).startsWith("forebay; hit");
  }

  private String url(String path) {
    return "http://127.0.0.1:" + proxy.port + path;
  }

  private static KeyRule key(QueryRule query, List<String> headers, List<String> cookies) {
    return new KeyRule(query, headers, cookies);
  }

  @Test
  void theFirstRouteWhoseConditionsHoldTakesTheRequest() throws Exception {
    start(all -> {
      var mobile =
          new RouteMatch(
              List.of("GET"),
              List.of(new HeaderMatch("X-Device", Glob.ignoringCase("mobile*"))),
              List.of());
      var marked =
          new RouteMatch(List.of(), List.of(new HeaderMatch("X-Mark", Glob.of("*"))), List.of());
      var user =
          new RouteMatch(List.of(), List.of(), List.of(new CookieMatch("sid", Glob.of("*"))));
      return List.of(
          all.as("mobile", "/p*").withRules(USUAL.withMatch(mobile).withBypass()),
          all.as("marked", "/*").withRules(USUAL.withMatch(marked)),
          all.as("user", "/*").withRules(USUAL.withMatch(user).withBypass()),
          all);
    });
    proxy.origin.page("/p", "x", "Cache-Control", "max-age=60");
    for (String[] fields :
        List.of(
            new String[] {"X-Device", "Mobile/7"},
            new String[] {"X-Device", "tv"},
            new String[] {"X-Mark", ""},
            new String[] {"X-Mark", "1", "X-Device", "mobile"},
            new String[] {"Cookie", "a=1; sid=x"})) {
      proxy.get("/p", fields);
    }
    proxy.send("POST", "/p", "body");
    Awaitility.await().until(() -> proxy.records.size() == 6);
    assertThat(proxy.records)
        .extracting(ExchangeRecord::route)
        .containsExactly("mobile", "all", "marked", "mobile", "user", "all");
  }

  @Test
  void aBypassNeitherLooksIntoTheStoreNorStores() throws Exception {
    start(all -> List.of(all.as("no", "/no*").withRules(USUAL.withBypass()), all));
    proxy.origin.page("/no", "x", "Cache-Control", "max-age=60");
    proxy.get("/no");
    HttpResponse<String> second = proxy.get("/no");
    assertThat(cacheStatus(second)).isEqualTo("forebay; fwd=bypass; fwd-status=200");
    assertThat(proxy.origin.asked("/no")).hasSize(2);
    assertThat(proxy.pages.statistics().writes()).isZero();
    Awaitility.await().until(() -> proxy.records.size() == 2);
    assertThat(proxy.records.getLast().reason()).isEqualTo("the route passes everything on");
  }

  @Test
  void requestsThatDifferInDroppedParametersShareAPage() throws Exception {
    startWith(USUAL.withKey(key(WITHOUT_UTM, List.of(), List.of())));
    proxy.origin.page("/p", "x", "Cache-Control", "max-age=60");
    proxy.getStored("/p?b=1&utm_source=mail&a=2");
    assertThat(proxy.origin.asked("/p?b=1&utm_source=mail&a=2"))
        .as("the origin gets the client's own URL")
        .hasSize(1);
    assertThat(isHit("/p?a=2&b=1")).isTrue();
    assertThat(isHit("/p?a=2&utm_campaign=x&b=1")).isTrue();
    assertThat(isHit("/p?a=2&b=2")).isFalse();
  }

  @Test
  void theOriginGetsTheKeysQueryIfTheRuleSaysSo() throws Exception {
    QueryRule query = new QueryRule(Selection.KEEP, List.of(Glob.of("page")), false, Sent.AS_KEYED);
    startWith(USUAL.withKey(key(query, List.of(), List.of())));
    proxy.origin.page("/p", "x", "Cache-Control", "max-age=60");
    proxy.getStored("/p?page=2&x=evil");
    assertThat(proxy.origin.asked("/p?page=2")).hasSize(1);
    proxy.send("POST", "/p?page=2&x=1", "body");
    assertThat(proxy.origin.asked("/p?page=2&x=1"))
        .as("an unsafe request keeps its own")
        .hasSize(1);
  }

  @Test
  void headersAndCookiesOfTheKeyTellPagesApart() throws Exception {
    startWith(USUAL.withKey(key(QueryRule.PLAIN, List.of("accept-language"), List.of("cur"))));
    proxy.origin.page(
        "/p",
        request -> request.getHeader("Accept-Language") + " " + request.getHeader("Cookie"),
        "Cache-Control",
        "max-age=60");
    for (String[] fields :
        List.of(
            new String[] {"Accept-Language", "de", "Cookie", "cur=EUR"},
            new String[] {"Accept-Language", "de", "Cookie", "cur=USD"},
            new String[] {"Accept-Language", "en", "Cookie", "cur=EUR"})) {
      String body = fields[1] + " " + fields[3];
      assertThat(proxy.get("/p", fields).body()).isEqualTo(body);
      Awaitility.await().until(() -> isHit("/p", fields));
      assertThat(proxy.get("/p", fields).body()).isEqualTo(body);
    }
    assertThat(isHit("/p", "Accept-Language", "de", "Cookie", "other=1; cur=USD")).isTrue();
    // A purge of the URL covers them all, and only it.
    proxy.pages.invalidate(
        new Scope.Urls(proxy.proxy.urlsOf(TargetUri.of("http", "127.0.0.1:" + proxy.port, "/p"))),
        Invalidation.Mode.HARD);
    assertThat(isHit("/p", "Accept-Language", "de", "Cookie", "cur=EUR")).isFalse();
    assertThat(isHit("/p", "Accept-Language", "en", "Cookie", "cur=EUR")).isFalse();
  }

  /// Whoever purges a URL names what a client sees, and not what the route makes of it.
  @ParameterizedTest
  @ValueSource(strings = {"/p?b=1&a=2", "/p?a=2&b=1&utm_x=y", "/x/../p?utm_a=1&a=2&b=1"})
  void aPurgeOfAUrlHitsWhatIsStoredUnderTheRewrittenKey(String purged) throws Exception {
    startWith(USUAL.withKey(key(WITHOUT_UTM, List.of(), List.of())));
    proxy.origin.page("/p", "x", "Cache-Control", "max-age=60");
    proxy.getStored("/p?b=1&utm_source=mail&a=2");
    assertThat(isHit("/p?a=2&b=1")).isTrue();
    Set<String> urls = proxy.proxy.urlsOf(TargetUri.of("http", "127.0.0.1:" + proxy.port, purged));
    assertThat(urls).contains(url("/p?a=2&b=1"));
    proxy.pages.invalidate(new Scope.Urls(urls), Invalidation.Mode.HARD);
    assertThat(isHit("/p?a=2&b=1")).isFalse();
  }

  /// RFC 9111 §4.4, under a rewritten key.
  @Test
  void anUnsafeRequestInvalidatesWhatIsStoredUnderTheRewrittenKey() throws Exception {
    startWith(USUAL.withKey(key(WITHOUT_UTM, List.of("x-device"), List.of())));
    proxy.origin.page("/p", "x", "Cache-Control", "max-age=60");
    proxy.getStored("/p?a=2");
    assertThat(isHit("/p?a=2")).isTrue();
    assertThat(proxy.send("POST", "/p?utm_source=form&a=2", "x").statusCode()).isEqualTo(200);
    assertThat(isHit("/p?a=2")).isFalse();
  }

  /// A request's route may depend on what a purge can't know.
  @Test
  void aPurgeCoversTheKeysOfEveryRouteThatRequestsOfTheUrlMayTake() throws Exception {
    start(all -> {
      var tv =
          new RouteMatch(List.of(), List.of(new HeaderMatch("X-Device", Glob.of("tv"))), List.of());
      KeyRule rule = key(WITHOUT_UTM, List.of(), List.of());
      return List.of(all.as("tv", "/*").withRules(USUAL.withMatch(tv).withKey(rule)), all);
    });
    proxy.origin.page("/p", "x", "Cache-Control", "max-age=60");
    proxy.get("/p?utm_a=1", "X-Device", "tv");
    Awaitility.await().until(() -> isHit("/p", "X-Device", "tv"));
    proxy.getStored("/p?utm_a=1");
    proxy.send("PUT", "/p?utm_a=1", "x");
    assertThat(isHit("/p", "X-Device", "tv")).isFalse();
    assertThat(isHit("/p?utm_a=1")).isFalse();
  }

  @Test
  void otherRoutesHoldForRequestsThatComeAfterThemAndWhatTheFormerStoredIsPurgedToo()
      throws Exception {
    startWith(USUAL.withKey(key(WITHOUT_UTM, List.of(), List.of())));
    Queue<HttpServerRequest> held = new ConcurrentLinkedQueue<>();
    proxy.origin.on("/slow", held::add);
    proxy.origin.page("/p", "x", "Cache-Control", "max-age=60");
    proxy.getStored("/p?utm_a=1");
    CompletableFuture<HttpResponse<String>> slow = proxy.getAsync("/slow?utm_a=1");
    Awaitility.await().until(() -> held.size() == 1);

    proxy.proxy.useRoutes(
        List.of(
            proxy
                .all
                .as("new", "/*")
                .withRules(
                    USUAL.withEdits(
                        HeaderEdits.NONE,
                        new HeaderEdits(
                            List.of(), List.of(new FieldLine("X-New", "1")), List.of())))),
        RequestGuards.USUAL);
    held.remove().response().putHeader("Cache-Control", "max-age=60").end("slow");
    assertThat(slow.get(20, TimeUnit.SECONDS).headers().firstValue("X-New"))
        .as("it ends under the old rules")
        .isEmpty();
    HttpResponse<String> other = proxy.getStored("/p?utm_a=1");
    assertThat(cacheStatus(other)).as("another key now").contains("fwd=uri-miss");
    assertThat(other.headers().firstValue("X-New")).hasValue("1");

    // What the former rule made of this URL is purged with it, so that it does not come back.
    proxy.send("PUT", "/p?utm_a=1", "x");
    proxy.proxy.useRoutes(
        List.of(proxy.all.withRules(USUAL.withKey(key(WITHOUT_UTM, List.of(), List.of())))),
        RequestGuards.USUAL);
    assertThat(isHit("/p?utm_a=1")).isFalse();
    assertThat(isHit("/slow?utm_b=2")).as("stored by whom began under that rule").isTrue();
  }

  @Test
  void whatIsDeliveredIsEditedAndWhatIsStoredIsNot() throws Exception {
    var edits =
        new HeaderEdits(
            List.of(Glob.ignoringCase("x-powered-by")),
            List.of(new FieldLine("Cache-Control", "max-age=1")),
            List.of(new FieldLine("Link", "</a.css>; rel=preload")));
    startWith(USUAL.withEdits(HeaderEdits.NONE, edits));
    proxy.origin.page("/p", "x", "Cache-Control", "max-age=60", "X-Powered-By", "PHP");
    for (HttpResponse<String> answer : List.of(proxy.getStored("/p"), proxy.get("/p"))) {
      assertThat(answer.headers().allValues("Cache-Control")).containsExactly("max-age=1");
      assertThat(answer.headers().firstValue("X-Powered-By")).isEmpty();
      assertThat(answer.headers().firstValue("Link")).isPresent();
    }
    assertThat(cacheStatus(proxy.get("/p"))).isEqualTo("forebay; hit; ttl=60");
    HttpResponse<String> refused = proxy.get("/p", "Via", "1.1 forebay, ".repeat(9) + "1.1 other");
    assertThat(refused.statusCode()).isEqualTo(502);
    assertThat(refused.headers().firstValue("Link")).as("our own errors too").isPresent();
    proxy.proxy.useRoutes(List.of(proxy.all), RequestGuards.USUAL);
    HttpResponse<String> unedited = proxy.get("/p");
    assertThat(cacheStatus(unedited)).isEqualTo("forebay; hit; ttl=60");
    assertThat(unedited.headers().firstValue("X-Powered-By")).hasValue("PHP");
    assertThat(unedited.headers().firstValue("Cache-Control")).hasValue("max-age=60");
  }

  @Test
  void requestsAreEditedBeforeAnythingIsDecided() throws Exception {
    var edits =
        new HeaderEdits(
            List.of(Glob.ignoringCase("cookie"), Glob.ignoringCase("cache-control")),
            List.of(new FieldLine("Accept-Language", "de")),
            List.of());
    startWith(USUAL.withEdits(edits, HeaderEdits.NONE));
    proxy.origin.page("/p", "x", "Cache-Control", "max-age=60", "Vary", "Accept-Language, Cookie");
    proxy.get("/p", "Cookie", "a=1", "Accept-Language", "fr");
    Map<String, String> asked = proxy.origin.asked("/p").getFirst().fields();
    assertThat(asked).containsEntry("Accept-Language", "de").doesNotContainKey("Cookie");
    Awaitility.await().until(() -> isHit("/p"));
    assertThat(isHit("/p", "Cookie", "b=2", "Cache-Control", "no-cache")).isTrue();
  }

  @Test
  void aStrippedCookieIsNeitherStoredNorServed() throws Exception {
    CachePolicy strip =
        CachePolicy.defaults().toBuilder().setCookie(CachePolicy.SetCookie.STRIP).build();
    start(all -> List.of(all.withPolicy(strip)));
    proxy.origin.page("/p", "x", "Cache-Control", "max-age=60", "Set-Cookie", "s=1");
    assertThat(proxy.getStored("/p").headers().firstValue("Set-Cookie")).isEmpty();
    assertThat(proxy.get("/p").headers().firstValue("Set-Cookie")).isEmpty();
    assertThat(isHit("/p")).isTrue();
    proxy.origin.page("/login", "x", "Cache-Control", "private", "Set-Cookie", "s=1");
    assertThat(proxy.get("/login").headers().firstValue("Set-Cookie"))
        .as("what is one client's own stays whole")
        .hasValue("s=1");
  }

  @Test
  void lifetimesAndWindowsFollowTheRuleAndTheExplanationSaysSo() throws Exception {
    var rules =
        new LifetimeRules(
            new LifetimeRule(
                Optional.of(seconds(30)), Optional.empty(), Optional.empty(), Optional.empty()),
            Map.of(404, LifetimeRule.ofUnstated(seconds(10))),
            Map.of());
    CachePolicy policy =
        CachePolicy.defaults().toBuilder()
            .lifetimes(rules)
            .staleWhileRevalidate(seconds(5))
            .build();
    start(all -> List.of(all.withPolicy(policy)));
    proxy.origin.page("/p", "x", "Cache-Control", "max-age=5");
    proxy.getStored("/p");
    proxy.time.advance(seconds(20));
    assertThat(cacheStatus(proxy.get("/p"))).isEqualTo("forebay; hit; ttl=10");
    proxy.time.advance(seconds(12));
    assertThat(cacheStatus(proxy.get("/p"))).isEqualTo("forebay; hit; ttl=-2");

    proxy.getStored("/none");
    assertThat(cacheStatus(proxy.get("/none"))).isEqualTo("forebay; hit; ttl=10");
    RequestHead asked =
        new RequestHead(
            "GET",
            "http",
            "127.0.0.1:" + proxy.port,
            "/none",
            HttpFields.of("Host", "127.0.0.1:" + proxy.port));
    assertThat(proxy.proxy.explain(asked).stored())
        .singleElement()
        .satisfies(
            stored -> assertThat(stored.page().freshness().source()).hasToString("POLICY_STATUS"));
  }

  @Test
  void tagsOfTheRuleInvalidateLikeTheResponsesOwn() throws Exception {
    startWith(
        USUAL.withTags(
            List.of(
                TagTemplate.parse("shop").orElseThrow(),
                TagTemplate.parse("section:{path.1}").orElseThrow(),
                TagTemplate.parse("product:{header.X-Id}").orElseThrow())));
    for (String path : List.of("/shoes/1", "/hats/2")) {
      proxy.origin.page(
          path, "x", "Cache-Control", "max-age=60", "X-Id", path.substring(path.length() - 1));
      proxy.getStored(path);
    }
    proxy.pages.invalidate(new Scope.Tags(Set.of("section:shoes")), Invalidation.Mode.HARD);
    assertThat(isHit("/shoes/1")).isFalse();
    assertThat(isHit("/hats/2")).isTrue();
    proxy.pages.invalidate(new Scope.Tags(Set.of("product:2")), Invalidation.Mode.HARD);
    assertThat(isHit("/hats/2")).isFalse();
  }
}

package io.forebay.proxy;

import static io.forebay.proxy.ProxyUnderTest.cacheStatus;
import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.EntryFacts;
import io.forebay.cache.GlobPattern;
import io.forebay.cache.Invalidation;
import io.forebay.cache.Scope;
import io.forebay.http.FieldLine;
import io.forebay.http.Glob;
import io.forebay.http.HeaderEdits;
import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import io.forebay.http.TargetUri;
import io.forebay.proxy.pages.PageStore;
import io.forebay.proxy.route.RouteMatch;
import io.forebay.proxy.route.RouteMatch.CookieMatch;
import io.forebay.proxy.route.RouteMatch.HeaderMatch;
import io.forebay.proxy.route.RouteRules;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Requests for one URL that take different routes, because of what is in no key: nobody gets what
/// another route's origin said.
class RoutesOfOneUrlTest {

  private static final RouteMatch BETA =
      new RouteMatch(List.of(), List.of(new HeaderMatch("X-Beta", Glob.of("*"))), List.of());
  private static final RouteMatch TESTER =
      new RouteMatch(List.of(), List.of(), List.of(new CookieMatch("tester", Glob.of("*"))));
  private static final RouteMatch HEADS = new RouteMatch(List.of("HEAD"), List.of(), List.of());

  @SuppressWarnings("NullAway.Init") // by start, which each test calls with its routes
  private ProxyUnderTest proxy;

  /// The origin is told which route it was asked by.
  private void start(RouteMatch special) throws Exception {
    proxy =
        new ProxyUnderTest(all ->
            List.of(
                all.as("special", "/*")
                    .withRules(
                        RouteRules.USUAL
                            .withMatch(special)
                            .withEdits(
                                new HeaderEdits(
                                    List.of(),
                                    List.of(new FieldLine("X-Route", "special")),
                                    List.of()),
                                HeaderEdits.NONE)),
                all));
    proxy.origin.on(
        "/p",
        request ->
            request
                .response()
                .putHeader("Cache-Control", "max-age=60")
                .putHeader("X-By", String.valueOf(request.getHeader("X-Route")))
                .end("of " + request.getHeader("X-Route")));
  }

  @AfterEach
  void stop() throws Exception {
    proxy.close();
  }

  private boolean isHit(String... fields) throws Exception {
    return cacheStatus(proxy.get("/p", fields)).startsWith("forebay; hit");
  }

  private String url() {
    return "http://127.0.0.1:" + proxy.port + "/p";
  }

  /// Both pages are in the store.
  private void fill(String... special) throws Exception {
    proxy.get("/p", special);
    Awaitility.await().until(() -> isHit(special));
    proxy.get("/p");
    Awaitility.await().until(() -> isHit());
  }

  @ParameterizedTest
  @CsvSource({"X-Beta, 1", "Cookie, tester=1"})
  void nobodyGetsThePageOfARouteThatTheRequestDoesNotTake(String name, String value)
      throws Exception {
    start(name.equals("Cookie") ? TESTER : BETA);
    assertThat(proxy.get("/p", name, value).body()).isEqualTo("of special");
    Awaitility.await().until(() -> isHit(name, value));
    assertThat(proxy.get("/p").body()).isEqualTo("of null");
    Awaitility.await().until(() -> isHit());
    for (int i = 0; i < 3; i++) {
      assertThat(proxy.get("/p").body()).isEqualTo("of null");
      assertThat(proxy.get("/p", name, value).body()).isEqualTo("of special");
    }
    assertThat(proxy.origin.asked("/p")).hasSize(2);
  }

  @Test
  void aMethodThatTakesAnotherRouteIsAnsweredByThatRoute() throws Exception {
    start(HEADS);
    proxy.getStored("/p");
    HttpRequest head =
        proxy.request("/p").method("HEAD", HttpRequest.BodyPublishers.noBody()).build();
    assertThat(proxy.client.send(head, BodyHandlers.discarding()).headers().firstValue("X-By"))
        .hasValue("special");
    assertThat(proxy.get("/p").headers().firstValue("X-By")).hasValue("null");
    assertThat(isHit()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"url", "prefix", "host", "glob", "unsafe"})
  void whateverNamesTheUrlReachesThePagesOfAllItsRoutes(String by) throws Exception {
    start(BETA);
    fill("X-Beta", "1");
    String host = "127.0.0.1:" + proxy.port;
    Set<String> urls = proxy.proxy.urlsOf(TargetUri.of("http", host, "/p"));
    switch (by) {
      case "url" -> proxy.pages.invalidate(new Scope.Urls(urls), Invalidation.Mode.HARD);
      case "prefix" ->
          proxy.pages.invalidate(new Scope.Prefixes(Set.of(url())), Invalidation.Mode.HARD);
      case "host" -> proxy.pages.invalidate(new Scope.Hosts(Set.of(host)), Invalidation.Mode.HARD);
      case "glob" ->
          proxy.pages.invalidate(
              new Scope.Patterns(Set.of(GlobPattern.parse("http://*/p").orElseThrow())),
              Invalidation.Mode.HARD);
      default -> proxy.send("PUT", "/p", "x");
    }
    assertThat(isHit("X-Beta", "1")).isFalse();
    assertThat(isHit()).isFalse();
  }

  @Test
  void anExplanationFindsThePageOfItsRouteAndSaysWhatIsInTheKey() throws Exception {
    start(BETA);
    fill("X-Beta", "1");
    String host = "127.0.0.1:" + proxy.port;
    List<String> explained = new ArrayList<>();
    for (HttpFields fields :
        List.of(HttpFields.of("Host", host), HttpFields.of("Host", host, "X-Beta", "1"))) {
      Explanation answer = proxy.proxy.explain(new RequestHead("GET", "http", host, "/p", fields));
      explained.add(
          answer.decision().action()
              + " "
              + answer.key().orElseThrow().changes().stream()
                  .map(change -> change.part() + " " + change.inKey())
                  .toList());
    }
    assertThat(explained).containsExactly("SERVE_FRESH []", "SERVE_FRESH [route special]");
  }

  /// Stored keys outlive restarts in tiers.
  @Test
  void onlyRoutesWithConditionsHaveOtherKeysThanTheUrl() throws Exception {
    start(BETA);
    fill("X-Beta", "1");
    List<String> keys =
        proxy
            .pages
            .preview(List.of(new Scope.Everything()), Optional.empty(), 10)
            .page()
            .entries()
            .stream()
            .map(EntryFacts::key)
            .toList();
    assertThat(keys).containsExactlyInAnyOrder(url(), url() + "\rroute special");
    assertThat(keys).extracting(PageStore::urlOf).containsOnly(url());
    assertThat(keys).extracting(PageStore::variantOf).contains(List.of("route special"));
  }

  @Test
  void ofAPageBehindConditionsTheFastPathLeavesEveryRequestToTheGeneralOne() throws Exception {
    start(BETA);
    fill("X-Beta", "1");
    for (Map.Entry<String, String> line : Map.of("X-Beta", "1", "X-Other", "1").entrySet()) {
      try (RawClient client = new RawClient(proxy.port)) {
        client.send(
            "GET /p HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n%s: %s\r\n\r\n"
                .formatted(proxy.port, line.getKey(), line.getValue()));
        client.readUntil(line.getKey().equals("X-Beta") ? "of special" : "of null");
      }
    }
    assertThat(proxy.answeredFast).hasValue(0);
  }
}

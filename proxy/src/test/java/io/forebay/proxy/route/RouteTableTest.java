package io.forebay.proxy.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.http.Glob;
import io.forebay.http.TargetUri;
import io.forebay.http.caching.CachePolicy;
import io.forebay.http.caching.KeyRule;
import io.forebay.http.caching.QueryRule;
import io.forebay.proxy.origin.Origin;
import io.forebay.proxy.origin.OriginTimeouts;
import io.forebay.proxy.origin.PoolSettings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RouteTableTest {

  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Route PLAIN =
      new Route(
          "plain",
          Optional.empty(),
          "/*",
          PoolSettings.of("plain", List.of(new Origin("127.0.0.1", 1, false))),
          new OriginTimeouts(SECOND, SECOND, SECOND),
          CachePolicy.defaults(),
          1_000);

  private static Route dropping(String name) {
    QueryRule query =
        new QueryRule(
            QueryRule.Selection.DROP, List.of(Glob.of(name)), false, QueryRule.Sent.AS_RECEIVED);
    return PLAIN.withRules(RouteRules.USUAL.withKey(new KeyRule(query, List.of(), List.of())));
  }

  private static final TargetUri URI = TargetUri.of("http", "A:80", "/x/../p?a=1&b=2&n7=1");

  @Test
  void aUrlIsWhatTodaysAndFormerRoutesMakeOfIt() {
    RouteTable table = new RouteTable(new Routes(List.of(dropping("a"))));
    assertThat(table.urlsOf(URI))
        .containsExactlyInAnyOrder("http://a/p?a=1&b=2&n7=1", "http://a/p?b=2&n7=1");
    assertThat(table.replace(new Routes(List.of(dropping("b"))))).isFalse();
    assertThat(table.replace(new Routes(List.of(PLAIN)))).isFalse();
    assertThat(table.urlsOf(URI))
        .containsExactlyInAnyOrder(
            "http://a/p?a=1&b=2&n7=1", "http://a/p?b=2&n7=1", "http://a/p?a=1&n7=1");
  }

  @Test
  void routesWithTheSameKeysAreRememberedOnce() {
    RouteTable table = new RouteTable(new Routes(List.of(dropping("a"))));
    for (int i = 0; i < 100; i++) {
      assertThat(table.replace(new Routes(List.of(i % 2 == 0 ? PLAIN : dropping("a"))))).isFalse();
      assertThat(
              table.replace(
                  new Routes(List.of(i % 2 == 0 ? PLAIN.withPolicy(other()) : dropping("a")))))
          .isFalse();
    }
  }

  private static CachePolicy other() {
    return CachePolicy.defaults().toBuilder().staleIfError(SECOND).build();
  }

  /// What is forgotten must be known: nothing that was stored may be trusted then.
  @Test
  void whenThereAreTooManyTheCallerIsTold() {
    RouteTable table = new RouteTable(new Routes(List.of(PLAIN)));
    int told = 0;
    for (int i = 0; i < 40; i++) {
      told += table.replace(new Routes(List.of(dropping("n" + i)))) ? 1 : 0;
      assertThat(table.urlsOf(URI))
          .as("today's, and the one before")
          .contains("http://a/p?a=1&b=2&n7=1");
      assertThat(table.urlsOf(URI).size()).isLessThanOrEqualTo(2);
    }
    assertThat(told).isEqualTo(2);
  }

  @Test
  void routesFarFromAUrlHaveNoPartInIt() {
    Route elsewhere = dropping("*").as("elsewhere", "/other/*");
    assertThat(new Routes(List.of(elsewhere, PLAIN)).urlsOf(URI))
        .containsExactly("http://a/p?a=1&b=2&n7=1");
  }
}

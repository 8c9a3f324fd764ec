package io.forebay.proxy.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import io.forebay.http.caching.CachePolicy;
import io.forebay.proxy.origin.Origin;
import io.forebay.proxy.origin.OriginTimeouts;
import io.forebay.proxy.origin.PoolSettings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoutesTest {

  private static Route route(String name, String host, String path) {
    Duration second = Duration.ofSeconds(1);
    return new Route(
        name,
        host.isEmpty() ? Optional.empty() : Optional.of(host),
        path,
        PoolSettings.of("one", List.of(new Origin("127.0.0.1", 80, false))),
        new OriginTimeouts(second, second, second),
        CachePolicy.defaults(),
        1);
  }

  private final Routes routes =
      new Routes(
          List.of(
              route("images", "", "/shop/*.png"),
              route("shop", "", "/shop*"),
              route("api", "api.example.com", "/*"),
              route("tenants", "*.tenant.example", "/a*c*e"),
              route("v6", "[::1]", "/*")));

  @ParameterizedTest
  @CsvSource({
    "example.com, /shop, shop",
    "example.com, /shop/x, shop",
    "example.com, /shop?q=1, shop",
    "example.com, /shop/deep/a.png?x, images",
    "example.com, /shop/a.png/b, shop",
    "example.com, /, ''",
    "api.example.com, /, api",
    "API.example.com:8080, /x, api",
    "not-api.example.com, /x, ''",
    "one.tenant.example, /abcde, tenants",
    "one.tenant.example, /ace, tenants",
    "one.tenant.example, /accee, tenants",
    "one.tenant.example, /ac, ''",
    "tenant.example, /ace, ''",
    "[::1]:80, /x, v6",
    "[::1], /x, v6",
    "'', /shop, shop",
  })
  void theFirstRouteThatMatchesTakesTheRequest(String authority, String target, String expected) {
    RequestHead request = new RequestHead("GET", "http", authority, target, HttpFields.none());
    assertThat(routes.match(request).map(Route::name).orElse("")).isEqualTo(expected);
  }
}

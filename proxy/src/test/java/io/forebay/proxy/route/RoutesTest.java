package io.forebay.proxy.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import io.forebay.http.caching.CachePolicy;
import io.forebay.proxy.origin.Origin;
import io.forebay.proxy.origin.OriginTimeouts;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoutesTest {

  private static Route route(String name, String host, String pathPrefix) {
    Duration second = Duration.ofSeconds(1);
    return new Route(
        name,
        host,
        pathPrefix,
        new Origin("127.0.0.1", 80, false),
        new OriginTimeouts(second, second, second),
        CachePolicy.defaults(),
        1);
  }

  private final Routes routes =
      new Routes(
          List.of(
              route("shop", "*", "/shop"),
              route("shop-images", "*", "/shop/images/"),
              route("api", "api.example.com", "/"),
              route("v6", "[::1]", "/")));

  @ParameterizedTest
  @CsvSource({
    "example.com, /shop, shop",
    "example.com, /shop/x, shop",
    "example.com, /shop?q=1, shop",
    "example.com, /shopping, ''",
    "example.com, /shop/images/a.png, shop-images",
    "example.com, /, ''",
    "api.example.com, /, api",
    "API.example.com:8080, /shop/x, api",
    "[::1]:80, /x, v6",
    "[::1], /x, v6",
    "'', /shop, shop",
  })
  void theMostSpecificRouteWins(String authority, String target, String expected) {
    RequestHead request = new RequestHead("GET", "http", authority, target, HttpFields.none());
    assertThat(routes.match(request).map(Route::name).orElse("")).isEqualTo(expected);
  }
}

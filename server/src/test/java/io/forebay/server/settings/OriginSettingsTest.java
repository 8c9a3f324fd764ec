package io.forebay.server.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.proxy.origin.PoolSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Origins and pools in the settings.
class OriginSettingsTest {

  private static List<ServerSettings.Route> routes(String yaml) {
    return switch (SettingsReader.read(WrittenSettings.ofFile("f.yaml", yaml))) {
      case SettingsReading.Accepted accepted -> accepted.settings().proxy().routes();
      case SettingsReading.Refused refused -> throw new AssertionError(refused);
    };
  }

  private static List<String> problems(String yaml) {
    return switch (SettingsReader.read(WrittenSettings.ofFile("f.yaml", yaml))) {
      case SettingsReading.Accepted accepted -> throw new AssertionError(accepted);
      case SettingsReading.Refused(var found) ->
          found.stream().map(SettingProblem::describe).toList();
    };
  }

  private static List<String> sources(PoolSettings pool) {
    return pool.sources().stream().map(Object::toString).toList();
  }

  @Test
  void aListOfUrlsIsAllThatARouteNeeds() {
    var route =
        routes(
                """
                proxy:
                  routes:
                    - {name: a, origins: [http://10.0.0.1, http://10.0.0.2:81 weight=3]}
                """)
            .getFirst();
    assertThat(route.pool().name()).isEqualTo("a");
    assertThat(sources(route.pool()))
        .containsExactly("http://10.0.0.1:80", "http://10.0.0.2:81 weight=3");
    assertThat(route.pool().limits())
        .isEqualTo(new PoolSettings.Limits(256, 192, 2_000, Duration.ofSeconds(2)));
    assertThat(route.pool().check()).isEmpty();
  }

  @Test
  void aListMayBeOneTextWithCommas() {
    var route =
        routes("proxy: {routes: [{name: a, origins: 'http://10.0.0.1 weight=2, srv+http://b'}]}")
            .getFirst();
    assertThat(sources(route.pool()))
        .containsExactly("http://10.0.0.1:80 weight=2", "srv+http://b");
  }

  @Test
  void routesWithTheSameOriginsShareAPool() {
    var routes =
        routes(
            """
            proxy:
              origin: http://10.0.0.9
              routes:
                - {name: a, path: /a/*, origins: [http://10.0.0.1]}
                - {name: b, path: /b/*, origins: [http://10.0.0.1]}
                - {name: c, path: /c/*, origins: [http://10.0.0.2]}
            """);
    assertThat(routes.stream().map(route -> route.pool().name()))
        .containsExactly("a", "a", "c", "default");
  }

  @Test
  void aPoolSaysWhatItWantsAndTakesTheRestFromTheNode() {
    var pool =
        routes(
                """
                proxy:
                  down_for: 7s
                  max_requests_per_origin: 40
                  pools:
                    app:
                      origins: [http://app.internal, http://10.0.0.1 priority=2]
                      check_path: /healthz
                      check_status: [200, 300-302]
                      max_requests_per_origin: 8
                      down_after_failures: 2
                  routes: [{name: a, pool: app}]
                """)
            .getFirst()
            .pool();
    assertThat(pool.name()).isEqualTo("app");
    assertThat(pool.limits().requestsPerOrigin()).isEqualTo(8);
    assertThat(pool.limits().fillsPerOrigin()).as("three quarters of its own").isEqualTo(6);
    assertThat(pool.down())
        .isEqualTo(new PoolSettings.DownRules(2, Duration.ofSeconds(7), Duration.ofMinutes(1), 50));
    var check = pool.check().orElseThrow();
    assertThat(check.path()).isEqualTo("/healthz");
    assertThat(check.expected()).extracting(Object::toString).containsExactly("200", "300-302");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          proxy: {routes: [{name: a, origins: [http://a], pool: b}]} | f.yaml:1:18: proxy.routes[1] has both origins and pool; it needs one of them
          proxy: {routes: [{name: a, pool: ap}], pools: {app: {origins: [http://a]}}} | f.yaml:1:34: proxy.routes[1].pool: no pool in proxy.pools is named ap; did you mean app?
          proxy: {pools: {app: {origins: []}}} | f.yaml:1:32: proxy.pools.app.origins needs at least one element
          proxy: {pools: {app: {origins: [http://a], chek_path: /}}} | f.yaml:1:44: unknown setting proxy.pools.app.chek_path; did you mean check_path?
          proxy: {pools: {app: {origins: [http://a], check_timeout: 1s}}} | f.yaml:1:59: proxy.pools.app.check_timeout means nothing without check_path
          proxy: {pools: {app: {origins: [http://a], check_path: /, check_status: [20]}}} | f.yaml:1:73: proxy.pools.app.check_status: expected a list, each element a status code or a range of them, such as 200 or 200-299, but found "20" ("20" is not)
          proxy: {pools: {app: {origins: [http://a weight=0]}}} | f.yaml:1:32: proxy.pools.app.origins: expected a list, each element an origin's address without a path, such as http://127.0.0.1:3000, but found "http://a weight=0" ("http://a weight=0" is not: "weight=0" is neither weight=N nor priority=N with N from 1 to 100)
          proxy: {pools: {app: {origins: [http://a], max_requests_per_origin: 4, max_fills_per_origin: 5}}} | f.yaml:1:94: proxy.pools.app.max_fills_per_origin is more than max_requests_per_origin, 4
          proxy: {max_fills_per_origin: 257} | f.yaml:1:31: proxy.max_fills_per_origin is more than proxy.max_requests_per_origin, 256
          proxy: {pools: {a: {origins: [http://a]}}, routes: [{name: a, origins: [http://b]}]} | f.yaml:1:60: proxy.pools.a and a route with origins of its own have the same name: rename one, or let the route say pool: a
          proxy: {origin: http://b, pools: {default: {origins: [http://a]}}} | f.yaml:1:17: proxy.pools.default has the name of what proxy.origin stands for: rename it
          proxy: {max_connections_per_origin: 9} | f.yaml:1:9: unknown setting proxy.max_connections_per_origin; did you mean proxy.max_requests_per_origin?
          proxy: {dns_servers: [127.0.0.1]} | f.yaml:1:22: proxy.dns_servers: expected a list, each element an address and port, such as 127.0.0.1:9400 or [::1]:9400, but found "127.0.0.1" ("127.0.0.1" is not)
          """)
  void whatIsWrongIsNamedWithItsPlace(String yaml, String message) {
    assertThat(problems(yaml)).first().isEqualTo(message);
  }

  @Test
  void aFileOfOriginsIsReadToSayWhatIsWrongWithIt(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("origins.txt"), "http://10.0.0.1\nnonsense\n");
    String yaml = "proxy: {routes: [{name: a, origins: ['file:" + file + "']}]}";
    assertThat(problems(yaml))
        .containsExactly(
            "f.yaml:1:37: proxy.routes[1].origins: "
                + file
                + ":2: expected an origin's address without a path, such as http://127.0.0.1:3000,"
                + " but found \"nonsense\"");
    Files.writeString(file, "http://10.0.0.1\n");
    assertThat(sources(routes(yaml).getFirst().pool())).containsExactly("file:" + file);
  }

  @Test
  void soIsOneThatTheProxysOriginNames(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("origins.txt"), "nonsense\n");
    String yaml = "proxy: {origin: 'file:" + file + "'}";
    assertThat(problems(yaml))
        .singleElement()
        .asString()
        .startsWith("f.yaml:1:17: proxy.origin: " + file + ":1: expected an origin's address");
    Files.writeString(file, "http://10.0.0.1\n");
    assertThat(sources(routes(yaml).getFirst().pool())).containsExactly("file:" + file);
  }
}

package io.forebay.server.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsReaderTest {

  private static SettingsReading.Accepted accepted(WrittenSettings written) {
    SettingsReading reading = SettingsReader.read(written);
    assertThat(reading).isInstanceOf(SettingsReading.Accepted.class);
    return (SettingsReading.Accepted) reading;
  }

  private static List<String> problems(WrittenSettings written) {
    SettingsReading reading = SettingsReader.read(written);
    assertThat(reading).isInstanceOf(SettingsReading.Refused.class);
    return ((SettingsReading.Refused) reading)
        .problems().stream().map(SettingProblem::describe).toList();
  }

  private static WrittenSettings file(String yaml) {
    return WrittenSettings.ofFile("f.yaml", yaml);
  }

  @Test
  void everySettingHasADefaultSoNothingNeedsToBeWritten() {
    ServerSettings settings = accepted(WrittenSettings.NOTHING).settings();
    assertThat(settings.api().listen()).hasToString("127.0.0.1:9400");
    assertThat(settings.proxy().listen()).hasToString("127.0.0.1:6081");
    assertThat(settings.proxy().isOn()).isFalse();
    assertThat(settings.entries().maxKeyBytes()).isEqualTo(250);
    assertThat(settings.entries().maxValueBytes()).hasToString("8MiB");
    assertThat(settings.entries().defaultTtl()).isEqualTo(Duration.ofHours(1));
    assertThat(settings.shutdownGrace()).isEqualTo(Duration.ofSeconds(10));
  }

  /// The parser reads in pieces, which may end in the midst of one.
  @Test
  void anEmojiMayStandAnywhere() {
    for (int before = 1_000; before < 1_100; before++) {
      String comment = "# " + "a".repeat(before) + "\ud83c\udf0a" + "b".repeat(1_023);
      var written = file(comment + "\ud83c\udf0a\napi.listen: 127.0.0.1:1001\n");
      assertThat(accepted(written).settings().api().listen().port()).isEqualTo(1001);
    }
  }

  @Test
  void theEnvironmentIsOverTheFileAndAFlagOverBoth() {
    var written =
        new WrittenSettings(
            Optional.of(
                new WrittenSettings.File(
                    "f.yaml",
                    """
                    api:
                      listen: 127.0.0.1:1001
                      idle_timeout: 11s
                    memory.max_bytes: 1MiB
                    """)),
            Map.of(
                "FOREBAY_API_IDLE_TIMEOUT", "12s", "FOREBAY_MEMORY_MAX_BYTES", "2MiB", "PATH", "/"),
            List.of(Assignment.flag("--set", "memory.max_bytes", "3MiB")));
    var accepted = accepted(written);
    assertThat(accepted.settings().api().listen().port()).isEqualTo(1001);
    assertThat(accepted.settings().api().idleTimeout()).isEqualTo(Duration.ofSeconds(12));
    assertThat(accepted.settings().memory().maxBytes()).isEqualTo(ByteSize.ofMebibytes(3));
    assertThat(accepted.shown())
        .extracting(shown -> shown.name() + " = " + shown.value() + " " + shown.origin().describe())
        .contains(
            "api.listen = 127.0.0.1:1001 f.yaml:2:11",
            "api.idle_timeout = 12s FOREBAY_API_IDLE_TIMEOUT",
            "memory.max_bytes = 3MiB --set",
            "shutdown.grace = 10s default");
  }

  @Test
  void listsAndMapsOfItemsAreRead() {
    ServerSettings settings =
        accepted(
                file(
                    """
                    proxy:
                      origin: http://127.0.0.1:3000/
                      first_byte_timeout: 7s
                      routes:
                        - name: shop
                          host: "*.example.org"
                          origins: [http://a:1, https://b]
                          connect_timeout: 1500ms
                    caches:
                      sessions: {max_bytes: 64MiB, default_ttl: 20m}
                      empty:
                    access:
                      tokens:
                        - name: ops
                          roles: read, purge
                          sha256: 9F86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
                    """))
            .settings();
    assertThat(settings.proxy().routes())
        .extracting(ServerSettings.Route::name)
        .containsExactly("shop", "default");
    var shop = settings.proxy().routes().getFirst();
    assertThat(shop.pool().sources()).hasSize(2);
    assertThat(shop.path()).isEqualTo("/*");
    assertThat(shop.connectTimeout()).isEqualTo(Duration.ofMillis(1500));
    assertThat(shop.firstByteTimeout()).isEqualTo(Duration.ofSeconds(7));
    assertThat(settings.proxy().routes().getLast().pool().sources().getFirst())
        .hasToString("http://127.0.0.1:3000");
    assertThat(settings.caches())
        .containsExactly(
            new ServerSettings.CacheDeclaration(
                "sessions",
                Optional.of(ByteSize.ofMebibytes(64)),
                Optional.empty(),
                Optional.of(Duration.ofMinutes(20)),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()),
            new ServerSettings.CacheDeclaration(
                "empty",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()));
    assertThat(settings.tokens().getFirst().roles()).containsExactly("read", "purge");
    assertThat(settings.tokens().getFirst().sha256()).startsWith("9f86");
  }

  @Test
  void aGroupMayBeGivenAsYamlOutsideTheFile() {
    var settings =
        accepted(
                new WrittenSettings(
                    Optional.of(new WrittenSettings.File("f.yaml", "caches: {a: {}}")),
                    Map.of("FOREBAY_CACHES", "{b: {max_entries: 10}}"),
                    List.of()))
            .settings();
    assertThat(settings.caches())
        .extracting(ServerSettings.CacheDeclaration::name)
        .containsExactly("b");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          api: {lisen: 127.0.0.1:1}         | f.yaml:1:7: unknown setting api.lisen; did you mean api.listen?
          apy.listen: 127.0.0.1:1           | f.yaml:1:1: unknown setting apy.listen; did you mean api.listen?
          memory: {maxbytes: 1MiB}          | f.yaml:1:10: unknown setting memory.maxbytes; did you mean memory.max_bytes?
          zzzzzzzzzzzzzzzzzzzzzzzzzzzz: 1   | f.yaml:1:1: unknown setting zzzzzzzzzzzzzzzzzzzzzzzzzzzz; `forebay config show` lists all settings
          shutdown: {grace: 10}             | f.yaml:1:19: shutdown.grace: expected a duration with its unit (ms, s, m, h or d), such as 30s, from 0s to 1h, but found "10"
          shutdown: {grace: -1s}            | f.yaml:1:19: shutdown.grace: expected a duration with its unit (ms, s, m, h or d), such as 30s, from 0s to 1h, but found "-1s"
          shutdown: {grace: 2h}             | f.yaml:1:19: shutdown.grace: expected a duration with its unit (ms, s, m, h or d), such as 30s, from 0s to 1h, but found "2h" (it is out of bounds)
          proxy: {trusted_fields: both}     | f.yaml:1:25: proxy.trusted_fields: expected x-forwarded or forwarded, but found "both"
          shutdown: 10s                     | f.yaml:1:11: shutdown holds settings by name (shutdown.grace, …), not a value of its own
          shutdown: {grace: }               | f.yaml:1:18: shutdown.grace has no value; expected a duration with its unit (ms, s, m, h or d), such as 30s, from 0s to 1h, or remove the line
          memory: {max_bytes: 256}          | f.yaml:1:21: memory.max_bytes: expected a size with its unit (B, KiB, MiB, GiB), such as 256MiB, from 1MiB to 10TiB, but found "256"
          api: {listen: 9400}               | f.yaml:1:15: api.listen: expected an address and port, such as 127.0.0.1:9400 or [::1]:9400, but found "9400"
          api: {listen: "127.0.0.1:99999"}  | f.yaml:1:15: api.listen: expected an address and port, such as 127.0.0.1:9400 or [::1]:9400, but found "127.0.0.1:99999"
          log: {format: xml}                | f.yaml:1:15: log.format: expected one of auto, json, text, but found "xml"
          log: {exchanges: maybe}           | f.yaml:1:18: log.exchanges: expected on or off, but found "maybe"
          proxy: {origin: "localhost:3000"} | f.yaml:1:17: proxy.origin: expected an origin's address without a path, such as http://127.0.0.1:3000, but found "localhost:3000"
          proxy: {origin: "http://a/b"}     | f.yaml:1:17: proxy.origin: expected an origin's address without a path, such as http://127.0.0.1:3000, but found "http://a/b" (it has a path, query or user)
          entries: {max_key_bytes: many}    | f.yaml:1:26: entries.max_key_bytes: expected a whole number, from 1 to 4096, but found "many"
          entries: {max_key_bytes: [1]}     | f.yaml:1:26: entries.max_key_bytes: expected a whole number, from 1 to 4096, but found "1" (a list was given)
          entries: {max_key_bytes: {a: 1}}  | f.yaml:1:26: entries.max_key_bytes: expected a whole number, from 1 to 4096, but further names are written below it
          caches: {a: {max_size: 1MiB}}     | f.yaml:1:14: unknown setting caches.a.max_size; did you mean max_bytes?
          caches: {pages: {}}               | f.yaml:1:17: caches.pages: that name belongs to the proxy's pages; their bound is proxy.pages_max_bytes
          caches: {a: {max_bytes: 1GiB}}    | f.yaml:1:25: caches.a.max_bytes is 1GiB, more than memory.max_bytes, 256MiB
          entries: {max_value_bytes: 64MiB} | api.max_pending_body_bytes has to be at least twice entries.max_value_bytes and 1MiB (129MiB), or the largest batch could never be sent
          caches: [a]                       | f.yaml:1:9: caches: expected items by name, each with max_bytes, max_entries, default_ttl, eviction_policy, eviction_objective, what_if, tier, write_mode
          caches: {"a/b": {}}               | f.yaml:1:10: caches: expected a name of 1 to 64 letters, digits, dots, dashes or underscores, but found "a/b"
          proxy: {routes: {a: b}}           | f.yaml:1:17: proxy.routes: expected a list of items, each with name, host, path, origins, pool, connect_timeout, first_byte_timeout, idle_timeout, match, key, lifetime, bypass, set_cookie, tags, request_headers, response_headers, compression, guards
          proxy: {routes: [{name: a}]}      | f.yaml:1:18: proxy.routes[1] needs origins, such as [http://127.0.0.1:3000], or the name of a pool
          proxy: {routes: [{name: a, origins: []}]} | f.yaml:1:18: proxy.routes[1] needs origins, such as [http://127.0.0.1:3000], or the name of a pool
          access: {tokens: [{name: a, roles: [root], sha256: 0}]} | f.yaml:1:36: access.tokens[1].roles: expected a list, each element one of read, write, purge, admin, but found "root" ("root" is not)
          - api                             | f.yaml:1:1: the file holds settings by name (api.listen, api.allowed_hosts, api.allowed_origins, …), not a value of its own
          """)
  void whatIsWrongIsNamedWithItsPlace(String yaml, String message) {
    assertThat(problems(file(yaml)).getFirst()).isEqualTo(message);
  }

  @Test
  void aliasesAreRefusedBecauseTheyHideWhatIsInForce() {
    assertThat(problems(file("api: &a {}\nmemory: *a")))
        .containsExactly(
            "f.yaml:2:9: aliases (*name) are not supported here; write the value again");
  }

  @Test
  void brokenYamlNamesTheLine() {
    assertThat(problems(file("api:\n  listen: [1\nmemory: x")).getFirst())
        .startsWith("f.yaml:3:")
        .contains("not YAML");
  }

  @Test
  void aNameWrittenTwiceIsRefused() {
    assertThat(problems(file("api:\n  idle_timeout: 1s\n  idle_timeout: 2s")))
        .containsExactly("f.yaml:3:3: idle_timeout is written twice; first at f.yaml:2:3");
    assertThat(problems(file("api:\n  idle_timeout: 1s\napi.idle_timeout: 2s")))
        .containsExactly("f.yaml:3:1: api.idle_timeout is written twice; first at f.yaml:2:17");
  }

  @Test
  void allProblemsAreFoundInOneGo() {
    assertThat(problems(file("api: {lisen: 1}\nlog: {format: xml}\nshutdown: {grace: soon}")))
        .hasSize(3);
  }

  @Test
  void anUnknownVariableOrFlagNamesTheNearest() {
    assertThat(
            problems(
                new WrittenSettings(Optional.empty(), Map.of("FOREBAY_API_LISTN", "x"), List.of())))
        .containsExactly(
            "FOREBAY_API_LISTN: no setting has this variable; did you mean FOREBAY_API_LISTEN?");
    assertThat(
            problems(
                new WrittenSettings(
                    Optional.empty(),
                    Map.of(),
                    List.of(Assignment.flag("--set", "api.lsten", "x")))))
        .containsExactly("--set: unknown setting api.lsten; did you mean api.listen?");
  }

  @Test
  void variablesOfContainerPlatformsAndOfOurOwnCommandsAreNoSettings() {
    accepted(
        new WrittenSettings(
            Optional.empty(),
            Map.of(
                "FOREBAY_SERVICE_HOST", "10.0.0.1",
                "FOREBAY_SERVICE_PORT_API", "9400",
                "FOREBAY_PORT", "tcp://10.0.0.1:9400",
                "FOREBAY_API_PORT_9400_TCP_ADDR", "10.0.0.1",
                "FOREBAY_JAVA_HOME", "/jdk",
                "FOREBAY_SERVER", "http://10.0.0.1:9400",
                "FOREBAY_TOKEN", "secret",
                "FOREBAY_PROXY_ORIGIN", ""),
            List.of()));
  }

  @Test
  void listeningBeyondThisMachineNeedsAToken() {
    assertThat(problems(file("api: {listen: 0.0.0.0:9400}")).getFirst())
        .startsWith("f.yaml:1:15: api.listen 0.0.0.0:9400 can be reached from other machines")
        .contains("forebay token new");
    accepted(
        file(
            """
            api: {listen: 0.0.0.0:9400}
            access:
              tokens:
                - {name: a, roles: [admin], sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08}
            """));
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:1, true",
    "127.9.9.9:1, true",
    "localhost:1, true",
    "[::1]:1, true",
    "0.0.0.0:1, false",
    "[::]:1, false",
    "127.0.0.1.evil.example:1, false",
    "10.0.0.1:1, false"
  })
  void onlyLoopbackTextCountsAsLoopback(String text, boolean loopback) {
    assertThat(HostAndPort.parse(text).orElseThrow().isLoopback()).isEqualTo(loopback);
  }

  @Test
  void aTokensHashIsNeverShown() {
    String hash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    var accepted =
        accepted(file("access: {tokens: [{name: a, roles: [read], sha256: " + hash + "}]}"));
    assertThat(accepted.shown().toString())
        .contains("access.tokens[1].sha256")
        .doesNotContain(hash);
    assertThat(accepted.settings().toString()).doesNotContain(hash);
    assertThat(problems(file("access: {tokens: [{name: a, roles: [read], sha256: secret-x}]}")))
        .allSatisfy(problem -> assertThat(problem).doesNotContain("secret-x"));
  }
}

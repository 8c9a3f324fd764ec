package io.forebay.server.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.http.caching.StoreGuards.AmbiguousPaths;
import io.forebay.proxy.coding.ContentCoder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The rules of routes as they are written.
class RuleSettingsTest {

  private static SettingsReading read(String route) {
    return SettingsReader.read(
        WrittenSettings.ofFile(
            "f.yaml", "proxy: {routes: [{name: a, origins: [http://a]}, " + route + "]}"));
  }

  private static RuleSettings rules(String yaml) {
    SettingsReading reading = SettingsReader.read(WrittenSettings.ofFile("f.yaml", yaml));
    assertThat(reading).isInstanceOf(SettingsReading.Accepted.class);
    return ((SettingsReading.Accepted) reading).settings().proxy().routes().getFirst().rules();
  }

  @Test
  void aRouteWithoutRulesSaysNothing() {
    assertThat(rules("proxy: {routes: [{name: a, origins: [http://a]}]}"))
        .isEqualTo(RuleSettings.NONE);
    assertThat(rules("proxy: {origin: http://a}")).isEqualTo(RuleSettings.NONE);
  }

  @Test
  void everythingThatMayBeSaidIsRead() {
    RuleSettings rules =
        rules(
            """
            proxy:
              routes:
                - name: shop
                  origins: [http://a]
                  match:
                    methods: GET, HEAD
                    headers: {X-Device: mobile*}
                    cookies: {session: "*"}
                  key:
                    query: {drop: [utm_*, fbclid], sort: on, send: keyed}
                    headers: [Accept-Language]
                    cookies: [currency]
                  lifetime:
                    override: 5m
                    min: 1s
                    max: 1h
                    default: 1m
                    stale_while_revalidate: 30s
                    stale_if_error: {override: 2d, min: 1h, max: 7d, default: 1d}
                    by_status:
                      404: 10s
                      5xx: {override: 1s, stale_while_revalidate: 2s, stale_if_error: {max: 3s}}
                  bypass: on
                  set_cookie: strip
                  tags: [shop, "section:{path.1}"]
                  request_headers: {remove: [Cookie]}
                  response_headers:
                    remove: X-Powered-*
                    set: {Cache-Control: "max-age=0, private"}
                    add: {Link: "</a>"}
                  guards: {static_suffix: off, ambiguous_paths: pass, pass_headers: [X-Original-URL]}
            """);
    assertThat(rules.match())
        .isEqualTo(
            new RuleSettings.Match(
                List.of("GET", "HEAD"), Map.of("X-Device", "mobile*"), Map.of("session", "*")));
    assertThat(rules.key())
        .isEqualTo(
            new RuleSettings.Key(
                List.of(),
                List.of("utm_*", "fbclid"),
                true,
                RuleSettings.Send.KEYED,
                List.of("Accept-Language"),
                List.of("currency")));
    assertThat(rules.lifetime().general().fresh())
        .isEqualTo(
            new RuleSettings.Bounds(
                Optional.of(Duration.ofMinutes(5)),
                Optional.of(Duration.ofSeconds(1)),
                Optional.of(Duration.ofHours(1)),
                Optional.of(Duration.ofMinutes(1))));
    assertThat(rules.lifetime().byStatus())
        .hasEntrySatisfying(
            "404", spans -> assertThat(spans.fresh().unstated()).hasValue(Duration.ofSeconds(10)));
    assertThat(rules.lifetime().byStatus())
        .hasEntrySatisfying(
            "5xx", spans -> assertThat(spans.fresh().override()).hasValue(Duration.ofSeconds(1)));
    assertThat(rules.lifetime().general().staleWhileRevalidate().unstated())
        .as("a duration alone is the default")
        .hasValue(Duration.ofSeconds(30));
    assertThat(rules.lifetime().general().staleIfError())
        .isEqualTo(
            new RuleSettings.Bounds(
                Optional.of(Duration.ofDays(2)),
                Optional.of(Duration.ofHours(1)),
                Optional.of(Duration.ofDays(7)),
                Optional.of(Duration.ofDays(1))));
    assertThat(rules.lifetime().byStatus())
        .hasEntrySatisfying(
            "5xx",
            spans -> {
              assertThat(spans.staleWhileRevalidate().unstated()).hasValue(Duration.ofSeconds(2));
              assertThat(spans.staleIfError().max()).hasValue(Duration.ofSeconds(3));
            });
    assertThat(rules.bypass()).isTrue();
    assertThat(rules.setCookie()).hasValue(RuleSettings.SetCookie.STRIP);
    assertThat(rules.tags())
        .extracting(Object::toString)
        .containsExactly("shop", "section:{path.1}");
    assertThat(rules.requestHeaders().remove()).containsExactly("Cookie");
    assertThat(rules.responseHeaders())
        .isEqualTo(
            new RuleSettings.Edits(
                List.of("X-Powered-*"),
                Map.of("Cache-Control", "max-age=0, private"),
                Map.of("Link", "</a>")));
    assertThat(rules.guards())
        .isEqualTo(
            new RuleSettings.Guards(
                Optional.of(false), Optional.of(AmbiguousPaths.PASS), List.of("X-Original-URL")));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          lifetime: {default: 1}                 | proxy.routes[2].lifetime.default: expected a duration with its unit (ms, s, m, h or d), such as 30s, from 0s to 24855d, but found "1"
          lifetime: {defaults: 1s}               | unknown setting proxy.routes[2].lifetime.defaults; did you mean default?
          lifetime: {by_status: {99: 1s}}        | proxy.routes[2].lifetime.by_status: expected a status code such as 404, or a class such as 5xx, but found "99"
          lifetime: {min: 2s, max: 1s}           | proxy.routes[2].lifetime.min is 2s, more than max, 1s
          lifetime: {by_status: {404: {min: 2s, max: 1s}}} | proxy.routes[2].lifetime.by_status.404.min is 2s, more than max, 1s
          lifetime: {stale_if_error: {min: 2s, max: 1s}} | proxy.routes[2].lifetime.stale_if_error.min is 2s, more than max, 1s
          lifetime: {by_status: {404: {stale_while_revalidate: {min: 2s, max: 1s}}}} | proxy.routes[2].lifetime.by_status.404.stale_while_revalidate.min is 2s, more than max, 1s
          lifetime: {stale_if_error: 1}          | proxy.routes[2].lifetime.stale_if_error: expected a duration with its unit (ms, s, m, h or d), such as 30s, from 0s to 24855d, but found "1"
          lifetime: {stale_if_error: [1s]}       | proxy.routes[2].lifetime.stale_if_error: expected a duration with its unit (ms, s, m, h or d), such as 30s, from 0s to 24855d, or override, min, max, default by name
          lifetime: {stale_if_error: {defaults: 1s}} | unknown setting proxy.routes[2].lifetime.stale_if_error.defaults; did you mean default?
          key: {query: {keep: [a], drop: [b]}}   | proxy.routes[2].key.query.drop and keep exclude each other: name what is kept, or what is dropped
          key: {query: {keep: ["a b"]}}          | proxy.routes[2].key.query.keep: expected a list, each element a name, where * stands for anything, such as utm_*, but found "a b" ("a b" is not)
          key: {headers: ["a:"]}                 | proxy.routes[2].key.headers: expected a list, each element a header field's name, such as Accept-Language, but found "a:" ("a:" is not)
          match: {header: {a: b}}                | unknown setting proxy.routes[2].match.header; did you mean headers?
          match: {headers: {"a b": c}}           | proxy.routes[2].match.headers: expected a header field's name, but found "a b"
          response_headers: {set: {content-length: 1}}    | proxy.routes[2].response_headers.set: expected a header field's name, but none of the connection's, but found "content-length"
          request_headers: {remove: [Host]}      | proxy.routes[2].request_headers.remove: expected a list, each element a header field's name, where * stands for anything, but none of the connection's, but found "Host" ("Host" is not)
          tags: ["{path.0}"]                     | proxy.routes[2].tags: expected a list, each element a tag without spaces and commas, in which {host}, {path.1}, {path.2}, … and {header.NAME} may stand, but found "{path.0}" ("{path.0}" is not)
          set_cookie: eat                        | proxy.routes[2].set_cookie: expected one of if_shared, keep, strip, refuse, but found "eat"
          guards: {ambiguous_paths: eat}         | proxy.routes[2].guards.ambiguous_paths: expected one of allow, explicit, pass, refuse, but found "eat"
          compression: {codings: [br]}           | proxy.routes[2].compression.codings: expected a list, each element one of zstd, gzip; or none, but found "br" ("br" is not)
          bypass:                                | proxy.routes[2].bypass has no value; expected on or off, or remove the line
          """)
  void whatIsWrongIsNamedWithItsExactPlace(String field, String message) {
    SettingsReading reading = read("{name: b, origins: [http://b], " + field + "}");
    assertThat(reading)
        .isInstanceOfSatisfying(
            SettingsReading.Refused.class,
            refused ->
                assertThat(refused.problems())
                    .extracting(SettingProblem::message)
                    .containsExactly(message));
  }

  @Test
  void compressionIsTheNodesAsFarAsTheRouteDoesNotSayOtherwise() {
    String yaml =
        """
        proxy:
          origin: http://a
          compression: {codings: [zstd, gzip], min_bytes: 2KiB}
          routes:
            - {name: a, origins: [http://a], compression: {min_bytes: 500B, types: [text/html]}}
            - {name: b, origins: [http://b], compression: {codings: none}}
        """;
    var routes =
        ((SettingsReading.Accepted) SettingsReader.read(WrittenSettings.ofFile("f.yaml", yaml)))
            .settings()
            .proxy()
            .routes();
    assertThat(routes.getFirst().compression())
        .isEqualTo(
            new CompressionSettings(
                List.of(ContentCoder.ZSTD, ContentCoder.GZIP),
                List.of("text/html"),
                new ByteSize(500)));
    assertThat(routes.get(1).compression().codings()).isEmpty();
    assertThat(routes.getLast().compression().codings()).hasSize(2);
    assertThat(routes.getLast().compression().minBytes()).isEqualTo(ByteSize.ofKibibytes(2));
    assertThat(routes.getLast().compression().types()).contains("text/*", "application/json");
  }

  @Test
  void theyAreShownWhereTheyAreWritten() {
    SettingsReading reading =
        read("{name: b, origins: [http://b], lifetime: {default: 1m, by_status: {404: 1s}}}");
    assertThat(((SettingsReading.Accepted) reading).shown())
        .extracting(shown -> shown.name() + " = " + shown.value())
        .contains(
            "proxy.routes[2].lifetime.default = 1m",
            "proxy.routes[2].lifetime.by_status.404.default = 1s")
        .noneMatch(shown -> shown.startsWith("proxy.routes[2].key"));
  }
}

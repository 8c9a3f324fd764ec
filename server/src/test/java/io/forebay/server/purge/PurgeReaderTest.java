package io.forebay.server.purge;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.Invalidation.Mode;
import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PurgeReaderTest {

  /// `soft tags a b; hard everything`, or `refused FIELD`.
  private static String told(PurgeReading reading) {
    return switch (reading) {
      case PurgeReading.Refused refused -> "refused " + refused.field();
      case PurgeReading.Understood(var orders) ->
          orders.stream()
              .map(order -> (order.mode() == Mode.SOFT ? "soft " : "hard ") + told(order.scope()))
              .collect(Collectors.joining("; "));
    };
  }

  private static String told(PurgeScope scope) {
    return switch (scope) {
      case PurgeScope.Tags(var tags) -> "tags " + joined(tags);
      case PurgeScope.Urls(var urls) -> "urls " + joined(urls);
      case PurgeScope.UrlPrefixes(var prefixes) -> "prefixes " + joined(prefixes);
      case PurgeScope.UrlPatterns(var patterns) -> "patterns " + joined(patterns);
      case PurgeScope.Hosts(var hosts) -> "hosts " + joined(hosts);
      case PurgeScope.Everything() -> "everything";
    };
  }

  private static String joined(java.util.Set<String> names) {
    return String.join(" ", new TreeSet<>(names));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static RequestHead request(String method, String fields) {
    HttpFields.Builder builder = HttpFields.builder();
    for (String line : fields.split(";;", -1)) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        builder.add(line.substring(0, colon).strip(), line.substring(colon + 1).strip());
      }
    }
    return new RequestHead(method, "http", "Shop.example:80", "/blog/a?b=1", builder.build());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '§',
      quoteCharacter = '`',
      value = {
        "{`surrogate_keys`: [`a`, `b`]}          § hard tags a b",
        "{`surrogate_keys`: []}                  § refused surrogate_keys",
        "{`surrogate_keys`: [``]}                § refused surrogate_keys",
        "{`surrogate_keys`: [`a`, ``]}           § refused surrogate_keys[1]",
        "{`surrogate_keys`: [`a`, null]}         § refused surrogate_keys[1]",
        "{`surrogate_keys`: `a`}                 § refused surrogate_keys",
        "{`surrogate_keys`: [5]}                 § refused surrogate_keys[0]",
        "{}                                      § refused surrogate_keys",
        "{`keys`: [`a`]}                         § refused keys",
        "[                                       § refused body",
      })
  void fastlysBodies(String body, String expected) {
    assertThat(told(PurgeReader.fastlyKeys(HttpFields.none(), bytes(body.replace('`', '"')))))
        .isEqualTo(expected);
  }

  @Test
  void fastlysFieldsKeysAndFlags() {
    byte[] none = {};
    HttpFields keys = HttpFields.of("Surrogate-Key", "a b a");
    assertThat(told(PurgeReader.fastlyKeys(keys, none))).isEqualTo("hard tags a b");
    HttpFields soft = keys.with("Fastly-Soft-Purge", "1");
    assertThat(told(PurgeReader.fastlyKeys(soft, none))).isEqualTo("soft tags a b");
    assertThat(told(PurgeReader.fastlyKeys(keys, bytes("{\"surrogate_keys\":[\"a\"]}"))))
        .isEqualTo("refused body");
    HttpFields odd = keys.with("Fastly-Soft-Purge", "yes");
    assertThat(told(PurgeReader.fastlyKeys(odd, none))).isEqualTo("refused Fastly-Soft-Purge");
    assertThat(told(PurgeReader.fastlyKeys(HttpFields.of("Surrogate-Key", " "), none)))
        .isEqualTo("refused Surrogate-Key");
    assertThat(told(PurgeReader.fastlyKey(HttpFields.none(), "news"))).isEqualTo("hard tags news");
    assertThat(told(PurgeReader.fastlyKey(HttpFields.none(), ""))).isEqualTo("refused key");
    assertThat(told(PurgeReader.fastlyAll(HttpFields.none()))).isEqualTo("hard everything");
    assertThat(told(PurgeReader.fastlyAll(soft))).isEqualTo("refused Fastly-Soft-Purge");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '§',
      quoteCharacter = '`',
      value = {
        "{'tags': ['a', 'b c']}                              § hard tags a b c",
        "{'hosts': ['WWW.Example.com', 'b:8080']}            § hard hosts b:8080 www.example.com",
        "{'prefixes': ['www.Example.com/Foo', 'b']}          § hard prefixes b/"
            + " www.example.com/Foo",
        "{'files': ['https://Example.com/a?b']}              § hard urls https://example.com/a?b",
        "{'files': ['http://b:80', {'url': 'http://c/%7ea', 'headers': {'x': 'y'}}]} § hard urls"
            + " http://b/ http://c/%7ea",
        "{'purge_everything': true}                          § hard everything",
        "{'tags': ['a'], 'hosts': ['b']}                     § hard tags a; hard hosts b",
        "{'tags': ['a'], 'purge_everything': false}          § hard tags a",
        "{'tags': ['a'], 'purge_everything': true}           § refused purge_everything",
        "{'purge_everything': false}                         § refused body",
        "{}                                                  § refused body",
        "{'tags': []}                                        § refused tags",
        "{'hosts': ['http://b/']}                            § refused hosts[0]",
        "{'prefixes': ['a/', 'http://b/']}                   § refused prefixes[1]",
        "{'prefixes': ['b/?c']}                              § refused prefixes[0]",
        "{'files': ['/a']}                                   § refused files[0]",
        "{'files': ['ftp://a/b']}                            § refused files[0]",
        "{'files': ['http://a/b', 7]}                        § refused files[1]",
        "{'files': ['http://a b/']}                          § refused files[0]",
        "{'tag': ['a']}                                      § refused tag",
      })
  void cloudflaresBodies(String body, String expected) {
    assertThat(told(PurgeReader.cloudflare(bytes(body.replace('\'', '"'))))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '§',
      quoteCharacter = '`',
      value = {
        "fields: none                                         § hard urls"
            + " http://shop.example/blog/a?b=1",
        "Fastly-Soft-Purge: 1                           § soft urls http://shop.example/blog/a?b=1",
        "xkey: a b,c                                    § hard tags a b c",
        "xkey-purge: a b                                § hard tags a b",
        "xkey-softpurge: a                              § soft tags a",
        "xkey-purge: a ;; xkey-softpurge: b             § hard tags a; soft tags b",
        "Surrogate-Key: a,b c ;; Fastly-Soft-Purge: 1   § soft tags a,b c",
        "xkey: ,                                        § refused xkey",
        "Cache-Tags: a b,c                              § hard tags a b c",
        "X-Cache-Tags: a b,c                            § hard tags a b c",
        "Edge-Cache-Tag: a                              § hard tags a",
        "X-Purge-Method: regex                          § hard patterns"
            + " *://shop.example*/blog/a\\?b=1*",
        "X-Purge-Method: exact                          § hard urls http://shop.example/blog/a?b=1",
        "X-Purge-Method: all                            § refused X-Purge-Method",
        "X-Magento-Tags-Pattern: .*                     § hard everything",
        "X-Magento-Tags-Pattern: ((^|,)cat_p_1(,|$))    § hard tags cat_p_1",
        "X-Magento-Tags-Pattern: ((^|,)a(,|$))|((^|,)b(,|$)) § hard tags a b",
        "X-Magento-Tags-Pattern: cat_p_1                § refused X-Magento-Tags-Pattern",
        "X-Magento-Tags-Pattern: ((^|,)cat_p_.*(,|$))   § refused X-Magento-Tags-Pattern",
        "X-Magento-Tags-Pattern: ((^|,)a(,|$))|b        § refused X-Magento-Tags-Pattern",
        "X-Magento-Tags-Pattern: ((^|,)a(,|$))|         § refused X-Magento-Tags-Pattern",
      })
  void theMethodPurge(String fields, String expected) {
    assertThat(told(PurgeReader.purgeMethod(request("PURGE", fields)))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '§',
      quoteCharacter = '`',
      value = {
        "fields: none                                       § hard patterns"
            + " *://shop.example*/blog/a\\?b=1*",
        "X-Host: ^shop\\.example$ ;; X-Url: ^/blog/   § hard patterns *://shop.example/blog/*",
        "X-Host: .* ;; X-Url: ^/blog/ ;; X-Content-Type: .* § hard patterns *://*/blog/*",
        "X-Host: .* ;; X-Url: .*                      § hard everything",
        "X-Content-Type: image/png                    § refused X-Content-Type",
        "X-Cache-Tags: (^|,)(a|b\\-c)(,|$)            § hard tags a b-c",
        "X-Cache-Tags: .* ;; X-Url: \\.png$           § hard patterns *://*.png",
        "Cache-Tags: media:3918 media_list            § hard tags media:3918 media_list",
        "Cache-Tags: a|b                              § hard tags a b",
        "X-Ban: obj.http.xkey ~ (^| )news( |$)        § hard tags news",
        "X-Ban: obj.http.age > 3                      § refused X-Ban",
      })
  void theMethodBan(String fields, String expected) {
    assertThat(told(PurgeReader.banMethod(request("BAN", fields)))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '§',
      quoteCharacter = '`',
      value = {
        "req.url ~ ^/blog/                                  § hard patterns *://*/blog/*",
        "req.url ~ \"^/blog/\"                              § hard patterns *://*/blog/*",
        "req.url == /a*b                                    § hard patterns *://*/a\\*b",
        "req.url ~ ^/$                                      § hard patterns *://*/",
        "req.url ~ .                                        § hard patterns *://*?*",
        "req.http.host == Shop.example                      § hard hosts shop.example",
        "req.http.host == a && req.url ~ ^/x/.*\\.css$      § hard patterns *://a/x/*.css",
        "req.http.host ~ ^a.b$ && req.url ~ .*              § hard patterns *://a?b/*",
        "obj.http.xkey == news                              § hard tags news",
        "obj.http.X-Cache-Tags ~ (^|,)a(,|$)                § hard tags a",
        "obj.http.surrogate-key ~ news                      § refused expression",
        "obj.http.xkey == a && req.url ~ ^/                 § refused expression",
        "req.url ~ ^/a && req.url ~ b$                      § refused expression",
        "req.url ~ ^/(a|b)/                                 § refused expression",
        "req.url ~ [0-9]                                    § refused expression",
        "req.url ~ \\d                                      § refused expression",
        "req.url != /a                                      § refused expression",
        "obj.status == 200                                  § refused expression",
        "/blog/                                             § refused expression",
      })
  void banExpressions(String expression, String expected) {
    assertThat(told(PurgeReader.banExpression(expression))).isEqualTo(expected);
  }

  @Test
  void aPageOfFastlysByItsUrl() {
    HttpFields none = HttpFields.none();
    assertThat(told(PurgeReader.fastlyUrl(none, "Shop.example/a?b[]=1")))
        .isEqualTo("hard urls https://shop.example/a?b[]=1");
    assertThat(told(PurgeReader.fastlyUrl(none, "http://shop.example")))
        .isEqualTo("hard urls http://shop.example/");
    assertThat(told(PurgeReader.fastlyUrl(none.with("Fastly-Soft-Purge", "1"), "a/b")))
        .isEqualTo("soft urls https://a/b");
    assertThat(told(PurgeReader.fastlyUrl(none, "/a"))).isEqualTo("refused url");
  }

  @Test
  void anExpressionThatIsTooLongIsRefused() {
    assertThat(told(PurgeReader.banExpression("req.url ~ ^/" + "x".repeat(1_024))))
        .isEqualTo("refused expression");
  }

  @Test
  void aTagOverTheLimitAndTooManyAreRefused() {
    String longest = "x".repeat(1024);
    assertThat(told(PurgeReader.fastlyKey(HttpFields.none(), longest))).startsWith("hard tags xx");
    assertThat(told(PurgeReader.fastlyKey(HttpFields.none(), longest + "x")))
        .isEqualTo("refused key");
    assertThat(told(PurgeReader.fastlyKey(HttpFields.none(), "é".repeat(513))))
        .as("bytes, not characters")
        .isEqualTo("refused key");
    String thousandOne =
        IntStream.rangeClosed(0, 1000).mapToObj(i -> "t" + i).collect(Collectors.joining(" "));
    assertThat(told(PurgeReader.purgeMethod(request("PURGE", "xkey: " + thousandOne))))
        .isEqualTo("refused xkey");
  }

  /// Whatever is sent, there is an answer.
  @Test
  void randomTextIsUnderstoodOrRefused() {
    long seed = Long.getLong("forebay.seed", 20_261_121L);
    var random = new Random(seed);
    String alphabet = "ab(){}[]|^$.*\\,: \"'~=&/?é\u0001\ud83d";
    int refused = 0;
    for (int i = 0; i < 20_000; i++) {
      var text = new StringBuilder();
      for (int length = random.nextInt(30); length > 0; length--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      String sent = text.toString();
      assertThat(told(PurgeReader.banExpression("req.url ~ " + sent))).as(sent).isNotEmpty();
      String tags = told(PurgeReader.banExpression("obj.http.xkey ~ (^| )" + sent + "( |$)"));
      refused += tags.startsWith("refused") ? 1 : 0;
      assertThat(told(PurgeReader.cloudflare(bytes(sent))))
          .as("seed " + seed)
          .startsWith("refused");
    }
    assertThat(refused).isBetween(1, 19_999);
  }
}

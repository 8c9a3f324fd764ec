package io.forebay.http.caching;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.http.Glob;
import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import io.forebay.http.TargetUri;
import io.forebay.http.caching.QueryRule.Selection;
import io.forebay.http.caching.QueryRule.Sent;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyRuleTest {

  private static QueryRule query(Selection selection, boolean sorted, String... names) {
    return new QueryRule(
        selection, Stream.of(names).map(Glob::of).toList(), sorted, Sent.AS_RECEIVED);
  }

  private static KeyRule of(QueryRule query) {
    return new KeyRule(query, List.of(), List.of());
  }

  private static RequestHead get(String target, String... fields) {
    return new RequestHead("GET", "http", "a", target, HttpFields.of(fields));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "/p                            | /p",
        "/p?                           | /p?",
        "/p?a=1                        | /p?a=1",
        "/p?utm_source=x               | /p",
        "/p?a=1&utm_source=x&b=2       | /p?a=1&b=2",
        "/p?fbclid=x&a=1&a=0           | /p?a=1&a=0",
        "/p?fbclid                     | /p",
        "/p?fbclidx=1                  | /p?fbclidx=1",
        "/p?utm%5Fsource=x             | /p",
        "/p?%75tm_source=x             | /p",
        "/p?UTM_source=x               | /p?UTM_source=x",
        "/p?utm_x=1;callback=evil      | /p?utm_x=1;callback=evil",
        "/p?a=?utm_source              | /p?a=?utm_source",
        "/p?a=%26utm_source=1          | /p?a=%26utm_source=1",
      })
  void droppedParametersAreNotInTheKey(String target, String keyed) {
    QueryRule rule = query(Selection.DROP, false, "utm_*", "fbclid");
    assertThat(of(rule).keyOf(get(target)).uri()).isEqualTo("http://a" + keyed);
    assertThat(rule.sentTarget(target)).as("the origin gets the client's own").isEqualTo(target);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "/p?x=1                        | /p",
        "/p?page=2&x=1                 | /p?page=2",
        "/p?p%61ge=2                   | /p?p%61ge=2",
        "/p?pa+ge=2                    | /p",
        "/p?x=1;page=3                 | /p?x=1;page=3",
      })
  void onlyKeptParametersAreInTheKey(String target, String keyed) {
    assertThat(of(query(Selection.KEEP, false, "page")).keyOf(get(target)).uri())
        .isEqualTo("http://a" + keyed);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "/p?b=2&a=1                    | /p?a=1&b=2",
        "/p?b=2&a=2&a=1                | /p?a=2&a=1&b=2",
        "/p?b&%61=2&a=1                | /p?%61=2&a=1&b",
        "/p?a=1&b=2                    | /p?a=1&b=2",
      })
  void parametersOfOneNameKeepTheirOrderWhenSorted(String target, String keyed) {
    assertThat(of(query(Selection.ALL, true)).keyOf(get(target)).uri())
        .isEqualTo("http://a" + keyed);
  }

  @Test
  void theOriginGetsWhatIsInTheKeyIfTheRuleSaysSo() {
    QueryRule rule = new QueryRule(Selection.DROP, List.of(Glob.of("utm_*")), true, Sent.AS_KEYED);
    assertThat(rule.sentTarget("/p?b=1&utm_x=2&a=3")).isEqualTo("/p?a=3&b=1");
  }

  @Test
  void headersAndCookiesBecomePartOfTheKeyByName() {
    KeyRule rule = new KeyRule(QueryRule.PLAIN, List.of("Accept-Language"), List.of("currency"));
    CacheKey euro =
        rule.keyOf(get("/p", "accept-language", "de,  en", "Cookie", "x=1; currency=EUR"));
    assertThat(euro.uri()).as("what invalidations name").isEqualTo("http://a/p");
    assertThat(euro.parts()).isEqualTo("accept-language: de,en\rcookie currency=EUR");
    assertThat(rule.keyOf(get("/p", "Accept-Language", "en, de", "Cookie", "currency=EUR; x=2")))
        .isEqualTo(euro);
    assertThat(rule.keyOf(get("/p")).parts()).isEqualTo("accept-language\rcookie currency");
    assertThat(rule.keyOf(get("/p", "Cookie", "currency=")).parts())
        .isEqualTo("accept-language\rcookie currency=");
    assertThat(rule.isKeyed("accept-language")).isTrue();
    assertThat(rule.isPlain()).isFalse();
  }

  /// Of two cookies of one name one origin takes the first, another the last.
  @Test
  void allCookiesOfANameCountHoweverTheyAreWritten() {
    KeyRule rule = new KeyRule(QueryRule.PLAIN, List.of(), List.of("lang"));
    List<String> keys =
        Stream.of(
                "lang=de", "lang=de; lang=x", "lang=x; lang=de", "l%61ng=x", "lang=de,x", "Lang=x")
            .map(cookie -> rule.keyOf(get("/p", "Cookie", cookie)).parts())
            .toList();
    assertThat(keys)
        .containsExactly(
            "cookie lang=de",
            "cookie lang=de;x",
            "cookie lang=x;de",
            "cookie lang=x",
            "cookie lang=de,x",
            "cookie lang");
  }

  @Test
  void longPartsAndOnesWithControlCharactersAreDigested() {
    KeyRule rule = new KeyRule(QueryRule.PLAIN, List.of("x"), List.of());
    assertThat(rule.keyOf(get("/p", "X", "y".repeat(300))).parts()).startsWith("sha256 ");
    String tab = rule.keyOf(get("/p", "X", "a\tpart")).parts();
    assertThat(tab)
        .startsWith("sha256 ")
        .isNotEqualTo(rule.keyOf(get("/p", "X", "a\tpar")).parts());
  }

  @Test
  void anExplanationNamesWhatTheRuleDid() {
    KeyRule rule =
        new KeyRule(query(Selection.DROP, true, "utm_*"), List.of("x-device"), List.of("c"));
    RequestHead received = get("/a/../p?b=1&utm_x=2&a=3", "X-Device", "tv", "Cookie", "c=1");
    RequestHead decided = received.withTarget("/p?b=1&utm_x=2&a=3");
    KeyDerivation derived = KeyDerivation.of(received, decided, rule);
    assertThat(derived.key()).isEqualTo(rule.keyOf(decided));
    assertThat(derived.changes())
        .extracting(change -> change.part() + " " + change.received() + " > " + change.inKey())
        .containsExactly(
            "path /a/../p > /p",
            "query utm_x=2 > ",
            "query ?b=1&utm_x=2&a=3 > ?a=3&b=1",
            "header  > x-device: tv",
            "cookie  > c=1");
  }

  @Test
  void aRouteThatKeepsItsPagesApartPutsItsNameIntoTheKey() {
    KeyRule plain = KeyRule.PLAIN.ofRoute("beta");
    CacheKey key = plain.keyOf(get("/p"));
    assertThat(key.uri()).as("what invalidations name").isEqualTo("http://a/p");
    assertThat(key.parts()).isEqualTo("route beta");
    assertThat(plain.isPlain()).isFalse();
    assertThat(plain.isOfUrl()).isTrue();
    assertThat(plain.ofRoute("")).isEqualTo(KeyRule.PLAIN);
    KeyRule more =
        new KeyRule(QueryRule.PLAIN, List.of("x"), List.of("c")).ofRoute("a very: odd=name");
    assertThat(more.keyOf(get("/p", "X", "1")).parts())
        .isEqualTo("route a very: odd=name\rx: 1\rcookie c");
    assertThat(KeyDerivation.of(get("/p"), get("/p"), plain).changes())
        .extracting(change -> change.part() + " > " + change.inKey())
        .containsExactly("route > beta");
  }

  @Test
  void theUrlOfAnInvalidationIsRewrittenTheSameWay() {
    KeyRule rule = new KeyRule(query(Selection.DROP, true, "utm_*"), List.of("x"), List.of());
    String target = "/p?b=1&utm_x=2&a=3";
    assertThat(rule.uriOf(TargetUri.of("http", "a", target)).toString())
        .isEqualTo(rule.keyOf(get(target, "X", "1")).uri());
  }
}

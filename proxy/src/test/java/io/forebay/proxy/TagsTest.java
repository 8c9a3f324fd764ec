package io.forebay.proxy;

import static io.forebay.proxy.ProxyUnderTest.cacheStatus;
import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.Invalidation;
import io.forebay.cache.Scope;
import java.net.http.HttpResponse;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The tags that origins give pages, seen from a client.
class TagsTest {

  private ProxyUnderTest proxy;

  @BeforeEach
  void start() throws Exception {
    proxy = new ProxyUnderTest();
  }

  @AfterEach
  void stop() throws Exception {
    proxy.close();
  }

  private boolean isHit(String path) throws Exception {
    return cacheStatus(proxy.get(path)).startsWith("forebay; hit");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "Cache-Tag      | news, sport",
        "Surrogate-Key  | news sport",
        "xkey           | news",
        "Edge-Cache-Tag | sport,news",
        "X-Cache-Tags   | news",
        "X-Magento-Tags | cat_p,news",
        "Cache-Groups   | \"sport\", \"news\"",
      })
  void aPageIsInvalidatedByATagOfAnyField(String field, String value) throws Exception {
    proxy.origin.page("/p", "one", "Cache-Control", "max-age=100", field, value);
    HttpResponse<String> answer = proxy.getStored("/p");
    assertThat(answer.headers().firstValue(field)).as("stripped").isEmpty();
    assertThat(proxy.get("/p", "Forebay-Debug", "1").headers().firstValue(field)).contains(value);
    proxy.pages.invalidate(new Scope.Tags(Set.of("new")), Invalidation.Mode.HARD);
    assertThat(isHit("/p")).isTrue();
    proxy.pages.invalidate(new Scope.Tags(Set.of("news")), Invalidation.Mode.HARD);
    assertThat(isHit("/p")).isFalse();
  }

  /// RFC 9875 §3.
  @ParameterizedTest
  @CsvSource({"no-store", "max-age=100"})
  void anUnsafeResponseInvalidatesGroups(String ofTheResponse) throws Exception {
    for (String path : new String[] {"/a", "/b"}) {
      String group = path.equals("/a") ? "\"cart\"" : "\"shelf\"";
      proxy.origin.page(path, "x", "Cache-Control", "max-age=100", "Cache-Groups", group);
      proxy.getStored(path);
    }
    proxy.origin.page(
        "/buy",
        "bought",
        "Cache-Control",
        ofTheResponse,
        "Cache-Group-Invalidation",
        "\"cart\", \"orders\"");
    assertThat(proxy.get("/buy").statusCode()).isEqualTo(200);
    assertThat(isHit("/a")).as("a safe request invalidates nothing").isTrue();
    assertThat(proxy.send("POST", "/buy", "x").statusCode()).isEqualTo(200);
    assertThat(isHit("/a")).isFalse();
    assertThat(isHit("/b")).isTrue();
  }
}

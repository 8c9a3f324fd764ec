package io.forebay.http.caching;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import io.forebay.http.ResponseHead;
import io.forebay.http.TargetUri;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// RFC 9111 §4.4.
class UnsafeInvalidationTest {

  private static List<String> uris(String method, int status, String... fields) {
    RequestHead request =
        new RequestHead(method, "http", "Example.com:80", "/a/b?c", HttpFields.none());
    return UnsafeInvalidation.urisOf(request, new ResponseHead(status, HttpFields.of(fields)))
        .stream()
        .map(TargetUri::toString)
        .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH", "M-SEARCH", "get"})
  void anUnsafeOrUnknownMethodInvalidatesItsTarget(String method) {
    assertThat(uris(method, 200)).containsExactly("http://example.com/a/b?c");
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "HEAD", "OPTIONS", "TRACE"})
  void aSafeMethodInvalidatesNothing(String method) {
    assertThat(uris(method, 200, "Location", "/x")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "200, true", "201, true", "204, true", "303, true", "399, true",
    "400, false", "404, false", "500, false", "199, false", "999, false"
  })
  void onlyANonErrorResponseInvalidates(int status, boolean invalidates) {
    assertThat(!uris("PUT", status).isEmpty()).isEqualTo(invalidates);
  }

  @Test
  void locationsOfTheSameOriginAreInvalidatedToo() {
    assertThat(uris("POST", 201, "Location", "../x", "Content-Location", "http://EXAMPLE.com/y#z"))
        .containsExactly(
            "http://example.com/a/b?c", "http://example.com/x", "http://example.com/y");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://other.com/x",
        "https://example.com/x",
        "http://example.com:8080/x",
        "//other.com/x",
        "mailto:a@b"
      })
  void locationsOfOtherOriginsAreNot(String location) {
    assertThat(uris("POST", 201, "Location", location, "Content-Location", location)).hasSize(1);
  }

  @Test
  void aUrlIsNamedOnce() {
    assertThat(uris("PUT", 200, "Location", "/a/b?c", "Content-Location", "b?c")).hasSize(1);
  }

  /// §2; RFC 9110 §4.2.3.
  @Test
  void aKeyIsTheTargetUriAndGetSharesItWithHead() {
    RequestHead get = new RequestHead("GET", "HTTP", "A:80", "", HttpFields.none());
    RequestHead head = new RequestHead("HEAD", "http", "a", "/", HttpFields.of("X", "1"));
    assertThat(CacheKey.of(get)).isEqualTo(CacheKey.of(head)).hasToString("http://a/");
    assertThat(CacheKey.of("http", "a", "/?x")).isNotEqualTo(CacheKey.of("http", "a", "/?X"));
    assertThat(CacheKey.of("http", "a", "/%7e")).isNotEqualTo(CacheKey.of("http", "a", "/~"));
  }

  @Test
  void inDoubtTheTargetOfAnUnsafeRequestIsOutOfDate() {
    RequestHead put = new RequestHead("PUT", "http", "a", "/p", HttpFields.none());
    assertThat(UnsafeInvalidation.urisInDoubt(put))
        .containsExactly(TargetUri.of("http", "a", "/p"));
    assertThat(UnsafeInvalidation.urisInDoubt(put.withMethod("GET"))).isEmpty();
  }
}

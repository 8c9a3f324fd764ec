package io.forebay.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// RFC 9110 §4.2.3, RFC 3986 §5.2 and §6.2.2.
class TargetUriTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "http  | Example.COM     | /a     | http://example.com/a",
        "http  | example.com:80  | /      | http://example.com/",
        "https | example.com:443 | /      | https://example.com/",
        "http  | example.com:443 | /      | http://example.com:443/",
        "http  | example.com:    | /      | http://example.com/",
        "HTTP  | [2001:DB8::1]:80 | /     | http://[2001:db8::1]/",
        "http  | example.com     | ''     | http://example.com/",
        "http  | example.com     | ?q     | http://example.com/?q",
        "http  | example.com     | /a?b#c | http://example.com/a?b",
        "http  | example.com     | *      | http://example.com*",
        "http  | example.com     | /A%2f%7e?%7e | http://example.com/A%2f%7e?%7e",
      })
  void hostAndPortAreNormalisedAndTheRestIsByteExact(
      String scheme, String authority, String target, String uri) {
    assertThat(TargetUri.of(scheme, authority, target)).hasToString(uri);
  }

  /// RFC 3986 §5.4.1 and §5.4.2, without fragments.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "g         | http://a/b/c/g",
        "./g       | http://a/b/c/g",
        "g/        | http://a/b/c/g/",
        "/g        | http://a/g",
        "//g       | http://g/",
        "?y        | http://a/b/c/d;p?y",
        "g?y       | http://a/b/c/g?y",
        "#s        | http://a/b/c/d;p?q",
        "g#s       | http://a/b/c/g",
        ";x        | http://a/b/c/;x",
        "''        | http://a/b/c/d;p?q",
        ".         | http://a/b/c/",
        "./        | http://a/b/c/",
        "..        | http://a/b/",
        "../g      | http://a/b/g",
        "../..     | http://a/",
        "../../../g | http://a/g",
        "/./g      | http://a/g",
        "/../g     | http://a/g",
        "g.        | http://a/b/c/g.",
        "..g       | http://a/b/c/..g",
        "./g/.     | http://a/b/c/g/",
        "g/../h    | http://a/b/c/h",
        "g?y/../x  | http://a/b/c/g?y/../x",
        "HTTP://B:80/x | http://b/x",
        "https://b?x | https://b/?x",
      })
  void referencesAreResolved(String reference, String uri) {
    TargetUri base = TargetUri.of("http", "a", "/b/c/d;p?q");
    assertThat(base.resolve(reference).map(TargetUri::toString)).contains(uri);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mailto:a@b", "http:g", "http://", "javascript:x", "ftp://a/b"})
  void otherSchemesAreNotResolved(String reference) {
    assertThat(TargetUri.of("http", "a", "/").resolve(reference)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "http, a, true",
    "http, A:80, true",
    "https, a, false",
    "http, a:81, false",
    "http, b, false"
  })
  void anOriginIsSchemeHostAndPort(String scheme, String authority, boolean same) {
    TargetUri other = TargetUri.of(scheme, authority, "/y");
    assertThat(TargetUri.of("http", "a", "/x").isSameOrigin(other)).isEqualTo(same);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/%7Efoo/%41     | /~foo/A",
        "/a%2fb%3f       | /a%2Fb%3F",
        "/a/./b/../c     | /a/c",
        "/a/%2e%2E/c     | /c",
        "/a%zz%4         | /a%zz%4",
        "/a?%7e=/../%2f  | /a?%7e=/../%2f",
        "/a//b           | /a//b",
        "/..             | /",
      })
  void aTargetHasANormalForm(String target, String normal) {
    assertThat(TargetUri.normalisedTarget(target)).isEqualTo(normal);
  }

  @Test
  void normalisingTwiceChangesNothingMore() {
    String once = TargetUri.normalisedTarget("/%7e/%2e/../a%2fb");
    assertThat(TargetUri.normalisedTarget(once)).isEqualTo(once);
  }
}

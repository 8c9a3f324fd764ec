package io.forebay.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestFormTest {

  private static final RequestForm MERGING = new RequestForm(true, true);

  @ParameterizedTest
  @CsvSource({
    "/,                    /,                   /",
    "/a/b?q=%7e,           /a/b?q=%7e,          /a/b?q=%7e",
    "/%7Euser/%61,         /~user/a,            /~user/a",
    "/a%2fb%c3%a4,         /a%2Fb%C3%A4,        /a%2Fb%C3%A4",
    "/a/./b/../c,          /a/c,                /a/c",
    "/%2e%2e/a,            /a,                  /a",
    "/../../a,             /a,                  /a",
    "/a/..,                /,                   /",
    "/.well-known/x.css,   /.well-known/x.css,  /.well-known/x.css",
    "/a//b///c?x=//,       /a//b///c?x=//,      /a/b/c?x=//",
    "//a,                  //a,                 /a",
    "/a//../b,             /a/b,                /b",
    "/a%2f..%2fb,          /a%2F..%2Fb,         /a%2F..%2Fb",
    "/a\\..\\b,            /a\\..\\b,           /a\\..\\b",
    "/a;x/..;/b,           /a;x/..;/b,          /a;x/..;/b",
    "/100%,                /100%,               /100%",
    "*,                    *,                   *"
  })
  void equivalentPathsAreOne(String target, String usual, String merged) {
    assertThat(RequestForm.USUAL.target(target)).isEqualTo(usual);
    assertThat(MERGING.target(target)).isEqualTo(merged);
    assertThat(MERGING.target(merged)).as("again").isEqualTo(merged);
    assertThat(new RequestForm(false, false).target(target)).isEqualTo(target);
  }

  @Test
  void theHostHasNoCaseAndNoDefaultPort() {
    RequestHead request =
        new RequestHead("GET", "http", "Shop.Example:80", "/a/../b", HttpFields.none());
    RequestHead formed = RequestForm.USUAL.of(request);
    assertThat(formed.authority()).isEqualTo("shop.example");
    assertThat(formed.target()).isEqualTo("/b");
    assertThat(RequestForm.USUAL.of(formed)).isSameAs(formed);
    assertThat(
            RequestForm.USUAL
                .of(new RequestHead("GET", "https", "a:80", "/", HttpFields.none()))
                .authority())
        .isEqualTo("a:80");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/account%2fx.css",
        "/static/..%2Faccount",
        "/a%5cb",
        "/a\\b",
        "/a;x.css",
        "/a%3Bx.css",
        "/a%23x.css",
        "/a%3fx.css",
        "/a%00.css",
        "/a%0a.css",
        "/a%09",
        "/a%7f",
        "/a%252e",
        "//a",
        "/a//b",
        "/a/../b",
        "/a/.",
        "/%2e%2e/a",
        "/100%",
        "/a%zz"
      })
  void whatSoftwareReadsInDifferentWaysIsAmbiguous(String target) {
    assertThat(RequestForm.isAmbiguous(target)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/a/b.css",
        "/.well-known/x",
        "/a...b",
        "/...",
        "/%C3%A4",
        "/a%20b",
        "/100%25",
        "/a?x=%2f;//../",
        "/@user/a:b,c=d+e",
        "*"
      })
  void whatHasOneReadingIsNot(String target) {
    assertThat(RequestForm.isAmbiguous(target)).isFalse();
  }
}

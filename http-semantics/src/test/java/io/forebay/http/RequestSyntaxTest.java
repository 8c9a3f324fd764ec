package io.forebay.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestSyntaxTest {

  private static RequestHead request(String authority, String target) {
    return new RequestHead("GET", "http", authority, target, HttpFields.of("Host", authority));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"example.com", "EXAMPLE.com:8080", "127.0.0.1", "[::1]:80", "[::1]", "a_b", "x:"})
  void hostsAreNamesOrAddressesWithOrWithoutPort(String authority) {
    assertThat(RequestSyntax.fault(request(authority, "/"), "1.1")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "v.test/foo",
        "v.test?x",
        "v.test#x",
        "user@v.test",
        "user:pw@v.test",
        "v.test:80:80",
        "v.test:port",
        "a b",
        "a\u0001b",
        "\u00e9",
        "[::1",
        "http://v.test"
      })
  void anythingElseInItsPlaceIsRefused(String authority) {
    assertThat(RequestSyntax.fault(request(authority, "/"), "1.1")).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/a?b=c", "/%23", "*", "/a/../b", "/a//b", "/[x]|{y}"})
  void targetsArePathAndQuery(String target) {
    assertThat(RequestSyntax.fault(request("h", target), "1.1")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "/frag#x", "/a b", "/a\u0000b", "/a\u007f", "/u\u00e9"})
  void targetsThatCouldBeReadInTwoWaysAreRefused(String target) {
    assertThat(RequestSyntax.fault(request("h", target), "1.1")).isPresent();
  }

  @Test
  void thereIsExactlyOneHostFieldSinceHttp11() {
    RequestHead none = new RequestHead("GET", "http", "", "/", HttpFields.none());
    assertThat(RequestSyntax.fault(none, "1.1")).isPresent();
    assertThat(RequestSyntax.fault(none, "1.0")).isEmpty();
    RequestHead two =
        new RequestHead("GET", "http", "a", "/", HttpFields.of("Host", "a", "Host", "b"));
    assertThat(RequestSyntax.fault(two, "1.1")).isPresent();
    assertThat(RequestSyntax.fault(two, "1.0")).isPresent();
  }

  @Test
  void otherSchemesAndNamelessFieldsAreRefused() {
    HttpFields host = HttpFields.of("Host", "h");
    assertThat(RequestSyntax.fault(new RequestHead("GET", "ftp", "h", "/", host), "1.1"))
        .isPresent();
    assertThat(
            RequestSyntax.fault(
                new RequestHead("GET", "http", "h", "/", host.with("", "x")), "1.1"))
        .isPresent();
  }

  @Test
  void theHostIsJudgedAsTheGrammarSays() {
    Pattern grammar =
        Pattern.compile("(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9._~!$&'()*+,;=%-]+)(:[0-9]{0,5})?");
    String characters = "[]:.:0519afgAFz-_~!$&'()*+,;=%@/ \u00e4";
    Random random = new Random(1);
    for (int i = 0; i < 100_000; i++) {
      StringBuilder host = new StringBuilder(random.nextInt(3) == 0 ? "[" : "");
      for (int n = random.nextInt(9); n > 0; n--) {
        host.append(characters.charAt(random.nextInt(characters.length())));
      }
      String authority = host.toString();
      RequestHead request =
          new RequestHead("GET", "http", authority, "/", HttpFields.of("Host", authority));
      assertThat(RequestSyntax.fault(request, "1.1").isEmpty())
          .as(authority)
          .isEqualTo(grammar.matcher(authority).matches());
    }
  }
}

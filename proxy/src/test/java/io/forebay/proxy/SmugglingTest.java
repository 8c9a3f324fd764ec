package io.forebay.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.http.caching.CachePolicy;
import io.forebay.proxy.origin.OriginTimeouts;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Requests whose framing or target two servers could read differently (RFC 9112 §11.2): each is
/// refused and its connection closed, no origin sees it, nothing is stored.
///
/// In the tables `~` stands for CR, `^` for LF, and `|` for both.
class SmugglingTest {

  private static final String PAGE =
      "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 4\r\n\r\npage";

  private static RawOrigin origin;
  private static ProxyUnderTest proxy;

  @BeforeAll
  static void start() throws Exception {
    origin =
        new RawOrigin((head, _) -> head.startsWith("POST /upload") ? RawOrigin.NOTHING_YET : PAGE);
    proxy =
        new ProxyUnderTest(
            CachePolicy.defaults(),
            new OriginTimeouts(
                ProxyUnderTest.seconds(5), ProxyUnderTest.seconds(5), ProxyUnderTest.seconds(5)),
            origin.address());
  }

  @AfterAll
  static void stop() throws Exception {
    proxy.close();
    origin.close();
  }

  private static final String SMUGGLED = "GET /smuggled HTTP/1.1|Host: x||";

  private static String answer(String table) throws IOException {
    try (RawClient client = new RawClient(proxy.port)) {
      client.send(
          table.replace("|", "\r\n").replace("~", "\r").replace("^", "\n").replace("\\0", "\0"));
      return client.readToEnd();
    }
  }

  private static void assertRefused(String table, int status) throws IOException {
    int before = origin.asked().size();
    long stored = proxy.pages.statistics().writes();
    String answer = answer(table);
    assertThat(answer).startsWith("HTTP/1.1 " + status + " ").containsOnlyOnce("HTTP/1.1 ");
    assertThat(origin.asked()).as("nothing reached the origin").hasSize(before);
    assertThat(proxy.pages.statistics().writes()).isEqualTo(stored);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 5|Transfer-Encoding: chunked",
        "Transfer-Encoding: chunked|Content-Length: 5",
        "Content-Length: 5|Content-Length: 6",
        "Content-Length: 5|Content-Length: 5",
        "Content-Length: 5, 5",
        "Content-Length: 5,6",
        "Content-Length: +5",
        "Content-Length: -5",
        "Content-Length: 0x5",
        "Content-Length: 5 5",
        "Content-Length:",
        "Content-Length: 99999999999999999999",
        "Content-Length : 5",
        "Content-Length\t: 5",
        " Content-Length: 5",
        "Transfer-Encoding : chunked",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: identity",
        "Transfer-Encoding: chunked, chunked",
        "Transfer-Encoding: chunked|Transfer-Encoding: chunked",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: \u000bchunked",
        "Transfer-Encoding:\u000cchunked",
        "Transfer-Encoding: chunked~X: y",
        "Transfer-Encoding: chunked^X: y",
        "X: y^Transfer-Encoding: chunked",
        "X: y~~|Transfer-Encoding: chunked",
        "X: a| folded",
        "X: a|\tfolded",
        "Transfer-Encoding:| chunked",
        "X: a\\0b",
        "X\\0: a",
        "X: \u007f",
        "no colon",
        ": no name",
        "X Y: a",
        "X(Y): a",
      })
  void aHeaderSectionThatCouldBeReadInTwoWaysIs400(String line) throws IOException {
    assertRefused("POST /p HTTP/1.1|Host: x|" + line + "||0||" + SMUGGLED, 400);
  }

  static Stream<Arguments> oddRequests() {
    return Stream.of(
        Arguments.of("GET /p HTTP/1.1^Host: x||", 400),
        Arguments.of("GET  /p HTTP/1.1|Host: x||", 400),
        Arguments.of("GET\t/p HTTP/1.1|Host: x||", 400),
        Arguments.of("GET /p\u000bHTTP/1.1|Host: x||", 400),
        Arguments.of("GET /p~HTTP/1.1|Host: x||", 400),
        Arguments.of("GET /p HTTP/1.1 |Host: x||", 400),
        Arguments.of(" GET /p HTTP/1.1|Host: x||", 400),
        Arguments.of("GET /a b HTTP/1.1|Host: x||", 400),
        Arguments.of("GET /p|Host: x||", 400),
        Arguments.of("GET /p||", 400),
        Arguments.of("|||||GET /p HTTP/1.1|Host: x||", 400),
        Arguments.of("^GET /p HTTP/1.1|Host: x||", 400),
        Arguments.of("G(T /p HTTP/1.1|Host: x||", 400),
        Arguments.of("GET /p HTTP/1.1|Connection: close||", 400),
        Arguments.of("GET /p HTTP/1.1|Host: x|Host: x|Connection: close||", 400),
        Arguments.of("GET /p HTTP/1.1|Host: x|hOST: y|Connection: close||", 400),
        Arguments.of("GET http://a/p HTTP/1.1|Connection: close||", 400),
        Arguments.of("GET http://a@b/p HTTP/1.1|Host: b|Connection: close||", 400),
        Arguments.of("GET p HTTP/1.1|Host: x|Connection: close||", 400),
        Arguments.of("GET /p HTTP/1.2|Host: x||", 505),
        Arguments.of("GET /p HTTP/2.0|Host: x||", 505),
        Arguments.of("GET /p http/1.1|Host: x||", 505),
        Arguments.of("PRI * HTTP/2.0||SM|x", 505),
        Arguments.of("POST /p HTTP/1.1|Host: x|Transfer-Encoding: gzip, chunked||0||", 501),
        Arguments.of("POST /p HTTP/1.1|Host: x|Transfer-Encoding: chunked;q=1||0||", 400),
        Arguments.of("POST /p HTTP/1.0|Host: x|Transfer-Encoding: chunked||0||", 400));
  }

  @ParameterizedTest
  @MethodSource("oddRequests")
  void soIsAnOddRequestLineVersionOrHost(String request, int status) throws IOException {
    long stored = proxy.pages.statistics().writes();
    assertThat(answer(request)).containsPattern("^HTTP/1\\.[01] " + status + " ");
    assertThat(proxy.pages.statistics().writes()).isEqualTo(stored);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "5^hello|0||",
        "5|hello^0||",
        "5|helloX|0||",
        "5|hell|0||",
        "0x5|hello|0||",
        "-5|hello|0||",
        "+5|hello|0||",
        "5 |hello|0||",
        " 5|hello|0||",
        "ffffffffffffffff|hello|0||",
        "80000000|hello|0||",
        "|hello|0||",
        "5;a^b|hello|0||",
        "5;a~b|hello|0||",
        "g|hello|0||",
      })
  void aChunkedBodyThatCouldBeReadInTwoWaysEndsItsConnection(String body) throws IOException {
    long stored = proxy.pages.statistics().writes();
    String answer =
        answer("POST /upload HTTP/1.1|Host: x|Transfer-Encoding: chunked||" + body + SMUGGLED);
    assertThat(answer).doesNotContain("page");
    assertThat(origin.asked()).noneMatch(head -> head.contains("/smuggled"));
    assertThat(proxy.pages.statistics().writes()).isEqualTo(stored);
  }

  @Test
  void whatIsOddButCannotBeMistakenIsServed() throws IOException {
    assertThat(answer("|GET /odd HTTP/1.1|Host: x|Connection: close||")).contains("page");
    assertThat(answer("GET /odd HTTP/1.1|hOST:x|X:|Connection: close||")).contains("page");
    assertThat(
            answer(
                "POST /odd HTTP/1.1|Host: x|Connection: close|Transfer-Encoding:  CHUNKED"
                    + " ||5;a=b|hello|0|T: v||"))
        .contains("page");
    // The absolute form's host counts, and the origin hears of no other (RFC 9112 §3.2.2).
    assertThat(answer("GET http://real.test/odd2 HTTP/1.1|Host: other.test|Connection: close||"))
        .contains("page");
    assertThat(origin.asked().getLast()).contains("Host: real.test\n").doesNotContain("other.test");
  }
}

package io.forebay.proxy;

import static io.forebay.proxy.ProxyUnderTest.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.http.caching.CachePolicy;
import io.forebay.proxy.origin.OriginTimeouts;
import java.io.IOException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Trailers go to who wants them, apart from the head (RFC 9110 §6.5, RFC 9111 §3.1, RFC 9112
/// §7.1.2).
class TrailersTest {

  private static final String BODY = "\r\n5\r\nhello\r\n0\r\n";
  private static final String TRAILERS =
      "X-Sum: 42\r\nSet-Cookie: a=b\r\nContent-Type: text/evil\r\nX-Hop: 1\r\n\r\n";

  private RawOrigin origin;
  private ProxyUnderTest proxy;

  @BeforeEach
  void start() throws Exception {
    origin =
        new RawOrigin((head, _) ->
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\nConnection: X-Hop\r\n"
                + "Content-Type: text/plain\r\nCache-Control: "
                + (head.startsWith("GET /passing ") ? "no-store" : "max-age=60")
                + "\r\n"
                + BODY
                + TRAILERS);
    proxy =
        new ProxyUnderTest(
            CachePolicy.defaults(),
            new OriginTimeouts(seconds(5), seconds(5), seconds(5)),
            origin.address());
  }

  @AfterEach
  void stop() throws Exception {
    proxy.close();
    origin.close();
  }

  private String get(String path, String version, String... fields) throws IOException {
    try (RawClient client = new RawClient(proxy.port)) {
      client.send(
          "GET "
              + path
              + " HTTP/"
              + version
              + "\r\nHost: x\r\n"
              + String.join("\r\n", fields)
              + "\r\n\r\n");
      return client.readToEnd();
    }
  }

  private String getWithTrailers(String path) throws IOException {
    return get(path, "1.1", "TE: trailers", "Connection: close, TE");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/passing", "/stored"})
  void aClientThatWantsThemGetsThem(String path) throws Exception {
    String received = getWithTrailers(path);
    assertThat(received)
        .endsWith("5\r\nhello\r\n0\r\nX-Sum: 42\r\n\r\n")
        .contains("Trailer: X-Sum");
    assertThat(received.split("\r\n\r\n", 2)[0])
        .as("never merged with the head")
        .doesNotContain("X-Sum: 42")
        .doesNotContain("text/evil");
    assertThat(origin.asked().getFirst())
        .containsIgnoringCase("TE: trailers\n")
        .containsIgnoringCase("Connection: TE\n");
  }

  @Test
  void oneThatDoesNotGetsNone() throws Exception {
    assertThat(get("/passing", "1.1", "Connection: close"))
        .endsWith("5\r\nhello\r\n0\r\n\r\n")
        .doesNotContain("42");
    assertThat(origin.asked().getFirst()).doesNotContainIgnoringCase("\nTE:");
  }

  @Test
  void anHttp10ClientGetsNone() throws Exception {
    assertThat(get("/passing", "1.0", "TE: trailers")).endsWith("\r\n\r\nhello");
  }

  @Test
  void aStoredPageKeepsThem() throws Exception {
    getWithTrailers("/stored");
    Awaitility.await().until(() -> proxy.pages.statistics().writes() > 0);
    String hit = getWithTrailers("/stored");
    assertThat(hit)
        .contains("forebay; hit")
        .containsIgnoringCase("Transfer-Encoding: chunked")
        .doesNotContainIgnoringCase("Content-Length")
        .endsWith("5\r\nhello\r\n0\r\nX-Sum: 42\r\n\r\n");
    assertThat(get("/stored", "1.1", "Connection: close"))
        .contains("forebay; hit")
        .containsIgnoringCase("Content-Length: 5")
        .endsWith("\r\n\r\nhello");
    assertThat(get("/stored", "1.1", "TE: trailers", "Range: bytes=0-1", "Connection: close"))
        .as("a part has none")
        .startsWith("HTTP/1.1 206")
        .endsWith("\r\n\r\nhe");
    assertThat(origin.asked()).hasSize(1);
  }
}

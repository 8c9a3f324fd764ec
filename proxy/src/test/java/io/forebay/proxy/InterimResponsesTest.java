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

/// Interim responses go through and leave no trace (RFC 9110 §15.2, RFC 8297, RFC 9111 §3).
class InterimResponsesTest {

  private static final String PROCESSING = "HTTP/1.1 102 Processing\r\n\r\n";
  private static final String HINTS =
      "HTTP/1.1 103 Early Hints\r\nLink: </s.css>; rel=preload\r\nX-Hint: yes\r\nConnection: X-Hop\r\nX-Hop: 1\r\n\r\n";
  private static final String FINAL =
      "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 4\r\n\r\n";

  private RawOrigin origin;
  private ProxyUnderTest proxy;

  @BeforeEach
  void start() throws Exception {
    origin =
        new RawOrigin(
            (head, _) -> PROCESSING + HINTS + FINAL + (head.startsWith("HEAD") ? "" : "page"));
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

  private String exchange(String version, String... requestLines) throws IOException {
    try (RawClient client = new RawClient(proxy.port)) {
      for (int i = 0; i < requestLines.length; i++) {
        client.send(requestLines[i] + " " + version + "\r\nHost: x\r\n");
        client.send(i + 1 == requestLines.length ? "Connection: close\r\n\r\n" : "\r\n");
      }
      return client.readToEnd();
    }
  }

  @Test
  void theyReachTheClientBeforeTheFinalResponseWithoutHopByHopFields() throws Exception {
    assertThat(exchange("HTTP/1.1", "GET /p"))
        .startsWith("HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\n")
        .containsOnlyOnce("Link: </s.css>; rel=preload\r\n")
        .containsSubsequence("X-Hint: yes", "HTTP/1.1 200 OK")
        .doesNotContain("X-Hop")
        .endsWith("\r\n\r\npage");
  }

  @Test
  void whatIsStoredHasNothingOfThem() throws Exception {
    exchange("HTTP/1.1", "GET /p");
    Awaitility.await().until(() -> proxy.pages.statistics().writes() > 0);
    assertThat(exchange("HTTP/1.1", "GET /p"))
        .startsWith("HTTP/1.1 200 OK\r\n")
        .contains("forebay; hit")
        .doesNotContain("HTTP/1.1 10")
        .doesNotContain("X-Hint");
    assertThat(origin.asked()).hasSize(1);
  }

  @Test
  void anOldClientGetsTheFinalResponseOnly() throws Exception {
    assertThat(exchange("HTTP/1.0", "GET /p"))
        .startsWith("HTTP/1.")
        .doesNotContain(" 102 ")
        .doesNotContain(" 103 ")
        .endsWith("page");
  }

  @Test
  void theConnectionToTheOriginStaysInStepAlsoAfterHead() throws Exception {
    exchange("HTTP/1.1", "HEAD /a", "HEAD /b");
    assertThat(proxy.get("/c").body()).isEqualTo("page");
    assertThat(proxy.get("/d").body()).isEqualTo("page");
    assertThat(origin.asked()).hasSize(4);
  }

  @Test
  void anOriginThatSendsThemWithoutEndIsNotFollowed() throws Exception {
    try (RawOrigin chatty = new RawOrigin((_, _) -> HINTS.repeat(100) + FINAL + "page");
        ProxyUnderTest other =
            new ProxyUnderTest(
                CachePolicy.defaults(),
                new OriginTimeouts(seconds(5), seconds(5), seconds(5)),
                chatty.address());
        RawClient client = new RawClient(other.port)) {
      client.send("GET /p HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      String received = client.readToEnd();
      assertThat(received.split("HTTP/1.1 103", -1)).hasSizeLessThanOrEqualTo(17);
      assertThat(received).contains("HTTP/1.1 200 OK").endsWith("page");
    }
  }
}

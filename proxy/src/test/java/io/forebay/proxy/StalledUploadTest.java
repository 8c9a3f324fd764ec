package io.forebay.proxy;

import static io.forebay.proxy.ProxyUnderTest.seconds;
import static io.forebay.proxy.RawHttp2Client.DATA;
import static io.forebay.proxy.RawHttp2Client.END_HEADERS;
import static io.forebay.proxy.RawHttp2Client.HEADERS;
import static io.forebay.proxy.RawHttp2Client.get;
import static io.forebay.proxy.RawHttp2Client.post;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Error;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A client that begins a request's content and sends no more of it gets an end after the idle
/// time, gives its place back here and at the origin, and keeps nobody else waiting.
class StalledUploadTest {

  private final AtomicInteger begun = new AtomicInteger();
  private final AtomicInteger brokenOff = new AtomicInteger();
  private ProxyUnderTest proxy;

  @BeforeEach
  void start() throws Exception {
    proxy = new ProxyUnderTest(seconds(1));
    proxy.origin.page("/p", "page");
    proxy.origin.on(
        "/up",
        request -> {
          begun.incrementAndGet();
          request.exceptionHandler(_ -> brokenOff.incrementAndGet());
          request.endHandler(_ -> request.response().end("took it"));
        });
  }

  @AfterEach
  void stop() throws Exception {
    proxy.close();
  }

  private void awaitPlacesFreed() {
    Awaitility.await()
        .until(() ->
            proxy.proxy.figures().exchangesUnderWay() == 0
                && proxy.proxy.figures().fetchesUnderWay() == 0
                && brokenOff.get() == begun.get());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST /up HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc",
        "POST /up HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
        "PUT /up HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n",
        "GET /up HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc",
      })
  void overHttp1ItsConnectionIsClosed(String request) throws Exception {
    try (RawClient client = new RawClient(proxy.port)) {
      client.send(request);
      assertThat(proxy.get("/p").body()).isEqualTo("page");
      assertThat(client.readToEnd()).isIn("", "HTTP/1.1 100 Continue\r\n\r\n");
      assertThat(proxy.get("/p").body()).isEqualTo("page");
    }
    awaitPlacesFreed();
  }

  @Test
  void overHttp2ItsStreamIsCancelledAndTheOthersGoOn() throws Exception {
    proxy.origin.on("/held", _ -> {});
    try (RawHttp2Client client = RawHttp2Client.open(proxy.port)) {
      byte[] head = post("/up", "content-length", "10");
      client.frame(HEADERS, END_HEADERS, 1, head);
      client.frame(DATA, 0, 1, "abc".getBytes(StandardCharsets.US_ASCII));
      // So that the connection is not idle, however slow this test is.
      client.request(3, get("/held"));
      assertThat(client.request(5, get("/p")).flush().response(5).body()).isEqualTo("page");
      RawHttp2Client.Response ended = client.response(1);
      assertThat(ended.head()).isEmpty();
      assertThat(ended.reset()).hasValue((int) Http2Error.CANCEL.code());
      assertThat(client.request(7, get("/p")).flush().response(7).body()).isEqualTo("page");
    }
    awaitPlacesFreed();
  }
}

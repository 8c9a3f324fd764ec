package io.forebay.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Bodies on their way, in both directions.
class BodiesTest {

  private ProxyUnderTest proxy;

  @BeforeEach
  void start() throws Exception {
    proxy = new ProxyUnderTest();
  }

  @AfterEach
  void stop() throws Exception {
    proxy.close();
  }

  @Test
  void aRequestBodyReachesTheOriginWhole() throws Exception {
    AtomicLong received = new AtomicLong();
    proxy.origin.on(
        "/up",
        request ->
            request
                .handler(chunk -> received.addAndGet(chunk.length()))
                .endHandler(_ -> request.response().end("got " + received)));
    byte[] body = new byte[20_000_000];
    HttpResponse<String> answer =
        proxy.client.send(
            proxy.request("/up").POST(HttpRequest.BodyPublishers.ofByteArray(body)).build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.body()).isEqualTo("got " + body.length);
  }

  @Test
  void aClientThatAsksWhetherToGoOnIsTold() throws Exception {
    proxy.origin.on(
        "/up", request -> request.body().onSuccess(body -> request.response().end("got " + body)));
    try (RawClient client = new RawClient(proxy.port)) {
      client.send(
          "POST /up HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n");
      client.send("ok");
      assertThat(client.readToEnd()).startsWith("HTTP/1.1 100 Continue").contains("got ok");
    }
  }

  @Test
  void anHttp10ClientGetsABodyUntilTheEndOfTheConnection() throws Exception {
    proxy.origin.on(
        "/p",
        request -> {
          request.response().setChunked(true);
          request.response().write("one ");
          request.response().end("two");
        });
    try (RawClient client = new RawClient(proxy.port)) {
      client.send("GET /p HTTP/1.0\r\nHost: x\r\n\r\n");
      assertThat(client.readToEnd()).endsWith("\r\n\r\none two").doesNotContain("chunked");
    }
  }

  @Test
  void theAbsoluteFormNamesTheHost() throws Exception {
    proxy.origin.page("/p", "hello", "Cache-Control", "max-age=60");
    try (RawClient client = new RawClient(proxy.port)) {
      client.send(
          "GET http://other.example/p HTTP/1.1\r\nHost: ignored\r\nConnection: close\r\n\r\n");
      assertThat(client.readToEnd()).contains("hello");
    }
    assertThat(proxy.origin.asked("/p").getFirst().fields()).containsEntry("Host", "other.example");
  }

  /// The origin would send for ever; a reader that takes its time must slow it down to its own
  /// pace.
  @Test
  void aSlowClientSlowsTheOriginDown() throws Exception {
    AtomicLong sent = new AtomicLong();
    Buffer chunk = Buffer.buffer(new byte[64 * 1024]);
    proxy.origin.on(
        "/endless",
        request -> {
          request.response().setChunked(true).putHeader("Cache-Control", "no-store");
          pour(request.response(), chunk, sent);
        });
    HttpResponse<InputStream> answer =
        proxy.client.send(
            proxy.request("/endless").build(), HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream body = answer.body()) {
      long read = body.readNBytes(1_000_000).length;
      assertThat(read).isEqualTo(1_000_000);
      // What the origin got rid of stops growing: socket buffers and windows on the way are full.
      AtomicLong last = new AtomicLong(-1);
      org.awaitility.Awaitility.await()
          .pollInterval(java.time.Duration.ofMillis(300))
          .atMost(java.time.Duration.ofSeconds(20))
          .until(() -> last.getAndSet(sent.get()) == sent.get());
      assertThat(sent.get()).isLessThan(64_000_000);
    }
  }

  private static void pour(
      io.vertx.core.http.HttpServerResponse response, Buffer chunk, AtomicLong sent) {
    while (!response.writeQueueFull() && !response.closed()) {
      response.write(chunk);
      sent.addAndGet(chunk.length());
    }
    response.drainHandler(_ -> pour(response, chunk, sent));
  }
}

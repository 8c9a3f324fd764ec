package io.forebay.server.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/// A body four times as large as the heap passes through, in both directions.
class BigBodyIT {

  private static final long GIBIBYTE = 1L << 30;
  private static final byte[] CHUNK = new byte[64 * 1024];

  @Test
  void aGibibytePassesThroughAHeapOf256Mebibytes() throws Exception {
    HttpServer origin =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    origin.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    origin.createContext(
        "/",
        exchange -> {
          long received = count(exchange.getRequestBody());
          exchange.getResponseHeaders().add("Received", Long.toString(received));
          exchange.sendResponseHeaders(200, GIBIBYTE);
          try (OutputStream body = exchange.getResponseBody()) {
            for (long sent = 0; sent < GIBIBYTE; sent += CHUNK.length) {
              body.write(CHUNK);
            }
          }
        });
    origin.start();
    try (ForebayProcess forebay =
            ForebayProcess.start(
                Map.of("FOREBAY_JAVA_OPTIONS", "-Xmx256m"),
                "serve",
                "--origin",
                "http://127.0.0.1:" + origin.getAddress().getPort());
        HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      URI page = URI.create("http://127.0.0.1:" + forebay.proxy + "/big");
      HttpResponse<InputStream> down =
          client.send(
              HttpRequest.newBuilder(page).build(), HttpResponse.BodyHandlers.ofInputStream());
      assertThat(count(down.body())).isEqualTo(GIBIBYTE);

      HttpResponse<InputStream> up =
          client.send(
              HttpRequest.newBuilder(page)
                  .POST(
                      HttpRequest.BodyPublishers.fromPublisher(
                          HttpRequest.BodyPublishers.ofInputStream(Zeros::new), GIBIBYTE))
                  .build(),
              HttpResponse.BodyHandlers.ofInputStream());
      assertThat(up.headers().firstValue("Received")).hasValue(Long.toString(GIBIBYTE));
      assertThat(count(up.body())).isEqualTo(GIBIBYTE);
      assertThat(forebay.output()).doesNotContain("OutOfMemory");
    } finally {
      origin.stop(0);
    }
  }

  private static long count(InputStream body) throws IOException {
    try (body) {
      byte[] buffer = new byte[CHUNK.length];
      long bytes = 0;
      for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
        bytes += read;
      }
      return bytes;
    }
  }

  /// A gibibyte of nothing.
  private static final class Zeros extends InputStream {
    private long left = GIBIBYTE;

    @Override
    public int read() {
      return left-- > 0 ? 0 : -1;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
      if (left <= 0) {
        return -1;
      }
      int read = (int) Math.min(left, length);
      left -= read;
      return read;
    }
  }
}

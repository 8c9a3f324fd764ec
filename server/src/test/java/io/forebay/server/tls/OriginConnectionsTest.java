package io.forebay.server.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.server.TestingServer;
import io.vertx.core.Vertx;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// TLS, mutual TLS and HTTP/2 to origins.
class OriginConnectionsTest {

  private final Vertx vertx = Vertx.vertx();
  @TempDir private Path folder;
  private TestingCertificates certificates;

  @BeforeEach
  void start() throws Exception {
    certificates = new TestingCertificates(folder);
  }

  @AfterEach
  void stop() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get();
  }

  private HttpServer origin(HttpServerOptions options) throws Exception {
    return vertx
        .createHttpServer(options.setHost("127.0.0.1").setPort(0))
        .requestHandler(request ->
            request
                .body()
                .onSuccess(body ->
                    request
                        .response()
                        .putHeader("Cache-Control", "no-store")
                        .end(
                            request.version()
                                + " for "
                                + request.authority()
                                + " with "
                                + body.length())))
        .listen()
        .toCompletionStage()
        .toCompletableFuture()
        .get();
  }

  private static HttpServerOptions tls(CertificateFiles files) {
    return new HttpServerOptions()
        .setSsl(true)
        .setUseAlpn(true)
        .setKeyCertOptions(
            new PemKeyCertOptions()
                .setCertPath(files.certificate().toString())
                .setKeyPath(files.key().toString()));
  }

  private static TestingServer server(String scheme, HttpServer origin, String... more) {
    String address = scheme + "://127.0.0.1:" + origin.actualPort();
    StringBuilder yaml =
        new StringBuilder("tls: {reload_interval: 50ms}\nproxy:\n  origin: " + address + "\n");
    if (more.length > 0) {
      yaml.append("  origin_connections:\n    - origin: " + address + "\n");
      for (String line : more) {
        yaml.append("      " + line + "\n");
      }
    }
    return TestingServer.start(yaml.toString());
  }

  @Test
  void http2WithPriorKnowledge() throws Exception {
    try (TestingServer server =
        server("http", origin(new HttpServerOptions()), "protocol: http2")) {
      assertThat(server.getPage("/p").body()).startsWith("HTTP_2 for 127.0.0.1:");
      String url = "http://" + server.running().proxyAddress().orElseThrow() + "/p";
      assertThat(
              TestingCertificates.run(
                  "curl", "-sS", "--max-time", "20", "-H", "Host: h.test", "-d", "x=123456", url))
          .isEqualTo("HTTP_2 for h.test with 8");
    }
  }

  @Test
  void anOriginIsVerifiedUnlessTheOperatorSaysOtherwise() throws Exception {
    var files = certificates.selfSigned("origin", "origin.test");
    HttpServer origin = origin(tls(files));
    try (TestingServer server = server("https", origin)) {
      assertThat(server.getPage("/p").statusCode()).isEqualTo(502);
      assertThat(server.getPage("/p").headers().firstValue("Proxy-Status").orElse(""))
          .contains("tls_protocol_error");
    }
    try (TestingServer wrongName = server("https", origin, "ca: " + files.certificate())) {
      assertThat(wrongName.getPage("/p").statusCode()).isEqualTo(502);
    }
    try (TestingServer good =
        server("https", origin, "ca: " + files.certificate(), "server_name: origin.test")) {
      assertThat(good.getPage("/p").body()).startsWith("HTTP_1_1 for 127.0.0.1:");
    }
    try (TestingServer insecure = server("https", origin, "insecure: on")) {
      assertThat(insecure.getPage("/p").body()).startsWith("HTTP_1_1 for ");
    }
  }

  @Test
  void http2IsAgreedOnInTheHandshakeAndHttp11IfItIsNot() throws Exception {
    var files = certificates.selfSigned("origin", "origin.test");
    String ca = "ca: " + files.certificate();
    try (TestingServer server =
        server("https", origin(tls(files)), ca, "server_name: origin.test", "protocol: http2")) {
      assertThat(server.getPage("/p").body()).startsWith("HTTP_2 for ");
    }
    try (TestingServer server =
        server(
            "https",
            origin(tls(files).setUseAlpn(false)),
            ca,
            "server_name: origin.test",
            "protocol: http2")) {
      assertThat(server.getPage("/p").body()).startsWith("HTTP_1_1 for ");
    }
  }

  @Test
  void weShowOurCertificateAndARenewedOneWithoutARestart() throws Exception {
    var files = certificates.selfSigned("origin", "origin.test");
    var known = certificates.selfSigned("known", "forebay.test");
    var shown = certificates.selfSigned("shown", "forebay.test");
    HttpServer origin =
        origin(
            tls(files)
                .setClientAuth(ClientAuth.REQUIRED)
                .setTrustOptions(
                    new PemTrustOptions().addCertPath(known.certificate().toString())));
    try (TestingServer server =
        server(
            "https",
            origin,
            "ca: " + files.certificate(),
            "server_name: origin.test",
            "certificate: " + shown.certificate(),
            "key: " + shown.key())) {
      assertThat(server.getPage("/p").statusCode()).isEqualTo(502);
      Files.copy(known.key(), shown.key(), StandardCopyOption.REPLACE_EXISTING);
      Files.copy(known.certificate(), shown.certificate(), StandardCopyOption.REPLACE_EXISTING);
      Awaitility.await().until(() -> server.getPage("/p").statusCode() == 200);
    }
  }
}

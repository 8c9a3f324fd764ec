package io.forebay.server.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.server.ServerAssembly;
import io.forebay.server.StartOutcome;
import io.forebay.server.TestingServer;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The server's TLS, seen by curl, nghttp and openssl.
class ListenerTlsTest {

  private static final Vertx vertx = Vertx.vertx();
  private static HttpServer origin = vertx.createHttpServer();

  @TempDir private Path folder;

  @BeforeAll
  static void startOrigin() throws Exception {
    origin =
        vertx
            .createHttpServer()
            .requestHandler(request ->
                request
                    .response()
                    .putHeader("Cache-Control", "max-age=60")
                    .end("scheme " + request.getHeader("X-Forwarded-Proto")))
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .get();
  }

  @AfterAll
  static void stopOrigin() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get();
  }

  private static String yaml(CertificateFiles... certificates) {
    StringBuilder yaml =
        new StringBuilder(
            """
            tls: {reload_interval: 50ms}
            proxy:
              origin: http://127.0.0.1:%d
              tls:
                listen: 127.0.0.1:0
                certificates:
            """
                .formatted(origin.actualPort()));
    for (CertificateFiles one : certificates) {
      yaml.append("      - {certificate: %s, key: %s}\n".formatted(one.certificate(), one.key()));
    }
    return yaml.toString();
  }

  private static int port(TestingServer server) {
    return server.running().proxyTlsAddress().orElseThrow().port();
  }

  private static String curl(
      TestingServer server, CertificateFiles trusted, String host, String... more)
      throws Exception {
    List<String> command =
        new java.util.ArrayList<>(
            List.of(
                "curl",
                "-sS",
                "--max-time",
                "20",
                "--cacert",
                trusted.certificate().toString(),
                "--resolve",
                host + ":" + port(server) + ":127.0.0.1",
                "-w",
                " over HTTP/%{http_version}",
                "https://" + host + ":" + port(server) + "/p"));
    command.addAll(List.of(more));
    return TestingCertificates.run(command.toArray(String[]::new));
  }

  @Test
  void curlAndNghttpGetPagesOverTlsAndPlain() throws Exception {
    var files = new TestingCertificates(folder).selfSigned("a", "a.test");
    try (TestingServer server = TestingServer.start(yaml(files))) {
      assertThat(curl(server, files, "a.test")).isEqualTo("scheme https over HTTP/2");
      assertThat(curl(server, files, "a.test", "--http1.1"))
          .isEqualTo("scheme https over HTTP/1.1");
      String plain = "http://" + server.running().proxyAddress().orElseThrow() + "/p";
      assertThat(
              TestingCertificates.run(
                  "curl", "-sS", "--max-time", "20", "--http2-prior-knowledge", plain))
          .isEqualTo("scheme http");
      assertThat(TestingCertificates.run("nghttp", "-t", "20", "-v", "--no-dep", plain))
          .contains(":status: 200")
          .contains("forebay; hit")
          .contains("scheme http");
      assertThat(
              TestingCertificates.run(
                  "nghttp", "-t", "20", "-v", "https://127.0.0.1:" + port(server) + "/p"))
          .contains(":status: 200");
    }
  }

  @Test
  void theCertificateIsChosenByNameElseTheFirst() throws Exception {
    var certificates = new TestingCertificates(folder);
    var first = certificates.selfSigned("first", "first.test", "unknown.test");
    var wild = certificates.selfSigned("wild", "*.wild.test");
    try (TestingServer server = TestingServer.start(yaml(first, wild))) {
      assertThat(curl(server, first, "first.test")).startsWith("scheme https");
      assertThat(curl(server, wild, "any.wild.test")).startsWith("scheme https");
      assertThat(curl(server, first, "unknown.test")).startsWith("scheme https");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"rsa:2048", "ec"})
  void keysOfBothKindsServe(String kind) throws Exception {
    List<String> options =
        kind.equals("ec") ? List.of("ec", "-pkeyopt", "ec_paramgen_curve:P-384") : List.of(kind);
    var files = new TestingCertificates(folder).selfSigned("a", options, "a.test");
    try (TestingServer server = TestingServer.start(yaml(files))) {
      assertThat(curl(server, files, "a.test")).startsWith("scheme https");
    }
  }

  @Test
  void oldVersionsOfTlsAreNotSpoken() throws Exception {
    var files = new TestingCertificates(folder).selfSigned("a", "a.test");
    try (TestingServer server = TestingServer.start(yaml(files))) {
      assertThat(curl(server, files, "a.test", "--tls-max", "1.2")).startsWith("scheme https");
      Process old =
          new ProcessBuilder(
                  "openssl",
                  "s_client",
                  "-tls1_1",
                  "-cipher",
                  "ALL:@SECLEVEL=0",
                  "-connect",
                  "127.0.0.1:" + port(server))
              .redirectErrorStream(true)
              .redirectInput(Path.of("/dev/null").toFile())
              .start();
      old.getInputStream().readAllBytes();
      assertThat(old.waitFor()).isNotZero();
      assertThat(server.get("/metrics").body())
          .containsPattern("forebay_proxy_tls_handshakes_failed_total [1-9]");
    }
  }

  @Test
  void renewedFilesAreUsedWithoutARestartAndBrokenOnesChangeNothing() throws Exception {
    var certificates = new TestingCertificates(folder);
    var inUse = certificates.selfSigned("a", "a.test");
    var other = certificates.selfSigned("b", "a.test");
    try (TestingServer server = TestingServer.start(yaml(inUse))) {
      Path old = folder.resolve("old.pem");
      Files.copy(inUse.certificate(), old);
      var before = new CertificateFiles(old, inUse.key());
      assertThat(curl(server, before, "a.test")).startsWith("scheme https");

      Files.writeString(inUse.certificate(), "-----BEGIN CERTIFICATE-----\nbroken\n");
      Awaitility.await()
          .until(
              () -> server.get("/metrics").body().contains("forebay_tls_reloads_failed_total 1.0"));
      assertThat(curl(server, before, "a.test")).startsWith("scheme https");

      Files.copy(other.key(), inUse.key(), StandardCopyOption.REPLACE_EXISTING);
      Files.copy(other.certificate(), inUse.certificate(), StandardCopyOption.REPLACE_EXISTING);
      Awaitility.await()
          .untilAsserted(() ->
              assertThat(server.get("/metrics").body())
                  .containsPattern("forebay_tls_reloads_total [1-9]"));
      assertThat(curl(server, other, "a.test")).startsWith("scheme https");
    }
  }

  @Test
  void aServerDoesNotStartWithFilesThatCannotBeUsed() throws Exception {
    var certificates = new TestingCertificates(folder);
    var a = certificates.selfSigned("a", "a.test");
    var b = certificates.selfSigned("b", "b.test");
    for (var bad :
        List.of(
            new CertificateFiles(a.certificate(), b.key()),
            new CertificateFiles(a.key(), a.certificate()),
            new CertificateFiles(folder.resolve("none.pem"), a.key()))) {
      assertThat(ServerAssembly.start(TestingServer.settings(yaml(bad))))
          .isInstanceOfSatisfying(
              StartOutcome.NotStarted.class,
              refused ->
                  assertThat(refused.why())
                      .startsWith("proxy.tls.certificates: ")
                      .contains(folder.toString()));
    }
  }

  @Test
  void theApiIsServedOverTlsToo() throws Exception {
    var files = new TestingCertificates(folder).selfSigned("api", "localhost");
    String yaml =
        "api: {tls: {certificate: %s, key: %s}}\n".formatted(files.certificate(), files.key());
    try (TestingServer server = TestingServer.start(yaml)) {
      assertThat(
              TestingCertificates.run(
                  "curl",
                  "-sS",
                  "--max-time",
                  "20",
                  "--cacert",
                  files.certificate().toString(),
                  "https://localhost:" + server.address().port() + "/metrics"))
          .contains("forebay_ready 1.0");
    }
  }
}

package io.forebay.server.reload;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.forebay.server.TestingServer;
import io.forebay.server.cli.ForebayCommand;
import io.forebay.server.cli.Terminal;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Settings that are read again while the server runs.
class ReloadTest {

  private static final String HASH =
      "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"; // of "test"
  private static final String OTHER_HASH =
      "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752"; // of "test2"

  @TempDir private Path folder = Path.of(".");

  private final ExecutorService originThreads = Executors.newCachedThreadPool();
  private final CountDownLatch goOn = new CountDownLatch(1);
  private final AtomicInteger held = new AtomicInteger();
  private HttpServer origin;

  @BeforeEach
  void startOrigin() throws IOException {
    origin = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    origin.createContext("/", this::answer);
    origin.setExecutor(originThreads);
    origin.start();
  }

  @AfterEach
  void stopOrigin() {
    goOn.countDown();
    origin.stop(0);
    originThreads.shutdownNow();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try {
      if (exchange.getRequestURI().getPath().equals("/slow")) {
        held.incrementAndGet();
        goOn.await();
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    exchange.getResponseHeaders().add("Cache-Control", "max-age=60");
    exchange.sendResponseHeaders(200, 1);
    exchange.getResponseBody().write('x');
    exchange.close();
  }

  private Path write(String more, String routeFields) throws IOException {
    return Files.writeString(
        folder.resolve("f.yaml"),
        """
        log: {exchanges: off}
        proxy:
          connect_timeout: 30s
          routes:
            - name: all
              origins: [http://127.0.0.1:%d]
        %s%s\
        """
            .formatted(origin.getAddress().getPort(), routeFields.indent(6), more));
  }

  private static String mark(String mark) {
    return "response_headers: {set: {X-Rules: " + mark + "}}";
  }

  private static String rules(HttpResponse<?> answer) {
    return answer.headers().firstValue("X-Rules").orElse("none");
  }

  private static HttpResponse<String> reload(TestingServer server) {
    return server.send("POST", "/v1/config:reload", "");
  }

  @Test
  void otherRulesHoldForNewRequestsAndOldOnesEndUnderTheirs() throws Exception {
    try (var server = TestingServer.startWith(write("", mark("one")))) {
      assertThat(rules(server.getPage("/p"))).isEqualTo("one");
      var slow = CompletableFuture.supplyAsync(() -> server.getPage("/slow"));
      Awaitility.await().until(() -> held.get() == 1);

      write("", mark("two") + "\nlifetime: {default: 1m}");
      HttpResponse<String> answer = reload(server);
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body())
          .contains("\"proxy.routes[1].response_headers.set.X-Rules\"")
          .contains("\"proxy.routes[1].lifetime.default\"")
          .contains("\"needs_restart\":[]");
      assertThat(rules(server.getPage("/p"))).as("of what is stored, too").isEqualTo("two");
      goOn.countDown();
      assertThat(rules(slow.get(20, TimeUnit.SECONDS))).isEqualTo("one");
      assertThat(rules(server.getPage("/slow"))).isEqualTo("two");
      assertThat(reload(server).body()).isEqualTo("{\"changed\":[],\"needs_restart\":[]}");
      assertThat(server.get("/metrics").body()).contains("forebay_settings_reloads_total 2.0");
      assertThat(server.get("/v1/audit").body())
          .contains("\"operation\":\"config_reload\"")
          .contains("\"outcome\":\"done\",\"status\":200");
    }
  }

  @Test
  void aWrongFileChangesNothingAndSaysWhereItIsWrong() throws Exception {
    try (var server = TestingServer.startWith(write("", mark("one")))) {
      write("shutdown: {grace: 5}\n", mark("two") + "\nlifetime: {defalt: 1m}");
      HttpResponse<String> answer = reload(server);
      assertThat(answer.statusCode()).isEqualTo(422);
      assertThat(answer.body())
          .contains("urn:forebay:problem:settings-refused")
          .contains(
              "test.yaml:8:18: unknown setting proxy.routes[1].lifetime.defalt; did you mean"
                  + " default?")
          .contains("shutdown.grace: expected a duration");
      assertThat(rules(server.getPage("/p"))).isEqualTo("one");
      assertThat(server.get("/metrics").body())
          .contains("forebay_settings_reloads_refused_total 1.0");
      assertThat(server.get("/v1/audit").body()).contains("\"outcome\":\"refused\",\"status\":422");
    }
  }

  @Test
  void whatNeedsARestartIsNamedAndTheRestIsTakenOver() throws Exception {
    try (var server = TestingServer.startWith(write("", mark("one")))) {
      write(
          "memory: {max_bytes: 64MiB}\nshutdown: {grace: 5s}\nproxy.max_followers: 7\n",
          mark("two"));
      for (int i = 0; i < 2; i++) {
        assertThat(reload(server).body())
            .as("each time, until it is restarted")
            .contains(
                "\"needs_restart\":[\"memory.max_bytes\",\"proxy.max_followers\",\"shutdown.grace\"]");
      }
      assertThat(rules(server.getPage("/p"))).isEqualTo("two");
    }
  }

  @Test
  void originsAreShownWithTheRoutesThatAreInForce() throws Exception {
    try (var server = TestingServer.startWith(write("", ""))) {
      assertThat(server.get("/v1/origins").body()).contains("\"routes\":[\"all\"]");
      Files.writeString(
          folder.resolve("f.yaml"),
          "log: {exchanges: off}\n"
              + "proxy: {connect_timeout: 30s, pools: {app: {origins: [http://127.0.0.1:1]}},"
              + " routes: [{name: a, path: /a, pool: app}, {name: b, pool: app}]}");
      assertThat(reload(server).body()).contains("\"needs_restart\":[]");
      assertThat(server.get("/v1/origins").body())
          .contains("\"name\":\"app\"", "\"routes\":[\"a\",\"b\"]")
          .doesNotContain("\"all\"");
    }
  }

  private Path writeRequestsPerOrigin(int requests) throws IOException {
    return Files.writeString(
        folder.resolve("f.yaml"),
        "proxy: {origin: \"http://127.0.0.1:%d\", connect_timeout: 20s, max_requests_per_origin: %d}"
            .formatted(origin.getAddress().getPort(), requests));
  }

  @Test
  void moreRequestsAtAnOriginNeedNoRestart() throws Exception {
    try (var server = TestingServer.startWith(writeRequestsPerOrigin(1));
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      writeRequestsPerOrigin(60);
      assertThat(reload(server).body()).contains("\"needs_restart\":[]");
      List<Future<HttpResponse<String>>> answers = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        answers.add(threads.submit(() -> server.sendToProxy("POST", "/slow")));
      }
      Awaitility.await().until(() -> held.get() == 60);
      goOn.countDown();
      for (var answer : answers) {
        assertThat(answer.get().statusCode()).isEqualTo(200);
      }
      assertThat(server.get("/v1/origins").body()).contains("\"failures\":{}");
    }
  }

  @Test
  void longerTimeOutsThanClientsWaitForTakeARestart() throws Exception {
    try (var server = TestingServer.startWith(write("", ""))) {
      write("", "first_byte_timeout: 50m");
      assertThat(reload(server).body())
          .isEqualTo(
              "{\"changed\":[\"proxy.routes[1].first_byte_timeout\"],"
                  + "\"needs_restart\":[\"proxy.routes[1].first_byte_timeout\"]}");
    }
  }

  @Test
  void routesDoNotAppearBeforeARestartWhereTheProxyIsOff() throws Exception {
    Path file = Files.writeString(folder.resolve("f.yaml"), "log: {exchanges: off}\n");
    try (var server = TestingServer.startWith(file)) {
      Files.writeString(file, "proxy: {origin: \"http://127.0.0.1:1\"}\n");
      assertThat(reload(server).body())
          .isEqualTo("{\"changed\":[\"log.exchanges\"],\"needs_restart\":[\"proxy.origin\"]}");
    }
  }

  private static String token(String name, String role, String hash) {
    return "access: {tokens: [{name: "
        + name
        + ", roles: ["
        + role
        + "], sha256: "
        + hash
        + "}]}\n";
  }

  private static HttpResponse<String> reloadAs(TestingServer server, String token) {
    return server.send("POST", "/v1/config:reload", "", "Authorization", "Bearer " + token);
  }

  @Test
  void itTakesTheRoleAdminAndTokensAreTakenOver() throws Exception {
    try (var server = TestingServer.startWith(write(token("a", "purge", HASH), ""))) {
      assertThat(reload(server).statusCode()).isEqualTo(401);
      assertThat(reloadAs(server, "test").statusCode()).isEqualTo(403);
      write(token("a", "admin", HASH), "");
      assertThat(server.running().reload("test"))
          .isEqualTo(new ReloadOutcome.Applied(List.of("access.tokens[1].roles"), List.of()));
      write(token("a", "admin", OTHER_HASH), "");
      assertThat(reloadAs(server, "test").body())
          .as("the hash is not shown, its change is")
          .contains("\"changed\":[\"access.tokens\"]")
          .doesNotContain(OTHER_HASH);
      assertThat(reloadAs(server, "test").statusCode()).isEqualTo(401);
      assertThat(reloadAs(server, "test2").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void theCommandSaysWhatChangedOrWhatIsWrong() throws Exception {
    try (var server = TestingServer.startWith(write("", mark("one")))) {
      write("memory: {max_bytes: 64MiB}\n", mark("two"));
      assertThat(command(server))
          .isEqualTo(
              """
              0
              changed: proxy.routes[1].response_headers.set.X-Rules
              needs a restart: memory.max_bytes
              """);
      write("memory: {max_bytes: 64}\n", mark("two"));
      assertThat(command(server))
          .startsWith("6\nforebay: test.yaml:8:21: memory.max_bytes: expected a size")
          .endsWith("forebay: nothing changed\n");
    }
  }

  private static String command(TestingServer server) {
    var out = new StringWriter();
    var writer = new PrintWriter(out, true);
    int status =
        ForebayCommand.run(
            new String[] {"config", "reload", "--server", "http://" + server.address()},
            new Terminal(writer, writer, Map.of()),
            Map.of());
    return status + "\n" + out;
  }

  @Test
  void aWatchCallsWhenTheFileHasOtherContentOrIsAnother() throws Exception {
    Path file = Files.writeString(folder.resolve("watched"), "one", UTF_8);
    AtomicInteger calls = new AtomicInteger();
    try (var _ = new SettingsWatch(file, Duration.ofMillis(10), calls::incrementAndGet)) {
      Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2026-01-01T00:00:00Z")));
      Awaitility.await().until(() -> calls.get() == 1);
      Path other = Files.writeString(folder.resolve("other"), "one", UTF_8);
      Files.setLastModifiedTime(other, Files.getLastModifiedTime(file));
      Files.move(other, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      Awaitility.await().until(() -> calls.get() == 2);
      Files.delete(file);
      Awaitility.await().until(() -> calls.get() == 3);
    }
  }
}

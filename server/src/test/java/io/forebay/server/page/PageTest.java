package io.forebay.server.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.server.TestingServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The page in a real browser, before a real server.
class PageTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static TestingServer server;
  private static TestingBrowser browser;

  @BeforeAll
  static void start() throws IOException {
    server = TestingServer.start("compat: {systems: chronocache}\nlog: {exchanges: off}\n");
    browser = TestingBrowser.start();
  }

  @AfterAll
  static void stop() throws IOException {
    browser.close();
    server.close();
  }

  @BeforeEach
  void open() {
    server.send("POST", "/v1/invalidations", "{\"operations\": [{\"scope\": \"everything\"}]}");
    browser.open("about:blank"); // the same address again would bring back what was typed
    browser.open("http://" + server.address() + "/");
    until(() -> browser.text("document.getElementById('connection')?.textContent").equals("live"));
  }

  private static void until(Callable<Boolean> holds) {
    await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).until(holds);
  }

  private static String cell(String key, String name) {
    return browser.text(
        "document.querySelector('tr[data-key=\"" + key + "\"] ." + name + "')?.textContent");
  }

  private static void add(String key, String value, String ttl, String tags) {
    browser.type("#add [name=key]", key);
    browser.type("#add [name=value]", value);
    if (!ttl.isEmpty()) {
      browser.type("#add [name=ttl]", ttl);
    }
    if (!tags.isEmpty()) {
      browser.type("#add [name=tags]", tags);
    }
    browser.click("#add button");
    until(() -> browser.text("document.querySelector('#add [name=key]').value").isEmpty());
  }

  private static int seconds(String left) {
    return Integer.parseInt(left.replace(" s", ""));
  }

  @Test
  void aKeyIsAddedCountsDownExpiresAndIsMarkedWithoutAReload() {
    browser.run("window.notReloaded = true");
    add("session:1", "Ada", "12", "people, admins");
    until(() -> cell("session:1", "state").equals("fresh"));
    int first = seconds(cell("session:1", "left"));
    assertThat(first).isBetween(1, 12);
    assertThat(cell("session:1", "tags")).isEqualTo("people, admins");
    assertThat(server.get("/v1/caches/default/entries/session:1").body()).isEqualTo("Ada");
    until(() -> seconds(cell("session:1", "left")) < first);
    until(() -> cell("session:1", "state").equals("expired"));
    assertThat(cell("session:1", "left")).isEqualTo("0 s");
    assertThat(
            browser.text(
                "getComputedStyle(document.querySelector('tr[data-key=\"session:1\"] .key'))"
                    + ".textDecorationLine"))
        .isEqualTo("line-through");
    assertThat(server.get("/v1/caches/default/entries/session:1").statusCode()).isEqualTo(404);
    assertThat(browser.run("window.notReloaded").asBoolean()).isTrue();
  }

  @Test
  void withoutALifetimeItIsPredicted() {
    add("username", "darkmatter", "", "");
    // For how long depends on what other tests let the predictor learn.
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(browser.text("document.getElementById('message').textContent"))
                .matches("Added username, for \\d+ s"));
    until(() -> cell("username", "state").matches("fresh|expired"));
  }

  @Test
  void whatOthersWriteAppearsAndIsFoundAndInvalidated() {
    for (String key : new String[] {"user:1", "user:2", "page:1"}) {
      server.send("PUT", "/v1/caches/default/entries/" + key, "x", "Cache-Control", "max-age=3600");
    }
    until(() -> cell("page:1", "state").equals("fresh"));
    assertThat(cell("page:1", "left")).matches("59 min \\d+ s|1 h 0 min");
    browser.type("#search [name=match]", "user:*");
    until(() -> cell("page:1", "state").equals("undefined"));
    until(() -> cell("user:2", "state").equals("fresh"));
    browser.click("tr[data-key=\"user:1\"] button");
    until(() -> cell("user:1", "state").equals("removed"));
    assertThat(server.get("/v1/caches/default/entries/user:1").statusCode()).isEqualTo(404);
    browser.type("#invalidate [name=name]", "user:*");
    browser.click("#invalidate button");
    until(() -> cell("user:2", "state").equals("removed"));
    assertThat(server.get("/v1/caches/default/entries/page:1").statusCode()).isEqualTo(200);
    assertThat(server.get("/v1/audit").body()).contains("the page at /");
  }

  @Test
  void figuresFollowWhatHappens() {
    server.send("PUT", "/v1/caches/default/entries/read", "x");
    server.get("/v1/caches/default/entries/read");
    until(() -> browser.text("document.getElementById('hit-rate').textContent").endsWith(" %"));
    until(() -> browser.text("document.getElementById('latency-p99').textContent").endsWith(" ms"));
    until(() -> cell("read", "reads").equals("1"));
  }

  @Test
  void withoutAWebSocketItAsksNowAndThenAndAnotherServerIfItIsTold(@TempDir Path folder)
      throws IOException {
    Path file = Files.writeString(folder.resolve("other.yaml"), "log: {exchanges: off}\n");
    try (var other = TestingServer.startWith(file);
        var asking =
            TestingServer.start(
                "page: {api_base: \"http://%s\", realtime: off, poll_interval: 200ms}\n"
                    .formatted(other.address()))) {
      Files.writeString(file, "api: {allowed_origins: [\"http://" + asking.address() + "\"]}\n");
      assertThat(other.send("POST", "/v1/config:reload", "").statusCode()).isEqualTo(200);
      other.send("PUT", "/v1/caches/default/entries/there", "x");
      browser.open("http://" + asking.address() + "/");
      until(() ->
          browser
              .text("document.getElementById('connection')?.textContent")
              .equals("asking every 0.2 s"));
      until(() -> cell("there", "state").equals("fresh"));
      other.send("PUT", "/v1/caches/default/entries/later", "x");
      until(() -> cell("later", "state").equals("fresh"));
      assertThat(asking.get("/metrics").body()).contains("forebay_live_sockets 0.0");
    }
  }

  @Test
  void aMistakeIsSaidInWords() {
    add("user:3", "x", "", "");
    browser.type("#invalidate [name=name]", "[a");
    browser.click("#invalidate button");
    until(
        () -> browser.text("document.getElementById('message').textContent").contains("Expected"));
  }

  @Test
  void everythingHasALabelAndAPlaceInTheOutline() throws IOException {
    add("user:1", "Ada Lovelace", "3600", "users");
    add("user:2", "Grace Hopper", "600", "users");
    add("config:app", "{\"version\": 2}", "86400", "config");
    add("session:9", "x", "5", "");
    until(() -> cell("session:9", "state").equals("expired"));
    until(() -> cell("config:app", "state").equals("fresh"));
    assertThat(
            browser
                .run(
                    "[...document.querySelectorAll('input, select')].filter(f => !f.labels.length)"
                        + ".length")
                .asInt())
        .isZero();
    assertThat(
            browser
                .run(
                    "[...document.querySelectorAll('button')].filter(b => !(b.textContent.trim() ||"
                        + " b.getAttribute('aria-label'))).length")
                .asInt())
        .isZero();
    assertThat(browser.text("document.documentElement.lang")).isEqualTo("en");
    assertThat(browser.run("document.querySelectorAll('h1').length").asInt()).isEqualTo(1);
    assertThat(browser.run("document.querySelectorAll('table caption').length").asInt())
        .isEqualTo(1);
    assertThat(browser.run("document.querySelectorAll('thead th:not([scope])').length").asInt())
        .isZero();
    browser.screenshot(Path.of("target", "page.png"));
  }

  @Test
  void aCommandLineGetsTextAndABrowserThePageWithItsPolicy() {
    assertThat(server.get("/").headers().firstValue("Content-Type").orElseThrow())
        .startsWith("text/plain");
    var page = server.get("/", "Accept", "text/html");
    assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
        .contains("script-src 'self'")
        .contains("frame-ancestors 'none'");
    assertThat(page.body()).startsWith("<!DOCTYPE html>");
  }
}

package io.forebay.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.forebay.cache.testing.TestingRedis;
import io.forebay.server.TestingServer;
import io.forebay.server.api.Json;
import io.lettuce.core.RedisClient;
import io.lettuce.core.SetArgs;
import io.lettuce.core.codec.ByteArrayCodec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// `forebay export` and `forebay import` against real servers, and a real Redis.
class BackupCommandsTest {

  private static final String ENTRIES = "/v1/caches/default/entries/";

  private final TestingServer server =
      TestingServer.start("log: {exchanges: off}\ncaches: {sessions: {}}");

  @TempDir private Path folder;

  @AfterEach
  void stop() {
    server.close();
  }

  private record Ran(int status, String out, String err) {
    JsonNode json() {
      return Json.tree(out.getBytes(UTF_8)).orElseThrow();
    }
  }

  private Ran run(String... arguments) {
    return runAt("http://" + server.address(), arguments);
  }

  private static Ran runAt(String url, String... arguments) {
    var out = new StringWriter();
    var err = new StringWriter();
    var terminal =
        new Terminal(
            new PrintWriter(out), new PrintWriter(err), Map.of("FOREBAY_SERVER", url), true);
    int status = ForebayCommand.run(arguments, terminal, Map.of());
    return new Ran(status, out.toString(), err.toString());
  }

  private void fill(int count) {
    for (int from = 0; from < count; from += 500) {
      String items =
          IntStream.range(from, Math.min(count, from + 500))
              .mapToObj(i -> "{\"key\":\"k%05d\",\"text\":\"value %d\"}".formatted(i, i))
              .collect(Collectors.joining(",", "{\"items\":[", "]}"));
      server.send("POST", "/v1/caches/default/entries:batchPut", items);
    }
  }

  private void purgeAll() {
    server.send("POST", "/v1/invalidations", "{\"operations\":[{\"scope\":\"everything\"}]}");
  }

  private boolean isThere(String key) {
    return server.get(ENTRIES + key).statusCode() == 200;
  }

  private static String unzipped(Path file) throws IOException {
    try (var in = new GZIPInputStream(new ByteArrayInputStream(Files.readAllBytes(file)))) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }

  @Test
  void aBackupIsMadeAndRestored() throws IOException {
    fill(1_200);
    Path file = folder.resolve("backup.ndjson.gz");
    Ran exported = run("export", file.toString());
    assertThat(exported.status()).as(exported.err()).isZero();
    assertThat(exported.out()).isEqualTo("1200 entries in " + file + "\n");
    assertThat(unzipped(file)).endsWith("{\"end\":true,\"entries\":1200}\n");
    assertThat(folder).isDirectoryNotContaining(path -> path.toString().endsWith(".part"));
    assertThat(run("import", file.toString()).out())
        .isEqualTo("0 restored\n1200 kept what is there: it is as new or newer\n");

    purgeAll();
    Ran left = run("import", file.toString());
    assertThat(left.status()).as(left.err()).isZero();
    assertThat(left.out()).isEqualTo("0 restored\n1200 invalidated since\n");
    Ran insisted = run("import", "--even-invalidated", "--json", file.toString());
    assertThat(insisted.status()).as(insisted.err()).isZero();
    assertThat(insisted.json().get("restored").asInt()).isEqualTo(1_200);
    assertThat(server.get(ENTRIES + "k00777").body()).isEqualTo("value 777");
  }

  @Test
  void standardOutputTakesABackupToo() {
    fill(3);
    Ran exported = run("export", "--cache", "default");
    assertThat(exported.status()).isZero();
    assertThat(exported.out().lines()).hasSize(5);
    assertThat(run("export", "--cache", "default", "-").out().lines()).hasSize(5);
    assertThat(run("export", "--cache", "none").status()).isEqualTo(ExitStatus.REFUSED.code());
    assertThat(run("export", "--json").status()).isEqualTo(ExitStatus.USAGE.code());
  }

  @Test
  void anExportThatBrokeOffGoesOn() throws IOException {
    fill(2_000);
    Path file = folder.resolve("backup.gz");
    run("export", file.toString());
    String whole = unzipped(file);
    byte[] zipped = Files.readAllBytes(file);
    Files.delete(file);
    // As the end of the process would leave it: in the middle of a compressed block.
    Path part = folder.resolve("backup.gz.part");
    Files.write(part, Arrays.copyOf(zipped, zipped.length * 2 / 3));
    Ran resumed = run("export", "--resume", "--json", file.toString());
    assertThat(resumed.status()).as(resumed.err()).isZero();
    assertThat(resumed.json().get("entries").asInt()).isEqualTo(2_000);
    assertThat(unzipped(file)).isEqualTo(whole);
    assertThat(part).doesNotExist();
    assertThat(folder.resolve("backup.gz.part.old")).doesNotExist();
    Ran nothing = run("export", "--resume", file.toString());
    assertThat(nothing.status()).isEqualTo(ExitStatus.FAILED.code());
    assertThat(nothing.err()).contains("backup.gz.part");
  }

  @Test
  void anExportThatOnlyOthersCouldFinishIsNotMixed() throws IOException {
    fill(10);
    Path file = folder.resolve("backup");
    Files.writeString(
        folder.resolve("backup.part"),
        """
        {"format":"forebay-backup","version":1,"position":"5-1"}
        {"cache":"default","key":"k00003","content_type":"text/plain","text":"v"}
        """);
    Ran resumed = run("export", "--resume", file.toString());
    assertThat(resumed.status()).isEqualTo(ExitStatus.NOT_WHOLE.code());
    assertThat(resumed.err()).contains("export anew");
    assertThat(file).doesNotExist();
  }

  /// A server in front that lets each answer through up to some length.
  @Test
  void aConnectionThatBreaksIsOpenedAgainBehindTheLastWholeLine() throws IOException {
    fill(300);
    HttpServer breaking =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    breaking.createContext(
        "/",
        exchange -> {
          byte[] body = server.get(exchange.getRequestURI().toString()).body().getBytes(UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body, 0, Math.min(body.length, 20_000));
          exchange.close();
        });
    breaking.start();
    try {
      Path file = folder.resolve("backup");
      Ran exported =
          runAt("http://127.0.0.1:" + breaking.getAddress().getPort(), "export", file.toString());
      assertThat(exported.status()).as(exported.err()).isZero();
      List<String> lines = Files.readAllLines(file);
      assertThat(lines).hasSize(302).doesNotHaveDuplicates();
      assertThat(lines.getLast()).isEqualTo("{\"end\":true,\"entries\":300}");
      assertThat(run("import", file.toString()).status()).isZero();
    } finally {
      breaking.stop(0);
    }
  }

  @Test
  void aBackupThatIsCutOffIsRestoredAsFarAsItGoesAndSaysSo() throws IOException {
    fill(100);
    Path file = folder.resolve("backup");
    run("export", file.toString());
    List<String> lines = Files.readAllLines(file);
    run("purge", "--key", "k00003", "--key", "k00098");
    String cut = String.join("\n", lines.subList(0, 50)) + "\n" + lines.get(50).substring(0, 30);
    Files.writeString(file, cut);
    Ran restored = run("import", "--even-invalidated", file.toString());
    assertThat(restored.status()).isEqualTo(ExitStatus.NOT_WHOLE.code());
    assertThat(restored.err()).contains("the backup is cut off behind line 50");
    assertThat(isThere("k00003")).isTrue();
    assertThat(isThere("k00098")).isFalse();

    var zipped = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(zipped)) {
      gzip.write((String.join("\n", lines) + "\n").getBytes(UTF_8));
    }
    Files.write(file, Arrays.copyOf(zipped.toByteArray(), zipped.size() - 100));
    Ran torn = run("import", file.toString());
    assertThat(torn.status()).isEqualTo(ExitStatus.NOT_WHOLE.code());
    assertThat(torn.err()).contains("the backup is cut off behind line ");

    Files.writeString(file, String.join("\n", lines.subList(0, 60)) + "\n" + lines.getLast());
    assertThat(run("import", file.toString()).err())
        .contains("the backup says that it has 100 entries, but 59 are there");
  }

  @Test
  void aWrongLineIsNamedByItsNumberInTheFile() throws IOException {
    fill(20);
    Path file = folder.resolve("backup");
    run("export", file.toString());
    List<String> lines = new java.util.ArrayList<>(Files.readAllLines(file));
    lines.set(7, "{\"cache\":\"default\"}");
    Files.write(file, lines);
    Ran wrong = run("import", file.toString());
    assertThat(wrong.status()).isEqualTo(ExitStatus.REFUSED.code());
    assertThat(wrong.err())
        .contains("line 8 of the backup is where it stopped")
        .contains("Field key. Expected a text.");
  }

  @Test
  void anotherServersBackupTakesTheFlag() {
    fill(5);
    Path file = folder.resolve("backup");
    run("export", file.toString());
    try (var other = TestingServer.start("log: {exchanges: off}")) {
      String url = "http://" + other.address();
      Ran noSuchCache = runAt(url, "import", "--even-invalidated", file.toString());
      assertThat(noSuchCache.err()).contains("There is no cache called sessions");
      Ran refused = runAt(url, "import", "--into", "default", file.toString());
      assertThat(refused.status()).isEqualTo(ExitStatus.REFUSED.code());
      assertThat(refused.err()).contains("--even-invalidated");
      Ran restored =
          runAt(url, "import", "--into", "default", "--even-invalidated", file.toString());
      assertThat(restored.status()).as(restored.err()).isZero();
      assertThat(restored.out()).isEqualTo("5 restored\n");
    }
  }

  @Test
  void mistakesAreSaid() {
    assertThat(run("import").err()).contains("name a FILE");
    assertThat(run("import", "--match", "x*", "f").status()).isEqualTo(ExitStatus.USAGE.code());
    assertThat(run("import", folder.resolve("none").toString()).err()).contains("there is no file");
    assertThat(run("import", "--from-redis", "http://x").err()).contains("expected redis://");
    assertThat(run("import", "--from-redis", "redis://127.0.0.1:1").status())
        .isEqualTo(ExitStatus.FAILED.code());
    assertThat(runAt("nowhere", "export").status()).isEqualTo(ExitStatus.UNREACHABLE.code());
  }

  @Test
  void theStringsOfARedisAreCopiedWithWhatIsLeftOfTheirLifetimes() {
    try (var redis = TestingRedis.inMemory()) {
      RedisClient client = RedisClient.create(redis.url() + "/2");
      try (var connection = client.connect(ByteArrayCodec.INSTANCE)) {
        var commands = connection.sync();
        for (int i = 0; i < 1_500; i++) {
          commands.set(("session:" + i).getBytes(UTF_8), ("v" + i).getBytes(UTF_8));
        }
        byte[] binary = {0, (byte) 0xFF, 1};
        commands.set("session:bytes".getBytes(UTF_8), binary, SetArgs.Builder.px(3_600_000));
        commands.set("other".getBytes(UTF_8), "x".getBytes(UTF_8));
        commands.set(new byte[] {'s', 'e', 's', 's', 'i', 'o', 'n', ':', (byte) 0xFF}, binary);
        commands.hset("session:hash".getBytes(UTF_8), binary, binary);
        commands.lpush("session:list".getBytes(UTF_8), binary);
        commands.xadd("session:stream".getBytes(UTF_8), binary, binary);
      }
      client.shutdown();
      String url = redis.url() + "/2";
      Ran copied =
          run(
              "import",
              "--from-redis",
              url,
              "--match",
              "session:*",
              "--into",
              "sessions",
              "--json");
      assertThat(copied.json().get("restored").asInt()).as(copied.err()).isEqualTo(1_501);
      assertThat(copied.status()).isEqualTo(ExitStatus.NOT_WHOLE.code());
      assertThat(copied.err())
          .contains("1 of type hash: only strings are copied")
          .contains("1 of type list")
          .contains("1 of type stream")
          .contains("1 under keys that are no UTF-8 text");
      String entries = "/v1/caches/sessions/entries/";
      assertThat(server.get(entries + "session:777").body()).isEqualTo("v777");
      assertThat(server.get(entries + "other").statusCode()).isEqualTo(404);
      var bytes =
          server.sendForBytes(
              "GET",
              entries + "session:bytes",
              new byte[0],
              java.net.http.HttpResponse.BodyHandlers.ofByteArray());
      assertThat(bytes.body()).containsExactly(0, 0xFF, 1);
      assertThat(bytes.headers().firstValue("Content-Type")).hasValue("application/octet-stream");
      long lifetime =
          Long.parseLong(
              bytes
                  .headers()
                  .firstValue("Cache-Control")
                  .orElseThrow()
                  .replaceFirst("max-age=(\\d+).*", "$1"));
      assertThat(lifetime).isBetween(3_000L, 3_600L);
      assertThat(server.get(entries + "session:1").headers().firstValue("Cache-Control"))
          .hasValue("max-age=2147483648");
      // What is there stays, unless it is to be replaced.
      server.send("PUT", entries + "session:5", "ours");
      run("import", "--from-redis", url, "--match", "session:5", "--into", "sessions");
      assertThat(server.get(entries + "session:5").body()).isEqualTo("ours");
      Ran again =
          run(
              "import",
              "--from-redis",
              url,
              "--match",
              "session:5",
              "--into",
              "sessions",
              "--overwrite");
      assertThat(again.status()).as(again.err()).isZero();
      assertThat(server.get(entries + "session:5").body()).isEqualTo("v5");
    }
  }
}

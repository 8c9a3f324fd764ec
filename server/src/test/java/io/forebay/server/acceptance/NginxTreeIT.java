package io.forebay.server.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A real nginx serves a tree of real files; all of them are fetched twice through the proxy, many
/// at a time.
class NginxTreeIT {

  private static final int FILES = 1_500;
  private static final int AT_A_TIME = 32;

  private record Fetched(String checksum, String cacheStatus) {}

  @Test
  void everySecondRequestIsAHitAndTheOriginIsAskedOnce(@TempDir Path folder) throws Exception {
    Path tree = Files.createDirectory(folder.resolve("www"));
    Map<String, String> checksums = copyRealFiles(tree);
    assertThat(checksums).hasSizeGreaterThanOrEqualTo(1_000);
    try (NginxProcess nginx = NginxProcess.serve(folder, tree);
        ForebayProcess forebay =
            ForebayProcess.start(
                "serve",
                "--origin",
                "http://127.0.0.1:" + nginx.port(),
                "--set",
                "log.exchanges=off")) {
      Map<String, Fetched> first = fetchAll(forebay.proxy, checksums.keySet());
      Map<String, Fetched> second = fetchAll(forebay.proxy, checksums.keySet());

      first.forEach((path, fetched) ->
          assertThat(fetched.checksum()).as(path).isEqualTo(checksums.get(path)));
      second.forEach((path, fetched) -> {
        assertThat(fetched.checksum()).as(path).isEqualTo(checksums.get(path));
        assertThat(fetched.cacheStatus()).as(path).startsWith("forebay; hit");
      });
      assertThat(nginx.requestedPaths()).hasSize(checksums.size()).doesNotHaveDuplicates();
    }
  }

  /// Files that every Debian machine has, under names that need no escaping.
  private static Map<String, String> copyRealFiles(Path tree) throws Exception {
    Map<String, String> checksums = new TreeMap<>();
    try (Stream<Path> files =
        Files.find(
            Path.of("/usr/share"),
            12,
            (path, facts) ->
                facts.isRegularFile() && facts.size() > 0 && facts.size() < 1_000_000)) {
      for (Path file : (Iterable<Path>) files.sorted().limit(FILES)::iterator) {
        String name = "f" + checksums.size() + ".bin";
        Path folder = Files.createDirectories(tree.resolve("d" + checksums.size() % 20));
        Files.copy(file, folder.resolve(name));
        checksums.put("/" + folder.getFileName() + "/" + name, checksum(Files.readAllBytes(file)));
      }
    }
    return checksums;
  }

  private static String checksum(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  private static Map<String, Fetched> fetchAll(int port, Iterable<String> paths) throws Exception {
    Map<String, Future<Fetched>> underWay = new TreeMap<>();
    Semaphore atATime = new Semaphore(AT_A_TIME);
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (String path : paths) {
        Callable<Fetched> fetch =
            () -> {
              atATime.acquire();
              try {
                return fetch(client, port, path);
              } finally {
                atATime.release();
              }
            };
        underWay.put(path, threads.submit(fetch));
      }
      Map<String, Fetched> fetched = new TreeMap<>();
      for (Map.Entry<String, Future<Fetched>> one : underWay.entrySet()) {
        fetched.put(one.getKey(), one.getValue().get());
      }
      return fetched;
    }
  }

  private static Fetched fetch(HttpClient client, int port, String path) throws Exception {
    HttpResponse<byte[]> response =
        client.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(60))
                .build(),
            HttpResponse.BodyHandlers.ofByteArray());
    assertThat(response.statusCode()).as(path).isEqualTo(200);
    return new Fetched(
        checksum(response.body()), response.headers().firstValue("Cache-Status").orElse(""));
  }

  /// Debian's nginx on loopback, one worker, `expires 1h`.
  private record NginxProcess(Process process, int port, Path accessLog) implements AutoCloseable {

    static NginxProcess serve(Path folder, Path tree) throws IOException {
      int port = ForebayProcess.freePort();
      Path accessLog = folder.resolve("access.log");
      Path configuration = folder.resolve("nginx.conf");
      String user = System.getProperty("user.name").equals("root") ? "user root;" : "";
      Files.writeString(
          configuration,
          """
          daemon off; %s worker_processes 1; pid %s/nginx.pid; error_log %s/error.log;
          events {}
          http {
            log_format path '$request_uri'; access_log %s path;
            server { listen 127.0.0.1:%d; root %s; expires 1h; }
          }
          """
              .formatted(user, folder, folder, accessLog, port, tree));
      Process process =
          new ProcessBuilder("nginx", "-c", configuration.toString())
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("nginx.out").toFile())
              .start();
      return new NginxProcess(process, port, accessLog);
    }

    /// Its own log, complete once it has been told to stop.
    List<String> requestedPaths() throws IOException, InterruptedException {
      process.destroy();
      process.waitFor();
      return new ArrayList<>(Files.readAllLines(accessLog));
    }

    @Override
    public void close() {
      process.destroy();
    }
  }
}

package io.forebay.cache.testing;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/// A real `redis-server` of the test's own, on a free port of loopback, that can be stopped in
/// every way.
public final class TestingRedis implements TierStorm.Server, AutoCloseable {

  private final int port;
  private final Path folder;
  private final List<String> options;
  private final List<Path> copies = new CopyOnWriteArrayList<>();
  private final ServerProcess process = new ServerProcess("redis-server");

  private TestingRedis(int port, Path folder, List<String> options) {
    this.port = port;
    this.folder = folder;
    this.options = List.copyOf(options);
  }

  /// Starts one that keeps nothing on disk.
  public static TestingRedis inMemory(String... options) {
    return start(true, options);
  }

  /// Starts one that has every write on disk before it answers.
  public static TestingRedis durable(String... options) {
    return start(false, options);
  }

  /// Starts one that may become a node of a Redis Cluster. Its other port is ten thousand higher.
  public static TestingRedis clusterNode(String... options) {
    List<String> every = new ArrayList<>(List.of("--cluster-enabled", "yes", "--save", ""));
    every.addAll(List.of(options));
    try {
      TestingRedis redis = new TestingRedis(clusterPort(), newFolder("forebay-redis"), every);
      redis.start();
      return redis;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Below those that the system gives to whoever asks for any.
  private static int clusterPort() {
    for (int attempt = 0; attempt < 1_000; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(12_000, 22_000);
      try (ServerSocket one = new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
          ServerSocket other =
              new ServerSocket(port + 10_000, 1, InetAddress.getLoopbackAddress())) {
        return Math.min(one.getLocalPort(), other.getLocalPort());
      } catch (IOException taken) {
        // Then another.
      }
    }
    throw new IllegalStateException("no port is free");
  }

  private static TestingRedis start(boolean inMemory, String... more) {
    try {
      List<String> options = new ArrayList<>(List.of("--save", ""));
      if (!inMemory) {
        options.addAll(List.of("--appendonly", "yes", "--appendfsync", "always"));
      }
      options.addAll(List.of(more));
      TestingRedis redis =
          new TestingRedis(ServerProcess.freePort(), newFolder("forebay-redis"), options);
      redis.start();
      return redis;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /// In memory, where there is such a folder: whoever kills a process loses nothing of it, and
  /// forcing a disk takes a thousand times as long.
  private static Path newFolder(String name) throws IOException {
    Path memory = Path.of("/dev/shm");
    return Files.isWritable(memory)
        ? Files.createTempDirectory(memory, name)
        : Files.createTempDirectory(name);
  }

  /// Starts it again, with what is on its disk; returns when it answers.
  @Override
  public void start() {
    List<String> command =
        new ArrayList<>(
            List.of(
                "redis-server",
                "--port",
                Integer.toString(port),
                "--bind",
                "127.0.0.1",
                "--dir",
                folder.toString(),
                "--logfile",
                folder.resolve("log").toString()));
    command.addAll(options);
    process.start(command, this::answers);
  }

  private boolean answers() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
      socket.setSoTimeout(1_000);
      socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      byte[] answer = in.readNBytes(5);
      String text = new String(answer, StandardCharsets.US_ASCII);
      return text.equals("+PONG") || text.startsWith("-NOAU");
    } catch (IOException notYet) {
      return false;
    }
  }

  public String url() {
    return "redis://127.0.0.1:" + port;
  }

  public int port() {
    return port;
  }

  public Path folder() {
    return folder;
  }

  /// kill -9.
  @Override
  public void kill() {
    process.kill();
  }

  /// SIGSTOP: it takes connections, and answers nothing.
  @Override
  public void hang() {
    process.signal("STOP");
  }

  @Override
  public void resume() {
    process.signal("CONT");
  }

  /// Copies what is on its disk now, to be put back later.
  public Path snapshot() {
    try {
      Path copy = newFolder("forebay-redis-copy");
      copies.add(copy);
      copy(folder, copy);
      return copy;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Replaces what is on its disk; it must not be running.
  public void restore(Path snapshot) {
    try {
      forget();
      copy(snapshot, folder);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Deletes what is on its disk; it must not be running.
  public void forget() {
    try {
      delete(folder);
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Override
  public void close() {
    kill();
    try {
      delete(folder);
      for (Path copy : copies) {
        delete(copy);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}

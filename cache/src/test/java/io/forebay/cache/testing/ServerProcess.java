package io.forebay.cache.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// The process of a real server of a test's own, that can be stopped in every way.
public final class ServerProcess {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final String name;
  private @Nullable Process process;

  ServerProcess(String name) {
    this.name = name;
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /// Starts it; returns when it answers.
  void start(List<String> command, BooleanSupplier answers) {
    try {
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
    } catch (IOException e) {
      throw new IllegalStateException(name + " is needed by this test", e);
    }
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!answers.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException(name + " does not answer; it was started by " + command);
      }
      Thread.onSpinWait();
    }
  }

  /// kill -9.
  void kill() {
    Process running = process;
    if (running == null) {
      return;
    }
    running.destroyForcibly();
    try {
      if (!running.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException(name + " outlives kill -9");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process = null;
  }

  /// Sends it a signal, if it runs.
  void signal(String signal) {
    Process running = process;
    if (running != null) {
      signal(signal, running.pid());
    }
  }

  /// Sends a signal to the process of this number.
  public static void signal(String signal, long pid) {
    try {
      Process kill =
          new ProcessBuilder("kill", "-" + signal, Long.toString(pid)).inheritIO().start();
      if (kill.waitFor() != 0) {
        throw new IllegalStateException("kill -" + signal + " failed");
      }
      if (signal.equals("STOP")) {
        awaitStopped(pid);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// On a busy machine a thread may go on for a while after the signal is sent.
  private static void awaitStopped(long pid) throws IOException, InterruptedException {
    Path tasks = Path.of("/proc/" + pid + "/task");
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (Files.exists(tasks) && !areStopped(tasks)) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException(pid + " does not stop");
      }
      Thread.sleep(1);
    }
  }

  private static boolean areStopped(Path tasks) throws IOException {
    try (DirectoryStream<Path> each = Files.newDirectoryStream(tasks)) {
      for (Path task : each) {
        String stat = Files.readString(task.resolve("stat"));
        char state = stat.charAt(stat.lastIndexOf(')') + 2);
        if (state != 'T' && state != 'Z') {
          return false;
        }
      }
      return true;
    } catch (NoSuchFileException | DirectoryIteratorException ended) {
      return false; // one of them, or all
    }
  }
}

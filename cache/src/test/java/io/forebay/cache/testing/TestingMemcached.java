package io.forebay.cache.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// A real `memcached` of the test's own, on a free port of loopback, that can be stopped in every
/// way.
public final class TestingMemcached implements TierStorm.Server, AutoCloseable {

  private final int port;
  private final List<String> options;
  private final ServerProcess process = new ServerProcess("memcached");

  private TestingMemcached(int port, List<String> options) {
    this.port = port;
    this.options = List.copyOf(options);
  }

  public static TestingMemcached run(String... options) {
    try {
      TestingMemcached memcached = new TestingMemcached(ServerProcess.freePort(), List.of(options));
      memcached.start();
      return memcached;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Starts it again, empty; returns when it answers.
  @Override
  public void start() {
    List<String> command =
        new ArrayList<>(
            List.of(
                "memcached",
                "-u",
                System.getProperty("user.name"),
                "-l",
                "127.0.0.1",
                "-t",
                "2",
                "-p",
                Integer.toString(port)));
    command.addAll(options);
    process.start(command, () -> !ask("mn").isEmpty());
  }

  /// The first line that it answers to a command; empty if it does not answer.
  public String ask(String command) {
    return ask(command.getBytes(StandardCharsets.US_ASCII));
  }

  /// The same, of any bytes.
  public String ask(byte[] command) {
    List<String> lines = ask(command, line -> true);
    return lines.isEmpty() ? "" : lines.getFirst();
  }

  /// All that an item of this name holds, as Latin-1.
  public String item(String name) {
    byte[] command = ("mg " + name + " v\r\nmn").getBytes(StandardCharsets.US_ASCII);
    return String.join("\n", ask(command, "MN"::equals));
  }

  /// What its items are called.
  public List<String> names() {
    byte[] command = "lru_crawler metadump all".getBytes(StandardCharsets.US_ASCII);
    return ask(command, "END"::equals).stream()
        .filter(line -> line.startsWith("key="))
        .map(TestingMemcached::nameIn)
        .toList();
  }

  /// `key=`, the name with escapes, a space, and more.
  private static String nameIn(String line) {
    return URLDecoder.decode(line.substring(4, line.indexOf(' ')), StandardCharsets.UTF_8);
  }

  private List<String> ask(byte[] command, Predicate<String> isLast) {
    List<String> lines = new ArrayList<>();
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
      socket.setSoTimeout(1_000);
      socket.getOutputStream().write(command);
      socket.getOutputStream().write("\r\n".getBytes(StandardCharsets.US_ASCII));
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        lines.add(line);
        if (isLast.test(line)) {
          break;
        }
      }
      return lines;
    } catch (IOException notYet) {
      return lines;
    }
  }

  public String url() {
    return "memcached://" + address();
  }

  /// Host and port.
  public String address() {
    return "127.0.0.1:" + port;
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

  @Override
  public void close() {
    kill();
  }
}

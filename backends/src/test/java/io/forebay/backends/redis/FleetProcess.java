package io.forebay.backends.redis;

import io.forebay.cache.GlobPattern;
import io.forebay.cache.Invalidation;
import io.forebay.cache.Scope;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/// A node of the fleet as a process of its own, for [FleetOfProcessesTest]. It tells its port in a
/// line, then answers lines: `r key`, `R key,key,… times`, `l key tags` (asks back for the value),
/// `w key tags value`, `i mode kind name`, `t` (whether its lease lasts), `f` (figures).
final class FleetProcess {

  private final TestingFleetNode node;

  private FleetProcess(TestingFleetNode node) {
    this.node = node;
  }

  /// @param arguments Redis's URL, the node's name, its lease in milliseconds
  public static void main(String[] arguments) throws Exception {
    RedisSettings redis =
        RedisSettings.of(RedisServer.parse(arguments[0]).orElseThrow(), "test")
            .withDeadline(Duration.ofMillis(200));
    FleetSettings fleet =
        FleetSettings.of(arguments[1])
            .withLease(Duration.ofMillis(Long.parseLong(arguments[2])))
            .withKeptRecords(500);
    FleetProcess process = new FleetProcess(new TestingFleetNode(redis, fleet));
    Thread.ofPlatform().daemon().start(process::upkeep);
    try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      System.out.println(server.getLocalPort());
      while (true) {
        Socket client = server.accept();
        Thread.ofVirtual().start(() -> process.serve(client));
      }
    }
  }

  private void upkeep() {
    while (true) {
      node.node.upkeep();
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  private void serve(Socket client) {
    try (client;
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
        PrintWriter out = new PrintWriter(client.getOutputStream(), true, StandardCharsets.UTF_8)) {
      client.setTcpNoDelay(true);
      String line = in.readLine();
      while (line != null) {
        out.println(answer(line.split(" ", -1), in, out));
        line = in.readLine();
      }
    } catch (IOException | RuntimeException gone) {
      // The checker has given up on this connection, or is over.
    }
  }

  private String answer(String[] words, BufferedReader in, PrintWriter out) {
    return switch (words[0]) {
      case "r" -> {
        OptionalLong value = node.node.read(words[1]);
        yield value.isPresent() ? Long.toString(value.getAsLong()) : "-";
      }
      case "R" ->
          node.node.read(List.of(words[1].split(",", -1)), Integer.parseInt(words[2])).stream()
              .map(seen -> seen.hits() + "x" + seen.lowest())
              .collect(Collectors.joining(","));
      case "f" -> node.log.figures() + " " + node.log.trouble() + " " + node.log.last();
      case "t" -> yes(!node.log.isSuspect());
      case "l" -> {
        node.node.load(
            words[1],
            List.of(words[2].split(",")),
            () -> {
              out.println("?");
              try {
                return Long.parseLong(in.readLine());
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
        yield "+";
      }
      case "w" ->
          yes(node.node.write(words[1], List.of(words[2].split(",")), Long.parseLong(words[3])));
      case "i" ->
          yes(node.node.invalidate(scope(words[2], words[3]), Invalidation.Mode.valueOf(words[1])));
      default -> throw new IllegalArgumentException(words[0]);
    };
  }

  private static String yes(boolean acknowledged) {
    return acknowledged ? "+" : "-";
  }

  private static Scope scope(String kind, String name) {
    return switch (kind) {
      case "keys" -> new Scope.Keys(Set.of(name));
      case "tags" -> new Scope.Tags(Set.of(name));
      case "prefixes" -> new Scope.Prefixes(Set.of(name));
      case "patterns" -> new Scope.Patterns(Set.of(GlobPattern.parse(name).orElseThrow()));
      case "everything" -> new Scope.Everything();
      default -> throw new IllegalArgumentException(kind);
    };
  }
}

package io.forebay.backends.redis;

import io.forebay.cache.GlobPattern;
import io.forebay.cache.Invalidation;
import io.forebay.cache.Scope;
import io.forebay.cache.testing.InvalidationChecker;
import io.forebay.cache.testing.ServerProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// A node as the checker sees it: a process that it talks to over loopback, and that can be
/// stopped, killed and started again.
final class FleetMember implements InvalidationChecker.Node, AutoCloseable {

  private final String name;
  private final String redisUrl;
  private final Duration lease;
  private final List<String> more;
  private final String classPath;
  private final ThreadLocal<Map<Integer, Line>> lines = ThreadLocal.withInitial(HashMap::new);
  private volatile int port;
  private volatile boolean stopped;
  private volatile boolean askedThough;
  private @Nullable Process process;

  private record Line(Socket socket, BufferedReader in, PrintWriter out) {}

  /// @param more further arguments of [FleetProcess]
  FleetMember(String name, String redisUrl, Duration lease, String... more) {
    this(name, redisUrl, lease, System.getProperty("java.class.path"), List.of(more));
  }

  FleetMember(String name, String redisUrl, Duration lease, String classPath, List<String> more) {
    this.name = name;
    this.redisUrl = redisUrl;
    this.lease = lease;
    this.classPath = classPath;
    this.more = List.copyOf(more);
  }

  void start() throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath,
                FleetProcess.class.getName(),
                redisUrl,
                name,
                Long.toString(lease.toMillis())));
    command.addAll(more);
    Process started =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    process = started;
    BufferedReader out =
        new BufferedReader(new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8));
    String line = out.readLine();
    if (line == null) {
      throw new IOException("a process of the fleet did not start");
    }
    port = Integer.parseInt(line);
  }

  void kill() {
    Process running = process;
    port = 0;
    if (running != null) {
      running.destroyForcibly();
    }
  }

  /// For a while, in which it is asked now and then all the same.
  void stop(Duration span) {
    askedThough = true;
    stop();
    LockSupport.parkNanos(span.toNanos());
    resume();
    askedThough = false;
  }

  /// SIGSTOP.
  void stop() {
    Process running = process;
    if (running != null) {
      stopped = true;
      ServerProcess.signal("STOP", running.pid());
    }
  }

  void resume() {
    Process running = process;
    if (running != null) {
      ServerProcess.signal("CONT", running.pid());
      stopped = false;
    }
  }

  @Override
  public void close() {
    kill();
  }

  /// What its log did, for people.
  String figures() {
    return ask(
        name + " is gone",
        line -> {
          line.out.println("f");
          return name + ": " + answer(line);
        });
  }

  /// Whether its lease lasts.
  boolean isTrusting() {
    return ask(
        false,
        line -> {
          line.out.println("t");
          return answer(line).equals("+");
        });
  }

  /// Most threads leave a stopped node alone, or nothing would happen meanwhile. Some ask: what
  /// they are told when it wakes up must hold.
  @Override
  public boolean isThere() {
    return port != 0 && (!stopped || (askedThough && ThreadLocalRandom.current().nextInt(50) == 0));
  }

  private interface Talk<T> {
    T talk(Line line) throws IOException;
  }

  private <T> T ask(T otherwise, Talk<T> talk) {
    int at = port;
    if (at == 0) {
      return otherwise;
    }
    try {
      return talk.talk(line(at));
    } catch (IOException | NumberFormatException itIsGone) {
      Line broken = lines.get().remove(at);
      if (broken != null) {
        broken.out.close();
      }
      return otherwise;
    }
  }

  private Line line(int at) throws IOException {
    Line present = lines.get().get(at);
    if (present != null) {
      return present;
    }
    Socket socket = new Socket();
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), at), 2_000);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(30_000);
    Line line =
        new Line(
            socket,
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8)),
            new PrintWriter(socket.getOutputStream(), true, StandardCharsets.UTF_8));
    lines.get().put(at, line);
    return line;
  }

  private static String answer(Line line) throws IOException {
    String answer = line.in.readLine();
    if (answer == null) {
      throw new IOException("it is gone");
    }
    return answer;
  }

  @Override
  public OptionalLong read(String key) {
    return ask(
        OptionalLong.empty(),
        line -> {
          line.out.println("r " + key);
          return number(answer(line));
        });
  }

  @Override
  public List<InvalidationChecker.Seen> read(List<String> keys, int times) {
    return ask(
        Collections.nCopies(keys.size(), InvalidationChecker.Seen.NOTHING),
        line -> {
          line.out.println("R " + String.join(",", keys) + " " + times);
          return Arrays.stream(answer(line).split(",", -1)).map(FleetMember::seen).toList();
        });
  }

  private static InvalidationChecker.Seen seen(String text) {
    int x = text.indexOf('x');
    return new InvalidationChecker.Seen(
        Long.parseLong(text.substring(0, x)), Long.parseLong(text.substring(x + 1)));
  }

  private static OptionalLong number(String text) {
    return text.equals("-") ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(text));
  }

  @Override
  public void load(String key, List<String> tags, LongSupplier source) {
    boolean ignored =
        ask(
            false,
            line -> {
              line.out.println("l " + key + " " + String.join(",", tags));
              answer(line);
              line.out.println(source.getAsLong());
              answer(line);
              return true;
            });
  }

  @Override
  public boolean write(String key, List<String> tags, long value) {
    return acknowledged("w " + key + " " + String.join(",", tags) + " " + value);
  }

  @Override
  public boolean invalidate(Scope scope, Invalidation.Mode mode) {
    return acknowledged("i " + mode + " " + words(scope));
  }

  private boolean acknowledged(String request) {
    return ask(
        false,
        line -> {
          line.out.println(request);
          return answer(line).equals("+");
        });
  }

  private static String words(Scope scope) {
    return switch (scope) {
      case Scope.Keys(Set<String> keys) -> "keys " + keys.iterator().next();
      case Scope.Tags(Set<String> tags) -> "tags " + tags.iterator().next();
      case Scope.Prefixes(Set<String> prefixes) -> "prefixes " + prefixes.iterator().next();
      case Scope.Patterns(Set<GlobPattern> patterns) ->
          "patterns " + patterns.iterator().next().text();
      case Scope.Everything() -> "everything -";
      case Scope.Urls _, Scope.Hosts _ -> throw new IllegalArgumentException("not asked for");
    };
  }

  /// It does its own.
  @Override
  public void upkeep() {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
  }
}

package io.forebay.backends.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.GlobPattern;
import io.forebay.cache.Invalidation;
import io.forebay.cache.Scope;
import io.forebay.cache.testing.InvalidationChecker;
import io.forebay.cache.testing.TestingRedis;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// [InvalidationChecker] over three real processes and one real Redis, each of which is stopped,
/// killed and restarted.
class FleetOfProcessesTest {

  private static final Duration LEASE = Duration.ofMillis(700);

  private final List<Member> members = new ArrayList<>();
  private @Nullable TestingRedis redis;

  @AfterEach
  void close() {
    members.forEach(Member::kill);
    if (redis != null) {
      redis.close();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = 1)
  void noReadAfterAnAcknowledgementIsOlderThanItWhateverIsKilledOrStopped(long seed)
      throws Exception {
    check(seed, 8_000, 0);
  }

  /// Four times this is more than fifty million operations.
  @Tag("long")
  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14})
  void norForLong(long seed) throws Exception {
    check(seed, 13_000_000, 20);
  }

  private void check(long seed, long operations, int leastActs) throws Exception {
    TestingRedis server = TestingRedis.durable();
    redis = server;
    for (String name : List.of("a", "b", "c")) {
      members.add(new Member(name, server));
    }
    for (Member member : members) {
      member.start();
    }
    Unrest unrest = new Unrest(server, members, new SplittableRandom(seed));
    Thread trouble = Thread.ofPlatform().start(unrest);
    InvalidationChecker.Findings findings;
    try {
      findings =
          InvalidationChecker.check(members, new InvalidationChecker.Plan(seed, 8, operations));
    } finally {
      unrest.over = true;
      trouble.join();
    }
    System.out.println(findings + ", acts " + unrest.acts);
    assertThat(findings.violation()).isEmpty();
    assertThat(findings.hits()).isGreaterThan(50);
    assertThat(findings.invalidations()).isGreaterThan(10);
    assertThat(unrest.acts.get()).isGreaterThan(leastActs);
  }

  /// A node as the checker sees it: a process that it talks to over loopback.
  private static final class Member implements InvalidationChecker.Node {

    private final String name;
    private final TestingRedis server;
    private final ThreadLocal<Map<Integer, Line>> lines = ThreadLocal.withInitial(HashMap::new);
    private volatile int port;
    private volatile boolean stopped;
    private @Nullable Process process;

    private record Line(Socket socket, BufferedReader in, PrintWriter out) {}

    Member(String name, TestingRedis server) {
      this.name = name;
      this.server = server;
    }

    void start() throws IOException {
      Process started =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx128m",
                  "-XX:+UseSerialGC",
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  System.getProperty("java.class.path"),
                  FleetProcess.class.getName(),
                  server.url(),
                  name,
                  Long.toString(LEASE.toMillis()))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      process = started;
      BufferedReader out =
          new BufferedReader(
              new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8));
      port = Integer.parseInt(out.readLine());
    }

    void kill() {
      Process running = process;
      port = 0;
      if (running != null) {
        running.destroyForcibly();
      }
    }

    void stop(Duration span) {
      Process running = process;
      if (running != null) {
        stopped = true;
        TestingRedis.signal("STOP", running);
        LockSupport.parkNanos(span.toNanos());
        TestingRedis.signal("CONT", running);
        stopped = false;
      }
    }

    /// Most threads leave a stopped node alone, or nothing would happen meanwhile. Some ask: what
    /// they are told when it wakes up must hold.
    private boolean isLeftAlone() {
      return port == 0 || (stopped && ThreadLocalRandom.current().nextInt(50) != 0);
    }

    private interface Talk<T> {
      T talk(Line line) throws IOException;
    }

    private <T> T ask(T otherwise, Talk<T> talk) {
      if (isLeftAlone()) {
        return otherwise;
      }
      int at = port;
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
            String answer = answer(line);
            return answer.equals("-")
                ? OptionalLong.empty()
                : OptionalLong.of(Long.parseLong(answer));
          });
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

  /// What can happen, one after the other.
  private static final class Unrest implements Runnable {
    private final TestingRedis server;
    private final List<Member> members;
    private final SplittableRandom random;
    private volatile boolean over;
    private final AtomicInteger acts = new AtomicInteger();

    Unrest(TestingRedis server, List<Member> members, SplittableRandom random) {
      this.server = server;
      this.members = members;
      this.random = random;
    }

    @Override
    public void run() {
      Path snapshot = server.snapshot();
      while (!over) {
        rest(300, 2_000);
        Member member = members.get(random.nextInt(members.size()));
        switch (random.nextInt(8)) {
          case 0 -> member.stop(span(50, 500));
          case 1 -> member.stop(span(900, 2_500));
          case 2 -> {
            // The last that it hears of Redis is lost while it is stopped.
            Thread meanwhile =
                Thread.ofPlatform()
                    .start(() -> {
                      rest(1_000, 1_500);
                      server.kill();
                      server.forget();
                      server.start();
                    });
            member.stop(Duration.ofSeconds(2));
            join(meanwhile);
          }
          case 3 -> {
            member.kill();
            restart(member);
          }
          case 4 -> {
            server.hang();
            rest(20, 1_500);
            server.resume();
          }
          case 5 -> {
            server.kill();
            server.start();
          }
          case 6 -> {
            server.kill();
            server.restore(snapshot);
            server.start();
          }
          default -> snapshot = server.snapshot();
        }
        acts.incrementAndGet();
      }
    }

    private static void join(Thread thread) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private static void restart(Member member) {
      try {
        member.start();
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    private Duration span(int leastMillis, int mostMillis) {
      return Duration.ofMillis(random.nextInt(leastMillis, mostMillis));
    }

    private void rest(int leastMillis, int mostMillis) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(leastMillis, mostMillis)));
    }
  }
}

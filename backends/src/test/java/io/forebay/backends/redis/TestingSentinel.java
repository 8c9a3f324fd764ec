package io.forebay.backends.redis;

import static org.awaitility.Awaitility.await;

import io.forebay.cache.testing.TestingRedis;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A real master with a replica, and a Sentinel that puts the one in place of the other.
final class TestingSentinel implements AutoCloseable {

  /// Longer than a session needs to notice that its server hangs.
  private static final int DOWN_AFTER_MILLIS = 3_000;

  final TestingRedis master = TestingRedis.inMemory("--repl-diskless-sync-delay", "0");
  final TestingRedis replica = TestingRedis.inMemory("--replicaof", "127.0.0.1 " + master.port());
  private final int port;
  private final Process sentinel;

  TestingSentinel(Path folder) throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Path file = folder.resolve("sentinel.conf");
    Files.write(
        file,
        List.of(
            "port " + port,
            "bind 127.0.0.1",
            "dir " + folder,
            "sentinel monitor main 127.0.0.1 " + master.port() + " 1",
            "sentinel down-after-milliseconds main " + DOWN_AFTER_MILLIS,
            "sentinel failover-timeout main 10000"));
    sentinel =
        new ProcessBuilder("redis-server", file.toString(), "--sentinel")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("sentinel.log").toFile())
            .start();
    awaitReplica();
  }

  /// Until Sentinel knows of the replica, and that has everything.
  private void awaitReplica() {
    try (RedisClient client = RedisClient.create()) {
      await()
          .atMost(Duration.ofSeconds(60))
          .ignoreExceptions()
          .until(() -> {
            var known = client.connectSentinel(RedisURI.create("127.0.0.1", port)).sync();
            var replication =
                client
                    .connect(RedisURI.create("127.0.0.1", replica.port()))
                    .sync()
                    .info("replication");
            return !known.replicas("main").isEmpty()
                && replication.contains("master_link_status:up");
          });
    }
  }

  RedisServer server() {
    return RedisServer.parse("redis-sentinel://127.0.0.1:" + port + "#main").orElseThrow();
  }

  @Override
  public void close() {
    sentinel.destroyForcibly().onExit().orTimeout(20, TimeUnit.SECONDS).join();
    replica.close();
    master.close();
  }
}

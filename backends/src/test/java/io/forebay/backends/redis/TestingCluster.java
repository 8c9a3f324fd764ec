package io.forebay.backends.redis;

import static org.awaitility.Awaitility.await;

import io.forebay.cache.testing.TestingRedis;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.SlotHash;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// A real Redis Cluster on loopback: three masters with a replica each.
final class TestingCluster implements AutoCloseable {

  /// Longer than a session needs to notice that its server hangs.
  static final int NODE_TIMEOUT_MILLIS = 3_000;

  private static final Duration LONG = Duration.ofSeconds(60);

  private final List<TestingRedis> nodes = new ArrayList<>();
  private final RedisClient client = RedisClient.create();

  TestingCluster() {
    try {
      for (int i = 0; i < 6; i++) {
        nodes.add(
            TestingRedis.clusterNode(
                "--cluster-node-timeout",
                Integer.toString(NODE_TIMEOUT_MILLIS),
                "--cluster-require-full-coverage",
                "no",
                "--repl-diskless-sync-delay",
                "0"));
      }
      List<String> command = new ArrayList<>(List.of("redis-cli", "--cluster", "create"));
      nodes.forEach(node -> command.add("127.0.0.1:" + node.port()));
      command.addAll(List.of("--cluster-replicas", "1", "--cluster-yes"));
      Process created =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
              .start();
      String said = new String(created.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (created.waitFor() != 0) {
        throw new IllegalStateException(said);
      }
      awaitReplicas();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  String url() {
    return nodes.stream()
        .map(node -> "127.0.0.1:" + node.port())
        .collect(Collectors.joining(",", "redis-cluster://", ""));
  }

  RedisServer server() {
    return RedisServer.parse(url()).orElseThrow();
  }

  List<TestingRedis> nodes() {
    return nodes;
  }

  /// Whoever has a key's slot, as the nodes that answer say.
  Optional<TestingRedis> masterOf(byte[] key) {
    List<String> answers = new ArrayList<>();
    for (TestingRedis node : nodes) {
      ask(node, "nodes").ifPresent(answers::add);
    }
    return ClusterMap.of(answers)
        .master(SlotHash.getSlot(key))
        .flatMap(address -> nodes.stream().filter(n -> n.port() == address.port()).findFirst());
  }

  /// Waits until each master has a replica that is up to date, so that one may be lost.
  void awaitReplicas() {
    await()
        .atMost(LONG)
        .pollInterval(Duration.ofMillis(100))
        .until(() -> {
          int replicas = 0;
          for (TestingRedis node : nodes) {
            if (!ask(node, "info").orElse("").contains("cluster_state:ok")) {
              return false;
            }
            replicas +=
                ask(node, "replication").orElse("").contains("master_link_status:up") ? 1 : 0;
          }
          return replicas == 3;
        });
  }

  private Optional<String> ask(TestingRedis node, String what) {
    RedisURI uri = RedisURI.create("127.0.0.1", node.port());
    uri.setTimeout(Duration.ofSeconds(1));
    try (StatefulRedisConnection<String, String> connection = client.connect(uri)) {
      return Optional.of(
          switch (what) {
            case "nodes" -> connection.sync().clusterNodes();
            case "info" -> connection.sync().clusterInfo();
            default -> connection.sync().info(what);
          });
    } catch (RuntimeException itIsGone) {
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    nodes.forEach(TestingRedis::close);
    client.shutdown();
  }
}

package io.forebay.backends.redis;

import io.forebay.backends.calls.KeptOpen;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.codec.StringCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Finds the server that is to be written to.
///
/// Thread-safe.
final class Masters {

  private final RedisSettings settings;
  private final RedisClient client;
  private volatile Set<RedisURI> known = Set.of();

  Masters(RedisSettings settings, RedisClient client) {
    this.settings = settings;
    this.client = client;
  }

  /// Where the master of a key can be reached, as far as anybody knows now. Waits no longer than
  /// for a connection.
  RedisURI of(byte[] key) throws KeptOpen.Unusable, InterruptedException {
    return switch (settings.server().kind()) {
      case SINGLE, SENTINEL -> settings.uris().getFirst();
      case CLUSTER -> {
        ClusterMap map = map();
        int slot = SlotHash.getSlot(key);
        yield map.master(slot)
            .map(this::uri)
            .orElseThrow(
                () -> new KeptOpen.Unusable("no node of the cluster has the slot " + slot));
      }
    };
  }

  /// How a node of the cluster is spoken to.
  RedisURI uri(ClusterMap.Address address) {
    RedisURI uri = settings.uris().getFirst();
    uri.setHost(address.host());
    uri.setPort(address.port());
    return uri;
  }

  /// Asks every node that is known, all at once; whoever does not answer in time is not heard.
  ///
  /// @throws KeptOpen.Unusable if nobody answers
  ClusterMap map() throws KeptOpen.Unusable, InterruptedException {
    Set<RedisURI> asked = new LinkedHashSet<>(settings.uris());
    asked.addAll(known);
    List<CompletableFuture<String>> answers = asked.stream().map(this::ask).toList();
    List<String> heard = new ArrayList<>();
    long end = System.nanoTime() + settings.connectTimeout().toNanos();
    String why = "";
    for (CompletableFuture<String> answer : answers) {
      try {
        heard.add(answer.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS));
      } catch (TimeoutException e) {
        why = "no answer in " + settings.connectTimeout().toMillis() + " ms";
      } catch (ExecutionException e) {
        why = RedisSession.words(e);
      }
    }
    if (heard.isEmpty()) {
      throw new KeptOpen.Unusable(why + " (asked " + asked.size() + " nodes of the cluster)");
    }
    ClusterMap map = ClusterMap.of(heard);
    known = new LinkedHashSet<>(map.known().stream().map(this::uri).toList());
    return map;
  }

  private CompletableFuture<String> ask(RedisURI uri) {
    Duration patience = settings.connectTimeout();
    CompletableFuture<StatefulRedisConnection<String, String>> opening;
    try {
      opening = client.connectAsync(StringCodec.UTF8, uri).toCompletableFuture();
    } catch (RuntimeException closed) {
      return CompletableFuture.failedFuture(closed);
    }
    return opening.thenCompose(connection ->
        connection
            .async()
            .clusterNodes()
            .toCompletableFuture()
            .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
            .whenComplete((_, _) -> {
              var _ = connection.closeAsync();
            }));
  }
}

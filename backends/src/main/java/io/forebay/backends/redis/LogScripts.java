package io.forebay.backends.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.forebay.backends.calls.KeptOpen;
import io.forebay.cache.Position;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What is asked of the log's Redis, with answers as values.
final class LogScripts {

  private static final Script APPEND = Script.named("append");
  private static final Script BEAT = Script.named("beat");
  private static final Script EPOCH = Script.named("epoch");
  private static final Script TRIM = Script.named("trim");
  private static final Duration FORGOTTEN = Duration.ofMinutes(10);

  final byte[] stream;
  final byte[] told;
  private final byte[] meta;
  private final byte[] nodes;
  private final byte[] barriers;
  private final RedisSettings redis;
  private final FleetSettings fleet;

  LogScripts(RedisSettings redis, FleetSettings fleet) {
    this.redis = redis;
    this.fleet = fleet;
    String name = "{" + redis.namespace() + ":log}:";
    this.stream = (name + "stream").getBytes(UTF_8);
    this.told = (name + "told").getBytes(UTF_8);
    this.meta = (name + "meta").getBytes(UTF_8);
    this.nodes = (name + "nodes").getBytes(UTF_8);
    this.barriers = (name + "barriers").getBytes(UTF_8);
  }

  /// What a heartbeat found.
  sealed interface Beat {

    /// The log is the one that was known.
    ///
    /// @param nodes names and texts, in turn
    record Sound(long micros, Position tail, List<String> nodes) implements Beat {}

    /// It lost records, or there is none.
    ///
    /// @param epoch as it was found, empty if there is none; the others alike
    record Lost(String why, String epoch, String tail, String run) implements Beat {}
  }

  /// @param unique of the record at `applied`, empty if unknown
  Beat beat(RedisSession session, String self, Position applied, String unique)
      throws KeptOpen.Unusable, InterruptedException {
    List<Object> answer =
        await(
            LuaCall.of(BEAT)
                .key(stream)
                .key(meta)
                .key(nodes)
                .argument(self)
                .argument(fleet.lease().toNanos() / 1_000)
                .argument(applied.epoch())
                .argument(applied.n())
                .argument(unique)
                .argument(session.run().whole())
                .argument(redis.survivesRestarts() ? "1" : "0")
                .argument(FORGOTTEN.toNanos() / 1_000),
            session,
            "read the log's end");
    List<String> texts = answer.stream().map(LogScripts::text).toList();
    return texts.getFirst().equals("ok")
        ? new Beat.Sound(
            Long.parseLong(texts.get(1)),
            new Position(Long.parseLong(texts.get(2)), Long.parseLong(texts.get(3))),
            texts.subList(4, texts.size()))
        : new Beat.Lost(texts.get(1), texts.get(2), texts.get(3), texts.get(4));
  }

  /// @param least the new epoch is at least this
  /// @return whether it was this node that began it
  boolean beginEpoch(RedisSession session, Beat.Lost seen, long least, String unique)
      throws KeptOpen.Unusable, InterruptedException {
    List<Object> answer =
        await(
            LuaCall.of(EPOCH)
                .key(stream)
                .key(meta)
                .key(nodes)
                .key(barriers)
                .argument(seen.epoch())
                .argument(seen.tail())
                .argument(seen.run())
                .argument(least)
                .argument(session.run().whole())
                .argument(unique)
                .argument(fleet.lease().toNanos() / 1_000),
            session,
            "begin an epoch");
    return number(answer.getFirst()) == 1;
  }

  /// Where appended records are.
  record Appended(Position first, Position last, long micros, List<String> nodes) {}

  /// @param known the newest position that we know of
  /// @return empty if the log is not the one that we know
  Optional<Appended> append(
      RedisSession session, Position known, String unique, boolean tellAtOnce, List<byte[]> records)
      throws KeptOpen.Unusable, InterruptedException {
    LuaCall call =
        LuaCall.of(APPEND)
            .key(stream)
            .key(meta)
            .key(nodes)
            .argument(known.epoch())
            .argument(known.n())
            .argument(unique)
            .argument(tellAtOnce ? "1" : "0");
    records.forEach(call::argument);
    List<Object> answer = await(call, session, "append to the log");
    if (answer.size() == 1) {
      return Optional.empty();
    }
    return Optional.of(
        new Appended(
            new Position(known.epoch(), number(answer.get(0))),
            new Position(known.epoch(), number(answer.get(1))),
            number(answer.get(2)),
            answer.stream().skip(3).map(LogScripts::text).toList()));
  }

  /// What is left of records that are gone; empty if none are.
  Optional<byte[]> barriers(RedisSession session) throws KeptOpen.Unusable, InterruptedException {
    return Optional.ofNullable(
        RedisSession.await(
            session.commands().get(barriers), redis.connectTimeout(), "read the barriers"));
  }

  boolean trim(RedisSession session, Position upTo, long firstKept, byte[] left)
      throws KeptOpen.Unusable, InterruptedException {
    List<Object> answer =
        await(
            LuaCall.of(TRIM)
                .key(stream)
                .key(meta)
                .key(barriers)
                .argument(upTo.epoch())
                .argument(upTo.n())
                .argument(firstKept)
                .argument(left),
            session,
            "trim the log");
    return number(answer.getFirst()) == 1;
  }

  long length(RedisSession session) throws KeptOpen.Unusable, InterruptedException {
    return RedisSession.await(
        session.commands().xlen(stream), redis.connectTimeout(), "ask the log's length");
  }

  void leave(RedisSession session, String self) {
    var _ = session.commands().hdel(nodes, self.getBytes(UTF_8));
  }

  private List<Object> await(LuaCall call, RedisSession session, String what)
      throws KeptOpen.Unusable, InterruptedException {
    return RedisSession.await(
        call.<List<Object>>anyOn(session).toCompletableFuture(), redis.connectTimeout(), what);
  }

  private static String text(Object part) {
    return part instanceof byte[] bytes ? new String(bytes, UTF_8) : String.valueOf(part);
  }

  private static long number(Object part) {
    return part instanceof Long number ? number : Long.parseLong(text(part));
  }
}

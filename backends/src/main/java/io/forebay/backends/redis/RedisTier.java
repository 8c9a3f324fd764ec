package io.forebay.backends.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.forebay.cache.Precondition;
import io.forebay.cache.tier.FillStart;
import io.forebay.cache.tier.Tier;
import io.forebay.cache.tier.TierCondition;
import io.forebay.cache.tier.TierCondition.Breaker;
import io.forebay.cache.tier.TierFailure;
import io.forebay.cache.tier.TierKey;
import io.forebay.cache.tier.TierObserver;
import io.forebay.cache.tier.TierObserver.Operation;
import io.forebay.cache.tier.TierRead;
import io.forebay.cache.tier.TierRemoval;
import io.forebay.cache.tier.TierValue;
import io.forebay.cache.tier.TierWrite;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;

/// Redis as a tier. Every change of a slot is one run of `change.lua`, so that versions, fences and
/// preconditions hold whoever asks and whenever the command arrives:
///
/// - A fill carries the server's own time at which it began. A key's last change is remembered for
///   longer than a fill may take, apart from its slot, which may expire or be evicted.
/// - A write carries the time at which its caller gives up, and is not done later: a command that
///   lay in the socket of a hung server does not overwrite what came after it.
/// - A slot names the run of the server that it was written in. After a restart Redis may have lost
///   what replaced it, so values of other runs are not trusted, unless the operator says that this
///   Redis loses nothing.
public final class RedisTier implements Tier {

  private static final Script CHANGE = Script.named("change");
  private static final Script REMOVE = Script.inNeed("change");
  private static final Script LEASE = Script.named("lease");

  private static final int REMOVED_TOGETHER = 256;
  private static final int MAX_CONTENT_BYTES = 512 << 20;

  private final RedisSettings settings;
  private final RedisNames names;
  private final RedisSessions sessions;
  private final RedisCalls calls;
  private final FillWaiters waiters;

  private RedisTier(RedisSettings settings, TierObserver observer) {
    this.settings = settings;
    this.names = new RedisNames(settings.namespace());
    this.sessions = RedisSessions.open(settings);
    this.calls = new RedisCalls(sessions, settings, observer);
    this.waiters = new FillWaiters(settings, names.channel());
  }

  /// Begins to connect, and returns at once.
  public static RedisTier open(RedisSettings settings, TierObserver observer) {
    return new RedisTier(settings, observer);
  }

  /// Waits until Redis can be used, no longer than `patience`.
  ///
  /// @return why it cannot; empty if it can
  public Optional<String> awaitConnection(Duration patience) throws InterruptedException {
    return sessions.awaitConnected(patience) ? Optional.empty() : Optional.of(sessions.trouble());
  }

  public boolean isConnected() {
    return sessions.isConnected();
  }

  public boolean isBreakerOpen() {
    return calls.isBreakerOpen();
  }

  /// Connections opened so far.
  public long connectionsOpened() {
    return sessions.opened();
  }

  @Override
  public TierCondition condition() {
    return new TierCondition(
        isConnected(),
        calls.isBreakerOpen() ? Breaker.OPEN : Breaker.CLOSED,
        OptionalLong.empty(),
        OptionalLong.empty(),
        calls.underWay(),
        Optional.empty(),
        Map.of());
  }

  @Override
  public String kind() {
    return "redis";
  }

  @Override
  public Set<Ability> abilities() {
    return EnumSet.allOf(Ability.class);
  }

  @Override
  public Duration deadline() {
    return settings.deadline();
  }

  @Override
  public Duration longestFill() {
    return settings.longestFill();
  }

  @Override
  public Duration longestLife() {
    return settings.longestLife();
  }

  // ---- reading

  @Override
  public TierRead read(TierKey key) {
    byte[] slot = names.slot(key);
    return calls.<TierRead, TierRead>call(
        Operation.READ,
        slot,
        Optional.empty(),
        session -> read(session, key, slot),
        read -> read,
        TierRead.Unavailable::new);
  }

  private CompletionStage<TierRead> read(RedisSession session, TierKey key, byte[] slot) {
    return session
        .commands()
        .get(slot)
        .thenCompose(bytes -> {
          Optional<Slot.Read> read = bytes == null ? Optional.empty() : Slot.read(bytes);
          if (read.isEmpty() || !isOfThisRun(read.get(), session)) {
            return CompletableFuture.completedFuture(new TierRead.Absent());
          }
          return read.get().count() == 0
              ? CompletableFuture.completedFuture(found(read.get(), session))
              : gather(session, key, read.get());
        });
  }

  private boolean isOfThisRun(Slot.Read read, RedisSession session) {
    return settings.survivesRestarts() || read.run().equals(session.run().shortId());
  }

  private static TierRead found(Slot.Read read, RedisSession session) {
    long ageMicros = Math.max(0, session.latestMicros() - read.storedMicros());
    Duration age = Duration.ofNanos(ageMicros * 1_000);
    Duration life = read.value().lifetime().fresh().plus(read.value().lifetime().stale());
    return age.compareTo(life) < 0
        ? new TierRead.Found(read.value(), read.version(), age)
        : new TierRead.Absent();
  }

  /// Fills in the content from its pieces. If one is missing, the slot was changed meanwhile, or
  /// Redis evicted it.
  private CompletionStage<TierRead> gather(RedisSession session, TierKey key, Slot.Read read) {
    byte[][] pieces = new byte[read.count()][];
    for (int i = 0; i < pieces.length; i++) {
      pieces[i] = names.piece(key, read.pieces(), i + 1);
    }
    return session
        .commands()
        .mget(pieces)
        .thenApply(found -> {
          int at = 0;
          for (var piece : found) {
            if (!piece.hasValue() || piece.getValue().length > read.length() - at) {
              return new TierRead.Absent();
            }
            System.arraycopy(
                piece.getValue(), 0, read.value().bytes(), at, piece.getValue().length);
            at += piece.getValue().length;
          }
          return at == read.length() ? found(read, session) : new TierRead.Absent();
        });
  }

  // ---- filling

  /// @param began the server's time, in microseconds
  /// @param holder of the lease; empty if it needs none
  private record Ticket(TierKey key, RedisSession session, long began, String holder)
      implements FillStart.Ticket {}

  @Override
  public FillStart beginFill(TierKey key, boolean exclusive) {
    return exclusive ? beginExclusiveFill(key) : beginSharedFill(key);
  }

  private FillStart beginSharedFill(TierKey key) {
    return calls.<Ticket, FillStart>call(
        Operation.BEGIN_FILL,
        names.lease(key),
        Optional.empty(),
        session ->
            session
                .commands()
                .time()
                .thenApply(time ->
                    new Ticket(
                        key,
                        session,
                        1_000_000 * number(time.getFirst()) + number(time.getLast()),
                        "")),
        FillStart.Granted::new,
        FillStart.Unavailable::new);
  }

  private static long number(byte[] digits) {
    return Long.parseLong(new String(digits, UTF_8));
  }

  private FillStart beginExclusiveFill(TierKey key) {
    String holder = Long.toHexString(ThreadLocalRandom.current().nextLong());
    return calls.<FillStart, FillStart>call(
        Operation.BEGIN_FILL,
        names.lease(key),
        Optional.empty(),
        session ->
            LuaCall.of(LEASE)
                .key(names.lease(key))
                .argument("t")
                .argument(holder)
                .argument(settings.loadLease().toMillis())
                .argument("")
                .argument("")
                .on(session)
                .thenApply(answer ->
                    answer.get(0) == 1
                        ? new FillStart.Granted(new Ticket(key, session, answer.get(1), holder))
                        : new FillStart.Elsewhere(Duration.ofMillis(Math.max(1, answer.get(1))))),
        start -> start,
        FillStart.Unavailable::new);
  }

  @Override
  public TierWrite fill(FillStart.Ticket ticket, TierValue value) {
    Ticket ours = (Ticket) ticket;
    return store(
        Operation.FILL,
        ours.key,
        value,
        Optional.of(ours.session),
        new Change("f", Precondition.NONE, ours.began, ours.holder));
  }

  @Override
  public void abandon(FillStart.Ticket ticket) {
    Ticket ours = (Ticket) ticket;
    if (ours.holder.isEmpty() || !ours.session.isOpen()) {
      return;
    }
    var _ =
        LuaCall.of(LEASE)
            .key(names.lease(ours.key))
            .argument("g")
            .argument(ours.holder)
            .argument(0)
            .argument(names.channel())
            .argument(names.slot(ours.key))
            .on(ours.session);
  }

  @Override
  public void awaitFill(TierKey key, Duration patience) throws InterruptedException {
    waiters.await(names.slotText(key), patience, () -> !isLeased(key));
  }

  private boolean isLeased(TierKey key) {
    return calls.<Long, Boolean>call(
        Operation.BEGIN_FILL,
        names.lease(key),
        Optional.empty(),
        session -> session.commands().exists(names.lease(key)),
        leases -> leases > 0,
        _ -> false);
  }

  // ---- writing

  /// What `change.lua` is asked for.
  ///
  /// @param ticket when a fill began; zero for others
  private record Change(String what, Precondition precondition, long ticket, String holder) {}

  @Override
  public TierWrite write(TierKey key, TierValue value, Precondition precondition, long proposed) {
    return store(
        Operation.WRITE, key, value, Optional.empty(), new Change("w", precondition, 0, ""));
  }

  private TierWrite store(
      Operation operation,
      TierKey key,
      TierValue value,
      Optional<RedisSession> mustBe,
      Change change) {
    if (value.bytes().length > MAX_CONTENT_BYTES) {
      return new TierWrite.TooLarge();
    }
    return calls.<TierWrite, TierWrite>call(
        operation,
        names.slot(key),
        mustBe,
        session -> store(session, key, value, change),
        written -> written,
        TierWrite.Unavailable::new);
  }

  /// The pieces first: the slot never names what is not there.
  private CompletionStage<TierWrite> store(
      RedisSession session, TierKey key, TierValue value, Change change) {
    long life =
        Math.clamp(
            value.lifetime().fresh().plus(value.lifetime().stale()).toMillis(),
            1,
            settings.longestLife().toMillis());
    Pieces pieces = Pieces.of(value.bytes());
    pieces.store(session, names, key, life);
    return change(CHANGE, session, key, change)
        .argument(life)
        .argument(fenceMicros())
        .argument(change.ticket)
        .argument(settings.longestFill().toNanos() / 1_000)
        .argument(change.holder)
        .argument(names.channel())
        .argument("V" + pieces.name())
        .argument(Slot.rest(value, pieces.count() > 0))
        .argument(names.pieces(key))
        .argument(notAfter(session))
        .on(session)
        .thenApply(RedisTier::written);
  }

  private LuaCall change(Script script, RedisSession session, TierKey key, Change change) {
    return LuaCall.of(script)
        .key(names.slot(key))
        .key(names.fences(key))
        .key(names.lease(key))
        .argument(change.what)
        .argument(letter(change.precondition))
        .argument(versions(change.precondition))
        .argument(session.run().shortId())
        .argument(settings.survivesRestarts() ? "1" : "0");
  }

  private static TierWrite written(List<Long> answer) {
    return switch (Math.toIntExact(answer.getFirst())) {
      case 1 -> new TierWrite.Stored(answer.get(1), answer.get(2) == 1);
      case 0 -> new TierWrite.PreconditionFailed(present(answer.get(1)));
      case -1 -> new TierWrite.Overtaken();
      case -2 ->
          new TierWrite.Unavailable(
              new TierFailure(TierFailure.Kind.REFUSED, "the command came too late"));
      default -> throw new IllegalStateException("change.lua answered " + answer);
    };
  }

  private static OptionalLong present(long version) {
    return version == 0 ? OptionalLong.empty() : OptionalLong.of(version);
  }

  private static String letter(Precondition precondition) {
    return switch (precondition) {
      case Precondition.None() -> "n";
      case Precondition.Absent() -> "a";
      case Precondition.Present() -> "p";
      case Precondition.VersionIn _ -> "v";
    };
  }

  private static String versions(Precondition precondition) {
    return precondition instanceof Precondition.VersionIn(Set<Long> versions)
        ? versions.stream().map(String::valueOf).collect(Collectors.joining(",", ",", ","))
        : "";
  }

  /// Fences outlive the longest fill; the rest is for clocks that are set back a little.
  private long fenceMicros() {
    return settings.longestFill().plusSeconds(30).toNanos() / 1_000;
  }

  private long notAfter(RedisSession session) {
    return session.earliestMicros() + settings.deadline().toNanos() / 1_000;
  }

  // ---- removing

  @Override
  public TierRemoval remove(TierKey key, Precondition precondition) {
    return calls.<TierRemoval, TierRemoval>call(
        Operation.REMOVE,
        names.slot(key),
        Optional.empty(),
        session -> remove(session, key, precondition).thenApply(RedisTier::removed),
        removal -> removal,
        TierRemoval.Unavailable::new);
  }

  private CompletionStage<List<Long>> remove(
      RedisSession session, TierKey key, Precondition precondition) {
    Change change = new Change("r", precondition, 0, "");
    return change(REMOVE, session, key, change)
        .argument(0)
        .argument(fenceMicros())
        .argument(0)
        .argument(0)
        .argument("")
        .argument("")
        .argument("")
        .argument("")
        .argument(names.pieces(key))
        .argument(notAfter(session))
        .on(session);
  }

  private static TierRemoval removed(List<Long> answer) {
    return switch (Math.toIntExact(answer.getFirst())) {
      case 1 ->
          answer.get(1) == 0 ? new TierRemoval.Absent() : new TierRemoval.Removed(answer.get(1));
      case 0 -> new TierRemoval.PreconditionFailed(present(answer.get(1)));
      case -2 ->
          new TierRemoval.Unavailable(
              new TierFailure(TierFailure.Kind.REFUSED, "the command came too late"));
      default -> throw new IllegalStateException("change.lua answered " + answer);
    };
  }

  /// A few hundred are under way at a time.
  @Override
  public Set<TierKey> removeAll(Collection<TierKey> keys) {
    Set<TierKey> failed = new HashSet<>();
    List<TierKey> every = List.copyOf(keys);
    for (int from = 0; from < every.size(); from += REMOVED_TOGETHER) {
      List<TierKey> some = every.subList(from, Math.min(every.size(), from + REMOVED_TOGETHER));
      Map<Optional<RedisSession>, List<TierKey>> byServer =
          some.stream().collect(Collectors.groupingBy(key -> sessions.session(names.slot(key))));
      byServer.values().forEach(together -> failed.addAll(removeTogether(together)));
    }
    return failed;
  }

  /// @param keys of one server
  private Set<TierKey> removeTogether(List<TierKey> keys) {
    return calls.<Map<TierKey, List<Long>>, Set<TierKey>>call(
        Operation.REMOVE,
        names.slot(keys.getFirst()),
        Optional.empty(),
        session -> {
          Map<TierKey, CompletableFuture<List<Long>>> asked = new LinkedHashMap<>();
          keys.forEach(
              key -> asked.put(key, remove(session, key, Precondition.NONE).toCompletableFuture()));
          return CompletableFuture.allOf(asked.values().toArray(CompletableFuture[]::new))
              .thenApply(_ -> {
                Map<TierKey, List<Long>> answers = new LinkedHashMap<>();
                asked.forEach((key, answer) -> answers.put(key, answer.join()));
                return answers;
              });
        },
        answers ->
            answers.entrySet().stream()
                .filter(answer -> answer.getValue().getFirst() != 1)
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet()),
        _ -> Set.copyOf(keys));
  }

  @Override
  public void close() {
    waiters.close();
    sessions.close();
  }
}

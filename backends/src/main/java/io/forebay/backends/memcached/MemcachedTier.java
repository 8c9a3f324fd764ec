package io.forebay.backends.memcached;

import io.forebay.backends.calls.CallFailed;
import io.forebay.backends.calls.Deadline;
import io.forebay.cache.Precondition;
import io.forebay.cache.TimeSource;
import io.forebay.cache.VersionClock;
import io.forebay.cache.tier.FillStart;
import io.forebay.cache.tier.Tier;
import io.forebay.cache.tier.TierCondition;
import io.forebay.cache.tier.TierCondition.Breaker;
import io.forebay.cache.tier.TierFailure.Kind;
import io.forebay.cache.tier.TierKey;
import io.forebay.cache.tier.TierObserver;
import io.forebay.cache.tier.TierObserver.Operation;
import io.forebay.cache.tier.TierRead;
import io.forebay.cache.tier.TierRemoval;
import io.forebay.cache.tier.TierValue;
import io.forebay.cache.tier.TierWrite;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;

/// Memcached as a tier. It has no scripts, forgets whatever it likes, and has no order of its own
/// but one: each change of an item gives it a number that no item of this run of the server has
/// had. So every value is stored by comparing with the number of an item that was seen there:
///
/// ```
/// filler                             invalidator of the key
/// makes an empty item: number 7
/// asks the source
///                                    deletes the item
/// compares with 7: no such item
/// ```
///
/// - There is always an item to compare with: an empty one is made if need be. Setting "if there is
///   nothing" would bring an old value back when what replaced it was evicted.
/// - A removal deletes. It needs no tombstone: whoever had seen the item, or its absence, compares
///   with a number that is gone.
/// - A command that lay in the socket of a hung server is compared when it arrives, and not done if
///   the slot has changed since. Late deletions do delete: then a value is lost, never an old one
///   found.
/// - Versions come from the nodes' clocks, but are greater than the one that is there.
///
/// Content that is too long for an item lies in pieces, which are there before the item that names
/// them.
public final class MemcachedTier implements Tier {

  private static final int REMOVED_TOGETHER = 256;
  private static final int MAX_CONTENT_BYTES = 256 << 20;
  private static final int LARGEST_PIECE = 256 << 10;
  private static final int PIECES_TOGETHER = 16;

  private final MemcachedSettings settings;
  private final MemcachedNames names;
  private final List<MemcachedServer> servers;
  private final VersionClock versions = new VersionClock(TimeSource.SYSTEM);
  private final long writer = ThreadLocalRandom.current().nextLong();

  private MemcachedTier(MemcachedSettings settings, TierObserver observer) {
    this.settings = settings;
    this.names = new MemcachedNames(settings.namespace());
    this.servers =
        settings.servers().addresses().stream()
            .map(address -> new MemcachedServer(address, settings, observer))
            .toList();
  }

  /// Begins to connect, and returns at once.
  public static MemcachedTier open(MemcachedSettings settings, TierObserver observer) {
    return new MemcachedTier(settings, observer);
  }

  /// Waits until every server can be used, no longer than `patience`.
  ///
  /// @return which cannot, and why; empty if all can
  public Optional<String> awaitConnection(Duration patience) throws InterruptedException {
    Deadline deadline = Deadline.after(patience);
    for (MemcachedServer server : servers) {
      Duration left = Duration.ofNanos(Math.max(0, deadline.leftNanos()));
      if (!server.link().awaitSession(left)) {
        return Optional.of(server.address() + ": " + server.link().trouble());
      }
    }
    return Optional.empty();
  }

  /// Whether every server is connected.
  public boolean isConnected() {
    return servers.stream().allMatch(server -> server.link().session().isPresent());
  }

  /// Whether some server is left alone for a while.
  public boolean isBreakerOpen() {
    return servers.stream().anyMatch(server -> server.calls().isBreakerOpen());
  }

  /// Connections opened so far.
  public long connectionsOpened() {
    return servers.stream().mapToLong(server -> server.link().opened()).sum();
  }

  /// Whether some server cannot be used until somebody changes settings, here or there.
  public boolean isHopeless() {
    return servers.stream().anyMatch(server -> server.link().isHopeless());
  }

  @Override
  public TierCondition condition() {
    return new TierCondition(
        isConnected(),
        servers.stream()
            .map(server -> server.calls().breaker())
            .reduce(Breaker.CLOSED, (one, other) -> one == Breaker.CLOSED ? other : one),
        OptionalLong.empty(),
        OptionalLong.empty(),
        servers.stream().mapToLong(server -> server.calls().underWay()).sum(),
        Optional.empty(),
        Map.of());
  }

  @Override
  public String kind() {
    return "memcached";
  }

  @Override
  public Set<Ability> abilities() {
    return EnumSet.of(Ability.COMPARE_AND_SET);
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

  private MemcachedServer server(MemcachedNames.Name name) {
    return servers.size() == 1
        ? servers.getFirst()
        : servers.stream()
            .max(Comparator.comparingLong(server -> server.weight(name.text())))
            .orElseThrow();
  }

  private Item.Stamp now(int seconds) {
    return new Item.Stamp(writer, System.nanoTime(), System.currentTimeMillis(), seconds);
  }

  // ---- reading

  @Override
  public TierRead read(TierKey key) {
    MemcachedNames.Name name = names.slot(key);
    MemcachedServer server = server(name);
    return server
        .calls()
        .call(
            Operation.READ,
            deadline -> read(server.session(), key, name, deadline),
            TierRead.Unavailable::new);
  }

  private TierRead read(
      MetaSession session, TierKey key, MemcachedNames.Name name, Deadline deadline)
      throws CallFailed {
    Seen seen = see(session, MetaCommand.get(name.text()), key, name, deadline);
    Optional<Live> live = live(seen);
    if (live.isEmpty()) {
      return new TierRead.Absent();
    }
    Item item = live.get().item;
    boolean whole = item.pieces().count() == 0 || gather(session, item, deadline);
    return whole
        ? new TierRead.Found(item.value(), item.version(), live.get().age)
        : new TierRead.Absent();
  }

  /// A slot's item as it was seen.
  ///
  /// @param number of the item; zero if there is none
  /// @param item empty if the item is a mere place, or makes no sense
  private record Seen(long number, Optional<Item> item, long secondsLeft) {}

  /// A value within its lifetime.
  private record Live(Item item, Duration age) {}

  private Seen see(
      MetaSession session, byte[] command, TierKey key, MemcachedNames.Name name, Deadline deadline)
      throws CallFailed {
    return switch (deadline.await(session.send(command))) {
      case MetaAnswer.Value(byte[] bytes, List<String> flags) -> {
        long number = MetaAnswer.number(flags, 'c').orElseThrow(MemcachedTier::senseless);
        long left = MetaAnswer.number(flags, 't').orElseThrow(MemcachedTier::senseless);
        yield new Seen(number, Item.read(bytes, key, name.hashed()), left);
      }
      case MetaAnswer.Missing _ -> new Seen(0, Optional.empty(), 0);
      case MetaAnswer.Failed(String words) -> throw new CallFailed(Kind.REFUSED, words);
      case MetaAnswer.Done _, MetaAnswer.Changed _, MetaAnswer.Awake _ -> throw senseless();
    };
  }

  private static CallFailed senseless() {
    return new CallFailed(Kind.BROKEN, "it answered something that is no answer to the question");
  }

  private Optional<Live> live(Seen seen) {
    if (seen.item.isEmpty()) {
      return Optional.empty();
    }
    Item item = seen.item.get();
    Duration age = item.stamp().age(now(0), seen.secondsLeft);
    Duration life = item.value().lifetime().fresh().plus(item.value().lifetime().stale());
    return age.compareTo(life) < 0 ? Optional.of(new Live(item, age)) : Optional.empty();
  }

  /// Fills in the content from its pieces.
  ///
  /// @return false if one is missing: the slot was changed meanwhile, or it was evicted
  private boolean gather(MetaSession session, Item item, Deadline deadline) throws CallFailed {
    byte[] content = item.value().bytes();
    int at = 0;
    for (int from = 0; from < item.pieces().count(); from += PIECES_TOGETHER) {
      int to = Math.min(item.pieces().count(), from + PIECES_TOGETHER);
      List<byte[]> commands = new ArrayList<>(to - from);
      for (int i = from; i < to; i++) {
        commands.add(MetaCommand.get(names.piece(item.pieces().id(), i)));
      }
      for (Future<MetaAnswer> answer : session.send(commands)) {
        if (!(deadline.await(answer) instanceof MetaAnswer.Value(byte[] piece, List<String> _))
            || piece.length > content.length - at) {
          return false;
        }
        System.arraycopy(piece, 0, content, at, piece.length);
        at += piece.length;
      }
    }
    return at == content.length;
  }

  // ---- filling

  /// @param seen what was there when the fill began
  private record Ticket(
      TierKey key, MemcachedServer server, MetaSession session, Seen seen, Deadline end)
      implements FillStart.Ticket {}

  @Override
  public FillStart beginFill(TierKey key, boolean exclusive) {
    MemcachedNames.Name name = names.slot(key);
    MemcachedServer server = server(name);
    return server
        .calls()
        .call(
            Operation.BEGIN_FILL,
            deadline -> {
              Deadline end = Deadline.after(settings.longestFill());
              MetaSession session = server.session();
              byte[] look = MetaCommand.getOrMake(name.text(), placeSeconds());
              Seen seen = see(session, look, key, name, deadline);
              return new FillStart.Granted(new Ticket(key, server, session, seen, end));
            },
            FillStart.Unavailable::new);
  }

  /// How long an empty item lives: two ticks longer than whoever made it may need it.
  private long placeSeconds() {
    return settings.longestFill().toSeconds() + 2;
  }

  @Override
  public TierWrite fill(FillStart.Ticket ticket, TierValue value) {
    Ticket ours = (Ticket) ticket;
    if (ours.end.isOver()) {
      return new TierWrite.Overtaken();
    }
    if (value.bytes().length > MAX_CONTENT_BYTES) {
      return new TierWrite.TooLarge();
    }
    return ours.server
        .calls()
        .call(
            Operation.FILL,
            deadline -> {
              if (ours.server.session() != ours.session) {
                throw new CallFailed(Kind.DISCONNECTED, "connected anew since");
              }
              OptionalLong version = store(ours.session, ours.key, value, ours.seen, deadline);
              return version.isPresent()
                  ? new TierWrite.Stored(version.getAsLong(), presentVersion(ours.seen).isPresent())
                  : new TierWrite.Overtaken();
            },
            TierWrite.Unavailable::new);
  }

  @Override
  public void abandon(FillStart.Ticket ticket) {
    // The empty item expires.
  }

  @Override
  public void awaitFill(TierKey key, Duration patience) {
    // Fills take no turns here.
  }

  // ---- writing

  @Override
  public TierWrite write(TierKey key, TierValue value, Precondition precondition, long proposed) {
    if (value.bytes().length > MAX_CONTENT_BYTES) {
      return new TierWrite.TooLarge();
    }
    MemcachedNames.Name name = names.slot(key);
    MemcachedServer server = server(name);
    versions.observe(proposed);
    return server
        .calls()
        .call(
            Operation.WRITE,
            deadline -> write(server.session(), key, name, value, precondition, deadline),
            TierWrite.Unavailable::new);
  }

  private TierWrite write(
      MetaSession session,
      TierKey key,
      MemcachedNames.Name name,
      TierValue value,
      Precondition precondition,
      Deadline deadline)
      throws CallFailed {
    while (true) {
      byte[] look = MetaCommand.getOrMake(name.text(), placeSeconds());
      Seen seen = see(session, look, key, name, deadline);
      OptionalLong present = presentVersion(seen);
      if (!holds(precondition, present)) {
        return new TierWrite.PreconditionFailed(present);
      }
      OptionalLong version = store(session, key, value, seen, deadline);
      if (version.isPresent()) {
        return new TierWrite.Stored(version.getAsLong(), present.isPresent());
      }
    }
  }

  private OptionalLong presentVersion(Seen seen) {
    Optional<Live> live = live(seen);
    return live.isEmpty() ? OptionalLong.empty() : OptionalLong.of(live.get().item.version());
  }

  private static boolean holds(Precondition precondition, OptionalLong present) {
    return switch (precondition) {
      case Precondition.None() -> true;
      case Precondition.Absent() -> present.isEmpty();
      case Precondition.Present() -> present.isPresent();
      case Precondition.VersionIn(Set<Long> versions) ->
          present.isPresent() && versions.contains(present.getAsLong());
    };
  }

  /// Stores a value if the slot's item is still the one that was seen.
  ///
  /// @return its version; empty if it is another item
  private OptionalLong store(
      MetaSession session, TierKey key, TierValue value, Seen seen, Deadline deadline)
      throws CallFailed {
    MemcachedNames.Name name = names.slot(key);
    Duration life = value.lifetime().fresh().plus(value.lifetime().stale());
    // One more than it lives, and one for the tick: the item outlives the value.
    int seconds = (int) Math.min(life.toSeconds(), settings.longestLife().toSeconds()) + 2;
    Item.Pieces pieces = cut(session, value, seconds, deadline);
    seen.item.ifPresent(item -> versions.observe(item.version()));
    long version = versions.next();
    Item item = new Item(version, now(seconds), pieces, value);
    byte[] bytes = item.bytes(key, name.hashed());
    byte[] command = MetaCommand.compareAndSet(name.text(), seen.number, seconds, bytes);
    return isDone(deadline.await(session.send(command)))
        ? OptionalLong.of(version)
        : OptionalLong.empty();
  }

  /// Whether what compares with a number was done.
  private static boolean isDone(MetaAnswer answer) throws CallFailed {
    return switch (answer) {
      case MetaAnswer.Done _ -> true;
      case MetaAnswer.Changed _, MetaAnswer.Missing _ -> false;
      case MetaAnswer.Failed(String words) -> throw new CallFailed(Kind.REFUSED, words);
      case MetaAnswer.Value _, MetaAnswer.Awake _ -> throw senseless();
    };
  }

  /// Stores the content's pieces, if it needs some, under names that nobody else uses.
  ///
  /// Pieces of a value that is not stored, or replaced, stay until their life is over or they are
  /// evicted.
  private Item.Pieces cut(MetaSession session, TierValue value, int seconds, Deadline deadline)
      throws CallFailed {
    byte[] content = value.bytes();
    int piece = Math.min(LARGEST_PIECE, session.traits().largestItem() / 2);
    if (content.length <= piece) {
      return new Item.Pieces(0, 0);
    }
    long id = ThreadLocalRandom.current().nextLong();
    int count = Math.ceilDiv(content.length, piece);
    for (int first = 0; first < count; first += PIECES_TOGETHER) {
      List<byte[]> commands = new ArrayList<>();
      for (int i = first; i < Math.min(count, first + PIECES_TOGETHER); i++) {
        int from = i * piece;
        byte[] part = Arrays.copyOfRange(content, from, Math.min(content.length, from + piece));
        commands.add(MetaCommand.set(names.piece(id, i), seconds + 1, part));
      }
      for (Future<MetaAnswer> answer : session.send(commands)) {
        var _ = isDone(deadline.await(answer));
      }
    }
    return new Item.Pieces(id, count);
  }

  // ---- removing

  @Override
  public TierRemoval remove(TierKey key, Precondition precondition) {
    MemcachedNames.Name name = names.slot(key);
    MemcachedServer server = server(name);
    return server
        .calls()
        .call(
            Operation.REMOVE,
            deadline -> remove(server.session(), key, name, precondition, deadline),
            TierRemoval.Unavailable::new);
  }

  private TierRemoval remove(
      MetaSession session,
      TierKey key,
      MemcachedNames.Name name,
      Precondition precondition,
      Deadline deadline)
      throws CallFailed {
    while (true) {
      Seen seen = see(session, MetaCommand.get(name.text()), key, name, deadline);
      OptionalLong present = presentVersion(seen);
      if (!holds(precondition, present)) {
        return new TierRemoval.PreconditionFailed(present);
      }
      TierRemoval removed =
          present.isPresent()
              ? new TierRemoval.Removed(present.getAsLong())
              : new TierRemoval.Absent();
      if (seen.number == 0 || delete(session, name, seen.number, deadline)) {
        return removed;
      }
    }
  }

  private static boolean delete(
      MetaSession session, MemcachedNames.Name name, long number, Deadline deadline)
      throws CallFailed {
    byte[] command = MetaCommand.compareAndDelete(name.text(), number);
    return isDone(deadline.await(session.send(command)));
  }

  /// A few hundred are under way at a time.
  @Override
  public Set<TierKey> removeAll(Collection<TierKey> keys) {
    Map<MemcachedServer, List<TierKey>> shares = new HashMap<>();
    for (TierKey key : keys) {
      shares.computeIfAbsent(server(names.slot(key)), _ -> new ArrayList<>()).add(key);
    }
    Set<TierKey> failed = new HashSet<>();
    shares.forEach((server, share) -> {
      int together = Math.min(REMOVED_TOGETHER, settings.maxCalls());
      for (int from = 0; from < share.size(); from += together) {
        int to = Math.min(share.size(), from + together);
        failed.addAll(removeTogether(server, share.subList(from, to)));
      }
    });
    return failed;
  }

  private Set<TierKey> removeTogether(MemcachedServer server, List<TierKey> keys) {
    return server
        .calls()
        .call(
            Operation.REMOVE,
            deadline -> {
              List<byte[]> commands = new ArrayList<>(keys.size());
              keys.forEach(key -> commands.add(MetaCommand.delete(names.slot(key).text())));
              List<Future<MetaAnswer>> answers = server.session().send(commands);
              Set<TierKey> failed = new HashSet<>();
              for (int i = 0; i < keys.size(); i++) {
                MetaAnswer answer = deadline.await(answers.get(i));
                if (!(answer instanceof MetaAnswer.Done)
                    && !(answer instanceof MetaAnswer.Missing)) {
                  failed.add(keys.get(i));
                }
              }
              return failed;
            },
            _ -> Set.copyOf(keys));
  }

  @Override
  public void close() {
    servers.forEach(MemcachedServer::close);
  }
}

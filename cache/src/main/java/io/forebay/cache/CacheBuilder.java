package io.forebay.cache;

import io.forebay.cache.policy.HitObjective;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Makes a [Cache].
///
/// ```java
/// Cache<String, ByteValue> pages =
///     CacheBuilder.<ByteValue>withTextKeys("pages").maxBytes(64 << 20, Weigher.ofBytes()).build();
/// ```
///
/// At least one bound must be given. Everything else has a default that suits a cache which stands
/// alone; caches of one node share a [NodeBudget], an [InvalidationLog], a [VersionClock] and an
/// [Upkeep].
///
/// @param <K> keys
/// @param <V> values
public final class CacheBuilder<K extends Comparable<? super K>, V> {

  static final int DEFAULT_MAX_BARRIERS = 65_536;
  static final int DEFAULT_MAX_KEY_BARRIERS = 128;

  /// Departures that wait for a slow listener at most; more are dropped.
  public static final int MAX_WAITING_NOTIFICATIONS = 8_192;

  final String name;
  TimeSource time = TimeSource.SYSTEM;
  private Weigher<? super K, ? super V> weigher = (_, _) -> 0;
  NodeBudget node = new NodeBudget(Long.MAX_VALUE);
  InvalidationLog log = new InProcessInvalidationLog(System.currentTimeMillis());
  @Nullable VersionClock versions;
  Receipts receipts = Receipts.none();
  int maxBarriers = DEFAULT_MAX_BARRIERS;
  int maxKeyBarriers = DEFAULT_MAX_KEY_BARRIERS;
  String evictionPolicy = "auto";
  HitObjective hitObjective = HitObjective.OBJECTS;
  @Nullable WhatIfQuestions whatIf;
  long timeToIdleNanos = Expiry.NEVER_IDLE;
  long copiesLiveNanos;

  private Function<K, String> keyText = Object::toString;
  private @Nullable Function<String, Optional<K>> keyParser;
  private @Nullable Function<K, String> patternText;
  private long maxBytes = Long.MAX_VALUE;
  private long maxEntries = Long.MAX_VALUE;
  private @Nullable Upkeep upkeep;
  private @Nullable Packings<K, V> packings;

  private record Packings<K, V>(Packing<K> keys, Packing<V> values) {}

  private @Nullable CacheListener<K> listener;
  private @Nullable Executor listenerThreads;

  /// Starts a cache called `name`, whose keys are named in invalidations by their `toString`.
  public CacheBuilder(String name) {
    this.name = name;
  }

  /// Starts a cache whose keys are text.
  public static <V> CacheBuilder<String, V> withTextKeys(String name) {
    return new CacheBuilder<String, V>(name).keyText(key -> key, Optional::of);
  }

  /// Bounds the weight of all entries. The weigher sees keys and values; what the entry itself
  /// costs is added.
  ///
  /// @param bytes at least 1
  public CacheBuilder<K, V> maxBytes(long bytes, Weigher<? super K, ? super V> weigher) {
    this.maxBytes = new CacheBounds(bytes, 1).maxBytes();
    this.weigher = weigher;
    return this;
  }

  /// Keeps entries as bytes outside the heap: they take about half the memory and none of the
  /// garbage collector's time, and each read copies the value. Values longer than 4 KiB stay
  /// objects, whose weight the weigher says. At most 32 GiB.
  ///
  /// @param values not of [ReferenceCounted] values: a copy has no references to count
  public CacheBuilder<K, V> packed(Packing<K> keys, Packing<V> values) {
    this.packings = new Packings<>(keys, values);
    return this;
  }

  /// Bounds the number of entries.
  ///
  /// @param entries at least 1
  public CacheBuilder<K, V> maxEntries(long entries) {
    this.maxEntries = new CacheBounds(1, entries).maxEntries();
    return this;
  }

  /// Both bounds at once.
  public CacheBuilder<K, V> bounds(CacheBounds bounds, Weigher<? super K, ? super V> weigher) {
    return maxBytes(bounds.maxBytes(), weigher).maxEntries(bounds.maxEntries());
  }

  /// What leaves when there is too much; `auto`, which learns, by default.
  ///
  /// @param name one of [EvictionPolicies#names]; checked by [#build]
  public CacheBuilder<K, V> evictionPolicy(String name) {
    this.evictionPolicy = name;
    return this;
  }

  /// What `auto` maximizes; by default the share of requests that hit.
  public CacheBuilder<K, V> hitObjective(HitObjective objective) {
    this.hitObjective = objective;
    return this;
  }

  /// Answers "what if" from the beginning: see [Cache#askWhatIf]. By default nobody asks.
  public CacheBuilder<K, V> whatIf(WhatIfQuestions questions) {
    this.whatIf = questions;
    return this;
  }

  /// Who hears what leaves, on a virtual thread. By default nobody does, which costs nothing.
  public CacheBuilder<K, V> listener(CacheListener<K> listener) {
    return listener(
        listener, task -> Thread.ofVirtual().name("forebay-cache-listener-" + name).start(task));
  }

  /// Who hears what leaves.
  ///
  /// @param threads runs one task at a time for this cache while there is something to tell; it
  ///   must not run it on the calling thread
  public CacheBuilder<K, V> listener(CacheListener<K> listener, Executor threads) {
    this.listener = listener;
    this.listenerThreads = threads;
    return this;
  }

  /// Entries that nobody reads for so long expire, whatever their lifetime says. By default they do
  /// not.
  ///
  /// @param span more than zero
  public CacheBuilder<K, V> timeToIdle(Duration span) {
    if (!span.isPositive()) {
      throw new IllegalArgumentException("timeToIdle must be more than zero, was " + span);
    }
    this.timeToIdleNanos = Lifetime.of(span).fresh().toNanos();
    return this;
  }

  /// A byte bound shared with other caches, besides this cache's own.
  public CacheBuilder<K, V> nodeBudget(NodeBudget budget) {
    this.node = budget;
    return this;
  }

  /// Both clocks.
  public CacheBuilder<K, V> timeSource(TimeSource time) {
    this.time = time;
    return this;
  }

  /// The log that invalidations are numbered by; one for all caches that are invalidated together.
  public CacheBuilder<K, V> invalidationLog(InvalidationLog log) {
    this.log = log;
    return this;
  }

  /// Where versions come from. By default a clock of the cache's own.
  public CacheBuilder<K, V> versionClock(VersionClock versions) {
    this.versions = versions;
    return this;
  }

  /// How keys are named in [Scope.Keys]. With `parse`, an invalidation of a key goes straight to
  /// its place; without (the default, by `toString`) it looks through the table.
  ///
  /// @param text the text of a key; different keys have different texts
  /// @param parse the key that has this text; empty if none can have it
  public CacheBuilder<K, V> keyText(Function<K, String> text, Function<String, Optional<K>> parse) {
    this.keyText = text;
    this.keyParser = parse;
    return this;
  }

  /// What [Scope.Prefixes], [Scope.Patterns] and [Scope.Hosts] look at, if it is not the key's
  /// whole text: the URL, say, without what tells variants apart.
  public CacheBuilder<K, V> patternText(Function<K, String> subject) {
    this.patternText = subject;
    return this;
  }

  KeyText<K> keyText() {
    return new KeyText<>(keyText, keyParser, patternText != null ? patternText : keyText);
  }

  /// Where receipts of invalidations grow; of no use without the same log. By default nobody asks.
  public CacheBuilder<K, V> receipts(Receipts receipts) {
    this.receipts = receipts;
    return this;
  }

  /// How many tags can have an invalidation in force at the same time before the oldest are merged
  /// into a floor (every value older than that is a miss). Default 65,536; about 100 bytes each.
  ///
  /// @param barriers at least 1
  public CacheBuilder<K, V> maxBarriers(int barriers) {
    this.maxBarriers = barriers;
    return this;
  }

  /// The same for prefixes, patterns and hosts together. Default 128; after an invalidation, every
  /// value is held against each of those newer than itself.
  ///
  /// @param barriers at least 1
  public CacheBuilder<K, V> maxKeyBarriers(int barriers) {
    this.maxKeyBarriers = barriers;
    return this;
  }

  /// Values of this cache lie in a tier too, for so long at most: invalidations are remembered
  /// until nothing of before them can come from there. By default values lie here only.
  ///
  /// @param longest zero or more
  public CacheBuilder<K, V> copiesLive(Duration longest) {
    this.copiesLiveNanos = Lifetime.of(longest).fresh().toNanos();
    return this;
  }

  /// What drives background expiry and sweeps. By default a daemon thread that all caches of the
  /// process share.
  public CacheBuilder<K, V> upkeep(Upkeep upkeep) {
    this.upkeep = upkeep;
    return this;
  }

  /// Makes the cache.
  ///
  /// @throws IllegalStateException if neither bytes nor entries are bounded
  /// @throws IllegalArgumentException if there is no eviction policy of the given name
  public Cache<K, V> build() {
    if (maxBytes == Long.MAX_VALUE && maxEntries == Long.MAX_VALUE) {
      throw new IllegalStateException("cache " + name + " needs maxBytes or maxEntries");
    }
    return new BoundedCache<>(this);
  }

  Storage<K, V> storage(Clocks clocks) {
    return packings == null
        ? new HeapStorage<K, V>(weigher, clocks)
        : new PackedStorage<K, V>(packings.keys, packings.values, weigher, clocks);
  }

  CacheBounds bounds() {
    return new CacheBounds(maxBytes, maxEntries);
  }

  @Nullable Announcer<K> announcer() {
    return listener == null || listenerThreads == null
        ? null
        : new Announcer<>(listener, listenerThreads, MAX_WAITING_NOTIFICATIONS);
  }

  Upkeep upkeep() {
    return upkeep != null ? upkeep : Upkeep.shared();
  }
}

package io.forebay.server.caches;

import io.forebay.cache.Cache;
import io.forebay.cache.Lifetime;
import io.forebay.cache.LogOutcome;
import io.forebay.cache.WhatIfQuestions;
import io.forebay.cache.policy.EvictionPolicies;
import io.forebay.cache.tier.WriteMode;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;

/// The caches of this node by name. `default` always exists. Those that are created at run time
/// live until they are deleted or the process ends.
///
/// Thread-safe: looking up is lock-free, changes take turns.
public final class CacheRegistry implements AutoCloseable {

  public static final String DEFAULT = "default";

  /// How many caches there may be: each costs memory of its own.
  public static final int MAX_CACHES = 1000;

  private final CacheEngine engine;
  private final Tiering tiering;
  private final NodeDefaults node;
  private final Map<String, NamedCache> caches = new ConcurrentSkipListMap<>();
  private final Map<String, Cache<?, ?>> others = new ConcurrentSkipListMap<>();

  /// Names of caches whose deletion the log did not keep, oldest first; the newest so many.
  private final Set<String> notKept = new LinkedHashSet<>(); // guarded by this

  /// What became of creating or changing a cache.
  public sealed interface DefineOutcome {
    record Created(NamedCache cache) implements DefineOutcome {}

    record Changed(NamedCache cache) implements DefineOutcome {}

    record Invalid(Violation violation) implements DefineOutcome {}

    /// The name belongs to a cache that holds no entries of clients.
    record Reserved() implements DefineOutcome {}

    record TooMany() implements DefineOutcome {}
  }

  /// What became of deleting a cache.
  public sealed interface DeleteOutcome {
    record Deleted() implements DeleteOutcome {}

    /// Deleted here; other nodes hear that its values are invalid once the log is back.
    record Pending() implements DeleteOutcome {}

    /// Deleted here, but the log did not keep that its values are invalid. Not to be acknowledged;
    /// deleting it again tells the log again.
    record NotKept(String why) implements DeleteOutcome {}

    record Unknown() implements DeleteOutcome {}

    /// `default` and reserved names stay.
    record Permanent() implements DeleteOutcome {}
  }

  public CacheRegistry(CacheEngine engine, NodeDefaults node) {
    this(engine, Tiering.NONE, node);
  }

  public CacheRegistry(CacheEngine engine, Tiering tiering, NodeDefaults node) {
    this.engine = engine;
    this.tiering = tiering;
    this.node = node;
    var _ = define(DEFAULT, CacheSpecification.DEFAULTS);
  }

  public Optional<NamedCache> find(String name) {
    return Optional.ofNullable(caches.get(name));
  }

  /// In order of their names.
  public List<NamedCache> all() {
    return List.copyOf(caches.values());
  }

  /// Makes a cache that is no key-value cache (such as `pages`) show up in statistics and metrics,
  /// and reserves its name.
  public void observe(Cache<?, ?> cache) {
    others.put(cache.name(), cache);
  }

  /// A cache of any kind.
  public Optional<Cache<?, ?>> findObserved(String name) {
    return Optional.<Cache<?, ?>>ofNullable(others.get(name))
        .or(() -> find(name).map(NamedCache::cache));
  }

  /// Every cache, observed ones included, in order of their names.
  public List<Cache<?, ?>> observed() {
    var every = new ConcurrentSkipListMap<String, Cache<?, ?>>(others);
    caches.forEach((name, named) -> every.put(name, named.cache()));
    return List.copyOf(every.values());
  }

  /// Creates a cache, or changes bounds and default of the one there is; its entries stay as far as
  /// they fit.
  public synchronized DefineOutcome define(String name, CacheSpecification specification) {
    Optional<Violation> violation =
        EntryRules.brokenByCacheName(name).or(() -> brokenBy(specification));
    if (violation.isPresent()) {
      return new DefineOutcome.Invalid(violation.get());
    }
    if (others.containsKey(name)) {
      return new DefineOutcome.Reserved();
    }
    NamedCache present = caches.get(name);
    if (present != null
        && specification.tier().filter(tier -> tier != present.traits().tier()).isPresent()) {
      return new DefineOutcome.Invalid(
          Violation.malformed(
              "tier",
              present.traits().tier().text(),
              "A cache keeps the tier that it was created with; delete it first."));
    }
    CacheTraits asked = node.traits(specification);
    CacheTraits traits = present == null ? asked : asked.withTierOf(present.traits());
    if (present != null
        && specification
            .writeMode()
            .filter(mode -> mode != present.traits().writeMode())
            .isPresent()) {
      return new DefineOutcome.Invalid(
          Violation.malformed(
              "write_mode",
              text(present.traits().writeMode()),
              "A cache keeps the mode that it was created with; delete it first."));
    }
    if (present == null
        && traits.writeMode() == WriteMode.WRITE_BEHIND
        && specification.writeMode().isPresent()
        && !tiering.offersWritingBehind(traits.tier())) {
      return new DefineOutcome.Invalid(
          Violation.malformed(
              "write_mode",
              "write_through or write_around",
              "No cache in the settings writes behind to this tier, so it has no journal."));
    }
    if (present == null && caches.size() >= MAX_CACHES) {
      return new DefineOutcome.TooMany();
    }
    Cache<String, StoredValue> cache =
        present == null ? engine.create(name, traits) : present.cache();
    var tiered = present == null ? tiering.behind(cache, traits) : present.tiered();
    var named =
        new NamedCache(
            cache, tiered, specification, traits, specification.defaultTtl().orElse(node.ttl()));
    caches.put(name, named);
    if (present == null) {
      return new DefineOutcome.Created(named);
    }
    change(cache, present.traits(), traits);
    return new DefineOutcome.Changed(named);
  }

  /// Lets `default` hold so many entries at most, whatever was said of it before.
  ///
  /// @param maxEntries at least 1
  public synchronized void boundDefault(long maxEntries) {
    Optional.ofNullable(caches.get(DEFAULT))
        .ifPresent(named -> {
          var bounded =
              named
                  .specification()
                  .with(
                      Optional.empty(),
                      Optional.of(maxEntries),
                      Optional.empty(),
                      Optional.empty());
          var _ = define(DEFAULT, bounded);
        });
  }

  /// Only what differs, as some changes make the policy or "what if" begin anew.
  private static void change(Cache<?, ?> cache, CacheTraits old, CacheTraits traits) {
    if (!traits.bounds().equals(old.bounds())) {
      cache.changeBounds(traits.bounds());
    }
    if (!traits.evictionPolicy().equals(old.evictionPolicy())) {
      cache.changeEvictionPolicy(traits.evictionPolicy());
    }
    if (traits.evictionObjective() != old.evictionObjective()) {
      cache.changeHitObjective(traits.evictionObjective());
    }
    if (traits.whatIf() && !old.whatIf()) {
      cache.askWhatIf(WhatIfQuestions.usual());
    } else if (!traits.whatIf() && old.whatIf()) {
      cache.stopWhatIf();
    }
  }

  /// Deletes a cache with all that it holds, here and, by the log, in tiers and on other nodes.
  public synchronized DeleteOutcome delete(String name) {
    if (name.equals(DEFAULT) || others.containsKey(name)) {
      return new DeleteOutcome.Permanent();
    }
    NamedCache gone = caches.remove(name);
    if (gone != null) {
      gone.cache().close();
    } else if (!notKept.contains(name)) {
      return new DeleteOutcome.Unknown();
    }
    return switch (tiering.deleted(name)) {
      case LogOutcome.Kept _ -> {
        notKept.remove(name);
        yield new DeleteOutcome.Deleted();
      }
      case LogOutcome.Queued _ -> {
        notKept.remove(name);
        yield new DeleteOutcome.Pending();
      }
      case LogOutcome.NotKept failed -> {
        notKept.add(name);
        if (notKept.size() > MAX_CACHES) {
          notKept.remove(notKept.iterator().next());
        }
        yield new DeleteOutcome.NotKept(failed.reason());
      }
    };
  }

  private static String text(WriteMode mode) {
    return mode.name().toLowerCase(Locale.ROOT);
  }

  private Optional<Violation> brokenBy(CacheSpecification specification) {
    if (specification
        .maxBytes()
        .filter(bytes -> bytes < 1 || bytes > node.maxBytes())
        .isPresent()) {
      return Optional.of(
          Violation.malformed(
              "max_bytes",
              "1 to " + node.maxBytes() + " bytes (memory.max_bytes)",
              "A cache cannot be larger than the node's memory for caches."));
    }
    if (specification.maxEntries().filter(entries -> entries < 1).isPresent()) {
      return Optional.of(
          Violation.malformed("max_entries", "1 or more", "A cache holds at least one entry."));
    }
    if (specification
        .evictionPolicy()
        .filter(policy -> !EvictionPolicies.names().contains(policy))
        .isPresent()) {
      return Optional.of(
          Violation.malformed(
              "eviction_policy",
              "one of " + String.join(", ", EvictionPolicies.names()),
              "There is no such eviction policy."));
    }
    if (specification
        .defaultTtl()
        .filter(ttl -> ttl.isNegative() || ttl.compareTo(Lifetime.LONGEST) > 0)
        .isPresent()) {
      return Optional.of(
          Violation.malformed(
              "default_ttl", "0s to 2^31 s", "The default lifetime is out of bounds."));
    }
    if (specification.tier().filter(tier -> !tiering.offers(tier)).isPresent()) {
      return Optional.of(
          Violation.malformed(
              "tier",
              "one of "
                  + Arrays.stream(TierChoice.values())
                      .filter(tiering::offers)
                      .map(TierChoice::text)
                      .collect(Collectors.joining(", ")),
              "The settings do not say where that tier is, or keep no invalidation log for it."));
    }
    return Optional.empty();
  }

  /// Closes every cache of entries; observed ones are closed by their owners.
  @Override
  public synchronized void close() {
    caches.values().forEach(named -> named.cache().close());
    caches.clear();
  }
}

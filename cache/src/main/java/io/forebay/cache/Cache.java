package io.forebay.cache;

import io.forebay.cache.policy.HitObjective;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A bounded, concurrent store of entries with lifetimes, tags and fenced loads: one namespace.
///
/// All methods may be called from any thread. None waits for I/O, except where it says so. Reads
/// are wait-free; those of a packed cache ([CacheBuilder#packed]) may have to wait a moment if
/// writers are always just where they look.
///
/// If `V` is [ReferenceCounted], every [Entry] that a read hands out holds one reference on its
/// value, which the caller gives back with [Entry#close]. For other values `close` does nothing.
///
/// @param <K> keys; immutable, with `equals` and `hashCode`, ordered for listings
/// @param <V> values; immutable
public interface Cache<K extends Comparable<? super K>, V> extends AutoCloseable {

  /// The namespace's name.
  String name();

  /// The entry under `key` if it is neither expired past its stale window nor hard-invalidated,
  /// else null. Counts a hit or a miss (with its reason) and tells the eviction policy.
  ///
  /// The entry may be stale: [Entry#isFresh] tells. Null instead of `Optional`: a hit allocates
  /// nothing.
  @Nullable Entry<K, V> get(K key);

  /// As [#get], but leaves no trace in statistics, access times or the eviction policy.
  @Nullable Entry<K, V> peek(K key);

  /// The same at a time that the caller has read just now, which spares asking the clock again.
  ///
  /// @param nanoTime of the cache's [TimeSource]
  @Nullable Entry<K, V> peek(K key, long nanoTime);

  /// Leaves the trace that [#get] would have left, for an entry that [#peek] gave just now: for a
  /// reader that must look at an entry to know whether it takes it.
  void countHit(Entry<K, V> entry, long nanoTime);

  /// Opens a load: the token notes the log position *now*, before the caller asks the source. Every
  /// token must reach [#complete] or [LoadToken#abandon].
  LoadToken<K> beginLoad(K key);

  /// Stores what a load found, unless an invalidation or a newer write covering the key or one of
  /// the draft's tags came since the load began: then nothing changes and the answer says so.
  WriteOutcome complete(LoadToken<K> token, Draft<V> draft);

  /// Stores a copy of a value that lies in a tier, read there (or written there) since the token
  /// was opened. It is judged by its own lineage: refused if an invalidation covers it, if its
  /// epoch is not the log's, or if a newer version of the key is known.
  WriteOutcome admit(LoadToken<K> token, Draft<V> draft, Lineage lineage);

  /// Stores a value written by a client.
  WriteOutcome put(K key, Draft<V> draft, Precondition precondition);

  /// Removes one entry; loads of that key which began earlier will be refused.
  RemoveOutcome remove(K key, Precondition precondition);

  /// Puts an invalidation in force: no read that begins after this method returned sees an older
  /// value as fresh, and no load that began before it stores one. Costs the same for ten entries
  /// and ten million; space is given back later by the sweep.
  ///
  /// Returns when the cache's [InvalidationLog] keeps it (or could not), so it may wait for a disk:
  /// the only method that does.
  Invalidation invalidate(Scope scope, Invalidation.Mode mode);

  /// The newest invalidation that covers values of this key with these tags, as far as it is still
  /// known: one that has nothing left to cover is forgotten, and invalidations of single keys are
  /// not kept. It may be older than a value that is there, which it then does not concern. For
  /// explanations.
  Optional<BarrierSnapshot.Raised> newestInvalidation(K key, Collection<String> tags);

  /// What invalidations of these scopes would cover now, found by the same judgement: a page of it
  /// in key order, and the totals, each entry once. Changes nothing, not even statistics.
  ///
  /// @param after list keys greater than this one; empty for the first page
  /// @param limit at most so many entries; at least 1
  Preview<K> preview(Collection<Scope> scopes, Optional<K> after, int limit);

  /// A page of entries in key order. Entries present throughout a walk over all pages are listed
  /// exactly once; those written or removed meanwhile may or may not be.
  Listing<K> list(ListingQuery<K> query);

  /// The keys of the entries that were read most often for each of their bytes, most valuable
  /// first; at most so many. Looks at every entry.
  List<K> mostValuable(int most);

  /// A moment's figures.
  CacheStatistics statistics();

  /// The bounds in force.
  CacheBounds bounds();

  /// Changes the bounds; entries that no longer fit are evicted before this returns.
  void changeBounds(CacheBounds bounds);

  /// The name of the eviction policy in force.
  String evictionPolicy();

  /// Changes the eviction policy; every entry stays.
  ///
  /// @param name one of [io.forebay.cache.policy.EvictionPolicies#names]
  /// @throws IllegalArgumentException for an unknown name; nothing changes then
  void changeEvictionPolicy(String name);

  /// What the policy `auto` maximizes; the others do not weigh it.
  HitObjective hitObjective();

  /// Changes what `auto` maximizes; every entry stays, what was learned begins anew.
  void changeHitObjective(HitObjective objective);

  /// What hit ratio other sizes and policies would have reached with the requests that came since
  /// the question was asked; empty if none is.
  ///
  /// A prediction rests on a sample of the keys; it accounts for lifetimes, removals and
  /// invalidations of what the cache holds, not for the time to idle, nor for what a [NodeBudget]
  /// takes away.
  Optional<WhatIfReport> whatIf();

  /// Begins to find answers, or to other questions. Costs a few megabytes until it is stopped, a
  /// look at the key's hash on each read, and a bounded share of [Upkeep]'s time.
  ///
  /// Answers begin to count anew when bounds, policy or objective are changed, and again when a
  /// shadow that is larger than what the cache held has first been full.
  ///
  /// @throws IllegalArgumentException if there are no questions, too many, or one with an unknown
  ///   policy
  void askWhatIf(WhatIfQuestions questions);

  /// Forgets questions and answers.
  void stopWhatIf();

  /// Releases every value; later reads find nothing and later writes are refused.
  @Override
  void close();
}

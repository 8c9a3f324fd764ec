package io.forebay.server.caches;

import io.forebay.cache.CacheBuilder;
import io.forebay.cache.InvalidationLog;
import io.forebay.cache.NodeBudget;
import io.forebay.cache.Receipts;
import io.forebay.cache.TimeSource;

/// What all caches of the node share.
///
/// @param memory what they may weigh together
/// @param log where invalidations are numbered and kept
/// @param receipts where they report what they did about them
public record NodeParts(
    NodeBudget memory, TimeSource time, InvalidationLog log, Receipts receipts) {

  /// The same builder, with these parts.
  public <K extends Comparable<? super K>, V> CacheBuilder<K, V> equip(CacheBuilder<K, V> builder) {
    return builder.nodeBudget(memory).timeSource(time).invalidationLog(log).receipts(receipts);
  }
}

package io.forebay.cache.policy;

/// The parts of a cache that some policies keep apart (window and main, small and main), each a
/// list from oldest to newest with its weight.
///
/// Nine bytes a slot.
final class Segments {

  private final SlotLists lists;
  private final long[] weights;
  private final ByteColumn segmentOf = new ByteColumn();

  Segments(int segments) {
    this.lists = new SlotLists(segments);
    this.weights = new long[segments];
  }

  /// At the newest end.
  void append(int segment, int slot, int weight) {
    segmentOf.cover(slot);
    segmentOf.set(slot, segment);
    lists.append(segment, slot);
    weights[segment] += weight;
  }

  void unlink(int slot, int weight) {
    int segment = segmentOf.get(slot);
    lists.unlink(segment, slot);
    weights[segment] -= weight;
  }

  void move(int slot, int weight, int target) {
    unlink(slot, weight);
    append(target, slot, weight);
  }

  void reweigh(int slot, int oldWeight, int newWeight) {
    weights[segmentOf.get(slot)] += (long) newWeight - oldWeight;
  }

  int of(int slot) {
    return segmentOf.get(slot);
  }

  /// [SlotLists#NONE] when it is empty.
  int oldest(int segment) {
    return lists.oldest(segment);
  }

  boolean isEmpty(int segment) {
    return lists.isEmpty(segment);
  }

  int size(int segment) {
    return lists.size(segment);
  }

  long weight(int segment) {
    return weights[segment];
  }

  int copy(int segment, int[] target, int offset) {
    return lists.copy(segment, target, offset);
  }
}

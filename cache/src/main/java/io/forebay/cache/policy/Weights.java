package io.forebay.cache.policy;

/// What each slot weighs; 0 where nothing is.
interface Weights {

  /// At a slot that is covered.
  int get(int slot);

  /// At a slot that is covered.
  void set(int slot, int weight);

  /// Makes room up to a slot.
  void cover(int slot);

  /// One more than the highest slot that is covered.
  int limit();
}

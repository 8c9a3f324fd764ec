package io.forebay.cache.policy;

/// Weights in a column of their own.
final class WeightColumn implements Weights {

  private final IntColumn weights = new IntColumn();

  @Override
  public int get(int slot) {
    return weights.get(slot);
  }

  @Override
  public void set(int slot, int weight) {
    weights.set(slot, weight);
  }

  @Override
  public void cover(int slot) {
    weights.cover(slot);
  }

  @Override
  public int limit() {
    return weights.limit();
  }
}

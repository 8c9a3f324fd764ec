package io.forebay.cache;

/// A log within one process: positions only, since whoever appends also puts the record in force
/// and no one else reads it. Each object is an epoch of its own.
public final class InProcessInvalidationLog implements InvalidationLog {

  private volatile Position last;

  /// @param epoch must grow from one start of the node to the next; wall-clock milliseconds do
  public InProcessInvalidationLog(long epoch) {
    this.last = new Position(epoch, 0);
  }

  @Override
  public Position last() {
    return last;
  }

  @Override
  public synchronized Position append(String cache, Scope scope, Invalidation.Mode mode) {
    last = new Position(last.epoch(), last.n() + 1);
    return last;
  }
}

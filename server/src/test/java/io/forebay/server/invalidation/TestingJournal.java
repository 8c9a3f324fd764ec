package io.forebay.server.invalidation;

import io.forebay.cache.InvalidationJournal;
import io.forebay.cache.InvalidationRecord;
import io.forebay.cache.Position;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// A journal whose disk is full when it is told so, and has all again when it is not.
public final class TestingJournal implements InvalidationJournal {

  private final InvalidationJournal memory = InvalidationJournal.inMemory(7);
  private volatile boolean full;
  private volatile Position kept = memory.durable();

  public void full(boolean now) {
    full = now;
    if (!full) {
      kept = memory.durable();
    }
  }

  @Override
  public Recovered recovered() {
    return memory.recovered();
  }

  @Override
  public void enqueue(List<InvalidationRecord> batch) {
    memory.enqueue(batch);
    if (!full) {
      kept = memory.durable();
    }
  }

  @Override
  public Optional<String> await(Position position) {
    return full ? Optional.of("the disk is full") : Optional.empty();
  }

  @Override
  public Position durable() {
    return kept;
  }

  @Override
  public void compactWith(Supplier<Summary> summaries) {}
}

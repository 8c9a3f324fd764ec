package io.forebay.cache;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// Keeps nothing: nothing of what it would guard survives the process either.
final class MemoryJournal implements InvalidationJournal {

  private final Recovered nothing;
  private volatile Position newest;

  MemoryJournal(long epoch) {
    this.newest = new Position(epoch, 0);
    this.nothing =
        new Recovered(newest, new Summary(newest, Map.of(), Optional.empty()), List.of());
  }

  @Override
  public Recovered recovered() {
    return nothing;
  }

  @Override
  public void enqueue(List<InvalidationRecord> batch) {
    newest = batch.getLast().position();
  }

  @Override
  public Optional<String> await(Position position) {
    return Optional.empty();
  }

  @Override
  public Position durable() {
    return newest;
  }

  @Override
  public void compactWith(Supplier<Summary> summaries) {}
}

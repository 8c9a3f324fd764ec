package io.forebay.cache;

import io.forebay.cache.policy.HitObjective;
import io.forebay.cache.policy.WhatIf;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// "What if" of one cache: on or off, and asked anew when the cache changes. Off, all that is left
/// is one look at a field that is null.
///
/// **Memory** while on: for each question up to [#MAX_TRACKED] entries of at most about 150 bytes;
/// measured with the usual twelve questions, 2.5 MB for a cache of 1,000 entries, 11 MB from 10,000
/// on. **Time**: a hash for each read, one compare-and-swap for each sampled one, and at each drain
/// some 4 µs for each sampled event (0.3 to 1 µs a question), on the thread of [Upkeep]: by the
/// size of the buffer, a sixth of one processor at most.
final class LiveWhatIf<K extends Comparable<? super K>, V> {

  /// Entries of each miniature at most.
  static final int MAX_TRACKED = 8_192;

  private final Table<K, V> table;
  private final Clocks clocks;
  private final Supplier<Subject> subject;
  private final long originNanos;
  private final ReentrantLock lock = new ReentrantLock();

  // Written under the lock.
  private volatile @Nullable Sampler sampler;
  private @Nullable WhatIfQuestions questions;

  /// What is asked about: the cache as it is now.
  ///
  /// @param hits so far
  /// @param reads so far, hits among them
  record Subject(
      CacheBounds bounds, String evictionPolicy, HitObjective objective, long hits, long reads) {}

  LiveWhatIf(Table<K, V> table, Clocks clocks, Supplier<Subject> subject) {
    this.table = table;
    this.clocks = clocks;
    this.subject = subject;
    this.originNanos = clocks.nanoTime();
  }

  /// Null while off: for those who tell it what happens.
  @Nullable Sampler sampler() {
    return sampler;
  }

  /// Turns it on, or asks something else.
  void ask(WhatIfQuestions asked) {
    lock.lock();
    try {
      sampler = begin(asked);
      questions = asked;
    } finally {
      lock.unlock();
    }
  }

  void stop() {
    lock.lock();
    try {
      questions = null;
      sampler = null;
    } finally {
      lock.unlock();
    }
  }

  /// Asks about the cache as it is now; answers begin to count anew.
  void subjectChanged() {
    lock.lock();
    try {
      if (questions != null) {
        sampler = begin(questions);
      }
    } finally {
      lock.unlock();
    }
  }

  /// Simulates what came since the last time, unless someone else is about to.
  void catchUp() {
    if (sampler != null && lock.tryLock()) {
      try {
        drain(sampler);
      } finally {
        lock.unlock();
      }
    }
  }

  /// Empty while off.
  Optional<WhatIfReport> report() {
    lock.lock();
    try {
      Sampler present = sampler;
      if (present == null) {
        return Optional.empty();
      }
      drain(present);
      return Optional.of(new WhatIfReport(present.answers(), present.dropped()));
    } finally {
      lock.unlock();
    }
  }

  private void drain(@Nullable Sampler present) {
    if (present != null) {
      Subject now = subject.get();
      present.drain(now.hits(), now.reads(), now());
    }
  }

  private long now() {
    return Math.max(0, clocks.nanoTime() - originNanos);
  }

  private Sampler begin(WhatIfQuestions asked) {
    Subject now = subject.get();
    List<WhatIf.Question> about = asked.about(now.bounds(), now.evictionPolicy());
    if (about.isEmpty() || about.size() > WhatIfQuestions.MOST) {
      throw new IllegalArgumentException(
          "1 to " + WhatIfQuestions.MOST + " questions expected, were " + about.size());
    }
    Sampler next = new Sampler(about, now.objective(), MAX_TRACKED, now.hits(), now.reads());
    fill(next);
    return next;
  }

  /// With what the cache holds, so that shadows up to its own size need not warm up. What was read
  /// last comes last, which is all the order there is without the policy's lock.
  private void fill(Sampler next) {
    long entries = table.size();
    double rate = 1;
    while (rate * entries > 4 * MAX_TRACKED) { // the quarter of it fills a miniature
      rate /= 2;
    }
    next.lowerRate(rate);
    long nanoTime = clocks.nanoTime();
    List<Held<K, V>> sample = new ArrayList<>();
    table.forEach(resident -> {
      if (next.wouldSample(resident)) {
        sample.add(new Held<>(resident, nanoTime - resident.accessedNanos()));
      }
    });
    sample.sort(Comparator.<Held<K, V>>comparingLong(Held::idleNanos).reversed());
    long now = now();
    for (Held<K, V> held : sample) {
      next.fill(held.resident, now, Math.max(0, held.resident.staleUntilNanos - nanoTime));
    }
  }

  /// @param idleNanos since it was read, as of one moment: readers go on meanwhile
  private record Held<K extends Comparable<? super K>, V>(
      Resident<K, V> resident, long idleNanos) {}
}

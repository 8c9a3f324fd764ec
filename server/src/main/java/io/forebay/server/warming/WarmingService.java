package io.forebay.server.warming;

import io.forebay.cache.Precondition;
import io.forebay.cache.TimeSource;
import io.forebay.server.api.Json;
import io.forebay.server.caches.EntryService;
import io.forebay.server.caches.EntryWriteOutcome;
import io.forebay.server.caches.ReadOutcome;
import io.forebay.server.history.HistoryDatabase;
import io.forebay.server.history.HistoryDatabase.Series;
import io.forebay.server.settings.ServerSettings;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/// Runs warming jobs. Thread-safe.
public final class WarmingService implements AutoCloseable {

  private static final int MAX_WAITING = 1_000;
  private static final long MAX_REMEMBERED = 10_000;

  private final EntryService entries;
  private final PageLoader pages;
  private final Optional<HistoryDatabase> history;
  private final ServerSettings.Warming settings;
  private final TimeSource time;
  private final Semaphore running;
  private final Semaphore places;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, Progress> underWay = new ConcurrentSkipListMap<>();
  private final LongAdder begun = new LongAdder();
  private final LongAdder refused = new LongAdder();

  /// @param history empty if what ended is not remembered
  public WarmingService(
      EntryService entries,
      PageLoader pages,
      Optional<HistoryDatabase> history,
      ServerSettings.Warming settings,
      TimeSource time) {
    this.entries = entries;
    this.pages = pages;
    this.history = history;
    this.settings = settings;
    this.time = time;
    this.running = new Semaphore(settings.maxConcurrentJobs(), true);
    this.places = new Semaphore(settings.maxConcurrentJobs() + MAX_WAITING);
  }

  /// What one target came to.
  private sealed interface Load {
    record Loaded() implements Load {}

    /// As [EntryWriteOutcome.Pending].
    record Pending() implements Load {}

    record Absent() implements Load {}

    record Failed(String why) implements Load {}
  }

  private static final class Progress {
    final WarmingOrder order;
    final String id;
    final String by;
    final Instant created;
    final AtomicInteger loaded = new AtomicInteger();
    final AtomicInteger pending = new AtomicInteger();
    final AtomicInteger absent = new AtomicInteger();
    final AtomicInteger failed = new AtomicInteger();
    final AtomicReference<String> problem = new AtomicReference<>("");
    volatile Optional<Instant> started = Optional.empty();
    volatile Optional<Instant> finished = Optional.empty();

    Progress(WarmingOrder order, String by, Instant created) {
      this.order = order;
      this.id = UUID.randomUUID().toString();
      this.by = by;
      this.created = created;
    }

    void note(Load load) {
      switch (load) {
        case Load.Loaded() -> loaded.incrementAndGet();
        case Load.Pending() -> {
          loaded.incrementAndGet();
          pending.incrementAndGet();
        }
        case Load.Absent() -> absent.incrementAndGet();
        case Load.Failed(var why) -> {
          failed.incrementAndGet();
          problem.compareAndSet("", why);
        }
      }
    }

    WarmingJob job() {
      WarmingJob.State state =
          finished.isPresent()
              ? failed.get() == 0 ? WarmingJob.State.COMPLETED : WarmingJob.State.FAILED
              : started.isPresent() ? WarmingJob.State.RUNNING : WarmingJob.State.WAITING;
      return new WarmingJob(
          id,
          order.kind(),
          state,
          by,
          order.size(),
          loaded.get(),
          pending.get(),
          absent.get(),
          failed.get(),
          problem.get(),
          created,
          started,
          finished);
    }
  }

  /// Begins a job, now or as soon as others have ended.
  ///
  /// @return empty if too many wait
  public Optional<WarmingJob> submit(WarmingOrder order, String by) {
    if (!places.tryAcquire()) {
      refused.increment();
      return Optional.empty();
    }
    var progress = new Progress(order, by, time.now());
    underWay.put(progress.id, progress);
    WarmingJob job = progress.job();
    threads.execute(() -> {
      try {
        carryOut(progress);
      } finally {
        places.release();
      }
    });
    return Optional.of(job);
  }

  /// Carries a job out and waits for its end.
  public WarmingJob run(WarmingOrder order, String by) {
    var progress = new Progress(order, by, time.now());
    underWay.put(progress.id, progress);
    carryOut(progress);
    return progress.job();
  }

  private void carryOut(Progress progress) {
    try {
      running.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      progress.note(new Load.Failed("the server stopped"));
      end(progress);
      return;
    }
    try {
      progress.started = Optional.of(time.now());
      begun.increment();
      loadAll(progress);
    } finally {
      running.release();
      end(progress);
    }
  }

  private void end(Progress progress) {
    progress.finished = Optional.of(time.now());
    underWay.remove(progress.id);
    history.ifPresent(kept ->
        kept.add(
            Series.WARMING_JOBS,
            progress.created.toEpochMilli(),
            new String(Json.write(progress.job().members()), StandardCharsets.UTF_8),
            MAX_REMEMBERED));
  }

  private void loadAll(Progress progress) {
    List<Supplier<Load>> loads = loads(progress.order);
    var room = new Semaphore(settings.batchSize());
    try {
      for (Supplier<Load> load : loads) {
        room.acquire();
        threads.execute(() -> {
          try {
            progress.note(safely(load));
          } finally {
            room.release();
          }
        });
      }
      room.acquire(settings.batchSize());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      progress.note(new Load.Failed("the server stopped"));
    }
  }

  private static Load safely(Supplier<Load> load) {
    try {
      return load.get();
    } catch (RuntimeException e) {
      return new Load.Failed("unexpected: " + e);
    }
  }

  private List<Supplier<Load>> loads(WarmingOrder order) {
    List<Supplier<Load>> loads = new ArrayList<>();
    switch (order) {
      case WarmingOrder.Keys(var cache, var keys) ->
          keys.forEach(key -> loads.add(() -> read(cache, key)));
      case WarmingOrder.Urls(var urls) ->
          urls.forEach(url ->
              loads.add(
                  () -> pages.load(url).<Load>map(Load.Failed::new).orElseGet(Load.Loaded::new)));
      case WarmingOrder.Values(var cache, var values) ->
          values.forEach(value -> loads.add(() -> write(cache, value)));
    }
    return loads;
  }

  private Load read(String cache, String key) {
    return switch (entries.read(cache, key)) {
      case ReadOutcome.Found ignored -> new Load.Loaded();
      case ReadOutcome.Absent() -> new Load.Absent();
      case ReadOutcome.UnknownCache() -> new Load.Failed("there is no cache " + cache);
      case ReadOutcome.Invalid(var violation) -> new Load.Failed(violation.detail());
    };
  }

  private Load write(String cache, WarmingOrder.Value value) {
    return switch (entries.write(cache, value.key(), value.draft(), Precondition.NONE)) {
      case EntryWriteOutcome.Written ignored -> new Load.Loaded();
      case EntryWriteOutcome.Pending ignored -> new Load.Pending();
      case EntryWriteOutcome.Invalid(var violation) -> new Load.Failed(violation.detail());
      case EntryWriteOutcome.TierFailed(String why, _) -> new Load.Failed(why);
      case EntryWriteOutcome.UnknownCache() -> new Load.Failed("there is no cache " + cache);
      case EntryWriteOutcome.Deleted ignored -> new Load.Failed("deleted");
      case EntryWriteOutcome.Absent ignored -> new Load.Failed("absent");
      case EntryWriteOutcome.PreconditionFailed ignored -> new Load.Failed("a condition failed");
    };
  }

  /// Those that wait or run, oldest first.
  public List<WarmingJob> jobs() {
    return underWay.values().stream()
        .map(Progress::job)
        .sorted(java.util.Comparator.comparing(WarmingJob::created))
        .toList();
  }

  /// Those that ended, newest first, as JSON.
  public List<JsonNode> history(int limit) {
    return history.map(kept -> kept.newest(Series.WARMING_JOBS, limit)).orElse(List.of()).stream()
        .flatMap(text -> Json.tree(text.getBytes(StandardCharsets.UTF_8)).stream())
        .toList();
  }

  /// Jobs that began.
  public long begun() {
    return begun.sum();
  }

  /// Jobs that were refused because too many waited.
  public long refused() {
    return refused.sum();
  }

  /// Cuts off what runs.
  @Override
  public void close() {
    threads.shutdownNow();
    try {
      var _ = threads.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    pages.close();
  }
}

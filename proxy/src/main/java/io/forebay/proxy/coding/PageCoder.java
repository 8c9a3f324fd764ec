package io.forebay.proxy.coding;

import io.forebay.proxy.pages.Page;
import io.forebay.proxy.pages.PageStore;
import io.forebay.proxy.pages.StoredCandidatePage;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes stored pages in content codings: each once, when a client first asks for it, on one thread
/// of its own. Until it is there, clients get the page as it is. The coded bytes become part of the
/// page in the store: they count in its weight, and go when it goes.
///
/// At most `MAX_WAITING` pages wait; more are left to a later request, and counted. Thread-safe.
public final class PageCoder implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(PageCoder.class);

  private static final int MAX_WAITING = 256;

  /// What saves less than a twentieth is not worth its place.
  private static final int WORTH_PERCENT = 95;

  private final PageStore pages;
  private final ThreadPoolExecutor thread;
  private final Set<Work> underWay = ConcurrentHashMap.newKeySet();
  private final LongAdder made = new LongAdder();
  private final LongAdder refused = new LongAdder();

  /// @param key of the store
  private record Work(String key, String coding) {}

  public PageCoder(PageStore pages) {
    this.pages = pages;
    this.thread =
        new ThreadPoolExecutor(
            1,
            1,
            10,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MAX_WAITING),
            Thread.ofPlatform().daemon().name("page-coder").factory());
    thread.allowCoreThreadTimeOut(true);
  }

  /// The page's content in a coding; empty when it is not there yet, which is seen to, or when it
  /// would not be shorter.
  public Optional<byte[]> coded(StoredCandidatePage candidate, String coding) {
    byte[] there = candidate.page().coded().get(coding);
    if (there != null) {
      return there.length == 0 ? Optional.empty() : Optional.of(there);
    }
    candidate.storedUnder().ifPresent(key -> begin(new Work(key, coding), candidate.page()));
    return Optional.empty();
  }

  private void begin(Work work, Page.Stored page) {
    if (!underWay.add(work)) {
      return;
    }
    try {
      thread.execute(() -> make(work, page));
    } catch (RejectedExecutionException full) {
      underWay.remove(work);
      refused.increment();
    }
  }

  private void make(Work work, Page.Stored page) {
    try {
      byte[] coded = ContentCoder.named(work.coding()).code(page.body());
      boolean isWorthIt = coded.length * 100L < page.body().length * (long) WORTH_PERCENT;
      if (pages.addCoding(work.key(), page, work.coding(), isWorthIt ? coded : new byte[0])) {
        made.increment();
      }
    } catch (RuntimeException e) {
      log.atWarn()
          .setCause(e)
          .addKeyValue("page", PageStore.urlOf(work.key()))
          .addKeyValue("coding", work.coding())
          .log("a page could not be coded");
    } finally {
      underWay.remove(work);
    }
  }

  /// Pages that were coded, once for each coding; not those that were replaced meanwhile.
  public long made() {
    return made.sum();
  }

  /// Those not coded because too many were waiting.
  public long refused() {
    return refused.sum();
  }

  /// Pages that wait, or are being coded.
  public int underWay() {
    return underWay.size();
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}

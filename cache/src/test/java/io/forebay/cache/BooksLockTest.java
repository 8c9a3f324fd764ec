package io.forebay.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BooksLockTest {

  private final BooksLock lock = new BooksLock();
  private int entered;

  @Test
  void theHolderSeesThatItIsWantedUntilTheOtherHasIt() throws InterruptedException {
    lock.lock();
    assertThat(lock.isWanted()).isFalse();
    Thread other = Thread.ofVirtual().start(this::enter);
    await().until(lock::isWanted);
    assertThat(entered).isZero();
    lock.unlock();
    other.join();
    assertThat(entered).isEqualTo(1);
    assertThat(lock.isWanted()).isFalse();
  }

  @Test
  void aTryDoesNotWait() throws InterruptedException {
    lock.lock();
    Thread other =
        Thread.ofVirtual()
            .start(() -> {
              if (lock.tryLock()) {
                entered++;
              }
            });
    other.join();
    assertThat(entered).isZero();
    assertThat(lock.isWanted()).isFalse();
  }

  @Test
  void oneAtATimeIsInside() throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                for (int i = 0; i < 20_000; i++) {
                  enter();
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(entered).isEqualTo(80_000);
  }

  private void enter() {
    lock.lock();
    try {
      entered++;
    } finally {
      lock.unlock();
    }
  }
}

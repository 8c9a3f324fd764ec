package io.forebay.backends.behind;

import static io.forebay.backends.TestingValues.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.cache.tier.TierKey;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class OrderTest {

  private static final TierKey A = key("a");
  private static final TierKey B = key("b");
  private static final TierKey C = key("c");

  private final Order order = new Order();

  private void awaitRest() {
    await().atMost(Duration.ofSeconds(30)).until(() -> order.leftNanos() <= 0);
  }

  private void fail(TierKey... keys) {
    order.tried(List.of(), List.of(), List.of(keys));
  }

  private void arrive(TierKey... keys) {
    order.tried(List.of(keys), List.of(), List.of());
  }

  @Test
  void whatFailedGivesWayToWhatWasNotTriedAndComesInTurns() {
    assertThat(order.leftNanos()).as("nothing waits").isEqualTo(Long.MAX_VALUE);
    List.of(A, B, C).forEach(order::add);
    assertThat(order.next(2)).containsExactly(A, B);
    fail(A, B);
    assertThat(order.leftNanos()).as("one was not tried").isZero();
    assertThat(order.next(1)).containsExactly(C);
    arrive(C);
    awaitRest();
    assertThat(order.next(1)).containsExactly(A);
    fail(A);
    awaitRest();
    assertThat(order.next(2)).containsExactly(B, A);
    arrive(B, A);
    assertThat(order.leftNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void whatFailedRestsLongerEachTimeUntilSomeOfItArrives() {
    List.of(A, B).forEach(order::add);
    fail(A, B);
    for (int i = 0; i < 10; i++) {
      fail(A, B);
    }
    assertThat(order.leftNanos()).isBetween(1L, Duration.ofSeconds(5).toNanos());
    assertThat(order.next(2)).isEmpty();
    order.add(A);
    assertThat(order.next(2)).as("a newer value of what failed rests too").isEmpty();
    order.add(C);
    assertThat(order.next(2)).containsExactly(C);
    arrive(C);
    assertThat(order.next(2)).as("that says nothing of the others").isEmpty();
    arrive(A);
    assertThat(order.next(2)).containsExactly(B);
  }

  @Test
  void whatSomethingNewerOvertookWaitsBehindTheOthers() {
    List.of(A, B).forEach(order::add);
    order.tried(List.of(), List.of(A), List.of());
    assertThat(order.next(2)).containsExactly(B, A);
  }
}

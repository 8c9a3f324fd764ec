package io.forebay.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.Isolation.Behaviour;
import io.forebay.cache.Isolation.Use;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IsolationTest {

  private static final long SECOND = 1_000_000_000;

  private final Lease lease = Lease.ended();

  private Isolation isolation(Behaviour behaviour) {
    return new Isolation(lease, behaviour, Duration.ofSeconds(5));
  }

  @ParameterizedTest
  @CsvSource({
    "REVALIDATE, AS_STALE, AS_STALE",
    "BYPASS, NOT_AT_ALL, NOT_AT_ALL",
    "SHORT_TTL, AS_IT_IS, AS_STALE",
    "SERVE, AS_IT_IS, AS_IT_IS"
  })
  void whatIsDoneWithoutALeaseIsTheOperatorsChoice(Behaviour behaviour, Use soon, Use later) {
    lease.extendTo(SECOND);
    Isolation isolation = isolation(behaviour);
    assertThat(isolation.use(SECOND - 1)).isEqualTo(Use.AS_IT_IS);
    assertThat(isolation.use(SECOND)).isEqualTo(soon);
    assertThat(isolation.use(7 * SECOND)).isEqualTo(later);
  }

  /// The entry may be one that an invalidation covers that came into force in between.
  @ParameterizedTest
  @CsvSource({"REVALIDATE, AS_STALE", "BYPASS, NOT_AT_ALL"})
  void aLeaseThatIsExtendedDuringALookUpMakesNothingFresh(Behaviour behaviour, Use expected) {
    Isolation isolation = isolation(behaviour);
    Use before = isolation.use(0);
    lease.extendTo(SECOND);
    assertThat(isolation.use(1)).isEqualTo(Use.AS_IT_IS);
    assertThat(isolation.use(before, 1)).isEqualTo(expected);
  }

  @Test
  void aLeaseThatEndsDuringALookUpMakesItStale() {
    lease.extendTo(SECOND);
    Isolation isolation = isolation(Behaviour.REVALIDATE);
    Use before = isolation.use(0);
    assertThat(isolation.use(before, 2 * SECOND)).isEqualTo(Use.AS_STALE);
  }

  @Test
  void aNodeThatSharesNothingIsNeverSuspect() {
    assertThat(Isolation.NONE.isSuspect(Long.MAX_VALUE)).isFalse();
    assertThat(Isolation.NONE.use(Use.AS_IT_IS, Long.MIN_VALUE)).isEqualTo(Use.AS_IT_IS);
  }
}

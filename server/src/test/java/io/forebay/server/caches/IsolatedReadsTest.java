package io.forebay.server.caches;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.CacheBuilder;
import io.forebay.cache.Isolation;
import io.forebay.cache.Isolation.Behaviour;
import io.forebay.cache.Lease;
import io.forebay.cache.Precondition;
import io.forebay.cache.TimeSource;
import io.forebay.cache.policy.HitObjective;
import io.forebay.cache.testing.TestingTimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Reads of a node whose lease ends, or is extended, while it looks.
class IsolatedReadsTest {

  private static final Duration HOUR = Duration.ofHours(1);

  private final TestingTimeSource time = new TestingTimeSource();
  private final Lease lease = Lease.ended();
  private final CacheRegistry registry =
      new CacheRegistry(
          (name, traits) ->
              CacheBuilder.<StoredValue>withTextKeys(name)
                  .bounds(traits.bounds(), (_, _) -> 1)
                  .timeSource(time)
                  .build(),
          new NodeDefaults(1 << 20, HOUR, "auto", HitObjective.OBJECTS, false, TierChoice.NONE));

  /// What happens between the first question for the time and the second: during the look-up.
  private Runnable meanwhile = () -> {};

  private final TimeSource interrupted =
      new TimeSource() {
        private int asked;

        @Override
        public long nanoTime() {
          if (asked++ == 1) {
            meanwhile.run();
          }
          return time.nanoTime();
        }

        @Override
        public Instant now() {
          return time.now();
        }
      };

  @AfterEach
  void close() {
    registry.close();
  }

  private ReadOutcome read(Behaviour behaviour) {
    var draft =
        new EntryDraft(
            new StoredValue("v".getBytes(UTF_8), "text/plain"),
            Optional.of(HOUR),
            Optional.empty(),
            List.of(),
            Map.of());
    new EntryService(registry, new EntryRules(250, 1_000), time)
        .write(CacheRegistry.DEFAULT, "k", draft, Precondition.NONE);
    var isolation = new Isolation(lease, behaviour, Duration.ZERO);
    return new EntryService(registry, new EntryRules(250, 1_000), isolation, interrupted)
        .read(CacheRegistry.DEFAULT, "k");
  }

  private long inAnHour() {
    return time.nanoTime() + HOUR.toNanos();
  }

  @Test
  void withALeaseAnEntryIsFresh() {
    lease.extendTo(inAnHour());
    assertThat(read(Behaviour.REVALIDATE))
        .isInstanceOfSatisfying(
            ReadOutcome.Found.class, found -> assertThat(found.entry().fresh()).isTrue());
  }

  @Test
  void whatWasFoundBeforeTheLeaseWasExtendedIsNot() {
    meanwhile = () -> lease.extendTo(inAnHour());
    assertThat(read(Behaviour.REVALIDATE))
        .isInstanceOfSatisfying(
            ReadOutcome.Found.class, found -> assertThat(found.entry().fresh()).isFalse());
    assertThat(lease.isOver(time.nanoTime())).isFalse();
  }

  @Test
  void norIsItUsedAtAllIfNothingIsToBeUsed() {
    meanwhile = () -> lease.extendTo(inAnHour());
    assertThat(read(Behaviour.BYPASS)).isInstanceOf(ReadOutcome.Absent.class);
  }

  @Test
  void whatWasFoundJustBeforeTheLeaseEndedIsNotFreshEither() {
    lease.extendTo(inAnHour());
    meanwhile = lease::end;
    assertThat(read(Behaviour.REVALIDATE))
        .isInstanceOfSatisfying(
            ReadOutcome.Found.class, found -> assertThat(found.entry().fresh()).isFalse());
  }
}

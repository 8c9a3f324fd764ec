package io.forebay.backends.memcached;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.testing.TestingMemcached;
import io.forebay.cache.testing.TierContract;
import io.forebay.cache.tier.Tier;
import io.forebay.cache.tier.TierObserver;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/// Two servers, so that keys are spread.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MemcachedTierContractTest extends TierContract {

  private final TestingMemcached one = TestingMemcached.run();
  private final TestingMemcached two = TestingMemcached.run();
  private final MemcachedTier tier =
      MemcachedTier.open(
          MemcachedSettings.of(
                  MemcachedServers.parse(one.url() + "," + two.address()).orElseThrow(), "test")
              .withDeadline(Duration.ofSeconds(10)),
          TierObserver.NONE);

  @BeforeAll
  void connect() throws InterruptedException {
    assertThat(tier.awaitConnection(Duration.ofSeconds(20))).isEmpty();
  }

  @AfterAll
  void end() {
    tier.close();
    one.close();
    two.close();
  }

  @Override
  protected Tier tier() {
    return tier;
  }
}

package io.forebay.backends.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.testing.TierContract;
import io.forebay.cache.tier.Tier;
import io.forebay.cache.tier.TierObserver;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RedisClusterTierContractTest extends TierContract {

  private final TestingCluster redis = new TestingCluster();
  private final RedisTier tier =
      RedisTier.open(
          RedisSettings.of(redis.server(), "test").withDeadline(Duration.ofSeconds(10)),
          TierObserver.NONE);

  @BeforeAll
  void connect() throws InterruptedException {
    assertThat(tier.awaitConnection(Duration.ofSeconds(20))).isEmpty();
  }

  @AfterAll
  void end() {
    tier.close();
    redis.close();
  }

  @Override
  protected Tier tier() {
    return tier;
  }
}

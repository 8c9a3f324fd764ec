package io.forebay.backends.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.testing.TierContract;
import io.forebay.cache.tier.Tier;
import io.forebay.cache.tier.TierObserver;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PostgresTierContractTest extends TierContract {

  private final TestingPostgres postgres = TestingPostgres.run();
  private final DatabaseTier tier =
      DatabaseTier.open(
          DatabaseSettings.of(DatabaseUrl.parse(postgres.url()).orElseThrow(), "test")
              .withDeadline(Duration.ofSeconds(20)),
          TierObserver.NONE);

  @BeforeAll
  void connect() throws InterruptedException {
    assertThat(tier.awaitConnection(Duration.ofSeconds(60))).isEmpty();
  }

  @AfterAll
  void end() {
    tier.close();
    postgres.close();
  }

  @Override
  protected Tier tier() {
    return tier;
  }

  @Override
  protected long checkedOperations() {
    return 6_000; // each change is forced to the disk
  }
}

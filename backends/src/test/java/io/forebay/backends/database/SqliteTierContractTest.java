package io.forebay.backends.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.testing.TierContract;
import io.forebay.cache.tier.Tier;
import io.forebay.cache.tier.TierObserver;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SqliteTierContractTest extends TierContract {

  private @Nullable DatabaseTier tier;

  @BeforeAll
  void open(@TempDir Path folder) throws InterruptedException {
    DatabaseSettings settings =
        DatabaseSettings.of(new DatabaseUrl.Sqlite(folder.resolve("tier.db")), "test")
            .withDeadline(Duration.ofSeconds(10));
    DatabaseTier opened = DatabaseTier.open(settings, TierObserver.NONE);
    tier = opened;
    assertThat(opened.awaitConnection(Duration.ofSeconds(20))).isEmpty();
  }

  @AfterAll
  void end() {
    tier().close();
  }

  @Override
  protected Tier tier() {
    if (tier == null) {
      throw new IllegalStateException("not open");
    }
    return tier;
  }

  @Override
  protected long checkedOperations() {
    return 6_000; // each change is forced to the disk
  }
}

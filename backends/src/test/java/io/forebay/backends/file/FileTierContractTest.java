package io.forebay.backends.file;

import io.forebay.cache.testing.TierContract;
import io.forebay.cache.tier.Tier;
import io.forebay.cache.tier.TierObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FileTierContractTest extends TierContract {

  private @Nullable FileTier tier;

  @BeforeAll
  void open(@TempDir Path folder) throws IOException {
    tier =
        FileTier.open(
            FileTierSettings.of(folder.resolve("tier")).withDeadline(Duration.ofSeconds(10)),
            TierObserver.NONE);
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
}

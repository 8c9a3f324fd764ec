package io.forebay.backends.packing;

import io.forebay.backends.file.FileTier;
import io.forebay.backends.file.FileTierSettings;
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

/// A tier with compression and encryption before it keeps the contract too.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PackedTierContractTest extends TierContract {

  private @Nullable Tier tier;

  @BeforeAll
  void open(@TempDir Path folder) throws IOException {
    FileTierSettings settings =
        FileTierSettings.of(folder.resolve("tier")).withDeadline(Duration.ofSeconds(10));
    FileTier files = FileTier.open(settings, TierObserver.NONE);
    tier = new CompressingTier(new EncryptingTier(files, PackingTest.keys("now")), 64);
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

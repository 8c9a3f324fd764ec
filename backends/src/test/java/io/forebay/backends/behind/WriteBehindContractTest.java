package io.forebay.backends.behind;

import io.forebay.backends.file.FileTier;
import io.forebay.backends.file.FileTierSettings;
import io.forebay.cache.TimeSource;
import io.forebay.cache.VersionClock;
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

/// A tier whose changes wait keeps the contract too, while they wait, arrive and are settled.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WriteBehindContractTest extends TierContract {

  private @Nullable WriteBehindTier tier;

  @BeforeAll
  void open(@TempDir Path folder) throws IOException {
    FileTierSettings files =
        FileTierSettings.of(folder.resolve("tier")).withDeadline(Duration.ofSeconds(10));
    tier =
        WriteBehindTier.open(
            FileTier.open(files, TierObserver.NONE),
            new VersionClock(TimeSource.SYSTEM),
            JournalSeal.NONE,
            new WriteBehindSettings(folder.resolve("journal"), false, 64 << 20));
    tier.accept("contract");
    tier.accept("checked1"); // and not checked2, whose changes are carried out at once
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

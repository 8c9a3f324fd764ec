package io.forebay.backends.file;

import io.forebay.backends.KilledChanges;
import io.forebay.cache.tier.TierObserver;
import java.nio.file.Path;
import java.time.Duration;

/// The process that [FileTierKillTest] kills.
public final class KilledFileTier {

  static final KilledChanges CHANGES = new KilledChanges(4, 50, 3, 900);

  private KilledFileTier() {}

  static FileTierSettings settings(Path folder) {
    return FileTierSettings.of(folder)
        .withBytes(64 << 20, 256 << 10)
        .withDeadline(Duration.ofSeconds(20));
  }

  /// @param arguments the tier's folder, and the number of the first change
  public static void main(String[] arguments) throws Exception {
    FileTier tier = FileTier.open(settings(Path.of(arguments[0])), TierObserver.NONE);
    CHANGES.make(tier, Integer.parseInt(arguments[1]), Thread.ofPlatform().factory());
  }
}

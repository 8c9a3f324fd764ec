package io.forebay.benchmarks.tiers;

import io.forebay.backends.behind.JournalSeal;
import io.forebay.backends.behind.WriteBehindSettings;
import io.forebay.backends.behind.WriteBehindTier;
import io.forebay.backends.file.FileTier;
import io.forebay.backends.file.FileTierSettings;
import io.forebay.backends.packing.CompressingTier;
import io.forebay.cache.Lifetime;
import io.forebay.cache.Position;
import io.forebay.cache.Precondition;
import io.forebay.cache.TimeSource;
import io.forebay.cache.VersionClock;
import io.forebay.cache.tier.Tier;
import io.forebay.cache.tier.TierKey;
import io.forebay.cache.tier.TierObserver;
import io.forebay.cache.tier.TierRead;
import io.forebay.cache.tier.TierValue;
import io.forebay.cache.tier.TierWrite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/// See `benchmarks/tiers`.
public final class TiersBenchmark {

  private static final int KEYS = 5_000;
  private static final int VALUE_BYTES = 1_024;
  private static final int ROUNDS = 3;
  private static final int MOST_DOCUMENTS = 2_000;

  private TiersBenchmark() {}

  /// @param arguments a folder of its own, then URLs of Redis, Memcached and PostgreSQL (or `-`),
  ///   then folders with documents
  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    List<Contender> contenders = new ArrayList<>();
    contenders.add(Contender.file(Files.createDirectories(folder.resolve("files"))));
    contenders.add(Contender.sqlite(Files.createDirectories(folder.resolve("sqlite"))));
    if (!arguments[1].equals("-")) {
      contenders.add(Contender.redis(arguments[1]));
    }
    if (!arguments[2].equals("-")) {
      contenders.add(Contender.memcached(arguments[2]));
    }
    if (!arguments[3].equals("-")) {
      contenders.add(Contender.postgres(arguments[3]));
    }
    byte[] content = new byte[VALUE_BYTES];
    new SplittableRandom(1).nextBytes(content);
    String parts = System.getProperty("parts", "reads,writes,bytes,restart");
    if (parts.contains("reads")) {
      System.out.printf("Reads that hit, values of %,d bytes, %,d keys%n", VALUE_BYTES, KEYS);
      for (Contender contender : contenders) {
        reads(contender, content);
      }
    }
    if (parts.contains("writes")) {
      System.out.printf("%nWrites of %,d bytes, 64 at a time%n", VALUE_BYTES);
      for (Contender contender : contenders) {
        writes(contender, folder, content);
      }
    }
    contenders.forEach(contender -> contender.tier().close());
    if (parts.contains("bytes")) {
      System.out.printf("%nBytes stored, compressed (zstd) and not%n");
      documents(folder, Stream.of(arguments).skip(4).map(Path::of).toList());
    }
    if (parts.contains("restart")) {
      System.out.printf("%nA restart, with the file tier and without%n");
      Restart.compare(folder.resolve("restart"));
    }
    System.exit(0); // whatever the raw clients' threads do
  }

  static TierValue value(byte[] bytes) {
    return new TierValue(
        "bytes",
        bytes,
        List.of("tag"),
        Map.of(),
        Lifetime.of(Duration.ofHours(1)),
        new Position(1, 1));
  }

  private static TierKey key(int number) {
    return new TierKey("bench", "k" + number);
  }

  private static void reads(Contender contender, byte[] content) throws Exception {
    Tier tier = contender.tier();
    for (int i = 0; i < KEYS; i++) {
      stored(tier.write(key(i), value(content), Precondition.NONE, 0));
    }
    Load.Deed raw = contender.raw().prepare(KEYS, content);
    Load.Deed read =
        number -> {
          if (!(tier.read(key(number % KEYS)) instanceof TierRead.Found)) {
            throw new IllegalStateException("not found");
          }
        };
    double best = 0;
    Load.Rate bestTier = Load.Rate.NONE;
    Load.Rate bestRaw = Load.Rate.NONE;
    for (int round = 0; round <= ROUNDS; round++) { // the first warms up
      Load.Rate one = Load.of(contender.readers(), 1_500, raw);
      Load.Rate other = Load.of(contender.readers(), 1_500, read);
      if (round > 0 && other.perSecond() / one.perSecond() > best) {
        best = other.perSecond() / one.perSecond();
        bestTier = other;
        bestRaw = one;
      }
    }
    System.out.printf("  %-11s tier %s%n", contender.name(), bestTier);
    System.out.printf("  %-11s raw  %s   ratio %.2f%n", "", bestRaw, best);
  }

  private static void stored(TierWrite outcome) {
    if (!(outcome instanceof TierWrite.Stored)) {
      throw new IllegalStateException(outcome.toString());
    }
  }

  private static void writes(Contender contender, Path folder, byte[] content) throws Exception {
    Tier tier = contender.tier();
    Load.Deed through =
        number -> stored(tier.write(key(number % KEYS), value(content), Precondition.NONE, 0));
    var _ = Load.of(64, 500, through);
    // As write_around: the same, but for what happens in memory.
    System.out.printf(
        "  %-11s through, around   %s%n", contender.name(), Load.of(64, 2_000, through));
    for (boolean forced : List.of(false, true)) {
      Path journal = folder.resolve("journal-" + contender.name() + forced);
      Tier staying = new StayingOpen(tier);
      try (WriteBehindTier behind =
          WriteBehindTier.open(
              staying,
              new VersionClock(TimeSource.SYSTEM),
              JournalSeal.NONE,
              new WriteBehindSettings(journal, forced, 256 << 20))) {
        behind.accept("bench");
        Load.Rate rate =
            Load.of(
                64,
                2_000,
                number ->
                    stored(behind.write(key(number % KEYS), value(content), Precondition.NONE, 0)));
        System.out.printf("  %-11s behind, fsync %-3s %s%n", "", forced ? "on" : "off", rate);
      }
    }
  }

  private static void documents(Path folder, List<Path> corpus) throws IOException {
    for (String ending : List.of(".html", ".json")) {
      List<byte[]> documents = new ArrayList<>();
      for (Path of : corpus) {
        try (Stream<Path> files = Files.walk(of)) {
          for (Path file :
              files
                  .filter(file -> file.toString().endsWith(ending) && Files.isRegularFile(file))
                  .sorted()
                  .limit(MOST_DOCUMENTS - documents.size())
                  .toList()) {
            documents.add(Files.readAllBytes(file));
          }
        }
      }
      documents.removeIf(document -> document.length == 0 || document.length > 1 << 20);
      long plain = bytes(folder.resolve("plain" + ending), documents, false);
      long compressed = bytes(folder.resolve("compressed" + ending), documents, true);
      System.out.printf(
          "  %,d documents (%s): %,d bytes, stored %,d; compressed %,d (%.2f)%n",
          documents.size(),
          ending,
          documents.stream().mapToLong(document -> document.length).sum(),
          plain,
          compressed,
          (double) compressed / Math.max(1, plain));
    }
  }

  private static long bytes(Path folder, List<byte[]> documents, boolean compress)
      throws IOException {
    FileTierSettings settings = FileTierSettings.of(folder).withDeadline(Duration.ofSeconds(20));
    FileTier files = FileTier.open(settings, TierObserver.NONE);
    try (Tier tier = new CompressingTier(files, compress ? 1_024 : Integer.MAX_VALUE)) {
      for (int i = 0; i < documents.size(); i++) {
        stored(tier.write(key(i), value(documents.get(i)), Precondition.NONE, 0));
      }
      return files.figures().bytes();
    }
  }
}

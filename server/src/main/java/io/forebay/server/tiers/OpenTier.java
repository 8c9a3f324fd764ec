package io.forebay.server.tiers;

import io.forebay.backends.behind.WriteBehindSettings;
import io.forebay.backends.behind.WriteBehindTier;
import io.forebay.backends.database.DatabaseSettings;
import io.forebay.backends.database.DatabaseTier;
import io.forebay.backends.database.DatabaseUrl;
import io.forebay.backends.file.FileTier;
import io.forebay.backends.file.FileTierSettings;
import io.forebay.backends.memcached.MemcachedSettings;
import io.forebay.backends.memcached.MemcachedTier;
import io.forebay.backends.redis.RedisSettings;
import io.forebay.backends.redis.RedisTier;
import io.forebay.cache.VersionClock;
import io.forebay.cache.tier.Tier;
import io.forebay.server.caches.TierChoice;
import io.forebay.server.settings.ServerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A tier that has been opened, and where it is.
///
/// @param shared whether other nodes share its values
/// @param behind the same tier, if caches may write behind to it
record OpenTier(
    TierChoice choice,
    String where,
    boolean shared,
    Tier tier,
    TierCalls calls,
    Optional<WriteBehindTier> behind) {

  private OpenTier(TierChoice choice, String where, boolean shared, Tier tier, TierCalls calls) {
    this(choice, where, shared, tier, calls, Optional.empty());
  }

  private static final Logger log = LoggerFactory.getLogger(OpenTier.class);

  /// Waiting does not help against these.
  private static final Pattern WRONG_REDIS =
      Pattern.compile("WRONGPASS.*|NOAUTH.*|NOPERM.*|it is Redis .*|its maxmemory-policy .*");

  static OpenTier redis(RedisSettings settings, boolean shared)
      throws Tiers.Refused, InterruptedException {
    TierCalls calls = new TierCalls();
    RedisTier tier = RedisTier.open(settings, calls);
    Optional<String> trouble = tier.awaitConnection(settings.connectTimeout().multipliedBy(2));
    boolean hopeless = trouble.filter(why -> WRONG_REDIS.matcher(why).matches()).isPresent();
    return judged(
        new OpenTier(TierChoice.REDIS, settings.server().toString(), shared, tier, calls),
        "redis.url",
        trouble,
        hopeless);
  }

  static OpenTier memcached(MemcachedSettings settings, boolean shared)
      throws Tiers.Refused, InterruptedException {
    TierCalls calls = new TierCalls();
    MemcachedTier tier = MemcachedTier.open(settings, calls);
    Optional<String> trouble = tier.awaitConnection(settings.connectTimeout().multipliedBy(2));
    return judged(
        new OpenTier(TierChoice.MEMCACHED, settings.servers().toString(), shared, tier, calls),
        "memcached.url",
        trouble,
        tier.isHopeless());
  }

  static OpenTier database(DatabaseSettings settings, boolean shared)
      throws Tiers.Refused, InterruptedException {
    TierCalls calls = new TierCalls();
    DatabaseTier tier = DatabaseTier.open(settings, calls);
    // The first time, tables are made.
    Duration patience = settings.connectTimeout().multipliedBy(5);
    Optional<String> trouble = tier.awaitConnection(patience);
    String setting =
        switch (settings.url()) {
          case DatabaseUrl.Sqlite _ -> "database.url (SQLite)";
          case DatabaseUrl.PostgreSql _ -> "database.url (PostgreSQL)";
        };
    return judged(
        new OpenTier(TierChoice.DATABASE, settings.url().toString(), shared, tier, calls),
        setting,
        trouble,
        tier.isHopeless());
  }

  static OpenTier file(FileTierSettings settings) throws Tiers.Refused {
    TierCalls calls = new TierCalls();
    try {
      FileTier tier = FileTier.open(settings, calls);
      var found = tier.figures();
      if (found.distrusted()) {
        log.atWarn()
            .addKeyValue("folder", settings.folder())
            .log(
                "the machine ended while the file tier was open and file.fsync is off: it begins"
                    + " empty");
      }
      if (found.damaged() + found.newer() > 0) {
        log.atWarn()
            .addKeyValue("folder", settings.folder())
            .addKeyValue("damaged_records", found.damaged())
            .addKeyValue("segments_of_newer_format", found.newer())
            .log("the file tier had damage: what lies before it is not trusted");
      }
      return new OpenTier(TierChoice.FILE, settings.folder().toString(), false, tier, calls);
    } catch (IOException e) {
      throw new Tiers.Refused(
          "file.folder: cannot use " + settings.folder().toAbsolutePath() + ": " + e);
    }
  }

  /// The same with what is put before it: compression and encryption, then, if caches write behind
  /// to it or have done so, the journal of what waits.
  OpenTier packed(Packing packing, ServerSettings.Writing writing, VersionClock versions)
      throws Tiers.Refused {
    Tier packed = packing.before(tier);
    Path folder = writing.journals().folder().resolve(choice.text());
    if (!writing.behind().contains(choice) && !Files.isDirectory(folder)) {
      return new OpenTier(choice, where, shared, packed, calls);
    }
    if (shared) {
      log.atWarn()
          .addKeyValue("folder", folder)
          .log(
              "there is a journal of writes that waited for this tier, which nodes share now: it is"
                  + " left alone");
      return new OpenTier(choice, where, true, packed, calls);
    }
    var settings =
        new WriteBehindSettings(folder, writing.journals().forced(), writing.journals().maxBytes());
    try {
      WriteBehindTier journaled = WriteBehindTier.open(packed, versions, packing.seal(), settings);
      if (journaled.unrecovered() > 0) {
        log.atError()
            .addKeyValue("folder", folder)
            .addKeyValue("writes", journaled.unrecovered())
            .log("acknowledged writes could not be read from the write-behind journal");
      }
      return new OpenTier(choice, where, false, journaled, calls, Optional.of(journaled));
    } catch (IOException e) {
      tier.close();
      throw new Tiers.Refused(
          "write_behind.folder: cannot use " + folder.toAbsolutePath() + ": " + e);
    }
  }

  private static OpenTier judged(
      OpenTier opened, String setting, Optional<String> trouble, boolean hopeless)
      throws Tiers.Refused {
    if (trouble.isEmpty()) {
      return opened;
    }
    String sentence = setting + ": cannot use " + opened.where + ": " + trouble.get();
    if (hopeless) {
      opened.tier.close();
      throw new Tiers.Refused(sentence);
    }
    log.atWarn().log(sentence + "; going on without it until it answers");
    return opened;
  }
}

package io.forebay.server.tiers;

import io.forebay.backends.database.DatabaseSettings;
import io.forebay.backends.database.DatabaseTier;
import io.forebay.backends.database.DatabaseUrl;
import io.forebay.backends.file.FileTier;
import io.forebay.backends.file.FileTierSettings;
import io.forebay.backends.memcached.MemcachedSettings;
import io.forebay.backends.memcached.MemcachedTier;
import io.forebay.backends.redis.RedisSettings;
import io.forebay.backends.redis.RedisTier;
import io.forebay.cache.tier.Tier;
import io.forebay.server.caches.TierChoice;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A tier that has been opened, and where it is.
///
/// @param shared whether other nodes share its values
record OpenTier(TierChoice choice, String where, boolean shared, Tier tier, TierCalls calls) {

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

  /// The same with what is put before it.
  OpenTier packed(Packing packing) {
    return new OpenTier(choice, where, shared, packing.before(tier), calls);
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

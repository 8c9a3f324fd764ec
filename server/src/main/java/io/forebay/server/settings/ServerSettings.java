package io.forebay.server.settings;

import io.forebay.backends.behind.WriteBehindSettings;
import io.forebay.backends.database.DatabaseSettings;
import io.forebay.backends.file.FileTierSettings;
import io.forebay.backends.memcached.MemcachedSettings;
import io.forebay.backends.packing.EncryptionKeys;
import io.forebay.backends.redis.RedisSettings;
import io.forebay.cache.Isolation;
import io.forebay.cache.policy.HitObjective;
import io.forebay.cache.tier.WriteMode;
import io.forebay.http.caching.StoreGuards.AmbiguousPaths;
import io.forebay.proxy.listen.Network;
import io.forebay.proxy.listen.TagFields;
import io.forebay.proxy.listen.TrustedFields;
import io.forebay.proxy.origin.PoolSettings;
import io.forebay.proxy.tls.TlsVersion;
import io.forebay.server.audit.AuditDatabase;
import io.forebay.server.audit.AuditSettings;
import io.forebay.server.caches.TierChoice;
import io.forebay.server.compat.ForeignSystem;
import io.forebay.server.forward.ForwardSettings;
import io.forebay.server.forward.ForwardTarget;
import io.forebay.server.tls.CertificateFiles;
import io.forebay.server.tls.OriginLinkFiles;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/// All settings in force, checked, immutable; what the assembly builds from. Each component is
/// described where it is declared ([Settings]).
public record ServerSettings(
    Api api,
    Entries entries,
    Memory memory,
    List<CacheDeclaration> caches,
    Proxy proxy,
    List<TokenDeclaration> tokens,
    Log log,
    Path dataDir,
    LogStorage invalidationLog,
    Tiers tiers,
    Fleet fleet,
    boolean reloadOnChange,
    Audit audit,
    Forward forward,
    Duration shutdownGrace,
    Duration tlsReloadInterval,
    Compat compat,
    Prediction prediction,
    Warming warming,
    History history,
    Page page) {

  public ServerSettings {
    caches = List.copyOf(caches);
    tokens = List.copyOf(tokens);
  }

  /// @param allowedHosts lower case
  /// @param allowedOrigins lower case
  public record Api(
      HostAndPort listen,
      List<String> allowedHosts,
      List<String> allowedOrigins,
      int maxConnections,
      Duration idleTimeout,
      ByteSize maxPendingBodyBytes,
      Optional<CertificateFiles> tls) {}

  public record Entries(int maxKeyBytes, ByteSize maxValueBytes, Duration defaultTtl) {}

  /// @param whatIf whether caches that do not say find out what other sizes and policies would
  ///   reach
  public record Memory(
      ByteSize maxBytes, String evictionPolicy, HitObjective evictionObjective, boolean whatIf) {}

  /// Bounds are empty where the node's hold.
  public record CacheDeclaration(
      String name,
      Optional<ByteSize> maxBytes,
      Optional<Long> maxEntries,
      Optional<Duration> defaultTtl,
      Optional<String> evictionPolicy,
      Optional<HitObjective> evictionObjective,
      Optional<Boolean> whatIf,
      Optional<TierChoice> tier,
      Optional<WriteMode> writeMode) {}

  /// What lies behind caches, Redis apart.
  ///
  /// @param entriesTier of caches that do not say
  /// @param file empty if its bounds do not go together
  /// @param compressFrom bytes of a value; empty to compress none
  /// @param ownKeyFile where a key of the node's own is, or will be; empty if it uses none
  /// @param open those that caches may have
  public record Tiers(
      TierChoice entriesTier,
      TierChoice pagesTier,
      Optional<MemcachedSettings> memcached,
      DatabaseSettings database,
      Optional<FileTierSettings> file,
      OptionalInt compressFrom,
      Optional<EncryptionKeys> encryptionKeys,
      Optional<Path> encryptionKeysFile,
      Optional<Path> ownKeyFile,
      Set<TierChoice> open,
      Writing writing,
      Refilling refilling) {
    public Tiers {
      open = Set.copyOf(open);
    }

    public boolean isCompressing() {
      return compressFrom.isPresent();
    }

    public boolean isEncrypting() {
      return encryptionKeys.isPresent() || encryptionKeysFile.isPresent() || ownKeyFile.isPresent();
    }
  }

  /// How memory is filled again after a restart.
  ///
  /// @param folder of the lists of keys
  /// @param keys of each cache; 0 for none
  /// @param perSecond read at most
  public record Refilling(Path folder, int keys, int perSecond) {}

  /// How writes travel.
  ///
  /// @param entries of caches that do not say
  /// @param journals in folders below this one, by tier
  /// @param behind the tiers that some cache writes behind to
  public record Writing(WriteMode entries, WriteBehindSettings journals, Set<TierChoice> behind) {
    public Writing {
      behind = Set.copyOf(behind);
    }
  }

  /// What nodes share.
  ///
  /// @param tierRedis where values lie
  /// @param logRedis where the log lies
  public record Fleet(
      Optional<String> nodeName,
      Optional<RedisSettings> tierRedis,
      Optional<RedisSettings> logRedis,
      Duration lease,
      Isolation.Behaviour onIsolation,
      Duration isolationGrace) {}

  /// @param routes in the order in which they are tried; the one that `proxy.origin` stands for is
  ///   last
  public record Proxy(
      HostAndPort listen,
      List<Route> routes,
      ByteSize maxStoredBodyBytes,
      ByteSize pagesMaxBytes,
      Duration staleIfError,
      boolean heuristicFreshness,
      boolean storeSetCookie,
      ByteSize maxHeadBytes,
      int maxExchanges,
      ByteSize maxFillBytes,
      int maxRefreshes,
      int maxFollowers,
      List<Network> explainNetworks,
      List<Network> purgeNetworks,
      List<HostAndPort> dnsServers,
      Duration idleTimeout,
      ByteSize minUploadRate,
      TagFields tagFields,
      Guards guards,
      Connections connections,
      List<OriginLinkFiles> originConnections) {

    /// Whether there is anything to proxy to.
    public boolean isOn() {
      return !routes.isEmpty();
    }
  }

  /// The connections of the proxy's clients.
  public record Connections(
      int maxConnections,
      Duration headerTimeout,
      int maxHeaderFields,
      boolean http2,
      int http2MaxStreams,
      List<Network> trustedNetworks,
      TrustedFields trustedFields,
      boolean proxyProtocol,
      TlsListener tls,
      List<String> upgradeProtocols,
      int maxUpgraded) {}

  /// @param listen empty if there is no listener for TLS
  public record TlsListener(
      Optional<HostAndPort> listen, TlsVersion minVersion, List<CertificateFiles> certificates) {}

  /// @param host empty for any; may begin with `*.`
  /// @param path begins with `/`; `*` stands for anything
  /// @param pool whose origins answer; several routes may have the same
  public record Route(
      String name,
      Optional<String> host,
      String path,
      PoolSettings pool,
      Duration connectTimeout,
      Duration firstByteTimeout,
      Duration idleTimeout,
      RuleSettings rules,
      CompressionSettings compression) {}

  /// @param unkeyedHeaders names of request fields
  public record Guards(
      boolean normalisePaths,
      boolean mergeSlashes,
      AmbiguousPaths ambiguousPaths,
      boolean staticSuffix,
      List<String> unkeyedHeaders,
      int maxKeyBytes) {
    public Guards {
      unkeyedHeaders = List.copyOf(unkeyedHeaders);
    }
  }

  /// @param roles among `read`, `write`, `purge`, `admin`
  /// @param sha256 64 hexadecimal digits
  public record TokenDeclaration(String name, List<String> roles, String sha256) {

    /// Without the hash: this may end up in a log.
    @Override
    public String toString() {
      return "TokenDeclaration[name=" + name + ", roles=" + roles + "]";
    }
  }

  /// @param database empty for the file in `data.dir`
  public record Audit(
      boolean enabled,
      Optional<AuditDatabase.PostgreSql> database,
      boolean entryWrites,
      AuditSettings settings) {}

  /// @param targets to which invalidations are passed on
  public record Forward(List<ForwardTarget> targets, ForwardSettings settings) {
    public Forward {
      targets = List.copyOf(targets);
    }
  }

  public record Log(LogFormat format, boolean exchanges) {}

  /// @param ports the doors that are open, at the API's host
  public record Compat(
      Set<ForeignSystem> systems,
      Map<ForeignSystem.Door, Integer> ports,
      Optional<Long> maxEntries,
      int invalidationBatchSize,
      boolean metrics) {
    public Compat {
      systems = Set.copyOf(systems);
      ports = Map.copyOf(ports);
    }

    public boolean isOn(ForeignSystem system) {
      return systems.contains(system);
    }
  }

  /// @param url empty for Forebay's own predictor
  /// @param staleShare of values that may have changed before their lifetime ends
  public record Prediction(
      Optional<URI> url,
      Duration deadline,
      Duration fallbackTtl,
      Duration firstTtl,
      Duration minTtl,
      Duration maxTtl,
      double staleShare) {}

  public record Warming(int maxConcurrentJobs, int batchSize, Duration timeout) {}

  public record History(boolean enabled, Duration interval, long maxSamples) {}

  /// @param apiBase an origin, as `http://localhost:9400`; empty for the page's own
  public record Page(Optional<String> apiBase, boolean realtime, Duration pollInterval) {}
}

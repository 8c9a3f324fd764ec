package io.forebay.server;

import io.forebay.backends.log.FileJournal;
import io.forebay.cache.Cache;
import io.forebay.cache.CacheBuilder;
import io.forebay.cache.InvalidationHistory;
import io.forebay.cache.InvalidationLog;
import io.forebay.cache.Invalidations;
import io.forebay.cache.NodeBudget;
import io.forebay.cache.Packing;
import io.forebay.cache.Receipts;
import io.forebay.cache.TimeSource;
import io.forebay.cache.VersionClock;
import io.forebay.cache.WhatIfQuestions;
import io.forebay.cache.policy.HitObjective;
import io.forebay.cache.tier.WriteMode;
import io.forebay.http.TargetUri;
import io.forebay.proxy.ExchangeObserver;
import io.forebay.proxy.origin.OriginLink;
import io.forebay.proxy.pages.Page;
import io.forebay.proxy.pages.PageCodec;
import io.forebay.proxy.pages.PageStore;
import io.forebay.server.access.AccessPolicy;
import io.forebay.server.access.Role;
import io.forebay.server.access.TokenRegistry;
import io.forebay.server.api.ApiConnections;
import io.forebay.server.api.ApiListener;
import io.forebay.server.api.ApiRoute;
import io.forebay.server.api.ApiRoutes;
import io.forebay.server.api.BodyBudget;
import io.forebay.server.api.ExchangeRecord;
import io.forebay.server.audit.AuditDatabase;
import io.forebay.server.audit.AuditTrail;
import io.forebay.server.backup.Exporter;
import io.forebay.server.backup.Importer;
import io.forebay.server.backup.Restorer;
import io.forebay.server.caches.CacheRegistry;
import io.forebay.server.caches.CacheSpecification;
import io.forebay.server.caches.CacheTraits;
import io.forebay.server.caches.EntryRules;
import io.forebay.server.caches.EntryService;
import io.forebay.server.caches.NodeDefaults;
import io.forebay.server.caches.StoredValue;
import io.forebay.server.compat.Backends;
import io.forebay.server.compat.Doors;
import io.forebay.server.compat.ForeignSystem;
import io.forebay.server.compat.ForeignSystem.Door;
import io.forebay.server.edge.CloudflareRoutes;
import io.forebay.server.edge.FastlyRoutes;
import io.forebay.server.fleet.Fleet;
import io.forebay.server.forward.Forwarder;
import io.forebay.server.health.OperationRoutes;
import io.forebay.server.health.Readiness;
import io.forebay.server.invalidation.InvalidationFigures;
import io.forebay.server.invalidation.InvalidationService;
import io.forebay.server.invalidation.NodeCaches;
import io.forebay.server.invalidation.Source;
import io.forebay.server.invalidation.StoredUrls;
import io.forebay.server.log.LogSetup;
import io.forebay.server.metrics.Metric;
import io.forebay.server.metrics.Metrics;
import io.forebay.server.page.PageRoutes;
import io.forebay.server.pages.PageProxy;
import io.forebay.server.pages.ProxyPurges;
import io.forebay.server.predict.ChangeLearning;
import io.forebay.server.predict.PageLearning;
import io.forebay.server.reload.Reload;
import io.forebay.server.reload.SettingsSource;
import io.forebay.server.reload.SettingsWatch;
import io.forebay.server.settings.ByteSize;
import io.forebay.server.settings.Durations;
import io.forebay.server.settings.HostAndPort;
import io.forebay.server.settings.ServerSettings;
import io.forebay.server.settings.SettingsReading;
import io.forebay.server.tiers.Tiers;
import io.forebay.server.tls.FileWatch;
import io.forebay.server.tls.ListenerTls;
import io.forebay.server.tls.OriginLinkFiles;
import io.forebay.server.v1.AuditedEndpoints;
import io.forebay.server.v1.BackupEndpoints;
import io.forebay.server.v1.ConfigRoutes;
import io.forebay.server.v1.ExplainRoutes;
import io.forebay.server.v1.InvalidationEndpoints;
import io.forebay.server.v1.OriginRoutes;
import io.forebay.server.v1.TierRoutes;
import io.forebay.server.v1.V1Routes;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Builds every object of the server, in an order that reads, and takes it apart again.
public final class ServerAssembly {

  private static final Logger log = LoggerFactory.getLogger(ServerAssembly.class);

  private static final int MAX_RECEIPTS = 10_000;

  /// Of what was invalidated, for backups that are restored: some 15 MB at most, for usual names.
  private static final int REMEMBERED_NAMES = 100_000;

  private static final Duration LOOK_AT_SETTINGS_EVERY = Duration.ofSeconds(2);
  private static final Duration RECEIPTS_KEPT = Duration.ofHours(1);

  private final ServerSettings settings;
  private final VersionInfo version = VersionInfo.read();
  private final Readiness readiness = new Readiness();
  private final Foundations foundations;

  // Memory and caches.
  private final TimeSource time;
  private final NodeBudget memory;
  private final Fleet fleet;
  private final Tiers tiers;
  private final VersionClock versions;
  private final InvalidationLog invalidationLog;
  private final InvalidationHistory history;
  private final Receipts receipts;
  private final ChangeLearning learning;
  private final CacheRegistry caches;
  private final EntryService entries;
  private final CompatAssembly compat;

  // Who changed what.
  private final AuditTrail audit;

  // Figures.
  private final Metrics metrics = new Metrics(version);

  // Threads.
  private final Vertx vertx = createVertx();
  private final ExecutorService virtualThreads = Executors.newVirtualThreadPerTaskExecutor();

  // What listeners are encrypted with.
  private final ListenerTls tls;
  private final FileWatch files;

  // The caches before this one.
  private final Forwarder forwarder;

  // The one way in for what people and clients invalidate.
  private final Optional<Cache<String, Page>> pages;
  private final InvalidationService invalidations;

  // The proxy, if there is anything to proxy to.
  private final Optional<PageProxy> proxy;

  // The API.
  private final BodyBudget bodies;
  private final ApiConnections apiConnections;
  private final ApiListener api;
  private final Doors doors;
  private volatile Optional<HostAndPort> proxyAddress = Optional.empty();

  // What may change while it runs.
  private volatile AccessPolicy access;
  private volatile boolean logExchanges;
  private final Reload reload;
  private final Optional<SettingsWatch> settingsWatch;

  private ServerAssembly(
      SettingsReading.Accepted read,
      SettingsSource source,
      TimeSource time,
      Foundations foundations,
      ExchangeObserver proxyObserver) {
    this.settings = read.settings();
    this.foundations = foundations;
    this.tls = foundations.tls();
    this.files = foundations.files();
    this.time = time;
    this.memory = new NodeBudget(settings.memory().maxBytes().bytes());
    this.fleet = foundations.fleet();
    this.tiers = foundations.tiers();
    this.versions = fleet.versions();
    this.invalidationLog = tiers.log();
    this.history =
        InvalidationHistory.of(
            invalidationLog,
            versions,
            foundations.journal().map(FileJournal::recovered),
            REMEMBERED_NAMES);
    tiers.noteIn(history);
    this.receipts = new Receipts(fleet.nodeName(), time, MAX_RECEIPTS, RECEIPTS_KEPT);
    fleet.tell(receipts);
    this.learning = CompatAssembly.learning(settings, time);
    this.caches = createCaches();
    this.entries =
        new EntryService(
            caches,
            new EntryRules(
                settings.entries().maxKeyBytes(), settings.entries().maxValueBytes().bytes()),
            fleet.isolation(),
            time);
    entries.noteDeletesIn(history);
    this.compat = new CompatAssembly(settings, time, learning, caches, entries, this::proxyAddress);
    this.audit = createAudit();
    this.forwarder =
        new Forwarder(vertx, settings.forward().targets(), settings.forward().settings());
    this.pages = settings.proxy().isOn() ? Optional.of(pageCache()) : Optional.empty();
    this.invalidations =
        new InvalidationService(
            new NodeCaches(caches, pages.map(cache -> cache), new StoredUrls(this::storedUrls)),
            new Invalidations(invalidationLog, receipts),
            audit,
            forwarder,
            MAX_RECEIPTS);
    this.access = accessPolicy(settings);
    this.logExchanges = settings.log().exchanges();
    this.proxy = pages.map(cache -> createProxy(cache, foundations.links(), proxyObserver));
    this.reload = new Reload(source, read, new Changeable());
    this.settingsWatch = watch(source);
    compat.startTicking(vertx);
    this.bodies = new BodyBudget(settings.api().maxPendingBodyBytes().bytes());
    this.apiConnections = new ApiConnections(settings.api().maxConnections());
    var parts =
        new ApiListener.Parts(
            new ApiRoutes(apiRoutes()),
            () -> access,
            apiConnections,
            bodies,
            virtualThreads,
            this::record,
            tls.api().map(ListenerTls.Renewed::tls));
    this.api = new ApiListener(vertx, settings.api(), parts);
    this.doors =
        new Doors(
            doorAddresses(), address -> new ApiListener(vertx, settings.api(), address, parts));
    proxy.ifPresent(on -> caches.observe(on.pages()));
    proxy.ifPresent(this::watchOriginConnections);
    declareFigures();
  }

  /// Starts a server. When this returns, it answers, or nothing of it is left.
  public static StartOutcome start(ServerSettings settings) {
    return start(settings, TimeSource.SYSTEM, ExchangeObserver.NONE);
  }

  /// The same for settings that can be read again while it runs.
  ///
  /// @param read what the source said
  public static StartOutcome start(SettingsReading.Accepted read, SettingsSource source) {
    return start(read, source, TimeSource.SYSTEM, ExchangeObserver.NONE);
  }

  /// The same with clocks of the caller's, and somebody who hears of every exchange of the proxy.
  public static StartOutcome start(
      ServerSettings settings, TimeSource time, ExchangeObserver proxyObserver) {
    var read = new SettingsReading.Accepted(settings, List.of());
    return start(read, SettingsSource.fixed(read), time, proxyObserver);
  }

  /// All of it.
  public static StartOutcome start(
      SettingsReading.Accepted read,
      SettingsSource source,
      TimeSource time,
      ExchangeObserver proxyObserver) {
    long began = System.nanoTime();
    Foundations foundations;
    try {
      foundations = Foundations.open(read.settings(), time);
    } catch (Foundations.Missing e) {
      return new StartOutcome.NotStarted(e.why());
    }
    var assembly = new ServerAssembly(read, source, time, foundations, proxyObserver);
    try {
      return assembly.listen(began);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      assembly.free();
      return new StartOutcome.NotStarted("interrupted while starting");
    }
  }

  private void watchOriginConnections(PageProxy on) {
    for (OriginLinkFiles link : settings.proxy().originConnections()) {
      if (link.insecure()) {
        log.atWarn()
            .addKeyValue("origin", link.origin())
            .log("this origin's certificate is not verified (proxy.origin_connections, insecure)");
      }
      files.add(
          "proxy.origin_connections",
          link.paths(),
          () ->
              switch (link.read()) {
                case OriginLinkFiles.Reading.Bad(var why) -> Optional.of(why);
                case OriginLinkFiles.Reading.Good(var renewed) -> {
                  on.renew(renewed);
                  yield Optional.empty();
                }
              });
    }
  }

  private StartOutcome listen(long beganNanos) throws InterruptedException {
    HostAndPort apiAddress;
    try {
      apiAddress = api.start();
    } catch (ExecutionException e) {
      free();
      return cannotListen("api.listen", settings.api().listen(), e, "HOST:PORT");
    }
    Map<Door, HostAndPort> openDoors;
    try {
      openDoors = doors.open();
    } catch (Doors.Blocked e) {
      doors.close(Duration.ZERO);
      free();
      return cannotListen(e.setting(), e.address(), e.why(), "PORT");
    }
    Optional<PageProxy.Addresses> proxyAddresses = Optional.empty();
    if (proxy.isPresent()) {
      try {
        proxyAddresses = Optional.of(proxy.get().start());
        proxyAddress = proxyAddresses.map(PageProxy.Addresses::plain);
      } catch (IOException e) {
        proxy.get().stop(Duration.ZERO);
        free();
        return cannotListen("proxy.listen", settings.proxy().listen(), e, "HOST:PORT");
      }
    }
    files.start(settings.tlsReloadInterval());
    tiers.startWarming();
    readiness.ready();
    log.atInfo()
        .addKeyValue("version", version.version())
        .addKeyValue("api", apiAddress)
        .addKeyValue("proxy", proxyAddresses.map(at -> at.plain().toString()).orElse("off"))
        .addKeyValue(
            "proxy_tls",
            proxyAddresses
                .flatMap(PageProxy.Addresses::tls)
                .map(HostAndPort::toString)
                .orElse("off"))
        .addKeyValue("start_ms", Duration.ofNanos(System.nanoTime() - beganNanos).toMillis())
        .log("ready");
    return new StartOutcome.Started(
        new RunningServer(
            apiAddress,
            openDoors,
            proxyAddresses,
            proxy.map(PageProxy::pages),
            reload::now,
            this::stop));
  }

  private Optional<HostAndPort> proxyAddress() {
    return proxyAddress;
  }

  private Map<Door, HostAndPort> doorAddresses() {
    return settings.compat().ports().entrySet().stream()
        .collect(
            Collectors.toMap(
                Map.Entry::getKey,
                door -> new HostAndPort(settings.api().listen().host(), door.getValue())));
  }

  private static Vertx createVertx() {
    return Vertx.vertx(
        new VertxOptions()
            .setPreferNativeTransport(true)
            // One for each core, as the listeners have: connections to origins are then on the
            // loops that clients' are on, and fewer threads wake each other.
            .setEventLoopPoolSize(Runtime.getRuntime().availableProcessors())
            .setFileSystemOptions(
                new FileSystemOptions()
                    .setFileCachingEnabled(false)
                    .setClassPathResolvingEnabled(false)));
  }

  private CacheRegistry createCaches() {
    var registry =
        new CacheRegistry(
            this::createCache,
            tiers,
            new NodeDefaults(
                memory.maxBytes(),
                settings.entries().defaultTtl(),
                settings.memory().evictionPolicy(),
                settings.memory().evictionObjective(),
                settings.memory().whatIf(),
                settings.tiers().entriesTier(),
                settings.tiers().writing().entries()));
    for (var declared : settings.caches()) {
      var specification =
          new CacheSpecification(
              declared.maxBytes().map(ByteSize::bytes),
              declared.maxEntries(),
              declared.defaultTtl(),
              declared.evictionPolicy(),
              declared.evictionObjective(),
              declared.whatIf(),
              declared.tier(),
              declared.writeMode());
      if (registry.define(declared.name(), specification)
          instanceof CacheRegistry.DefineOutcome.Invalid(var violation)) {
        throw new IllegalStateException(
            "the settings were checked, and yet caches." + declared.name() + ": " + violation);
      }
    }
    settings.compat().maxEntries().ifPresent(registry::boundDefault);
    if (settings.compat().isOn(ForeignSystem.CACHE_MANAGEMENT)) {
      Backends.define(registry);
    }
    return registry;
  }

  private Cache<String, StoredValue> createCache(String name, CacheTraits traits) {
    var builder =
        this.<StoredValue>builder(
                name, traits.evictionPolicy(), traits.evictionObjective(), traits.whatIf())
            .bounds(traits.bounds(), StoredValue::weigh)
            .copiesLive(tiers.copiesLive(traits.tier()))
            .packed(Packing.ofText(), StoredValue.PACKING);
    return CompatAssembly.learns(settings)
        ? builder.listener(departure -> learning.departed(name, departure)).build()
        : builder.build();
  }

  private Cache<String, Page> pageCache() {
    var node = settings.memory();
    return this.<Page>builder(
            PageProxy.CACHE, node.evictionPolicy(), node.evictionObjective(), node.whatIf())
        .maxBytes(
            settings.proxy().pagesMaxBytes().bytes(),
            (key, page) -> key.length() + page.weightBytes())
        .patternText(PageStore::urlOf)
        // Pages are named by URLs: a key would reach one variant of many.
        .keyText(key -> key, _ -> Optional.empty())
        .copiesLive(tiers.copiesLive(settings.tiers().pagesTier()))
        .build();
  }

  private Set<String> storedUrls(TargetUri url) {
    return proxy.map(on -> on.urlsOf(url)).orElse(Set.of());
  }

  private PageProxy createProxy(
      Cache<String, Page> cache, List<OriginLink> links, ExchangeObserver observer) {
    var tiered =
        tiers.behind(
            cache, new PageCodec(time), settings.tiers().pagesTier(), WriteMode.WRITE_THROUGH);
    return new PageProxy(
        vertx,
        settings,
        cache,
        new PageStore(cache, tiered, fleet.isolation(), time),
        new ProxyPurges(invalidations, () -> access.tokens(), settings.proxy().purgeNetworks()),
        time,
        metrics,
        CompatAssembly.learns(settings) ? new PageLearning(learning, observer) : observer,
        tls.proxy().map(ListenerTls.Renewed::tls),
        links);
  }

  /// With what all caches of the node share.
  private <V> CacheBuilder<String, V> builder(
      String name, String evictionPolicy, HitObjective objective, boolean whatIf) {
    var builder =
        CacheBuilder.<V>withTextKeys(name)
            .evictionPolicy(evictionPolicy)
            .hitObjective(objective)
            .nodeBudget(memory)
            .versionClock(versions)
            .invalidationLog(invalidationLog)
            .receipts(receipts)
            .timeSource(time);
    return whatIf ? builder.whatIf(WhatIfQuestions.usual()) : builder;
  }

  private AuditTrail createAudit() {
    if (!settings.audit().enabled()) {
      return AuditTrail.off();
    }
    Optional<AuditDatabase.PostgreSql> server = settings.audit().database();
    AuditDatabase database =
        server.isPresent()
            ? server.get()
            : new AuditDatabase.File(settings.dataDir().resolve("audit.db"));
    return AuditTrail.in(database, settings.audit().settings(), time);
  }

  private List<ApiRoute> apiRoutes() {
    var audited = new AuditedEndpoints(audit, settings.audit().entryWrites());
    List<ApiRoute> routes = new ArrayList<>(V1Routes.of(caches, entries, audited));
    routes.addAll(
        InvalidationEndpoints.routes(
            invalidations, entries.rules(), settings.api().idleTimeout().dividedBy(2)));
    routes.addAll(FastlyRoutes.of(invalidations));
    routes.addAll(CloudflareRoutes.of(invalidations));
    routes.addAll(ExplainRoutes.of(request -> proxy.map(on -> on.explain(request))));
    routes.addAll(OriginRoutes.of(() -> proxy.map(PageProxy::origins)));
    routes.addAll(TierRoutes.of(tiers::figures));
    routes.addAll(ConfigRoutes.of(reload::now, audited));
    routes.addAll(
        BackupEndpoints.routes(
            caches,
            new Exporter(caches, history, version.version(), time),
            new Importer(new Restorer(caches, entries.rules(), history, fleet.isolation(), time)),
            audited));
    var page = new PageRoutes(settings.page());
    routes.addAll(OperationRoutes.of(readiness, metrics, version, page));
    routes.addAll(page.routes());
    routes.addAll(compat.routes(invalidations, audited, readiness));
    return routes;
  }

  private Optional<SettingsWatch> watch(SettingsSource source) {
    return settings.reloadOnChange()
        ? source
            .file()
            .map(file ->
                new SettingsWatch(
                    file, LOOK_AT_SETTINGS_EVERY, () -> reload.now("the file changed")))
        : Optional.empty();
  }

  /// What takes new settings over while the server runs.
  private final class Changeable implements Reload.Target {

    @Override
    public void take(ServerSettings changed, boolean accessToo) {
      proxy.ifPresent(on -> on.take(changed));
      logExchanges = changed.log().exchanges();
      if (accessToo) {
        access = accessPolicy(changed);
        compat.accessChanged();
      }
    }

    @Override
    public boolean takesRoutes(ServerSettings changed) {
      return proxy.isPresent() && changed.proxy().isOn();
    }

    @Override
    public boolean clientsWaitFor(ServerSettings changed) {
      return proxy.isEmpty() || proxy.get().clientsWaitFor(changed);
    }
  }

  private static AccessPolicy accessPolicy(ServerSettings settings) {
    var tokens =
        new TokenRegistry(
            settings.tokens().stream()
                .map(token ->
                    new TokenRegistry.Grant(
                        token.name(),
                        token.roles().stream()
                            .map(role -> Role.named(role).orElseThrow())
                            .collect(Collectors.toUnmodifiableSet()),
                        token.sha256()))
                .toList());
    return new AccessPolicy(tokens, settings.api().allowedHosts(), allowedOrigins(settings));
  }

  /// The page at one of the server's own doors may ask at another.
  private static List<String> allowedOrigins(ServerSettings settings) {
    List<String> origins = new ArrayList<>(settings.api().allowedOrigins());
    for (int port : settings.compat().ports().values()) {
      origins.add("http://localhost:" + port);
      origins.add("http://127.0.0.1:" + port);
    }
    return origins;
  }

  private void declareFigures() {
    metrics.gauge(Metric.READY, () -> readiness.isReady() ? 1 : 0);
    metrics.gauge(Metric.MEMORY_MAX_BYTES, memory::maxBytes);
    metrics.gauge(Metric.MEMORY_USED_BYTES, memory::usedBytes);
    metrics.counter(Metric.LOG_EVENTS_DROPPED, LogSetup::droppedEvents);
    metrics.gauge(Metric.API_CONNECTIONS, apiConnections::open);
    metrics.counter(Metric.API_CONNECTIONS_REFUSED, apiConnections::refused);
    compat.declare(metrics);
    metrics.gauge(Metric.API_PENDING_BODY_BYTES, bodies::takenBytes);
    metrics.counter(Metric.API_BODIES_REFUSED, bodies::refusals);
    metrics.caches(caches::observed);
    metrics.counter(Metric.SETTINGS_RELOADS, reload::applied);
    metrics.counter(Metric.SETTINGS_RELOADS_REFUSED, reload::refused);
    declareAuditFigures();
    declareInvalidationFigures();
    declareForwardFigures();
    metrics.counter(Metric.TLS_RELOADS, files::reloads);
    metrics.counter(Metric.TLS_RELOADS_FAILED, files::failures);
    metrics.gauge(
        Metric.TLS_CERTIFICATE_EXPIRY,
        () ->
            tls.firstExpiry()
                .map(end -> (double) Duration.between(time.now(), end).toSeconds())
                .orElse(Double.NaN));
    fleet.declare(metrics, readiness);
    tiers.watch(readiness);
    tiers.watch(files);
    metrics.tiers(tiers::figures);
    metrics.counter(Metric.TIER_WARMED, tiers::valuesWarmed);
    readiness.watch("audit", audit::isFailing);
  }

  private void declareInvalidationFigures() {
    InvalidationFigures figures = invalidations.figures();
    for (Source source : Source.values()) {
      metrics.counter(Metric.INVALIDATIONS, source.text(), () -> figures.operations(source));
      metrics.counter(Metric.INVALIDATIONS_REFUSED, source.text(), () -> figures.refused(source));
    }
    metrics.counter(Metric.INVALIDATIONS_NOT_KEPT, figures::notKept);
    metrics.gauge(Metric.INVALIDATION_LOG_POSITION, () -> invalidationLog.last().n());
    metrics.gauge(Metric.INVALIDATION_LOG_DURABLE, () -> invalidationLog.durable().n());
    metrics.gauge(Metric.INVALIDATION_HISTORY_NAMES, history::size);
    metrics.counter(Metric.INVALIDATION_HISTORY_FORGOTTEN, history::forgotten);
    metrics.gauge(Metric.RECEIPTS, receipts::size);
    metrics.gauge(Metric.RECEIPTS_UNSWEPT, receipts::unswept);
  }

  private void declareForwardFigures() {
    metrics.gauge(Metric.FORWARD_PENDING, () -> forwarder.figures().pending());
    metrics.counter(Metric.FORWARD_DELIVERED, () -> forwarder.figures().delivered());
    metrics.counter(Metric.FORWARD_FAILED, () -> forwarder.figures().failed());
    metrics.counter(Metric.FORWARD_RETRIES, () -> forwarder.figures().retries());
    metrics.counter(Metric.FORWARD_QUEUE_FULL, () -> forwarder.figures().queueFull());
  }

  private void declareAuditFigures() {
    metrics.gauge(Metric.AUDIT_FAILING, () -> audit.isFailing() ? 1 : 0);
    metrics.gauge(Metric.AUDIT_PENDING, () -> audit.figures().pending());
    metrics.counter(Metric.AUDIT_ROWS, () -> audit.figures().rows());
    metrics.counter(Metric.AUDIT_COMMITS, () -> audit.figures().commits());
    metrics.counter(Metric.AUDIT_LOST, () -> audit.figures().lost());
    metrics.counter(Metric.AUDIT_REFUSED, () -> audit.figures().refused());
    metrics.counter(Metric.AUDIT_QUEUE_FULL, () -> audit.figures().queueFull());
    metrics.counter(Metric.AUDIT_TRIMMED, () -> audit.figures().trimmed());
  }

  private void record(ExchangeRecord exchange) {
    metrics.record(exchange);
    compat.figures().record(exchange);
    if (logExchanges) {
      log.atInfo()
          .addKeyValue("method", exchange.method())
          .addKeyValue("path", exchange.path())
          .addKeyValue("status", exchange.status())
          .addKeyValue("duration_us", exchange.duration().toNanos() / 1000)
          .addKeyValue("principal", exchange.principal())
          .addKeyValue("request_bytes", exchange.requestBytes())
          .addKeyValue("response_bytes", exchange.responseBytes())
          .addKeyValue("route", exchange.route())
          .log("api exchange");
    }
  }

  private static StartOutcome cannotListen(
      String setting, HostAndPort address, Exception failure, String form) {
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    // The native transport has an exception of its own; both carry the system's words.
    boolean taken = String.valueOf(cause.getMessage()).contains("already in use");
    return new StartOutcome.NotStarted(
        setting
            + ": cannot listen on "
            + address
            + (taken
                ? ": port "
                    + address.port()
                    + " is taken; stop the program that has it, or choose another with "
                : " (" + cause.getMessage() + "); choose another address with ")
            + "--set "
            + setting
            + "="
            + form);
  }

  private void stop() {
    readiness.stopping();
    log.atInfo().addKeyValue("grace", Durations.render(settings.shutdownGrace())).log("stopping");
    proxy.ifPresent(on -> on.stop(settings.shutdownGrace()));
    compat.stop();
    try {
      doors.close(settings.shutdownGrace());
      api.stop(settings.shutdownGrace());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    free();
    log.atInfo().log("stopped");
  }

  private void free() {
    files.close();
    settingsWatch.ifPresent(SettingsWatch::close);
    tiers.stopWarming();
    virtualThreads.shutdown();
    compat.free();
    forwarder.close();
    invalidations.close();
    audit.close(Duration.ofSeconds(5));
    try {
      vertx.close().toCompletionStage().toCompletableFuture().get(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
      log.atWarn().setCause(e).log("event loops did not end in time");
    }
    caches.close();
    metrics.close();
    foundations.close();
  }
}

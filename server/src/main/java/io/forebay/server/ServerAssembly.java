package io.forebay.server;

import io.forebay.backends.log.FileJournal;
import io.forebay.backends.log.JournalFound;
import io.forebay.cache.Cache;
import io.forebay.cache.CacheBuilder;
import io.forebay.cache.InProcessInvalidationLog;
import io.forebay.cache.InvalidationJournal;
import io.forebay.cache.InvalidationLog;
import io.forebay.cache.NodeBudget;
import io.forebay.cache.Packing;
import io.forebay.cache.Receipts;
import io.forebay.cache.TimeSource;
import io.forebay.cache.VersionClock;
import io.forebay.cache.WhatIfQuestions;
import io.forebay.cache.policy.HitObjective;
import io.forebay.proxy.ExchangeObserver;
import io.forebay.proxy.pages.Page;
import io.forebay.proxy.pages.PageCodec;
import io.forebay.proxy.pages.PageStore;
import io.forebay.server.access.AccessPolicy;
import io.forebay.server.access.Role;
import io.forebay.server.access.TokenRegistry;
import io.forebay.server.api.ApiListener;
import io.forebay.server.api.ApiRoute;
import io.forebay.server.api.ApiRoutes;
import io.forebay.server.api.BodyBudget;
import io.forebay.server.api.ExchangeRecord;
import io.forebay.server.audit.AuditDatabase;
import io.forebay.server.audit.AuditTrail;
import io.forebay.server.caches.CacheRegistry;
import io.forebay.server.caches.CacheSpecification;
import io.forebay.server.caches.CacheTraits;
import io.forebay.server.caches.EntryRules;
import io.forebay.server.caches.EntryService;
import io.forebay.server.caches.NodeDefaults;
import io.forebay.server.caches.StoredValue;
import io.forebay.server.fleet.Fleet;
import io.forebay.server.forward.Forwarder;
import io.forebay.server.health.OperationRoutes;
import io.forebay.server.health.Readiness;
import io.forebay.server.log.LogSetup;
import io.forebay.server.metrics.Metric;
import io.forebay.server.metrics.Metrics;
import io.forebay.server.pages.PageProxy;
import io.forebay.server.settings.ByteSize;
import io.forebay.server.settings.Durations;
import io.forebay.server.settings.HostAndPort;
import io.forebay.server.settings.LogStorage;
import io.forebay.server.settings.ServerSettings;
import io.forebay.server.v1.AuditedEndpoints;
import io.forebay.server.v1.ExplainRoutes;
import io.forebay.server.v1.V1Routes;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
  private static final Duration RECEIPTS_KEPT = Duration.ofHours(1);

  private final ServerSettings settings;
  private final VersionInfo version = VersionInfo.read();
  private final Readiness readiness = new Readiness();

  // Memory and caches.
  private final TimeSource time;
  private final NodeBudget memory;
  private final Fleet fleet;
  private final VersionClock versions;
  private final Optional<FileJournal> journal;
  private final InvalidationLog invalidationLog;
  private final Receipts receipts;
  private final CacheRegistry caches;
  private final EntryService entries;

  // Who changed what.
  private final AuditTrail audit;

  // Figures.
  private final Metrics metrics = new Metrics(version);

  // Threads.
  private final Vertx vertx = createVertx();
  private final ExecutorService virtualThreads = Executors.newVirtualThreadPerTaskExecutor();

  // The proxy, if there is anything to proxy to.
  private final Optional<PageProxy> proxy;

  // The caches before this one.
  private final Forwarder forwarder;

  // The API.
  private final BodyBudget bodies;
  private final ApiListener api;

  private ServerAssembly(
      ServerSettings settings,
      TimeSource time,
      Optional<FileJournal> journal,
      Fleet fleet,
      ExchangeObserver proxyObserver) {
    this.settings = settings;
    this.time = time;
    this.memory = new NodeBudget(settings.memory().maxBytes().bytes());
    this.fleet = fleet;
    this.versions = fleet.versions();
    this.journal = journal;
    this.invalidationLog = fleet.log().orElseGet(() -> ownLog(journal, time));
    this.receipts = new Receipts(fleet.nodeName(), time, MAX_RECEIPTS, RECEIPTS_KEPT);
    fleet.tell(receipts);
    this.caches = createCaches();
    this.entries =
        new EntryService(
            caches,
            new EntryRules(
                settings.entries().maxKeyBytes(), settings.entries().maxValueBytes().bytes()),
            fleet.isolation(),
            time);
    this.proxy = settings.proxy().isOn() ? Optional.of(pageProxy(proxyObserver)) : Optional.empty();
    this.audit = createAudit();
    this.forwarder =
        new Forwarder(vertx, settings.forward().targets(), settings.forward().settings());
    this.bodies = new BodyBudget(settings.api().maxPendingBodyBytes().bytes());
    this.api =
        new ApiListener(
            vertx,
            settings.api(),
            new ApiListener.Parts(
                new ApiRoutes(apiRoutes()), accessPolicy(), bodies, virtualThreads, this::record));
    proxy.ifPresent(on -> caches.observe(on.pages()));
    declareFigures();
  }

  /// Starts a server. When this returns, it answers, or nothing of it is left.
  public static StartOutcome start(ServerSettings settings) {
    return start(settings, TimeSource.SYSTEM, _ -> {});
  }

  /// The same with clocks of the caller's, and somebody who hears of every exchange of the proxy.
  public static StartOutcome start(
      ServerSettings settings, TimeSource time, ExchangeObserver proxyObserver) {
    long began = System.nanoTime();
    Optional<String> unwritable =
        keepsFiles(settings) ? whyUnwritable(settings.dataDir()) : Optional.empty();
    if (unwritable.isPresent()) {
      return new StartOutcome.NotStarted(unwritable.get());
    }
    Optional<FileJournal> journal;
    try {
      journal = openJournal(settings);
    } catch (IOException e) {
      return new StartOutcome.NotStarted(
          "data.dir: cannot keep the invalidation log: " + e.getMessage());
    }
    Fleet fleet;
    try {
      fleet = Fleet.open(settings, time);
    } catch (Fleet.Refused e) {
      journal.ifPresent(ServerAssembly::close);
      return new StartOutcome.NotStarted(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new StartOutcome.NotStarted("interrupted while starting");
    }
    var assembly = new ServerAssembly(settings, time, journal, fleet, proxyObserver);
    try {
      return assembly.listen(began);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      assembly.free();
      return new StartOutcome.NotStarted("interrupted while starting");
    }
  }

  /// The log of a node that shares it with nobody.
  private static InvalidationLog ownLog(Optional<FileJournal> journal, TimeSource time) {
    return new InProcessInvalidationLog(
        journal
            .<InvalidationJournal>map(file -> file)
            .orElseGet(() -> InvalidationJournal.inMemory(time.now().toEpochMilli())),
        time);
  }

  /// The invalidation log's file, if it is to be kept in one.
  private static Optional<FileJournal> openJournal(ServerSettings settings) throws IOException {
    if (settings.invalidationLog() != LogStorage.FILE) {
      return Optional.empty();
    }
    FileJournal journal = FileJournal.open(settings.dataDir().resolve("invalidations"));
    switch (journal.found()) {
      case JournalFound.Nothing _, JournalFound.Whole _ -> {}
      case JournalFound.TornTail(long bytes) ->
          log.atInfo()
              .addKeyValue("dropped_bytes", bytes)
              .log(
                  "the invalidation log's last write had been cut short, before it was"
                      + " acknowledged");
      case JournalFound.Damaged(Path keptAs, String where) ->
          log.atWarn()
              .addKeyValue("where", where)
              .addKeyValue("kept_as", keptAs)
              .log("the invalidation log was damaged: nothing cached before now is trusted");
    }
    return Optional.of(journal);
  }

  private StartOutcome listen(long beganNanos) throws InterruptedException {
    HostAndPort apiAddress;
    try {
      apiAddress = api.start();
    } catch (ExecutionException e) {
      free();
      return cannotListen("api.listen", settings.api().listen(), e);
    }
    Optional<HostAndPort> proxyAddress = Optional.empty();
    if (proxy.isPresent()) {
      try {
        proxyAddress = Optional.of(proxy.get().start());
      } catch (IOException e) {
        proxy.get().stop(Duration.ZERO);
        free();
        return cannotListen("proxy.listen", settings.proxy().listen(), e);
      }
    }
    readiness.ready();
    log.atInfo()
        .addKeyValue("version", version.version())
        .addKeyValue("api", apiAddress)
        .addKeyValue("proxy", proxyAddress.map(HostAndPort::toString).orElse("off"))
        .addKeyValue("start_ms", Duration.ofNanos(System.nanoTime() - beganNanos).toMillis())
        .log("ready");
    return new StartOutcome.Started(
        new RunningServer(apiAddress, proxyAddress, proxy.map(PageProxy::pages), this::stop));
  }

  private static Vertx createVertx() {
    return Vertx.vertx(
        new VertxOptions()
            .setPreferNativeTransport(true)
            .setFileSystemOptions(
                new FileSystemOptions()
                    .setFileCachingEnabled(false)
                    .setClassPathResolvingEnabled(false)));
  }

  private CacheRegistry createCaches() {
    var registry =
        new CacheRegistry(
            this::createCache,
            fleet,
            new NodeDefaults(
                memory.maxBytes(),
                settings.entries().defaultTtl(),
                settings.memory().evictionPolicy(),
                settings.memory().evictionObjective(),
                settings.memory().whatIf(),
                settings.fleet().entriesTier()));
    for (var declared : settings.caches()) {
      var specification =
          new CacheSpecification(
              declared.maxBytes().map(ByteSize::bytes),
              declared.maxEntries(),
              declared.defaultTtl(),
              declared.evictionPolicy(),
              declared.evictionObjective(),
              declared.whatIf(),
              declared.tier());
      if (registry.define(declared.name(), specification)
          instanceof CacheRegistry.DefineOutcome.Invalid(var violation)) {
        throw new IllegalStateException(
            "the settings were checked, and yet caches." + declared.name() + ": " + violation);
      }
    }
    return registry;
  }

  private Cache<String, StoredValue> createCache(String name, CacheTraits traits) {
    return this.<StoredValue>builder(
            name, traits.evictionPolicy(), traits.evictionObjective(), traits.whatIf())
        .bounds(traits.bounds(), StoredValue::weigh)
        .copiesLive(fleet.copiesLive(traits.tier()))
        .packed(Packing.ofText(), StoredValue.PACKING)
        .build();
  }

  private PageProxy pageProxy(ExchangeObserver observer) {
    Cache<String, Page> pages = pageCache();
    var tiered = fleet.behind(pages, new PageCodec(time), settings.fleet().pagesTier());
    var store = new PageStore(pages, tiered, fleet.isolation(), time);
    return new PageProxy(vertx, settings, pages, store, time, metrics, observer);
  }

  private Cache<String, Page> pageCache() {
    var node = settings.memory();
    return this.<Page>builder(
            PageProxy.CACHE, node.evictionPolicy(), node.evictionObjective(), node.whatIf())
        .maxBytes(
            settings.proxy().pagesMaxBytes().bytes(),
            (key, page) -> key.length() + page.weightBytes())
        .patternText(PageStore::urlOf)
        .copiesLive(fleet.copiesLive(settings.fleet().pagesTier()))
        .build();
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

  private static boolean keepsFiles(ServerSettings settings) {
    return (settings.audit().enabled() && settings.audit().database().isEmpty())
        || settings.invalidationLog() != LogStorage.MEMORY;
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
    routes.addAll(ExplainRoutes.of(request -> proxy.map(on -> on.explain(request))));
    routes.addAll(OperationRoutes.of(readiness, metrics, version));
    return routes;
  }

  private AccessPolicy accessPolicy() {
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
    return new AccessPolicy(tokens, settings.api().allowedHosts(), settings.api().allowedOrigins());
  }

  private void declareFigures() {
    metrics.gauge(Metric.READY, () -> readiness.isReady() ? 1 : 0);
    metrics.gauge(Metric.MEMORY_MAX_BYTES, memory::maxBytes);
    metrics.gauge(Metric.MEMORY_USED_BYTES, memory::usedBytes);
    metrics.counter(Metric.LOG_EVENTS_DROPPED, LogSetup::droppedEvents);
    metrics.gauge(Metric.API_CONNECTIONS, api::connections);
    metrics.counter(Metric.API_CONNECTIONS_REFUSED, api::connectionsRefused);
    metrics.gauge(Metric.API_PENDING_BODY_BYTES, bodies::takenBytes);
    metrics.counter(Metric.API_BODIES_REFUSED, bodies::refusals);
    metrics.caches(caches::observed);
    declareAuditFigures();
    declareForwardFigures();
    fleet.declare(metrics, readiness);
    readiness.watch("audit", audit::isFailing);
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
    if (settings.log().exchanges()) {
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

  private static StartOutcome cannotListen(String setting, HostAndPort address, Exception failure) {
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
            + "=HOST:PORT");
  }

  /// Makes the folder if it is missing; says why it cannot be used.
  private static Optional<String> whyUnwritable(Path folder) {
    String hint = "; choose another with --set data.dir=FOLDER";
    try {
      Files.createDirectories(folder);
      Files.delete(Files.createTempFile(folder, ".forebay-write-test", ""));
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(
          "data.dir: cannot write to " + folder.toAbsolutePath() + " (" + e + ")" + hint);
    }
  }

  private void stop() {
    readiness.stopping();
    log.atInfo().addKeyValue("grace", Durations.render(settings.shutdownGrace())).log("stopping");
    proxy.ifPresent(on -> on.stop(settings.shutdownGrace()));
    try {
      api.stop(settings.shutdownGrace());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    free();
    log.atInfo().log("stopped");
  }

  private void free() {
    virtualThreads.shutdown();
    forwarder.close();
    audit.close(Duration.ofSeconds(5));
    try {
      vertx.close().toCompletionStage().toCompletableFuture().get(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
      log.atWarn().setCause(e).log("event loops did not end in time");
    }
    caches.close();
    fleet.close();
    metrics.close();
    journal.ifPresent(ServerAssembly::close);
  }

  private static void close(FileJournal journal) {
    try {
      journal.close();
    } catch (IOException e) {
      log.atWarn().setCause(e).log("the invalidation log could not be closed");
    }
  }
}

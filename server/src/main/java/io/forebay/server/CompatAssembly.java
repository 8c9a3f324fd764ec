package io.forebay.server;

import io.forebay.cache.TimeSource;
import io.forebay.server.api.ApiRoute;
import io.forebay.server.caches.CacheRegistry;
import io.forebay.server.caches.EntryService;
import io.forebay.server.compat.CompatRoutes;
import io.forebay.server.compat.ForeignSystem;
import io.forebay.server.health.Readiness;
import io.forebay.server.history.FigureHistory;
import io.forebay.server.history.HistoryDatabase;
import io.forebay.server.invalidation.InvalidationService;
import io.forebay.server.live.LiveFeed;
import io.forebay.server.metrics.Metric;
import io.forebay.server.metrics.Metrics;
import io.forebay.server.metrics.RecentFigures;
import io.forebay.server.predict.ChangeLearning;
import io.forebay.server.predict.CountedPredictor;
import io.forebay.server.predict.ExternalPredictor;
import io.forebay.server.predict.LearningPredictor;
import io.forebay.server.predict.Prediction;
import io.forebay.server.settings.HostAndPort;
import io.forebay.server.settings.ServerSettings;
import io.forebay.server.v1.AuditedEndpoints;
import io.forebay.server.warming.PageLoader;
import io.forebay.server.warming.WarmingService;
import io.vertx.core.Vertx;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The part of [ServerAssembly] that clients of other systems and the page stand on: prediction,
/// warming, history, live figures.
final class CompatAssembly {

  private static final Logger log = LoggerFactory.getLogger(CompatAssembly.class);
  private static final long SECOND_MILLIS = 1000;

  private final ServerSettings settings;
  private final ChangeLearning learning;
  private final LearningPredictor learned;
  private final Optional<ExternalPredictor> external;
  private final CountedPredictor predictor;
  private final Optional<HistoryDatabase> database;
  private final WarmingService warming;
  private final RecentFigures figures;
  private final Optional<FigureHistory> history;
  private final LiveFeed live;
  private final CacheRegistry caches;
  private final EntryService entries;

  /// @param proxy where it listens, once it does
  CompatAssembly(
      ServerSettings settings,
      TimeSource time,
      ChangeLearning learning,
      CacheRegistry caches,
      EntryService entries,
      Supplier<Optional<HostAndPort>> proxy) {
    this.settings = settings;
    this.learning = learning;
    this.caches = caches;
    this.entries = entries;
    ServerSettings.Prediction asked = settings.prediction();
    this.learned =
        new LearningPredictor(learning, asked.minTtl(), asked.maxTtl(), asked.staleShare());
    this.external =
        asked
            .url()
            .map(url ->
                new ExternalPredictor(
                    url, asked.deadline(), asked.fallbackTtl(), asked.minTtl(), asked.maxTtl()));
    this.predictor = new CountedPredictor(external.isPresent() ? external.get() : learned);
    this.database = keepsHistory(settings) ? open(settings) : Optional.empty();
    this.warming =
        new WarmingService(
            entries,
            new PageLoader(proxy, settings.warming().timeout()),
            database,
            settings.warming(),
            time);
    this.figures = new RecentFigures(caches::observed, warming::begun);
    this.history =
        settings.history().enabled()
            ? database.map(
                file -> FigureHistory.start(file, settings.history(), time, figures::members))
            : Optional.empty();
    this.live = new LiveFeed(figures::members);
    if (learns(settings)) {
      entries.tell(learning);
    }
  }

  static ChangeLearning learning(ServerSettings settings, TimeSource time) {
    return new ChangeLearning(
        time, settings.prediction().firstTtl(), settings.prediction().staleShare());
  }

  /// Whether lifetimes are predicted, so that there is something to learn for.
  static boolean learns(ServerSettings settings) {
    return settings.compat().isOn(ForeignSystem.CHRONOCACHE);
  }

  /// Whether a file in `data.dir` is needed.
  static boolean keepsHistory(ServerSettings settings) {
    return settings.compat().isOn(ForeignSystem.DISTRIBUTED_CACHING)
        || settings.compat().isOn(ForeignSystem.CACHE_MANAGEMENT);
  }

  private static Optional<HistoryDatabase> open(ServerSettings settings) {
    try {
      return Optional.of(HistoryDatabase.open(settings.dataDir().resolve("history.db")));
    } catch (SQLException e) {
      log.atWarn().setCause(e).log("there is no history: data.dir/history.db cannot be used");
      return Optional.empty();
    }
  }

  void startTicking(Vertx vertx) {
    var _ =
        vertx.setPeriodic(
            SECOND_MILLIS,
            _ -> {
              figures.tick();
              live.tick();
            });
  }

  java.util.List<ApiRoute> routes(
      InvalidationService invalidations, AuditedEndpoints audited, Readiness readiness) {
    var routes = new java.util.ArrayList<ApiRoute>(live.routes());
    routes.addAll(
        CompatRoutes.of(
            new CompatRoutes.Parts(
                settings,
                caches,
                entries,
                invalidations,
                audited,
                predictor,
                learned,
                warming,
                history,
                figures,
                readiness)));
    return routes;
  }

  /// Who may ask is other than before, from now on.
  void accessChanged() {
    live.accessChanged();
  }

  RecentFigures figures() {
    return figures;
  }

  void declare(Metrics metrics) {
    for (Prediction.Source source : Prediction.Source.values()) {
      metrics.counter(
          Metric.PREDICTIONS, source.name().toLowerCase(Locale.ROOT), () -> predictor.made(source));
    }
    metrics.counter(Metric.PREDICTION_OBSERVATIONS, learning::observations);
    metrics.gauge(Metric.PREDICTION_CLASSES, learning::classes);
    metrics.counter(Metric.PREDICTION_CLASSES_REFUSED, learning::classesRefused);
    metrics.counter(Metric.WARMING_JOBS, warming::begun);
    metrics.counter(Metric.WARMING_JOBS_REFUSED, warming::refused);
    metrics.counter(Metric.HISTORY_ROWS_LOST, () -> database.map(HistoryDatabase::lost).orElse(0L));
    metrics.gauge(Metric.LIVE_SOCKETS, live::open);
    metrics.counter(Metric.LIVE_SOCKETS_REFUSED, live::refused);
    metrics.counter(Metric.LIVE_MESSAGES_SKIPPED, live::skipped);
    ServerSettings.Compat compat = settings.compat();
    if (compat.metrics() && compat.isOn(ForeignSystem.DISTROCACHE)) {
      metrics.lines(() ->
          caches
              .find(CacheRegistry.DEFAULT)
              .map(named -> figures.distrocache(named.cache().statistics()))
              .orElse(""));
    }
    if (compat.metrics() && compat.isOn(ForeignSystem.DISTRIBUTED_CACHING)) {
      metrics.lines(figures::distributedCaching);
    }
  }

  /// Closes what clients hold open.
  void stop() {
    live.close();
  }

  void free() {
    history.ifPresent(FigureHistory::close);
    warming.close();
    external.ifPresent(ExternalPredictor::close);
    database.ifPresent(HistoryDatabase::close);
  }
}

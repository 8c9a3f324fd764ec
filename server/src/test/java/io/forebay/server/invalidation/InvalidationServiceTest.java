package io.forebay.server.invalidation;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.Cache;
import io.forebay.cache.CacheBuilder;
import io.forebay.cache.Draft;
import io.forebay.cache.InProcessInvalidationLog;
import io.forebay.cache.Invalidation.Mode;
import io.forebay.cache.InvalidationOrder;
import io.forebay.cache.Invalidations;
import io.forebay.cache.Lifetime;
import io.forebay.cache.Precondition;
import io.forebay.cache.Receipts;
import io.forebay.cache.Scope;
import io.forebay.cache.TimeSource;
import io.forebay.cache.Upkeep;
import io.forebay.cache.policy.HitObjective;
import io.forebay.server.audit.AuditTrail;
import io.forebay.server.caches.CacheRegistry;
import io.forebay.server.caches.CacheTraits;
import io.forebay.server.caches.NodeDefaults;
import io.forebay.server.caches.StoredValue;
import io.forebay.server.caches.TierChoice;
import io.forebay.server.forward.ForwardSettings;
import io.forebay.server.forward.Forwarder;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InvalidationServiceTest {

  private static final int MAX_RECEIPTS = 3;

  private final Vertx vertx = Vertx.vertx();
  private final Upkeep upkeep = Upkeep.manual();
  private final TestingJournal journal = new TestingJournal();
  private final InProcessInvalidationLog log =
      new InProcessInvalidationLog(journal, TimeSource.SYSTEM);
  private final Receipts receipts =
      new Receipts("local", TimeSource.SYSTEM, MAX_RECEIPTS, Duration.ofHours(1));
  private final CacheRegistry registry =
      new CacheRegistry(
          this::cache,
          new NodeDefaults(
              1_000_000, Duration.ofHours(1), "lru", HitObjective.OBJECTS, false, TierChoice.NONE));
  private final InvalidationService service =
      new InvalidationService(
          new NodeCaches(registry, Optional.empty()),
          new Invalidations(log, receipts),
          AuditTrail.off(),
          new Forwarder(
              vertx,
              List.of(),
              new ForwardSettings(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO, 1)),
          MAX_RECEIPTS);

  private Cache<String, StoredValue> cache(String name, CacheTraits traits) {
    return CacheBuilder.<StoredValue>withTextKeys(name)
        .bounds(traits.bounds(), StoredValue::weigh)
        .invalidationLog(log)
        .receipts(receipts)
        .upkeep(upkeep)
        .build();
  }

  @AfterEach
  void stop() {
    service.close();
    registry.close();
    vertx.close();
  }

  private Cache<String, StoredValue> entries() {
    return registry.find("default").orElseThrow().cache();
  }

  private void put(String key, String... tags) {
    entries()
        .put(
            key,
            new Draft<>(
                new StoredValue(new byte[1], "text/plain"),
                Lifetime.FOREVER,
                List.of(tags),
                Map.of()),
            Precondition.NONE);
  }

  private static InvalidationRequest tag(String tag, Wait wait, Duration timeout) {
    var order = new InvalidationOrder(Optional.empty(), new Scope.Tags(Set.of(tag)), Mode.HARD);
    return new InvalidationRequest(
        new Requester("me", "127.0.0.1"), Source.API, List.of(order), "", wait, timeout);
  }

  private InvalidationAnswer submit(InvalidationRequest request) {
    return service.submit(request, Optional.of("operations"));
  }

  @Test
  void whatTheLogCannotKeepIsInForceAndNotAcknowledged() {
    put("k", "a");
    journal.full(true);
    InvalidationAnswer answer = submit(tag("a", Wait.SWEPT, Duration.ofDays(1)));
    assertThat(answer.status()).isEqualTo(503);
    Receipt receipt = ((InvalidationAnswer.NotKept) answer).receipt();
    assertThat(receipt.isKept()).isFalse();
    assertThat(receipt.progress().notKept()).contains("the disk is full");
    assertThat(receipt.progress().isAcknowledged()).isFalse();
    assertThat(entries().get("k")).as("in force all the same").isNull();
    assertThat(service.figures().notKept()).isEqualTo(1);
    assertThat(service.figures().operations(Source.API)).isEqualTo(1);
    journal.full(false);
    assertThat(service.receipt(receipt.id()).orElseThrow().isKept())
        .as("the log got it later")
        .isTrue();
  }

  @Test
  void whoWaitsForTheSweepGetsTheFinalCounts() throws InterruptedException {
    put("k", "a");
    put("l", "a");
    InvalidationAnswer late = submit(tag("a", Wait.SWEPT, Duration.ofMillis(1)));
    assertThat(late).isInstanceOf(InvalidationAnswer.NotInTime.class);
    AtomicBoolean over = new AtomicBoolean();
    Thread sweeper =
        Thread.ofPlatform()
            .start(() -> {
              while (!over.get()) {
                upkeep.run();
              }
            });
    InvalidationAnswer done = submit(tag("b", Wait.SWEPT, Duration.ofMinutes(1)));
    assertThat(done).isInstanceOf(InvalidationAnswer.Done.class);
    assertThat(((InvalidationAnswer.Done) done).receipt().isSwept()).isTrue();
    over.set(true);
    sweeper.join();
    String id = ((InvalidationAnswer.NotInTime) late).receipt().id();
    assertThat(service.receipt(id).orElseThrow().affected()).isEqualTo(2);
  }

  @Test
  void onlyTheNewestReceiptsAreKept() {
    for (int i = 0; i < 10; i++) {
      assertThat(submit(tag("t" + i, Wait.LOCAL, Duration.ZERO)).status()).isEqualTo(200);
    }
    List<Receipt> kept = service.newest(Optional.empty(), 100);
    assertThat(kept)
        .extracting(receipt -> receipt.operations().getFirst().values().getFirst())
        .containsExactly("t9", "t8", "t7");
    assertThat(kept).extracting(Receipt::id).doesNotHaveDuplicates();
    assertThat(service.receipt("absent")).isEmpty();
  }

  @Test
  void aCacheThatIsNotThereIsNamedAndNothingIsDone() {
    put("k", "a");
    var everywhere = new InvalidationOrder(Optional.empty(), new Scope.Everything(), Mode.HARD);
    var nowhere = new InvalidationOrder(Optional.of("x"), new Scope.Everything(), Mode.HARD);
    var pages = new InvalidationOrder(Optional.of("pages"), new Scope.Everything(), Mode.HARD);
    for (InvalidationOrder wrong : List.of(nowhere, pages)) {
      InvalidationAnswer answer =
          submit(
              InvalidationRequest.local(
                  new Requester("me", ""), Source.API, List.of(everywhere, wrong)));
      assertThat(answer)
          .isInstanceOfSatisfying(
              InvalidationAnswer.Refused.class,
              refused ->
                  assertThat(refused.problem().field().orElse("")).startsWith("operations[1]"));
    }
    assertThat(entries().peek("k")).isNotNull();
    assertThat(log.last().n()).isZero();
  }
}

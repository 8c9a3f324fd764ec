package io.forebay.server.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.cache.TimeSource;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class JdbcAuditStoreTest {

  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00.123456Z");
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  @TempDir private Path folder = Path.of(".");
  private final RowIds ids = new RowIds();

  enum Kind {
    SQLITE,
    POSTGRESQL
  }

  private AuditDatabase database(Kind kind) {
    return switch (kind) {
      case SQLITE -> new AuditDatabase.File(folder.resolve("audit.db"));
      case POSTGRESQL -> AuditDatabase.parse(TestingPostgres.newDatabase()).orElseThrow();
    };
  }

  private AuditRow row(Instant at, AuditEntry entry) {
    return new AuditRow(ids.next(at), at, entry, AuditEnd.UNKNOWN);
  }

  private AuditRow row(Instant at, AuditedOperation operation, String principal, String cache) {
    return row(at, AuditEntry.of(operation, principal, "::1").inCache(cache));
  }

  @ParameterizedTest
  @EnumSource
  void aRowIsReadAsItWasWritten(Kind kind) throws AuditStoreException {
    AuditDatabase database = database(kind);
    AuditRow full =
        row(
                NOON,
                AuditEntry.of(AuditedOperation.INVALIDATE, "deploy", "10.0.0.1")
                    .inCache("pages")
                    .covering("tags:a,b")
                    .inMode("soft")
                    .because("Grüße, 価格")
                    .about("0-17"))
            .ending(new AuditEnd(AuditOutcome.DONE, OptionalInt.of(200), OptionalLong.of(7)));
    AuditRow bare = row(NOON, AuditEntry.of(AuditedOperation.CACHE_DELETE, "local", ""));
    try (AuditStore store = JdbcAuditStore.open(database, TIMEOUT)) {
      store.write(List.of(full, bare));
    }
    try (AuditStore again = JdbcAuditStore.open(database, TIMEOUT)) {
      assertThat(again.query(AuditQuery.newest(10)).rows()).containsExactly(bare, full);
    }
  }

  @ParameterizedTest
  @EnumSource
  void theEndOfAChangeReplacesItsBeginning(Kind kind) throws AuditStoreException {
    try (AuditStore store = JdbcAuditStore.open(database(kind), TIMEOUT)) {
      AuditRow begun = row(NOON, AuditedOperation.CACHE_PUT, "ci", "a");
      store.write(List.of(begun));
      AuditRow ended = begun.ending(AuditEnd.answered(409, OptionalLong.empty()));
      store.write(List.of(ended));
      assertThat(store.query(AuditQuery.newest(10)).rows()).containsExactly(ended);
    }
  }

  @ParameterizedTest
  @EnumSource
  void pagesFollowEachOtherNewestFirst(Kind kind) throws AuditStoreException {
    try (AuditStore store = JdbcAuditStore.open(database(kind), TIMEOUT)) {
      List<AuditRow> written = new ArrayList<>();
      for (int i = 0; i < 25; i++) {
        written.add(row(NOON, AuditedOperation.ENTRY_PUT, "ci", "a"));
      }
      store.write(written);
      List<AuditRow> read = new ArrayList<>();
      Optional<String> before = Optional.empty();
      do {
        AuditQuery.Page page =
            store.query(
                new AuditQuery(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    before,
                    10));
        read.addAll(page.rows());
        before = page.next();
      } while (before.isPresent());
      assertThat(read).isEqualTo(written.reversed());
    }
  }

  @ParameterizedTest
  @EnumSource
  void eachFilterNarrows(Kind kind) throws AuditStoreException {
    try (AuditStore store = JdbcAuditStore.open(database(kind), TIMEOUT)) {
      store.write(
          List.of(
              row(NOON, AuditedOperation.CACHE_PUT, "ann", "a"),
              row(NOON.plusSeconds(1), AuditedOperation.ENTRY_PUT, "ann", "b"),
              row(NOON.plusSeconds(2), AuditedOperation.CACHE_PUT, "bob", "b")));
      assertThat(principals(store, q("ann", null, null, null, null))).isEqualTo("ann ann");
      assertThat(principals(store, q(null, "cache_put", null, null, null))).isEqualTo("bob ann");
      assertThat(principals(store, q(null, null, "b", null, null))).isEqualTo("bob ann");
      assertThat(principals(store, q("bob", "entry_put", null, null, null))).isEmpty();
      assertThat(principals(store, q(null, null, null, NOON.plusSeconds(1), null)))
          .isEqualTo("bob ann");
      assertThat(principals(store, q(null, null, null, null, NOON.plusSeconds(1))))
          .isEqualTo("ann");
    }
  }

  private static AuditQuery q(
      @org.jspecify.annotations.Nullable String principal,
      @org.jspecify.annotations.Nullable String operation,
      @org.jspecify.annotations.Nullable String cache,
      @org.jspecify.annotations.Nullable Instant since,
      @org.jspecify.annotations.Nullable Instant until) {
    return new AuditQuery(
        Optional.ofNullable(since),
        Optional.ofNullable(until),
        Optional.ofNullable(principal),
        Optional.ofNullable(operation).flatMap(AuditedOperation::named),
        Optional.ofNullable(cache),
        Optional.empty(),
        10);
  }

  private static String principals(AuditStore store, AuditQuery query) throws AuditStoreException {
    return String.join(
        " ", store.query(query).rows().stream().map(row -> row.entry().principal()).toList());
  }

  @ParameterizedTest
  @EnumSource
  void theOldestAreDeletedByAgeAndByNumber(Kind kind) throws AuditStoreException {
    try (AuditStore store = JdbcAuditStore.open(database(kind), TIMEOUT)) {
      List<AuditRow> written = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        written.add(row(NOON.plusSeconds(i), AuditedOperation.ENTRY_PUT, "ci", "a"));
      }
      store.write(written);
      assertThat(store.trim(NOON.plusSeconds(5), 100, 3)).as("at most 3").isEqualTo(3);
      assertThat(store.trim(NOON.plusSeconds(5), 100, 100)).as("the rest by age").isEqualTo(2);
      assertThat(store.trim(NOON, 10, 100)).as("by number").isEqualTo(5);
      assertThat(store.trim(NOON, 10, 100)).isZero();
      assertThat(store.query(AuditQuery.newest(100)).rows())
          .isEqualTo(written.subList(10, 20).reversed());
    }
  }

  @ParameterizedTest
  @EnumSource
  void textThatADatabaseRefusesIsMadeStorable(Kind kind) throws AuditStoreException {
    try (AuditStore store = JdbcAuditStore.open(database(kind), TIMEOUT)) {
      String hostile = "a\0b\u001b[31m\ud800c😀" + "x".repeat(5000);
      AuditRow written =
          row(NOON, AuditEntry.of(AuditedOperation.ENTRY_PUT, "ci", "::1").covering(hostile));
      store.write(List.of(written));
      AuditRow read = store.query(AuditQuery.newest(1)).rows().getFirst();
      assertThat(read).isEqualTo(written);
      assertThat(read.entry().scope())
          .get()
          .asString()
          .startsWith("a\\u0000b\\u001b[31m\ufffdc😀xxx")
          .endsWith("more)")
          .hasSizeLessThan(2100);
    }
  }

  @ParameterizedTest
  @EnumSource
  void manyChangesShareACommitAndNoneIsLost(Kind kind) throws Exception {
    AuditTrail trail =
        AuditTrail.in(
            database(kind),
            new AuditSettings(OnFailure.REFUSE, TIMEOUT, 1000, Duration.ofDays(1), 1_000_000),
            TimeSource.SYSTEM);
    List<Future<?>> clients = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int client = 0; client < 64; client++) {
        String name = "client-" + client;
        clients.add(threads.submit(() -> changes(trail, name, 10)));
      }
    }
    for (Future<?> client : clients) {
      client.get();
    }
    AuditFigures figures = trail.figures();
    assertThat(figures.rows()).isEqualTo(2 * 640);
    assertThat(figures.commits()).isLessThan(figures.rows() / 4);
    List<AuditRow> rows = trail.query(AuditQuery.newest(1000)).orElseThrow().rows();
    assertThat(rows).hasSize(640);
    assertThat(rows).allMatch(row -> row.end().outcome() == AuditOutcome.DONE);
    trail.close(TIMEOUT);
  }

  private static void changes(AuditTrail trail, String principal, int number) {
    for (int i = 0; i < number; i++) {
      var entry = AuditEntry.of(AuditedOperation.ENTRY_PUT, principal, "::1").covering("key:" + i);
      if (!(trail.begin(entry) instanceof Admission.Admitted(var row))) {
        throw new AssertionError("refused");
      }
      row.finish(AuditEnd.answered(201, OptionalLong.of(1)));
    }
  }

  @Test
  void aFullDiskFailsTheWriteAndKeepsWhatWasThere() throws AuditStoreException {
    var file = new AuditDatabase.File(folder.resolve("full.db"));
    try (AuditStore store = JdbcAuditStore.openBounded(file, 16)) {
      AuditRow first = row(NOON, AuditedOperation.ENTRY_PUT, "ci", "a");
      store.write(List.of(first));
      List<AuditRow> tooMany = new ArrayList<>();
      for (int i = 0; i < 2000; i++) {
        tooMany.add(row(NOON, AuditedOperation.ENTRY_PUT, "ci", "a"));
      }
      assertThatThrownBy(() -> store.write(tooMany))
          .isInstanceOf(AuditStoreException.class)
          .hasMessageContaining("full");
      assertThat(store.query(AuditQuery.newest(10)).rows()).containsExactly(first);
    }
  }

  @Test
  void aServerThatIsAwayIsToldWithoutThePassword() {
    var away = AuditDatabase.parse("postgres://ann:geheim@127.0.0.1:1/audit").orElseThrow();
    assertThatThrownBy(() -> JdbcAuditStore.open(away, Duration.ofSeconds(1)))
        .isInstanceOf(AuditStoreException.class)
        .hasMessageContaining("127.0.0.1:1/audit")
        .message()
        .doesNotContain("geheim");
  }
}

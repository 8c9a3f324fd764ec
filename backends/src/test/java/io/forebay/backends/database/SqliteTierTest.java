package io.forebay.backends.database;

import static io.forebay.backends.TestingValues.KEY;
import static io.forebay.backends.TestingValues.begin;
import static io.forebay.backends.TestingValues.key;
import static io.forebay.backends.TestingValues.kind;
import static io.forebay.backends.TestingValues.read;
import static io.forebay.backends.TestingValues.value;
import static io.forebay.backends.TestingValues.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.forebay.backends.calls.CallFailed;
import io.forebay.backends.calls.Deadline;
import io.forebay.backends.calls.KeptOpen;
import io.forebay.cache.Precondition;
import io.forebay.cache.tier.FillStart;
import io.forebay.cache.tier.TierObserver;
import io.forebay.cache.tier.TierRemoval;
import io.forebay.cache.tier.TierWrite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Restarts, bounds, and files that cannot be used.
class SqliteTierTest {

  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir private Path folder;
  private @Nullable DatabaseTier tier;

  @AfterEach
  void end() {
    if (tier != null) {
      tier.close();
    }
  }

  private DatabaseUrl.Sqlite url() {
    return new DatabaseUrl.Sqlite(folder.resolve("tier.db"));
  }

  private DatabaseSettings settings() {
    return DatabaseSettings.of(url(), "test").withDeadline(LONG);
  }

  private DatabaseTier open(DatabaseSettings settings) throws InterruptedException {
    return opened(DatabaseTier.open(settings, TierObserver.NONE));
  }

  private DatabaseTier opened(DatabaseTier opened) throws InterruptedException {
    tier = opened;
    assertThat(opened.awaitConnection(LONG)).isEmpty();
    return opened;
  }

  private String trouble(DatabaseSettings settings) throws InterruptedException {
    DatabaseTier opened = DatabaseTier.open(settings, TierObserver.NONE);
    try {
      await()
          .atMost(LONG)
          .until(() ->
              !opened
                  .awaitConnection(Duration.ofMillis(1))
                  .orElseThrow()
                  .contains("not connected yet"));
      return opened.awaitConnection(Duration.ofMillis(1)).orElseThrow();
    } finally {
      opened.close();
    }
  }

  @Test
  void valuesAndVersionsOutliveARestart() throws InterruptedException {
    DatabaseTier first = open(settings());
    long version = ((TierWrite.Stored) write(first, "v")).version();
    first.write(key("gone"), value("x"), Precondition.NONE, 0);
    first.removeAll(Set.of(key("gone")));
    first.close();
    DatabaseTier second = open(settings());
    assertThat(read(second)).isEqualTo("v");
    assertThat(read(second, key("gone"))).isEqualTo("nothing");
    assertThat(second.write(KEY, value("w"), new Precondition.VersionIn(Set.of(version)), 0))
        .isInstanceOfSatisfying(
            TierWrite.Stored.class, stored -> assertThat(stored.version()).isGreaterThan(version));
  }

  @Test
  void aFileWithTheFirstTablesKeepsWhatItHas() throws Exception {
    DatabaseTier now = open(settings());
    write(now, "v");
    for (int i = 0; i < 500; i++) {
      now.write(key("k" + i), value("x".repeat(1_000)), Precondition.NONE, 0);
    }
    now.removeAll(Set.of(key("k1")));
    now.close();
    Path old = folder.resolve("old.db");
    String jdbcUrl = "jdbc:sqlite:" + old;
    Flyway.configure()
        .dataSource(jdbcUrl, null, null)
        .locations("classpath:io/forebay/backends/database/sqlite")
        .table("forebay_slots_schema")
        .target("1")
        .load()
        .migrate();
    try (Connection connection = DriverManager.getConnection(jdbcUrl);
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode = WAL");
      statement.execute("ATTACH '" + url().file() + "' AS now");
      statement.execute("INSERT INTO main.forebay_slots SELECT * FROM now.forebay_slots");
    }
    DatabaseUrl there = new DatabaseUrl.Sqlite(old);
    DatabaseTier used = open(DatabaseSettings.of(there, "test").withDeadline(LONG));
    assertThat(read(used)).isEqualTo("v");
    assertThat(read(used, key("k0"))).hasSize(1_000);
    assertThat(read(used, key("k1"))).isEqualTo("nothing");
    used.close();
    try (Connection connection = DriverManager.getConnection(jdbcUrl);
        Statement statement = connection.createStatement()) {
      assertThat(number(statement, "SELECT count(*) FROM forebay_slots WHERE value IS NULL"))
          .as("what was removed is remembered")
          .isEqualTo(1);
      assertThat(number(statement, "PRAGMA freelist_count")).as("room for nothing").isZero();
    }
  }

  private static long number(Statement statement, String sql) throws SQLException {
    try (ResultSet found = statement.executeQuery(sql)) {
      found.next();
      return found.getLong(1);
    }
  }

  /// As when the disk failed in the middle of a commit.
  @Test
  void aTransactionThatBrokeOffHasTheFileOpenedAgain() throws Exception {
    try (SqliteDatabase database = SqliteDatabase.open(url().file(), settings(), 0)) {
      Database.Work<Boolean> breakOff =
          statements -> statements.use("ROLLBACK", PreparedStatement::execute);
      assertThatExceptionOfType(CallFailed.class)
          .isThrownBy(() -> database.change(breakOff, Deadline.after(LONG)));
      assertThat(database.isOpen()).isFalse();
      assertThatExceptionOfType(KeptOpen.Unusable.class)
          .isThrownBy(database::check)
          .withMessageContaining("a transaction broke off");
      assertThatExceptionOfType(CallFailed.class)
          .as("nothing is kept without a transaction")
          .isThrownBy(() -> database.change(_ -> 1, Deadline.after(LONG)));
    }
    assertThat(kind(write(open(settings()), "v"))).isEqualTo("Stored");
  }

  @Test
  void aSecondProcessIsToldThatTheFileIsInUse() throws InterruptedException {
    open(settings());
    assertThat(trouble(settings())).contains("tier.db is in use by another process");
  }

  @Test
  void aFolderThatCannotBeMadeIsTold() throws InterruptedException, IOException {
    Path file = Files.writeString(folder.resolve("file"), "x");
    DatabaseUrl inside = new DatabaseUrl.Sqlite(file.resolve("tier.db"));
    assertThat(trouble(DatabaseSettings.of(inside, "test"))).contains("cannot be opened");
  }

  @Test
  void aFileThatIsNoDatabaseIsTold() throws InterruptedException, IOException {
    Files.writeString(url().file(), "no database, but long enough to be one ".repeat(50));
    assertThat(trouble(settings())).contains("not a database");
  }

  /// As many as callers may make themselves: the disk does not answer them.
  @Test
  void readsThatHangHoldNobodyElseUp() throws Exception {
    int hung = SqliteDatabase.callersConnections();
    CountDownLatch hanging = new CountDownLatch(hung);
    CountDownLatch answered = new CountDownLatch(1);
    try (SqliteDatabase database = SqliteDatabase.open(url().file(), settings(), 0);
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < hung; i++) {
        var _ =
            callers.submit(() ->
                database.read(
                    _ -> {
                      hanging.countDown();
                      awaitZero(answered);
                      return 0;
                    },
                    Deadline.after(LONG)));
      }
      hanging.await();
      // More than may wait at a time.
      for (int i = 0; i <= DatabaseSettings.DEFAULT_MAX_CALLS; i++) {
        assertThat(database.<Integer>read(_ -> 1, Deadline.after(LONG))).isEqualTo(1);
      }
      answered.countDown();
    }
  }

  private static void awaitZero(CountDownLatch latch) {
    await().atMost(LONG).until(() -> latch.getCount() == 0);
  }

  @Test
  void aFullDiskRefusesWritesAndLosesNothing() throws InterruptedException {
    DatabaseTier used = opened(DatabaseTier.openBounded(settings(), url(), 100));
    write(used, "v");
    TierWrite last = write(used, "v");
    for (int i = 0; i < 100 && last instanceof TierWrite.Stored; i++) {
      last = used.write(key("big" + i), value("x".repeat(20_000)), Precondition.NONE, 0);
    }
    assertThat(kind(last)).isEqualTo("REFUSED");
    assertThat(read(used)).isEqualTo("v");
    assertThat(used.remove(KEY, Precondition.NONE)).isInstanceOf(TierRemoval.Removed.class);
    assertThat(read(used)).isEqualTo("nothing");
    used.removeAll(Set.of(key("big0"), key("big1")));
    used.keepHouse();
    await()
        .atMost(LONG)
        .untilAsserted(() -> assertThat(kind(write(used, "w"))).isEqualTo("Stored"));
  }

  @Test
  void theOldestGoWhenThereAreTooManyBytesAndTheirFencesStay() throws InterruptedException {
    DatabaseTier used = open(settings().withMaxBytes(1_000_000));
    FillStart.Ticket before = begin(used);
    write(used, "oldest");
    for (int i = 0; i < 60; i++) {
      used.write(key("big" + i), value("x".repeat(30_000)), Precondition.NONE, 0);
    }
    used.keepHouse();
    assertThat(used.figures().bytes()).isBetween(500_000L, 1_000_000L);
    assertThat(used.figures().evicted()).isBetween(20L, 45L);
    assertThat(read(used)).isEqualTo("nothing");
    assertThat(read(used, key("big59"))).hasSize(30_000);
    assertThat(used.fill(before, value("old"))).isEqualTo(new TierWrite.Overtaken());
  }

  @Test
  void rowsThatNobodyNeedsAreSwept() throws InterruptedException {
    DatabaseTier used =
        open(settings().withLongestFill(Duration.ofMillis(1).minus(Duration.ofSeconds(30))));
    used.write(KEY, value("v", Duration.ofMillis(5)), Precondition.NONE, 0);
    used.write(key("lives"), value("v"), Precondition.NONE, 0);
    used.removeAll(Set.of(key("removed")));
    await()
        .atMost(LONG)
        .untilAsserted(() -> {
          used.keepHouse();
          assertThat(used.figures().swept()).isEqualTo(2);
        });
    assertThat(read(used, key("lives"))).isEqualTo("v");
  }

  @Test
  void aTierThatIsClosedSaysSo() throws InterruptedException {
    DatabaseTier used = open(settings());
    used.close();
    assertThat(read(used)).isEqualTo("DISCONNECTED");
  }
}

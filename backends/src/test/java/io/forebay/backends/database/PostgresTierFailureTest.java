package io.forebay.backends.database;

import static io.forebay.backends.TestingValues.KEY;
import static io.forebay.backends.TestingValues.begin;
import static io.forebay.backends.TestingValues.kind;
import static io.forebay.backends.TestingValues.read;
import static io.forebay.backends.TestingValues.value;
import static io.forebay.backends.TestingValues.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.cache.Precondition;
import io.forebay.cache.testing.TierStorm;
import io.forebay.cache.tier.FillStart;
import io.forebay.cache.tier.TierObserver;
import io.forebay.cache.tier.TierWrite;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// What becomes of calls when PostgreSQL is killed, hung, restarted, changed under our hands, or
/// does not let us in.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PostgresTierFailureTest {

  private static final Duration LONG = Duration.ofSeconds(60);

  private final TestingPostgres postgres = TestingPostgres.run();
  private @Nullable DatabaseTier tier;
  private int tests;

  @BeforeEach
  void nextNamespace() {
    tests++;
  }

  @AfterEach
  void closeTier() {
    postgres.resume(); // for the tests that follow, if this one failed
    if (tier != null) {
      tier.close();
    }
  }

  @AfterAll
  void end() {
    postgres.close();
  }

  private DatabaseSettings settings() {
    return DatabaseSettings.of(DatabaseUrl.parse(postgres.url()).orElseThrow(), "test" + tests)
        .withDeadline(Duration.ofSeconds(5));
  }

  private DatabaseTier connect(DatabaseSettings settings) throws InterruptedException {
    DatabaseTier opened = DatabaseTier.open(settings, TierObserver.NONE);
    tier = opened;
    assertThat(opened.awaitConnection(LONG)).isEmpty();
    return opened;
  }

  @Test
  void aKilledServerIsNoticedAndHasWhatItHadWhenItIsBack() throws InterruptedException {
    DatabaseTier used = connect(settings());
    write(used, "v");
    postgres.kill();
    await()
        .atMost(LONG)
        .untilAsserted(() -> assertThat(read(used)).isIn("DISCONNECTED", "BREAKER_OPEN"));
    assertThat(used.removeAll(Set.of(KEY))).containsExactly(KEY);
    postgres.start();
    await().atMost(LONG).untilAsserted(() -> assertThat(read(used)).isEqualTo("v"));
    await()
        .atMost(LONG)
        .untilAsserted(() -> assertThat(write(used, "w")).isInstanceOf(TierWrite.Stored.class));
    assertThat(read(used)).isEqualTo("w");
  }

  @Test
  void nothingOldIsReadWhileTheServerIsHungAndKilledUnderLoad() throws Exception {
    DatabaseTier used = connect(settings().withDeadline(Duration.ofMillis(500)));
    TierStorm.rage(used, postgres, 1);
  }

  @Test
  void aHungServerCostsDeadlinesUntilTheBreakerOpensAndClosesAgain() throws InterruptedException {
    DatabaseTier used = connect(settings().withDeadline(Duration.ofMillis(300)));
    await()
        .atMost(LONG)
        .untilAsserted(() -> assertThat(kind(write(used, "v"))).isEqualTo("Stored"));
    postgres.hang();
    await()
        .atMost(LONG)
        .untilAsserted(() -> assertThat(read(used)).isIn("BREAKER_OPEN", "DISCONNECTED"));
    postgres.resume();
    await().atMost(LONG).untilAsserted(() -> assertThat(read(used)).isEqualTo("v"));
    await().atMost(LONG).until(() -> !used.isBreakerOpen());
  }

  @Test
  void aWriteThatLayInTheSocketOfAHungServerIsNotDoneLater() throws Exception {
    DatabaseTier used = connect(settings().withDeadline(Duration.ofMillis(800)));
    await()
        .atMost(LONG)
        .untilAsserted(() -> assertThat(kind(write(used, "before"))).isEqualTo("Stored"));
    FillStart.Ticket ticket = begin(used);
    postgres.hang();
    assertThat(kind(write(used, "late write"))).isEqualTo("TIMED_OUT");
    assertThat(kind(used.fill(ticket, value("late fill")))).isEqualTo("TIMED_OUT");
    assertThat(used.removeAll(Set.of(KEY))).containsExactly(KEY);
    postgres.resume();
    await()
        .atMost(LONG)
        .until(() ->
            postgres
                .ask(
                    "SELECT count(*) FROM pg_stat_activity WHERE application_name ="
                        + " 'forebay-tier' AND state = 'active'")
                .equals("0"));
    await().atMost(LONG).untilAsserted(() -> assertThat(read(used)).isEqualTo("before"));
  }

  @Test
  void aFillThatTookTooLongIsRefused() throws InterruptedException {
    DatabaseTier used = connect(settings().withLongestFill(Duration.ofMillis(20)));
    FillStart.Ticket ticket = begin(used);
    await().pollDelay(60, TimeUnit.MILLISECONDS).until(() -> true);
    assertThat(used.fill(ticket, value("v"))).isEqualTo(new TierWrite.Overtaken());
  }

  @Test
  void valuesOfBeforeAFailoverAreNotTrustedUnlessTheOperatorVouchesForIt() throws Exception {
    DatabaseTier used = connect(settings());
    write(used, "v");
    postgres.ask(
        "UPDATE forebay_slots SET history = history - 1 WHERE namespace = 'test" + tests + "'");
    assertThat(read(used)).isEqualTo("nothing");
    assertThat(used.write(KEY, value("w"), Precondition.PRESENT, 0))
        .isInstanceOf(TierWrite.PreconditionFailed.class);
    used.close();
    DatabaseSettings vouched = settings();
    DatabaseTier trusting =
        connect(
            new DatabaseSettings(
                vouched.url(),
                vouched.namespace(),
                vouched.deadline(),
                vouched.connectTimeout(),
                vouched.connections(),
                vouched.maxCalls(),
                vouched.longestLife(),
                vouched.longestFill(),
                vouched.maxBytes(),
                true));
    assertThat(read(trusting)).isEqualTo("v");
  }

  @Test
  void aValueOfANewerFormatIsAMissAndReplaced() throws Exception {
    DatabaseTier used = connect(settings());
    write(used, "v");
    postgres.ask(
        "UPDATE forebay_slots SET value = '\\x02ff' WHERE namespace = 'test" + tests + "'");
    assertThat(read(used)).isEqualTo("nothing");
    assertThat(kind(write(used, "w"))).isEqualTo("Stored");
    assertThat(read(used)).isEqualTo("w");
  }

  @Test
  void aMissingTableIsToldAndDoesNotHangAnybody() throws Exception {
    DatabaseTier used = connect(settings());
    postgres.ask("ALTER TABLE forebay_slots RENAME TO gone");
    try {
      assertThat(write(used, "v"))
          .isInstanceOfSatisfying(
              TierWrite.Unavailable.class,
              failed -> assertThat(failed.failure().detail()).contains("forebay_slots"));
      assertThat(read(used)).isEqualTo("REFUSED");
    } finally {
      postgres.ask("ALTER TABLE gone RENAME TO forebay_slots");
    }
    assertThat(kind(write(used, "v"))).isEqualTo("Stored");
  }

  @Test
  void aReadOnlyDatabaseRefusesWritesAndStillReads() throws Exception {
    DatabaseTier before = connect(settings());
    write(before, "v");
    before.close();
    DatabaseTier used = connect(settings());
    postgres.ask("ALTER DATABASE postgres SET default_transaction_read_only = on");
    try {
      postgres.ask(
          "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name ="
              + " 'forebay-tier'");
      await().atMost(LONG).untilAsserted(() -> assertThat(read(used)).isEqualTo("v"));
      await()
          .atMost(LONG)
          .untilAsserted(() -> assertThat(kind(write(used, "w"))).isEqualTo("REFUSED"));
    } finally {
      postgres.ask("ALTER DATABASE postgres RESET default_transaction_read_only");
    }
  }

  @Test
  void aWrongPasswordIsTold() throws SQLException, InterruptedException {
    postgres.ask("CREATE ROLE forebay LOGIN SUPERUSER PASSWORD 'se cret'");
    postgres.wantPasswordOf("forebay");
    String url = postgres.url().replace("postgres:any%20word@", "forebay:%s@");
    DatabaseUrl wrong = DatabaseUrl.parse(url.formatted("wrong")).orElseThrow();
    DatabaseTier refused = DatabaseTier.open(DatabaseSettings.of(wrong, "test"), TierObserver.NONE);
    try {
      await()
          .atMost(LONG)
          .until(() ->
              refused
                  .awaitConnection(Duration.ofMillis(1))
                  .orElse("")
                  .contains("password authentication failed"));
      assertThat(refused.awaitConnection(Duration.ofMillis(1)).orElse("")).doesNotContain("wrong");
    } finally {
      refused.close();
    }
    DatabaseUrl right = DatabaseUrl.parse(url.formatted("se%20cret")).orElseThrow();
    DatabaseTier used = connect(DatabaseSettings.of(right, "test").withDeadline(LONG));
    assertThat(kind(write(used, "v"))).isEqualTo("Stored");
  }
}

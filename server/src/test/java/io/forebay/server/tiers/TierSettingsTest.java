package io.forebay.server.tiers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.forebay.cache.testing.TestingMemcached;
import io.forebay.server.ServerAssembly;
import io.forebay.server.StartOutcome;
import io.forebay.server.TestingServer;
import io.forebay.server.audit.TestingPostgres;
import io.forebay.server.caches.TierChoice;
import io.forebay.server.settings.LogStorage;
import io.forebay.server.settings.ServerSettings;
import io.forebay.server.settings.SettingsReader;
import io.forebay.server.settings.SettingsReading;
import io.forebay.server.settings.WrittenSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

class TierSettingsTest {

  private static final String KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

  @TempDir private Path folder;

  private static SettingsReading read(String yaml, Map<String, String> environment) {
    var file = Optional.of(new WrittenSettings.File("test.yaml", yaml));
    return SettingsReader.read(new WrittenSettings(file, environment, List.of()));
  }

  private static String refusal(String yaml) {
    return switch (read(yaml, Map.of())) {
      case SettingsReading.Accepted _ -> "accepted";
      case SettingsReading.Refused refused -> refused.problems().toString();
    };
  }

  private static ServerSettings accepted(String yaml) {
    return switch (read(yaml, Map.of())) {
      case SettingsReading.Accepted accepted -> accepted.settings();
      case SettingsReading.Refused refused -> throw new AssertionError(refused);
    };
  }

  // ---- the log that the tiers need

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          log: {exchanges: off}                                                     | MEMORY
          redis: {url: "redis://h"}                                                 | MEMORY
          entries: {tier: file}                                                     | FILE
          entries: {tier: database}                                                 | FILE
          {entries: {tier: memcached}, memcached: {url: "memcached://h"}}           | FILE
          {entries: {tier: redis}, redis: {url: "redis://h"}}                       | REDIS
          {entries: {tier: memcached}, memcached: {url: "memcached://h"}, redis: {url: "redis://h"}} | REDIS
          {entries: {tier: database}, database: {url: "postgres://h/d"}, redis: {url: "redis://h"}}  | REDIS
          {entries: {tier: file}, redis: {url: "redis://h"}}                        | FILE
          {proxy: {pages_tier: file, origin: "http://h"}}                           | FILE
          caches: {a: {tier: file}}                                                 | FILE
          caches: {a: {tier: none}}                                                 | MEMORY
          {compat: {systems: cache_management}, redis: {url: "redis://h"}}          | FILE
          {compat: {systems: cache_management}, database: {url: "sqlite:x.db"}}     | FILE
          {compat: {systems: cache_management}}                                     | MEMORY
          {compat: {systems: distrocache}, redis: {url: "redis://h"}}               | MEMORY
          {compat: {systems: cache_management}, entries: {tier: redis}, redis: {url: "redis://h"}} | REDIS
          """)
  void withoutAWordTheLogIsWhereTheTiersNeedIt(String yaml, LogStorage expected) {
    assertThat(accepted(yaml).invalidationLog()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {entries: {tier: file}, invalidation: {log: memory}}                     | entries.tier is file, whose values outlive this process
          {caches: {a: {tier: database}}, invalidation: {log: memory}}             | caches.a.tier is database
          {entries: {tier: redis}, redis: {url: "redis://h"}, invalidation: {log: memory}} | Set invalidation.log to file
          {entries: {tier: file}, redis: {url: "redis://h"}, invalidation: {log: redis}} | entries.tier is file, which is this node's own
          {entries: {tier: database}, redis: {url: "redis://h"}, invalidation: {log: redis}} | or database with PostgreSQL
          {entries: {tier: redis}, caches: {a: {tier: file}}, redis: {url: "redis://h"}} | caches.a.tier is file, which is this node's own
          {entries: {tier: memcached}}                                             | memcached.url does not say where that is
          {entries: {tier: redis}}                                                 | redis.url does not say where that is
          {entries: {tier: redis, write_mode: write_behind}, redis: {url: "redis://h"}} | entries.write_mode is write_behind, but invalidation.log is redis
          {caches: {a: {write_mode: write_behind}}}                                | caches.a.write_mode is write_behind, but the cache has no tier
          {entries: {write_mode: write_around}}                                    | entries.write_mode needs a tier
          {entries: {tier: disk}}                                                  | one of memory, redis, memcached, database, file
          {file: {max_bytes: 1MiB}}                                                | at least four times file.segment_bytes
          {memcached: {url: "http://h"}}                                           | Memcached servers: memcached://host:11211
          {database: {url: "mysql://h/d"}}                                         | sqlite:path/of/a/file, or postgres://
          {entries: {tier: redis}, redis: {url: "redis://h"}, tiers: {own_encryption_key: on}} | nodes share values, and none could read another's
          {memcached: {namespace: "a b"}}                                          | a name of 1 to 48 letters
          """)
  void whatWouldBreakAPromiseIsRefusedWithAWayOut(String yaml, String words) {
    assertThat(refusal(yaml)).contains(words);
  }

  @Test
  void onlyTiersThatTheLogGuardsAreOpened() {
    String named = "memcached: {url: \"memcached://h\"}\n";
    assertThat(accepted(named).tiers().open()).isEmpty();
    assertThat(accepted(named + "invalidation: {log: file}\n").tiers().open())
        .containsExactly(TierChoice.MEMCACHED);
    assertThat(
            accepted(
                    named
                        + "invalidation: {log: redis}\nredis: {url: \"redis://h\"}\n"
                        + "file: {folder: x}\n")
                .tiers()
                .open())
        .containsExactlyInAnyOrder(TierChoice.MEMCACHED, TierChoice.REDIS);
  }

  @ParameterizedTest
  @CsvSource({
    "sqlite:a.db, sqlite:a.db",
    "sqlite:///./cache.db, sqlite:./cache.db",
    "sqlite:////var/x.db, sqlite:/var/x.db",
    "jdbc:sqlite:/x.db, sqlite:/x.db",
    "postgres://u:p@h:1/d, postgresql://h:1/d",
    "postgresql://u:p@h/d?sslmode=require, postgresql://h/d",
    "jdbc:postgresql://u:p@h/d, postgresql://h/d"
  })
  void databaseUrlsHaveTheUsualForms(String url, String shown) {
    var read = read("log: {exchanges: off}", Map.of("FOREBAY_DATABASE_URL", url));
    assertThat(((SettingsReading.Accepted) read).settings().tiers().database().url())
        .hasToString(shown);
    assertThat(((SettingsReading.Accepted) read).shown().toString()).doesNotContain(url);
  }

  // ---- what is found out at the start

  private final List<Path> mounted = new ArrayList<>();

  private String notStarted(String yaml) {
    return notStarted(yaml, "data: {dir: " + folder.resolve("data") + "}\n");
  }

  private static String notStarted(String yaml, String data) {
    String all = data + yaml;
    StartOutcome outcome = ServerAssembly.start(TestingServer.settings(all));
    assertThat(outcome).isInstanceOf(StartOutcome.NotStarted.class);
    return ((StartOutcome.NotStarted) outcome).why();
  }

  @Test
  void aFolderThatCannotBeUsedIsNamed() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    assertThat(notStarted("entries: {tier: file}\nfile: {folder: %s/x}\n".formatted(file)))
        .startsWith("file.folder: cannot use " + file + "/x: ");
    String sqlite = "entries: {tier: database}\ndatabase: {url: \"sqlite:%s/x.db\"}\n";
    assertThat(notStarted(sqlite.formatted(file)))
        .startsWith("database.url (SQLite): cannot use sqlite:" + file + "/x.db: ")
        .contains("cannot be opened");
    assertThat(
            notStarted(
                "entries: {tier: file, write_mode: write_behind}\nwrite_behind: {folder: %s/x}\n"
                    .formatted(file)))
        .startsWith("write_behind.folder: cannot use " + file + "/x/file: ");
    Path taken = Files.createDirectories(folder.resolve("folder/x.db"));
    assertThat(notStarted(sqlite.formatted(taken.getParent())))
        .startsWith("database.url (SQLite): cannot use sqlite:" + taken + ": ");
  }

  @Test
  void aFileThatIsNoDatabaseIsRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("no.db"), "this is no database, but long enough");
    assertThat(
            notStarted(
                "entries: {tier: database}\ndatabase: {url: \"sqlite:%s\"}\n".formatted(file)))
        .startsWith("database.url (SQLite): cannot use sqlite:" + file + ": ");
  }

  @Test
  void aDatabaseThatIsMissingOrDoesNotLetUsInIsRefusedAndNoPasswordShown() {
    String url = TestingPostgres.newDatabase();
    String yaml = "entries: {tier: database}\ndatabase: {url: \"%s\"}\n";
    String missing = url.substring(0, url.lastIndexOf('/')) + "/missing";
    assertThat(notStarted(yaml.formatted(missing)))
        .startsWith("database.url (PostgreSQL): cannot use postgresql://127.0.0.1:")
        .contains("\"missing\" does not exist")
        .doesNotContain("any");
    assertThat(notStarted(yaml.formatted(url.replace("postgres:any", "stranger:any"))))
        .contains("role \"stranger\" does not exist");
  }

  private static void inPostgres(String url, String... statements) throws SQLException {
    String jdbc = "jdbc:postgresql://" + url.substring(url.indexOf('@') + 1);
    try (Connection connection = DriverManager.getConnection(jdbc, "postgres", "any word");
        Statement statement = connection.createStatement()) {
      for (String one : statements) {
        statement.execute(one);
      }
    }
  }

  @Test
  void aDatabaseInWhichWeMayNotDoWhatIsNeededIsRefused() throws SQLException {
    String url = TestingPostgres.newDatabase();
    String poor = url.replace("postgres:any%20word@", "poor:any@");
    String yaml = "entries: {tier: database}\ndatabase: {url: \"%s\", connect_timeout: 10s}\n";
    inPostgres(url, "CREATE ROLE poor LOGIN");
    assertThat(notStarted(yaml.formatted(poor)))
        .startsWith("database.url (PostgreSQL): cannot use postgresql://127.0.0.1:")
        .contains("permission denied for schema public");
    try (var server =
        TestingServer.start(
            "data: {dir: " + folder.resolve("rich") + "}\n" + yaml.formatted(url))) {
      assertThat(server.get("/v1/tiers").body()).contains("\"connected\":true");
    }
    inPostgres(url, "GRANT SELECT ON ALL TABLES IN SCHEMA public TO poor");
    assertThat(notStarted(yaml.formatted(poor)))
        .startsWith("database.url (PostgreSQL): cannot use postgresql://127.0.0.1:")
        .contains("its user lacks rights: SELECT, INSERT, UPDATE and DELETE on forebay_slots");
    inPostgres(url, "DROP TABLE forebay_slots");
    assertThat(notStarted(yaml.formatted(url)))
        .startsWith("database.url (PostgreSQL): cannot use postgresql://127.0.0.1:")
        .contains("\"forebay_slots\" does not exist");
  }

  @ParameterizedTest
  @CsvSource({
    "redis, 'redis.url: cannot use redis://127.0.0.1:%d: '",
    "memcached, 'memcached.url: cannot use memcached://127.0.0.1:%d: '",
    "postgres, 'database.url (PostgreSQL): cannot use postgresql://127.0.0.1:%d/d: '"
  })
  void aServerThatCannotBeReachedIsNamedInTheLog(String scheme, String words) throws IOException {
    int nobody;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = free.getLocalPort();
    }
    String group = scheme.equals("postgres") ? "database" : scheme;
    String yaml =
        "data: {dir: %s}\nentries: {tier: %s}\ninvalidation: {log: file}\n"
                .formatted(folder.resolve("data"), group)
            + "%s: {url: \"%s://127.0.0.1:%d%s\", connect_timeout: 200ms}\n"
                .formatted(group, scheme, nobody, scheme.equals("postgres") ? "/d" : "");
    Logger logger = (Logger) LoggerFactory.getLogger(OpenTier.class);
    ListAppender<ILoggingEvent> events = new ListAppender<>();
    events.start();
    logger.addAppender(events);
    logger.setLevel(Level.WARN);
    try (var server = TestingServer.start(yaml)) {
      assertThat(server.get("/v1/tiers").body()).contains("\"connected\":false");
    } finally {
      logger.detachAppender(events);
    }
    assertThat(events.list)
        .singleElement()
        .satisfies(event ->
            assertThat(event.getFormattedMessage())
                .startsWith(words.formatted(nobody))
                .endsWith("; going on without it until it answers"));
  }

  /// A disk of a megabyte of which nothing is left.
  private Path fullDisk() throws IOException, InterruptedException {
    Path disk = Files.createDirectories(folder.resolve("disk"));
    int status =
        new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor();
    assumeThat(status).as("file systems may be mounted here").isZero();
    mounted.add(disk);
    byte[] page = new byte[4096];
    try (var filler = Files.newOutputStream(disk.resolve("filler"))) {
      while (true) {
        filler.write(page);
      }
    } catch (IOException full) {
      return disk;
    }
  }

  @AfterEach
  void unmount() throws IOException, InterruptedException {
    for (Path disk : mounted) {
      new ProcessBuilder("umount", "--lazy", disk.toString()).start().waitFor();
    }
  }

  @Test
  void aFullDiskIsNamed() throws IOException, InterruptedException {
    Path disk = fullDisk();
    assertThat(notStarted("entries: {tier: file}\nfile: {folder: %s/x}\n".formatted(disk)))
        .startsWith("file.folder: cannot use " + disk + "/x: ")
        .contains("No space left on device");
    assertThat(
            notStarted(
                "entries: {tier: database}\ndatabase: {url: \"sqlite:%s/x.db\", connect_timeout: 20s}\n"
                    .formatted(disk)))
        .startsWith("database.url (SQLite): cannot use sqlite:" + disk + "/x.db: ");
    assertThat(
            notStarted(
                "entries: {tier: file, write_mode: write_behind}\nwrite_behind: {folder: %s/x}\n"
                    .formatted(disk)))
        .startsWith("write_behind.folder: cannot use " + disk + "/x")
        .contains("No space left on device");
    assertThat(notStarted("data: {dir: %s/data}\nentries: {tier: file}\n".formatted(disk), ""))
        .startsWith("data.dir: ")
        .contains("No space left on device");
  }

  @Test
  void aWrongPasswordForMemcachedIsRefusedAndNotShown() throws IOException {
    Path logins = Files.writeString(folder.resolve("logins"), "forebay:right\n");
    try (var memcached = TestingMemcached.run("-Y", logins.toString())) {
      String url = memcached.url().replace("://", "://forebay:wrong@");
      String why =
          notStarted("entries: {tier: memcached}\nmemcached: {url: \"%s\"}\n".formatted(url));
      assertThat(why)
          .startsWith("memcached.url: cannot use memcached://***@127.0.0.1:")
          .contains("it does not let us in")
          .doesNotContain("wrong");
    }
  }

  @Test
  void keysThatCannotBeUsedAreRefusedAndNotShown() throws IOException {
    String yaml = "entries: {tier: file}\ntiers: {encryption_keys_file: %s}\n";
    Path missing = folder.resolve("missing");
    assertThat(notStarted(yaml.formatted(missing)))
        .startsWith("tiers.encryption_keys_file: cannot read " + missing);
    Path wrong = Files.writeString(folder.resolve("wrong"), "a:secretsecret\n");
    assertThat(notStarted(yaml.formatted(wrong)))
        .startsWith("tiers.encryption_keys_file: " + wrong + ": key number 1 is no name")
        .doesNotContain("secretsecret");
    assertThat(refusal("tiers: {encryption_keys: \"a:secretsecret\"}"))
        .contains("32 bytes in base64")
        .doesNotContain("secretsecret");
    assertThat(
            refusal("tiers: {encryption_keys: \"a:%s\", encryption_keys_file: x}".formatted(KEY)))
        .contains("exclude each other");
    var read = read("log: {exchanges: off}", Map.of("FOREBAY_TIERS_ENCRYPTION_KEYS", "a:" + KEY));
    assertThat(((SettingsReading.Accepted) read).shown().toString()).doesNotContain(KEY);
    assertThat(((SettingsReading.Accepted) read).settings().toString()).doesNotContain(KEY);
  }

  @Test
  void aFolderThatAnotherProcessUsesIsRefused() {
    String yaml = "entries: {tier: file}\nfile: {folder: %s}\n".formatted(folder.resolve("files"));
    try (var server =
        TestingServer.start("data: {dir: " + folder.resolve("first") + "}\n" + yaml)) {
      assertThat(notStarted(yaml)).startsWith("file.folder:").contains("another process uses");
      assertThat(server.get("/v1/tiers").statusCode()).isEqualTo(200);
    }
  }
}

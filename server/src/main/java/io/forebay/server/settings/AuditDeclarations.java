package io.forebay.server.settings;

import static io.forebay.server.settings.CommonTypes.TIMEOUT;
import static io.forebay.server.settings.SettingTypes.choice;
import static io.forebay.server.settings.SettingTypes.duration;
import static io.forebay.server.settings.SettingTypes.integer;
import static io.forebay.server.settings.SettingTypes.onOff;
import static io.forebay.server.settings.SettingTypes.optional;
import static io.forebay.server.settings.SettingTypes.postgreSql;

import io.forebay.server.audit.AuditDatabase;
import io.forebay.server.audit.AuditSettings;
import io.forebay.server.audit.OnFailure;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The audit.
final class AuditDeclarations {

  private AuditDeclarations() {}

  static final Setting<Boolean> AUDIT_ENABLED =
      Setting.of(
          "audit.enabled",
          onOff(),
          true,
          "Whether each request that changes something leaves a row in the audit.");

  static final Setting<Optional<AuditDatabase.PostgreSql>> AUDIT_URL =
      Setting.of(
              "audit.url",
              optional(postgreSql()),
              Optional.<AuditDatabase.PostgreSql>empty(),
              "The PostgreSQL database that holds the audit; without it, the SQLite file audit.db"
                  + " in data.dir.")
          .asSecret();

  static final Setting<Boolean> AUDIT_ENTRY_WRITES =
      Setting.of(
          "audit.entry_writes",
          onOff(),
          false,
          "Whether writing and deleting entries leaves rows too; each then waits for the disk.");

  static final Setting<OnFailure> AUDIT_ON_FAILURE =
      Setting.of(
          "audit.on_failure",
          choice(OnFailure.class),
          OnFailure.REFUSE,
          "What becomes of changes whose row cannot be written: refuse answers 503 and changes"
              + " nothing; go_on makes them and raises an alarm.");

  static final Setting<Duration> AUDIT_TIMEOUT =
      Setting.of(
          "audit.timeout",
          TIMEOUT,
          Duration.ofSeconds(5),
          "How long a change waits for its row; then it counts as one that cannot be written.");

  static final Setting<Long> AUDIT_MAX_PENDING =
      Setting.of(
          "audit.max_pending",
          integer(1, 1_000_000),
          10_000L,
          "Audit rows that may wait to be written; beyond it changes wait.");

  static final Setting<Duration> AUDIT_KEEP =
      Setting.of(
          "audit.keep",
          duration(Duration.ofMinutes(1), Duration.ofDays(36_500)),
          Duration.ofDays(90),
          "How long an audit row is kept.");

  static final Setting<Long> AUDIT_MAX_ROWS =
      Setting.of(
          "audit.max_rows",
          integer(1, 1_000_000_000_000L),
          1_000_000L,
          "How many audit rows are kept, about; the oldest go first. A million take about 300"
              + " MiB.");

  static final List<Setting<?>> ALL =
      List.of(
          AUDIT_ENABLED,
          AUDIT_URL,
          AUDIT_ENTRY_WRITES,
          AUDIT_ON_FAILURE,
          AUDIT_TIMEOUT,
          AUDIT_MAX_PENDING,
          AUDIT_KEEP,
          AUDIT_MAX_ROWS);

  static ServerSettings.Audit read(ResolvedSettings.Values values) {
    return new ServerSettings.Audit(
        values.get(AUDIT_ENABLED),
        values.get(AUDIT_URL),
        values.get(AUDIT_ENTRY_WRITES),
        new AuditSettings(
            values.get(AUDIT_ON_FAILURE),
            values.get(AUDIT_TIMEOUT),
            values.get(AUDIT_MAX_PENDING).intValue(),
            values.get(AUDIT_KEEP),
            values.get(AUDIT_MAX_ROWS)));
  }
}

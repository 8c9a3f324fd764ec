package io.forebay.server.warming;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// A job at one moment.
///
/// @param kind `keys`, `urls` or `values`
/// @param loaded targets that are in the cache now
/// @param pending of those, how many other nodes have not heard of yet
/// @param absent targets of which there was nothing to load
/// @param failed targets that could not be loaded
/// @param problem of the first that failed; empty if none did
public record WarmingJob(
    String id,
    String kind,
    State state,
    String by,
    int targets,
    int loaded,
    int pending,
    int absent,
    int failed,
    String problem,
    Instant created,
    Optional<Instant> started,
    Optional<Instant> finished) {

  /// Where it is.
  public enum State {
    WAITING,
    RUNNING,
    COMPLETED,
    /// At least one target failed.
    FAILED
  }

  /// As JSON; times are RFC 3339 in UTC.
  public Map<String, Object> members() {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("job_id", id);
    members.put("kind", kind);
    members.put("status", state.name().toLowerCase(java.util.Locale.ROOT));
    members.put("requested_by", by);
    members.put("targets", targets);
    members.put("loaded", loaded);
    if (pending > 0) {
      members.put("pending", pending);
    }
    members.put("absent", absent);
    members.put("failed", failed);
    if (!problem.isEmpty()) {
      members.put("problem", problem);
    }
    members.put("created_at", created.truncatedTo(ChronoUnit.MILLIS));
    started.ifPresent(at -> members.put("started_at", at.truncatedTo(ChronoUnit.MILLIS)));
    finished.ifPresent(at -> members.put("finished_at", at.truncatedTo(ChronoUnit.MILLIS)));
    return members;
  }
}

package io.forebay.proxy.origin;

import java.util.List;
import java.util.Map;

/// A pool at a moment.
///
/// @param waiting requests that wait for their turn
/// @param refusedFull requests refused because too many waited already
/// @param refusedLate requests refused because their turn did not come in time
/// @param spared requests answered stale because no origin was up
/// @param retries requests sent once more
/// @param retriesRefused requests not sent once more because of the budget
/// @param problems why a source's origins could not be looked up, by source; those found before are
///   kept
/// @param failedLookups how often a source's origins could not be looked up
public record PoolFigures(
    String name,
    List<OriginFigures> origins,
    int waiting,
    long refusedFull,
    long refusedLate,
    long spared,
    long retries,
    long retriesRefused,
    Map<String, String> problems,
    long failedLookups) {

  public PoolFigures {
    origins = List.copyOf(origins);
    problems = Map.copyOf(problems);
  }
}

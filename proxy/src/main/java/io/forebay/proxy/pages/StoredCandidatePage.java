package io.forebay.proxy.pages;

import io.forebay.cache.Position;
import io.forebay.http.ResponseHead;
import io.forebay.http.caching.Age;
import io.forebay.http.caching.Freshness;
import io.forebay.http.caching.PartialContent;
import io.forebay.http.caching.StoredCandidate;
import io.forebay.http.conditional.ContentRange;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// A stored page as it is at the moment of a decision.
///
/// @param tags its tags, the internal ones included
/// @param loadBegan where in the invalidation log the load that brought it began
/// @param currentAge at that moment
/// @param softInvalidated whether it is to be taken as stale whatever its age
/// @param storedUnder its key in the store; empty if it is not there, or not yet
public record StoredCandidatePage(
    Page.Stored page,
    List<String> tags,
    Position loadBegan,
    Duration currentAge,
    boolean softInvalidated,
    Optional<String> storedUnder)
    implements StoredCandidate {

  static StoredCandidatePage at(
      long nanoTime,
      Page.Stored page,
      List<String> tags,
      Position loadBegan,
      boolean softInvalidated,
      Optional<String> storedUnder) {
    Duration resident = Duration.ofNanos(nanoTime - page.receivedNanos());
    return new StoredCandidatePage(
        page,
        tags,
        loadBegan,
        Age.current(page.initialAge(), resident),
        softInvalidated,
        storedUnder);
  }

  /// As it comes from the load, to be stored under these tags.
  public static StoredCandidatePage arrived(Page.Stored page, List<String> tags, PageLoad load) {
    return new StoredCandidatePage(
        page, tags, load.token().began(), page.initialAge(), false, Optional.empty());
  }

  @Override
  public ResponseHead response() {
    return page.head();
  }

  @Override
  public String variantKey() {
    return page.variantKey();
  }

  @Override
  public Freshness freshness() {
    return page.freshness();
  }

  @Override
  public Optional<Duration> softInvalidatedFor() {
    return softInvalidated ? Optional.of(Duration.ZERO) : Optional.empty();
  }

  @Override
  public Optional<ContentRange> storedPart() {
    return PartialContent.partOf(page.head());
  }
}

package io.forebay.proxy.fetch;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;

/// Remembers how the newest fetch of a URL ended, so that an explanation can say why something is
/// not stored. It forgets on purpose: each URL has one place of `PLACES`, by its hash, and takes it
/// from whoever has it; a very long URL is not remembered. So it takes at most a few megabytes and
/// no lock.
public final class RecentFetches {

  private static final int PLACES = 2_048;
  private static final int MAX_URI_LENGTH = 1_024;
  private static final int MAX_TAGS = 32;

  private final AtomicReferenceArray<FetchReport> places = new AtomicReferenceArray<>(PLACES);

  void note(FetchReport report) {
    if (report.uri().length() <= MAX_URI_LENGTH && report.tags().size() <= MAX_TAGS) {
      places.set(place(report.uri()), report);
    }
  }

  /// The newest fetch of the URL that is remembered.
  public Optional<FetchReport> of(String uri) {
    return Optional.ofNullable(places.get(place(uri))).filter(report -> report.uri().equals(uri));
  }

  private static int place(String uri) {
    int hash = uri.hashCode();
    return (hash ^ hash >>> 16) & (PLACES - 1);
  }
}

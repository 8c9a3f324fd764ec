package io.forebay.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.InvalidationHistory.Moment;
import io.forebay.cache.InvalidationHistory.Subject;
import io.forebay.cache.InvalidationHistory.Verdict;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class InvalidationHistoryTest {

  private final InvalidationLog log = new InProcessInvalidationLog(7);
  private final VersionClock versions = new VersionClock(TimeSource.SYSTEM);
  private final InvalidationHistory history =
      InvalidationHistory.of(log, versions, Optional.empty(), 100);

  private void invalidate(Optional<String> cache, Scope scope) {
    log.append(
        InvalidationBatch.ofOurselves(
            new InvalidationOrder(cache, scope, Invalidation.Mode.HARD), ""));
  }

  private Verdict judge(Moment taken) {
    return judge(history, taken, taken.position(), 0, true);
  }

  /// The entry `user:1` with the tag `news` in the cache `c`.
  private static Verdict judge(
      InvalidationHistory by, Moment taken, Position began, long version, boolean inMemoryAlone) {
    return by.judge(
        new Subject("c", "user:1", List.of("sport", "news"), taken, began, version, inMemoryAlone));
  }

  static List<Scope> covering() {
    return List.of(
        new Scope.Keys(Set.of("x", "user:1")),
        new Scope.Tags(Set.of("news")),
        new Scope.Prefixes(Set.of("user:")),
        new Scope.Patterns(Set.of(GlobPattern.parse("us*:?").orElseThrow())),
        new Scope.Urls(Set.of("user:1")),
        new Scope.Everything());
  }

  static List<Scope> notCovering() {
    return List.of(
        new Scope.Keys(Set.of("user:2")),
        new Scope.Tags(Set.of("user:1")),
        new Scope.Prefixes(Set.of("user:1:")),
        new Scope.Patterns(Set.of(GlobPattern.parse("us?").orElseThrow())),
        new Scope.Hosts(Set.of("user")));
  }

  @ParameterizedTest
  @MethodSource("covering")
  void whatCoversAValueIsKnown(Scope scope) {
    Moment before = history.now();
    assertThat(judge(before)).isEqualTo(Verdict.VALID);
    invalidate(Optional.of("c"), scope);
    assertThat(judge(before)).isEqualTo(Verdict.INVALIDATED);
    assertThat(judge(history.now())).isEqualTo(Verdict.VALID);
  }

  @ParameterizedTest
  @MethodSource("covering")
  void soIsWhatCoversEveryCache(Scope scope) {
    Moment before = history.now();
    invalidate(Optional.empty(), scope);
    assertThat(judge(before)).isEqualTo(Verdict.INVALIDATED);
  }

  @ParameterizedTest
  @MethodSource("covering")
  void anotherCacheIsAnother(Scope scope) {
    Moment before = history.now();
    invalidate(Optional.of("d"), scope);
    assertThat(judge(before)).isEqualTo(Verdict.VALID);
  }

  @ParameterizedTest
  @MethodSource("notCovering")
  void whatDoesNotCoverItDoesNot(Scope scope) {
    Moment before = history.now();
    invalidate(Optional.of("c"), scope);
    invalidate(Optional.empty(), scope);
    assertThat(judge(before)).isEqualTo(Verdict.VALID);
  }

  @Test
  void aSoftInvalidationCountsToo() {
    Moment before = history.now();
    log.append(
        InvalidationBatch.ofOurselves(
            new InvalidationOrder(
                Optional.of("c"), new Scope.Tags(Set.of("news")), Invalidation.Mode.SOFT),
            ""));
    assertThat(judge(before)).isEqualTo(Verdict.INVALIDATED);
  }

  @Test
  void newsOfAWriteAreNoInvalidation() {
    Moment before = history.now();
    log.append(InvalidationBatch.ofOurselves(InvalidationOrder.written("c", "user:1", 5), ""));
    assertThat(judge(before)).isEqualTo(Verdict.VALID);
  }

  @Test
  void aValueThatWasLoadedAfterTheBackupBeganIsJudgedByItsOwnLoad() {
    Moment before = history.now();
    invalidate(Optional.of("c"), new Scope.Everything());
    assertThat(judge(history, before, log.last(), 0, true)).isEqualTo(Verdict.VALID);
  }

  @Test
  void aDeleteCoversOlderVersionsOfTheKey() {
    Moment before = history.now();
    long written = versions.next();
    history.deleting(Optional.of("c"), "user:1");
    assertThat(judge(before)).isEqualTo(Verdict.INVALIDATED);
    assertThat(judge(history, before, before.position(), written, true))
        .isEqualTo(Verdict.INVALIDATED);
    assertThat(judge(history, before, before.position(), versions.next(), true))
        .isEqualTo(Verdict.VALID);
    assertThat(judge(history.now())).isEqualTo(Verdict.VALID);
  }

  @Test
  void whatDoesNotFitIsUnknownAndNotForgotten() {
    Moment before = history.now();
    invalidate(Optional.of("c"), new Scope.Tags(Set.of("news")));
    Moment between = history.now();
    invalidate(Optional.empty(), new Scope.Keys(names("k", 100)));
    assertThat(history.size()).isEqualTo(100);
    assertThat(judge(before)).isEqualTo(Verdict.UNKNOWN);
    assertThat(judge(between)).isEqualTo(Verdict.VALID);
    invalidate(Optional.empty(), new Scope.Keys(names("l", 1)));
    assertThat(judge(between)).isEqualTo(Verdict.UNKNOWN);
    assertThat(judge(history.now())).isEqualTo(Verdict.VALID);
    assertThat(history.size()).isEqualTo(100);
  }

  @Test
  void deletesThatDoNotFitAreUnknownForCachesInMemoryAlone() {
    Moment before = history.now();
    names("k", 101).forEach(name -> history.deleting(Optional.of("c"), name));
    assertThat(judge(before)).isEqualTo(Verdict.UNKNOWN);
    assertThat(judge(history, before, before.position(), 0, false)).isEqualTo(Verdict.VALID);
    assertThat(judge(history.now())).isEqualTo(Verdict.VALID);
  }

  private static Set<String> names(String prefix, int count) {
    return IntStream.range(0, count).mapToObj(i -> prefix + i).collect(Collectors.toSet());
  }

  @Test
  void patternsAreBoundedToo() {
    Moment before = history.now();
    for (int i = 0; i < 1_001; i++) {
      invalidate(Optional.of("c"), new Scope.Prefixes(Set.of("p" + i)));
    }
    assertThat(history.size()).isEqualTo(1_000);
    assertThat(judge(before)).isEqualTo(Verdict.UNKNOWN);
  }

  @Test
  void anotherEpochOrALaterPositionIsUnknown() {
    Moment now = history.now();
    Position last = now.position();
    assertThat(judge(new Moment(new Position(6, 9), now.stamp()))).isEqualTo(Verdict.UNKNOWN);
    assertThat(judge(new Moment(new Position(8, 0), now.stamp()))).isEqualTo(Verdict.UNKNOWN);
    assertThat(judge(new Moment(new Position(7, last.n() + 1), now.stamp())))
        .isEqualTo(Verdict.UNKNOWN);
  }

  @Test
  void whatHappenedBeforeItListenedIsUnknown() {
    Moment before = history.now();
    invalidate(Optional.of("c"), new Scope.Keys(Set.of("x")));
    InvalidationHistory late = InvalidationHistory.of(log, versions, Optional.empty(), 100);
    assertThat(judge(late, before, before.position(), versions.next(), true))
        .isEqualTo(Verdict.UNKNOWN);
    Moment now = late.now();
    assertThat(judge(late, now, now.position(), 0, true)).isEqualTo(Verdict.VALID);
    invalidate(Optional.of("c"), new Scope.Tags(Set.of("news")));
    assertThat(judge(late, now, now.position(), 0, true)).isEqualTo(Verdict.INVALIDATED);
  }

  @Test
  void aJournalTellsItsPastAsFarAsItGoesBack() {
    Position compacted = new Position(7, 10);
    var kept =
        new InvalidationRecord(
            new Position(7, 11),
            "id",
            Instant.EPOCH,
            "",
            "",
            new InvalidationOrder(
                Optional.of("c"), new Scope.Tags(Set.of("news")), Invalidation.Mode.HARD));
    var past =
        new InvalidationJournal.Recovered(
            kept.position(),
            new InvalidationJournal.Summary(compacted, Map.of(), Optional.empty()),
            List.of(kept));
    InvalidationJournal journal =
        new InvalidationJournal() {
          @Override
          public Recovered recovered() {
            return past;
          }

          @Override
          public void enqueue(List<InvalidationRecord> batch) {}

          @Override
          public Optional<String> await(Position position) {
            return Optional.empty();
          }

          @Override
          public Position durable() {
            return past.last();
          }

          @Override
          public void compactWith(java.util.function.Supplier<Summary> summaries) {}
        };
    var recovered = new InProcessInvalidationLog(journal, TimeSource.SYSTEM);
    var told = InvalidationHistory.of(recovered, versions, Optional.of(past), 100);
    long stamp = versions.next();
    assertThat(judge(told, new Moment(new Position(7, 9), stamp), compacted, stamp, false))
        .isEqualTo(Verdict.INVALIDATED);
    assertThat(judge(told, new Moment(compacted, stamp), compacted, stamp, false))
        .isEqualTo(Verdict.INVALIDATED);
    Position before = new Position(7, 9);
    assertThat(judge(told, new Moment(before, stamp), before, stamp, false))
        .isEqualTo(Verdict.UNKNOWN);
    assertThat(judge(told, new Moment(kept.position(), stamp), compacted, stamp, false))
        .isEqualTo(Verdict.VALID);
  }
}

package io.forebay.server.compat;

import io.forebay.cache.InvalidationOrder;
import io.forebay.cache.Precondition;
import io.forebay.server.api.ApiRequest;
import io.forebay.server.api.ApiResponse;
import io.forebay.server.api.Problem;
import io.forebay.server.api.ProblemType;
import io.forebay.server.api.RequestRefused;
import io.forebay.server.caches.EntryDraft;
import io.forebay.server.caches.EntryService;
import io.forebay.server.caches.EntryView;
import io.forebay.server.caches.EntryWriteOutcome;
import io.forebay.server.caches.ReadOutcome;
import io.forebay.server.caches.Violation;
import io.forebay.server.invalidation.InvalidationAnswer;
import io.forebay.server.invalidation.InvalidationRequest;
import io.forebay.server.invalidation.InvalidationService;
import io.forebay.server.invalidation.Receipt;
import io.forebay.server.invalidation.Requester;
import io.forebay.server.invalidation.Source;
import io.forebay.server.invalidation.Wait;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The services, with their outcomes as the adapters need them: what is refused ends the request
/// ([RequestRefused]), and the route says how that looks.
final class ForeignAnswers {

  /// How long an answer waits for the number of entries that an invalidation covered.
  private static final Duration COUNTING = Duration.ofSeconds(1);

  private final EntryService entries;
  private final InvalidationService invalidations;

  ForeignAnswers(EntryService entries, InvalidationService invalidations) {
    this.entries = entries;
    this.invalidations = invalidations;
  }

  /// A fresh entry; these systems know nothing of stale ones.
  Optional<EntryView> read(String cache, String key) {
    return fresh(entries.read(cache, key));
  }

  /// The same, leaving no trace.
  Optional<EntryView> peek(String cache, String key) {
    return fresh(entries.peek(cache, key));
  }

  private static Optional<EntryView> fresh(ReadOutcome outcome) {
    return switch (outcome) {
      case ReadOutcome.Found(var entry) -> entry.fresh() ? Optional.of(entry) : Optional.empty();
      case ReadOutcome.Absent() -> Optional.empty();
      case ReadOutcome.UnknownCache() -> throw unknownCache();
      case ReadOutcome.Invalid(var violation) -> throw new RequestRefused(problem(violation));
    };
  }

  /// What a write came to.
  enum Stored {
    CREATED,
    REPLACED,
    /// As [EntryWriteOutcome.Pending]; whether there was one before is not known.
    PENDING
  }

  Stored write(String cache, String key, EntryDraft draft) {
    return switch (entries.write(cache, key, draft, Precondition.NONE)) {
      case EntryWriteOutcome.Written(_, boolean created) ->
          created ? Stored.CREATED : Stored.REPLACED;
      case EntryWriteOutcome.Pending ignored -> Stored.PENDING;
      case EntryWriteOutcome other -> throw refused(other);
    };
  }

  /// What a deletion came to.
  enum Deletion {
    DELETED,
    ABSENT,
    /// As [EntryWriteOutcome.Pending]: it is not there any more.
    PENDING
  }

  Deletion delete(String cache, String key) {
    return switch (entries.delete(cache, key, Precondition.NONE)) {
      case EntryWriteOutcome.Deleted ignored -> Deletion.DELETED;
      case EntryWriteOutcome.Pending ignored -> Deletion.PENDING;
      case EntryWriteOutcome.Absent() -> Deletion.ABSENT;
      case EntryWriteOutcome other -> throw refused(other);
    };
  }

  private static RequestRefused refused(EntryWriteOutcome outcome) {
    return switch (outcome) {
      case EntryWriteOutcome.Invalid(var violation) -> new RequestRefused(problem(violation));
      case EntryWriteOutcome.TierFailed(String why, boolean mayHaveHappened) ->
          new RequestRefused(
              Problem.of(
                  ProblemType.TIER_FAILED,
                  (mayHaveHappened
                          ? "It is not known whether anything changed: "
                          : "Nothing changed: ")
                      + why));
      case EntryWriteOutcome.UnknownCache() -> unknownCache();
      case EntryWriteOutcome.Written ignored -> unexpected(outcome);
      case EntryWriteOutcome.Deleted ignored -> unexpected(outcome);
      case EntryWriteOutcome.Absent ignored -> unexpected(outcome);
      case EntryWriteOutcome.Pending ignored -> unexpected(outcome);
      case EntryWriteOutcome.PreconditionFailed ignored -> unexpected(outcome);
    };
  }

  private static RequestRefused unexpected(EntryWriteOutcome outcome) {
    throw new IllegalStateException("nobody asked for it: " + outcome);
  }

  private static RequestRefused unknownCache() {
    return new RequestRefused(
        Problem.of(ProblemType.UNKNOWN_CACHE, "The cache behind this API was deleted."));
  }

  static Problem problem(Violation violation) {
    return new Problem(
        switch (violation.kind()) {
          case MALFORMED -> ProblemType.INVALID_REQUEST;
          case TOO_LARGE -> ProblemType.TOO_LARGE;
        },
        violation.detail(),
        Optional.of(violation.field()),
        Optional.of(violation.expected()));
  }

  /// What an invalidation came to.
  ///
  /// @param affected entries dropped, as far as they are counted
  /// @param isCounted whether that is all of them
  /// @param isPending whether it waits on this node's disk for the log that nodes share, so that
  ///   the others have not heard of it
  record Invalidated(String id, long affected, boolean isCounted, boolean isPending) {}

  /// Puts all orders in force, or ends the request.
  Invalidated invalidate(ApiRequest request, List<InvalidationOrder> orders) {
    var by = new Requester(request.principal().name(), request.address());
    var asked = new InvalidationRequest(by, Source.COMPAT, orders, "", Wait.SWEPT, COUNTING);
    return switch (invalidations.submit(asked, Optional.empty())) {
      case InvalidationAnswer.Done(var receipt) -> invalidated(receipt);
      case InvalidationAnswer.Pending(var receipt) -> invalidated(receipt);
      case InvalidationAnswer.NotInTime(var receipt) -> invalidated(receipt);
      case InvalidationAnswer.NotPassedOn(var receipt) -> invalidated(receipt);
      case InvalidationAnswer.NotKept(var receipt) ->
          throw new RequestRefused(
              Problem.of(
                  ProblemType.INVALIDATION_NOT_KEPT,
                  "In force on this node, but "
                      + receipt.progress().notKept().orElse("the log did not keep it")
                      + "; receipt "
                      + receipt.id()));
      case InvalidationAnswer.Refused(var problem) -> throw new RequestRefused(problem);
    };
  }

  private static Invalidated invalidated(Receipt receipt) {
    return new Invalidated(
        receipt.id(), receipt.affected(), receipt.isSwept(), receipt.progress().queued());
  }

  /// What clients are told that something is done, or pending: in force here, but other nodes hear
  /// of it only once the log is back.
  ///
  /// No text says which statuses its system answers, nor has a word for this. So it is the status
  /// that HTTP has for it, 202, which the clients that the texts print take for success as they do
  /// 200 (`response.ok`, `raise_for_status()`, `curl --fail`), with the members that they look at,
  /// and `pending` besides. One that knows 200 alone may send the same again, which does no harm.
  static ApiResponse done(boolean isPending, Map<String, Object> members) {
    if (!isPending) {
      return ApiResponse.json(200, members);
    }
    Map<String, Object> view = new LinkedHashMap<>(members);
    view.put("pending", true);
    return ApiResponse.json(202, view);
  }

  /// The same in a sentence.
  static String sentence(boolean isPending, String done) {
    return isPending ? done + "; other nodes hear of it once the log is back" : done;
  }

  /// `{"error": …}`, with field and expectation where there are any.
  static ApiResponse error(Problem problem) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("error", problem.detail());
    problem.field().ifPresent(field -> members.put("field", field));
    problem.expected().ifPresent(expected -> members.put("expected", expected));
    return ApiResponse.json(problem.type().status(), members);
  }
}

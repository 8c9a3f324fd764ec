package io.forebay.server.invalidation;

import io.forebay.server.api.Problem;

/// What became of a request to invalidate.
public sealed interface InvalidationAnswer {

  /// What it waited for has come true.
  record Done(Receipt receipt) implements InvalidationAnswer {}

  /// In force on this node and written down on its disk; it enters the shared log as soon as that
  /// can be reached, and until then no other node has heard of it.
  record Pending(Receipt receipt) implements InvalidationAnswer {}

  /// In force on this node, but the log could not keep it: a restart forgets it, unless the log
  /// recovers before. Not acknowledged.
  record NotKept(Receipt receipt) implements InvalidationAnswer {}

  /// In force on this node; what else it waited for did not come true in time.
  record NotInTime(Receipt receipt) implements InvalidationAnswer {}

  /// In force on every node; a target downstream did not take it, for good.
  record NotPassedOn(Receipt receipt) implements InvalidationAnswer {}

  /// Nothing was changed.
  record Refused(Problem problem) implements InvalidationAnswer {}

  /// The HTTP status that says so.
  default int status() {
    return switch (this) {
      case Done _ -> 200;
      case Pending _ -> 202;
      case NotKept _ -> 503;
      case NotInTime _ -> 504;
      case NotPassedOn _ -> 502;
      case Refused(var problem) -> problem.type().status();
    };
  }
}

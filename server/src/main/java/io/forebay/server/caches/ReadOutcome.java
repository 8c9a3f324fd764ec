package io.forebay.server.caches;

/// What became of reading one entry.
public sealed interface ReadOutcome {

  record Found(EntryView entry) implements ReadOutcome {}

  record Absent() implements ReadOutcome {}

  record UnknownCache() implements ReadOutcome {}

  record Invalid(Violation violation) implements ReadOutcome {}
}

package io.forebay.cache;

/// What must hold of the present entry for a write to happen. By version, never by content, so that
/// A → B → A is noticed.
public sealed interface Precondition {

  /// Nothing is asked.
  Precondition NONE = new None();

  /// There must be no entry (add only).
  Precondition ABSENT = new Absent();

  /// There must be an entry, of any version.
  Precondition PRESENT = new Present();

  record None() implements Precondition {}

  record Absent() implements Precondition {}

  record Present() implements Precondition {}

  /// There must be an entry of one of these versions (compare and set).
  record VersionIn(java.util.Set<Long> versions) implements Precondition {
    public VersionIn {
      versions = java.util.Set.copyOf(versions);
    }
  }
}

package io.forebay.cache;

/// Who puts records in force: a cache, or a tier that keeps values of its own.
///
/// The log calls it for one record at a time and holds its order meanwhile, so it never waits for
/// I/O and never appends.
public interface InvalidationListener {

  /// Puts barriers in force that outlived the last process.
  void restore(BarrierSnapshot snapshot);

  /// Puts a record in force: when this returns, no read that begins sees what the record covers.
  void apply(InvalidationRecord record);

  /// The log lost records before this position, or began a new epoch there: what was loaded before
  /// it is not to be trusted.
  void distrustBefore(Position position);

  /// All that is in force now, for a log that wants to forget its oldest records.
  BarrierSnapshot snapshot();

  /// Whether its barriers stay in force for as long as copies outside this process may live. If
  /// not, nothing of before its snapshot can be trusted that lies anywhere else: there was no tier
  /// here, but there may be one on another node, or after the next start.
  default boolean vouchesForCopies() {
    return true;
  }
}

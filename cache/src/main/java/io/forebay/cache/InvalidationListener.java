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
}

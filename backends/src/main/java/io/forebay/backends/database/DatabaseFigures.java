package io.forebay.backends.database;

/// What a database's table holds, as last counted, and what was taken out of it by this process.
///
/// @param bytes of values
/// @param values within or past their lives
/// @param evicted values taken out because there were too many bytes
/// @param swept rows deleted because nobody needed them
/// @param failed times that keeping house failed
public record DatabaseFigures(long bytes, long values, long evicted, long swept, long failed) {}

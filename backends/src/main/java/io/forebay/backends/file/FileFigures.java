package io.forebay.backends.file;

/// What a file tier holds and what it had to do.
///
/// @param bytes of its files
/// @param entries in its index, tombstones included
/// @param dropped segments dropped because there were too many bytes or entries
/// @param damaged records or places in files that were found damaged, and skipped
/// @param newer segments of a newer format, skipped
/// @param tornBytes cut off the end of the last segment when it was opened
/// @param distrusted whether everything was dropped when it was opened, because the machine ended
///   without writing all of it
public record FileFigures(
    long bytes,
    int entries,
    long dropped,
    long damaged,
    long newer,
    long tornBytes,
    boolean distrusted) {}

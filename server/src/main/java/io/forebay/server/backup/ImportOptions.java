package io.forebay.server.backup;

import java.util.Optional;

/// How a backup is to be restored.
///
/// @param into the cache that all of it goes to; empty for the caches that the lines name
/// @param overwrite whether it replaces what is newer too
/// @param evenInvalidated whether it brings back what was, or may have been, invalidated since
/// @param isPart whether the end may be missing
public record ImportOptions(
    Optional<String> into, boolean overwrite, boolean evenInvalidated, boolean isPart) {}

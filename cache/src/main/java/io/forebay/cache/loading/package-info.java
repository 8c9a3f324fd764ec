/// **Role.** Reading through a cache: what is missing, stale or about to expire is loaded from its
/// source, once for all who ask.
///
/// **Goals.** One load per key; callers wait no longer than they said; a value that an invalidation
/// overtook is neither stored nor shared.
///
/// **Non-goals.** Knows nothing of the source. HTTP has its own way ("collapsing"), since there the
/// first response head decides whether others may share it.
///
/// **Start reading** at [LoadingCache], then [LoadPolicy] and [Flight].
@NullMarked
package io.forebay.cache.loading;

import org.jspecify.annotations.NullMarked;

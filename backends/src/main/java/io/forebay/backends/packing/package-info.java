/// **Role.** What may be put before any tier: values are compressed, or encrypted, on their way
/// there, and made what they were on their way back.
///
/// **Goals.** Fewer bytes in the backend where that saves something; nothing of a value readable
/// there; whatever cannot be made what it was is counted and never served.
///
/// **Non-goals.** Hiding keys, sizes and times: a backend sees which key was changed when.
///
/// **Start reading** at [RewritingTier], then [CompressingTier] and [EncryptingTier].
@NullMarked
package io.forebay.backends.packing;

import org.jspecify.annotations.NullMarked;

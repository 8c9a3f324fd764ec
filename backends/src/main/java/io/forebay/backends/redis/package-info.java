/// **Role.** Redis as the tier that nodes share.
///
/// **Goals.** A value that was replaced or removed never comes back, however late a command arrives
/// and whatever Redis evicts or forgets in a restart; a Redis that is slow, hung or gone costs a
/// caller its deadline at most, and soon nothing.
///
/// **Non-goals.** Which values may be trusted: `cache` judges that. Clusters of Redis, so far.
///
/// **Start reading** at [RedisTier], then `change.lua` beside it, [Slot] for the format, and
/// [RedisLink] for how connections are kept.
@NullMarked
package io.forebay.backends.redis;

import org.jspecify.annotations.NullMarked;

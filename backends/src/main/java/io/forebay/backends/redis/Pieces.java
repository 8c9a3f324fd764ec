package io.forebay.backends.redis;

import io.forebay.cache.tier.TierKey;
import io.lettuce.core.SetArgs;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;

/// Content that is too long for one value of Redis, under names that no other write uses.
///
/// @param id 16 characters
/// @param count zero if the content is short
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record Pieces(String id, int count, byte[] content) {

  static Pieces of(byte[] content) {
    int count =
        content.length <= Slot.PIECE_BYTES ? 0 : Math.ceilDiv(content.length, Slot.PIECE_BYTES);
    String id =
        count == 0
            ? "0".repeat(16)
            : String.format(Locale.ROOT, "%016x", ThreadLocalRandom.current().nextLong());
    return new Pieces(id, count, content);
  }

  String name() {
    return id + String.format(Locale.ROOT, "%05d", count);
  }

  /// Sends them on their way. They come before whatever is sent on this session later.
  ///
  /// Pieces of a write that fails stay until their life is over.
  void store(RedisSession session, RedisNames names, TierKey key, long lifeMillis) {
    for (int i = 0; i < count; i++) {
      int from = i * Slot.PIECE_BYTES;
      byte[] piece =
          Arrays.copyOfRange(content, from, Math.min(content.length, from + Slot.PIECE_BYTES));
      var _ =
          session
              .commands()
              .set(names.piece(key, id, i + 1), piece, SetArgs.Builder.px(lifeMillis));
    }
  }
}

package io.forebay.backends.packing;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import io.forebay.cache.tier.Tier;
import io.forebay.cache.tier.TierKey;
import io.forebay.cache.tier.TierValue;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// Compresses contents above a size with zstd (RFC 8878), and keeps that only if it saves. A value
/// says in its type whether it is compressed, so both kinds may lie side by side, and it may be
/// turned on and off.
public final class CompressingTier extends RewritingTier {

  private static final String MARK = "zstd/1 ";

  /// Fast, and most of what higher levels save.
  private static final int LEVEL = 1;

  private static final int MOST_BYTES = 512 << 20;

  private final int leastBytes;
  private final LongAdder compressed = new LongAdder();
  private final LongAdder bytesIn = new LongAdder();
  private final LongAdder bytesOut = new LongAdder();
  private final LongAdder unreadable = new LongAdder();

  /// @param leastBytes contents that are shorter are left as they are; [Integer#MAX_VALUE] to
  ///   compress none and still read those that are
  public CompressingTier(Tier tier, int leastBytes) {
    super(tier);
    this.leastBytes = leastBytes;
  }

  @Override
  public TierValue rewritten(TierKey key, TierValue value) {
    byte[] content = value.bytes();
    if (content.length < leastBytes) {
      return value;
    }
    byte[] space = new byte[(int) Math.min(Zstd.compressBound(content.length), MOST_BYTES)];
    long length = Zstd.compressByteArray(space, 0, space.length, content, 0, content.length, LEVEL);
    if (length + MARK.length() >= content.length) {
      return value;
    }
    compressed.increment();
    bytesIn.add(content.length);
    bytesOut.add(length);
    byte[] shorter = Arrays.copyOf(space, (int) length);
    return new TierValue(
        MARK + value.type(),
        shorter,
        value.tags(),
        value.metadata(),
        value.lifetime(),
        value.loadBegan());
  }

  @Override
  public Optional<TierValue> restored(TierKey key, TierValue stored) {
    if (!stored.type().startsWith(MARK)) {
      return Optional.of(stored);
    }
    byte[] content = expanded(stored.bytes());
    if (content == null) {
      unreadable.increment();
      return Optional.empty();
    }
    return Optional.of(
        new TierValue(
            stored.type().substring(MARK.length()),
            content,
            stored.tags(),
            stored.metadata(),
            stored.lifetime(),
            stored.loadBegan()));
  }

  /// What the frame holds; null if it is none.
  private static byte @Nullable [] expanded(byte[] frame) {
    long length = frame.length == 0 ? -1 : Zstd.getFrameContentSize(frame, 0, frame.length);
    if (length < 0 || length > MOST_BYTES) {
      return null;
    }
    byte[] content = new byte[(int) length];
    try {
      long got = Zstd.decompressByteArray(content, 0, content.length, frame, 0, frame.length);
      return got == length ? content : null;
    } catch (ZstdException broken) {
      return null;
    }
  }

  @Override
  Map<String, Long> counted() {
    return Map.of(
        "values_compressed", compressed.sum(),
        "compression_bytes_in", bytesIn.sum(),
        "compression_bytes_out", bytesOut.sum(),
        "compressed_unreadable", unreadable.sum());
  }
}

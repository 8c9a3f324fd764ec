package io.forebay.http.caching;

import io.forebay.http.EntityTag;
import io.forebay.http.HttpFields;
import io.forebay.http.ResponseHead;
import io.forebay.http.conditional.ByteRanges.ByteRange;
import io.forebay.http.conditional.ContentRange;
import java.util.Optional;

/// Parts of a representation: which are stored (RFC 9111 §3.3) and how they are put together (§3.4,
/// RFC 9110 §15.3.7.3).
public final class PartialContent {

  private PartialContent() {}

  /// Which part a response brings: that of a 206 with one range of bytes, of a known complete
  /// length, and a `Content-Length` (if any) that agrees. Empty for whatever else, `multipart`
  /// above all.
  public static Optional<ContentRange> partOf(ResponseHead response) {
    if (response.status() != 206 || response.fields().all("Content-Range").size() != 1) {
      return Optional.empty();
    }
    return response
        .fields()
        .first("Content-Range")
        .flatMap(ContentRange::parse)
        .filter(part -> part.range().isPresent() && part.completeLength().isPresent())
        .filter(part -> agrees(response.fields(), part.range().orElseThrow().length()));
  }

  private static boolean agrees(HttpFields fields, long length) {
    return fields.all("Content-Length").stream().allMatch(Long.toString(length)::equals);
  }

  /// Two parts as one.
  ///
  /// @param head 206 with the larger range, or 200 when nothing is missing any more
  /// @param range what it holds
  public record Combination(ResponseHead head, ByteRange range) {
    public boolean isComplete() {
      return head.status() == 200;
    }
  }

  /// What a stored part and one that arrives make together; empty when they must or can not be
  /// combined: not the same strong entity tag, another complete length or coding, or a gap between
  /// them. Fields of the part that arrives replace those of the stored one.
  public static Optional<Combination> combine(ResponseHead stored, ResponseHead arrived) {
    Optional<ContentRange> one = partOf(stored);
    Optional<ContentRange> other = partOf(arrived);
    if (one.isEmpty()
        || other.isEmpty()
        || !one.get().completeLength().equals(other.get().completeLength())
        || !isSameRepresentation(stored.fields(), arrived.fields())) {
      return Optional.empty();
    }
    long completeLength = one.get().completeLength().getAsLong();
    return union(one.get().range().orElseThrow(), other.get().range().orElseThrow())
        .map(range -> new Combination(head(stored, arrived, range, completeLength), range));
  }

  private static boolean isSameRepresentation(HttpFields stored, HttpFields arrived) {
    Optional<EntityTag> tag = stored.first("ETag").flatMap(EntityTag::parse);
    return tag.isPresent()
        && arrived
            .first("ETag")
            .flatMap(EntityTag::parse)
            .filter(tag.get()::matchesStrongly)
            .isPresent()
        && stored.combined("Content-Encoding").equals(arrived.combined("Content-Encoding"));
  }

  private static Optional<ByteRange> union(ByteRange one, ByteRange other) {
    boolean hasGap = one.to() + 1 < other.from() || other.to() + 1 < one.from();
    return hasGap
        ? Optional.empty()
        : Optional.of(
            new ByteRange(Math.min(one.from(), other.from()), Math.max(one.to(), other.to())));
  }

  private static ResponseHead head(
      ResponseHead stored, ResponseHead arrived, ByteRange range, long completeLength) {
    HttpFields fields =
        Validation.freshened(stored, arrived)
            .fields()
            .withReplaced("Content-Length", Long.toString(range.length()));
    return range.length() == completeLength
        ? new ResponseHead(200, fields.without("Content-Range"))
        : new ResponseHead(
            206, fields.withReplaced("Content-Range", ContentRange.format(range, completeLength)));
  }

  /// The bytes of `range`, from those of a stored part and one that arrived; where they overlap,
  /// the latter's.
  ///
  /// @param range of their [Combination]
  public static byte[] joined(
      ByteRange range,
      ByteRange storedRange,
      byte[] stored,
      ByteRange arrivedRange,
      byte[] arrived) {
    byte[] all = new byte[Math.toIntExact(range.length())];
    System.arraycopy(stored, 0, all, (int) (storedRange.from() - range.from()), stored.length);
    System.arraycopy(arrived, 0, all, (int) (arrivedRange.from() - range.from()), arrived.length);
    return all;
  }
}

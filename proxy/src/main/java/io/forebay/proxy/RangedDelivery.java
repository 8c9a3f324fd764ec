package io.forebay.proxy;

import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import io.forebay.http.ResponseHead;
import io.forebay.http.caching.CacheStatus;
import io.forebay.http.conditional.ByteRanges;
import io.forebay.http.conditional.ByteRanges.ByteRange;
import io.forebay.http.conditional.ContentRange;
import io.forebay.http.conditional.MultipartRanges;
import io.forebay.proxy.pages.StoredCandidatePage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Answers range requests from what is stored, whole or in part (RFC 9110 §14, §15.3.7).
final class RangedDelivery {

  private RangedDelivery() {}

  /// Stored bytes of a representation.
  ///
  /// @param from which byte of the representation is the first of `bytes`
  /// @param completeLength the representation's
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  private record Content(byte[] bytes, long from, long completeLength) {

    static Content of(StoredCandidatePage candidate) {
      byte[] bytes = candidate.page().body();
      Optional<ContentRange> part = candidate.storedPart();
      return part.isEmpty()
          ? new Content(bytes, 0, bytes.length)
          : new Content(
              bytes,
              part.get().range().orElseThrow().from(),
              part.get().completeLength().orElseThrow());
    }

    /// Without copying them.
    ByteBuf slice(ByteRange range) {
      return Unpooled.wrappedBuffer(bytes, (int) (range.from() - from), (int) range.length());
    }
  }

  /// Whether ranges have a part in the answer; else all of it is sent.
  static boolean concerns(RequestHead request, ResponseHead stored) {
    return stored.status() == 206 || (stored.status() == 200 && request.fields().contains("Range"));
  }

  /// @param head of the candidate, with its age
  static Answer respond(
      ClientExchange client, ResponseHead head, StoredCandidatePage candidate, CacheStatus status)
      throws IOException {
    Content content = Content.of(candidate);
    return switch (ByteRanges.select(client.request(), content.completeLength())) {
      // Of a part only what it covers is selected, so this is the whole.
      case ByteRanges.Selection.Full _ -> Delivery.whole(client, head, content.bytes(), status);
      case ByteRanges.Selection.Single(ByteRange range) ->
          single(client, head, content, range, status);
      case ByteRanges.Selection.Multiple(List<ByteRange> ranges) ->
          multiple(client, head, content, ranges, status);
      case ByteRanges.Selection.Unsatisfiable _ ->
          Delivery.bodiless(
              client,
              new ResponseHead(
                  416,
                  HttpFields.of(
                      "Content-Range", ContentRange.formatUnsatisfied(content.completeLength()))),
              status);
    };
  }

  private static Answer single(
      ClientExchange client,
      ResponseHead head,
      Content content,
      ByteRange range,
      CacheStatus cacheStatus)
      throws IOException {
    HttpFields fields =
        head.fields()
            .withReplaced("Content-Range", ContentRange.format(range, content.completeLength()))
            .withReplaced("Content-Length", Long.toString(range.length()));
    return partial(client, fields, content.slice(range), cacheStatus);
  }

  /// Several ranges in one answer (RFC 9110 §14.6), in the order asked for.
  private static Answer multiple(
      ClientExchange client,
      ResponseHead head,
      Content content,
      List<ByteRange> ranges,
      CacheStatus cacheStatus)
      throws IOException {
    String boundary = UUID.randomUUID().toString().replace("-", "");
    var frame =
        new MultipartRanges(
            boundary, head.fields().first("Content-Type"), content.completeLength());
    ByteBuf[] pieces = new ByteBuf[2 * ranges.size() + 1];
    int next = 0;
    for (ByteRange range : ranges) {
      pieces[next++] = text(frame.before(range));
      pieces[next++] = content.slice(range);
    }
    pieces[next] = text(frame.end());
    HttpFields fields =
        head.fields()
            .without("Content-Range")
            .withReplaced("Content-Type", frame.contentTypeValue())
            .withReplaced("Content-Length", Long.toString(frame.contentLength(ranges)));
    return partial(client, fields, Unpooled.wrappedBuffer(pieces.length, pieces), cacheStatus);
  }

  private static Answer partial(
      ClientExchange client, HttpFields fields, ByteBuf bytes, CacheStatus cacheStatus)
      throws IOException {
    Buffer body = BufferInternal.buffer(bytes);
    client.respond(Delivery.finished(new ResponseHead(206, fields), cacheStatus), body);
    return Answer.of(206, cacheStatus);
  }

  private static ByteBuf text(String text) {
    return Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.ISO_8859_1));
  }
}

package io.forebay.proxy;

import io.forebay.http.HttpFields;
import io.forebay.http.MessageContent;
import io.forebay.http.ResponseHead;
import io.forebay.http.caching.CacheStatus;
import io.forebay.http.conditional.Preconditions;
import io.forebay.proxy.body.BodySink;
import io.forebay.proxy.body.BodySource;
import io.forebay.proxy.fetch.BodyPump;
import io.forebay.proxy.pages.Page;
import io.forebay.proxy.pages.StoredCandidatePage;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Writes responses to clients: stored ones, ones that are arriving, and our own.
final class Delivery {

  private static final int SLICE_BYTES = 64 * 1024;
  private static final Buffer NOTHING = Buffer.buffer();
  private static final byte[] NO_BYTES = {};
  private static final ResponseHead PRECONDITION_FAILED = new ResponseHead(412, HttpFields.none());

  private Delivery() {}

  /// A stored page, after the client's conditions and range (RFC 9110 §13.2.2, §14.2).
  static Answer stored(RuledExchange client, StoredCandidatePage candidate, CacheStatus cacheStatus)
      throws IOException {
    RuledExchange.Shown shown = client.shown(candidate);
    ResponseHead full = shown.head();
    return switch (Preconditions.evaluate(client.request(), full)) {
      case NOT_MODIFIED -> bodiless(client, Preconditions.notModified(full), cacheStatus);
      case PRECONDITION_FAILED -> bodiless(client, PRECONDITION_FAILED, cacheStatus);
      case PROCEED_WITHOUT_RANGE -> whole(client, full, shown.body(), cacheStatus);
      case PROCEED ->
          RangedDelivery.concerns(client.request(), full)
              ? RangedDelivery.respond(client, full, candidate, cacheStatus)
              : candidate.page().trailers().isEmpty()
                  ? whole(client, full, shown.body(), cacheStatus)
                  : wholeWithTrailers(client, full, candidate.page(), cacheStatus);
    };
  }

  /// With its trailers if the client takes them, which needs chunks; then there is no length.
  private static Answer wholeWithTrailers(
      ClientExchange client, ResponseHead head, Page.Stored page, CacheStatus cacheStatus)
      throws IOException {
    boolean isPlain =
        !client.takesTrailers()
            || !MessageContent.isAllowed(client.request().method(), head.status());
    if (isPlain) {
      return whole(client, head, page.body(), cacheStatus);
    }
    HttpFields fields = finished(head, cacheStatus).fields().without("Content-Length");
    sliced(client, new ResponseHead(head.status(), fields), page.body());
    client.end(page.trailers());
    return Answer.of(head.status(), cacheStatus);
  }

  static Answer bodiless(ClientExchange client, ResponseHead head, CacheStatus cacheStatus)
      throws IOException {
    return whole(client, head, NO_BYTES, cacheStatus);
  }

  static Answer whole(
      ClientExchange client, ResponseHead head, byte[] body, CacheStatus cacheStatus)
      throws IOException {
    boolean withContent = MessageContent.isAllowed(client.request().method(), head.status());
    ResponseHead sent = ServedHead.whole(head, body.length, cacheStatus);
    if (!withContent || body.length <= SLICE_BYTES) {
      client.respond(sent, withContent ? wrap(body, 0, body.length) : NOTHING);
    } else {
      sliced(client, sent, body);
      client.end();
    }
    return Answer.of(head.status(), cacheStatus);
  }

  /// In slices, so that a client that stops reading holds one of them and not a copy of it all.
  private static void sliced(ClientExchange client, ResponseHead sent, byte[] body)
      throws IOException {
    BodySink sink = client.begin(sent);
    for (int at = 0; at < body.length; at += SLICE_BYTES) {
      sink.write(wrap(body, at, Math.min(SLICE_BYTES, body.length - at)));
    }
  }

  /// A response whose body is still coming, after the client's conditions. The range, if any, is
  /// ignored, as any server may (RFC 9110 §14.2).
  static Answer arriving(
      RuledExchange client, ResponseHead received, BodySource body, CacheStatus cacheStatus)
      throws IOException {
    ResponseHead head = client.arriving(received);
    return switch (Preconditions.evaluate(client.request(), head)) {
      case NOT_MODIFIED -> {
        body.cancel();
        yield bodiless(client, Preconditions.notModified(head), cacheStatus);
      }
      case PRECONDITION_FAILED -> {
        body.cancel();
        yield bodiless(client, PRECONDITION_FAILED, cacheStatus);
      }
      case PROCEED, PROCEED_WITHOUT_RANGE -> passed(client, head, body, cacheStatus);
    };
  }

  /// A response as it comes, conditions left to the origin.
  static Answer passed(
      ClientExchange client, ResponseHead head, BodySource body, CacheStatus cacheStatus)
      throws IOException {
    ResponseHead sent = finished(head, cacheStatus);
    Answer answer = Answer.of(head.status(), cacheStatus);
    if (!MessageContent.isAllowed(client.request().method(), head.status())) {
      try {
        client.respond(sent, NOTHING);
      } catch (IOException e) {
        body.cancel();
        throw e;
      }
      BodyPump.drain(body);
      return answer;
    }
    client.onGone(body::cancel);
    try {
      Optional<String> length = sent.fields().first("Content-Length");
      if (length.isEmpty()) {
        relay(client.begin(sent), body.next(), body);
      } else {
        // The head goes with the first bytes, and if these are all, all goes in one write.
        Buffer first = body.next();
        if (isAll(first, length.get()) && body.next() == null) {
          client.respond(sent, first == null ? NOTHING : first);
          return answer;
        }
        relay(client.begin(sent), first, body);
      }
      client.end(body.trailers());
      return answer;
    } catch (IOException e) {
      body.cancel();
      client.abort();
      return answer.asCutOff(String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      body.cancel();
      throw e;
    }
  }

  private static boolean isAll(@Nullable Buffer bytes, String contentLength) {
    return Integer.toString(bytes == null ? 0 : bytes.length()).equals(contentLength);
  }

  private static void relay(BodySink sink, @Nullable Buffer first, BodySource body)
      throws IOException {
    for (Buffer chunk = first; chunk != null; chunk = body.next()) {
      sink.write(chunk);
    }
  }

  /// A response of our own, as a problem document (RFC 9457).
  ///
  /// @param title a sentence of ours; nothing from the request, so nothing to escape
  /// @param proxyStatus the `Proxy-Status` field (RFC 9209), if a next hop is to blame
  static Answer problem(
      ClientExchange client,
      int status,
      String title,
      Optional<CacheStatus> cacheStatus,
      Optional<String> proxyStatus)
      throws IOException {
    return problem(client, status, title, cacheStatus, proxyStatus, Optional.empty());
  }

  /// The same, with the time after which asking again makes sense.
  static Answer problem(
      ClientExchange client,
      int status,
      String title,
      Optional<CacheStatus> cacheStatus,
      Optional<String> proxyStatus,
      Optional<Duration> retryAfter)
      throws IOException {
    byte[] body =
        ("{\"type\":\"about:blank\",\"title\":\"" + title + "\",\"status\":" + status + "}\n")
            .getBytes(StandardCharsets.UTF_8);
    HttpFields.Builder fields =
        HttpFields.builder()
            .add("Content-Type", "application/problem+json")
            .add("Cache-Control", "no-store")
            .add("Content-Length", Integer.toString(body.length));
    cacheStatus.ifPresent(value -> fields.add("Cache-Status", value.fieldValue()));
    proxyStatus.ifPresent(value -> fields.add("Proxy-Status", value));
    retryAfter.ifPresent(
        span -> fields.add("Retry-After", Long.toString(Math.max(1, span.toSeconds()))));
    boolean withContent = !client.request().isHead();
    client.respond(
        new ResponseHead(status, fields.build()), withContent ? Buffer.buffer(body) : NOTHING);
    return new Answer(status, cacheStatus, title, Optional.empty(), false);
  }

  /// What an order to purge is answered.
  static Answer own(ClientExchange client, PurgePort.PurgeAnswer answer) throws IOException {
    HttpFields.Builder fields =
        answer.fields().toBuilder()
            .set("Cache-Control", "no-store")
            .set("Content-Length", Integer.toString(answer.body().length));
    client.respond(
        new ResponseHead(answer.status(), fields.build()),
        wrap(answer.body(), 0, answer.body().length));
    return Answer.withoutCache(answer.status(), answer.why());
  }

  /// The `Proxy-Status` member for an error (RFC 9209 §2.1.1).
  static String proxyStatus(String errorToken) {
    return ForwardedRequest.PSEUDONYM + "; error=" + errorToken;
  }

  /// The `Proxy-Status` member that says what the origin answered (RFC 9209 §2.1.5).
  static String receivedStatus(int status) {
    return ForwardedRequest.PSEUDONYM + "; received-status=" + status;
  }

  /// The head with our member at the end of `Cache-Status` (RFC 9211 §2).
  static ResponseHead finished(ResponseHead head, CacheStatus cacheStatus) {
    return ServedHead.finished(head, cacheStatus);
  }

  /// The bytes without copying them; nobody may change them.
  private static Buffer wrap(byte[] bytes, int from, int length) {
    return BufferInternal.buffer(Unpooled.wrappedBuffer(bytes, from, length));
  }
}

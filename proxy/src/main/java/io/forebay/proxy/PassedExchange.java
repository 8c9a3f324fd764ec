package io.forebay.proxy;

import static io.forebay.proxy.ForwardedRequest.PSEUDONYM;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.forebay.http.HeaderEdits;
import io.forebay.http.HttpFields;
import io.forebay.http.MessageContent;
import io.forebay.http.RequestHead;
import io.forebay.http.ResponseHead;
import io.forebay.http.caching.CacheStatus;
import io.forebay.http.caching.ForwardReason;
import io.forebay.proxy.fetch.Ahead;
import io.forebay.proxy.fetch.Fetch;
import io.forebay.proxy.fetch.Flight;
import io.forebay.proxy.fetch.Landing;
import io.forebay.proxy.origin.FirstAttempt;
import io.forebay.proxy.origin.LoopAnswer;
import io.forebay.proxy.origin.LoopRequest;
import io.forebay.proxy.origin.OriginOutcome;
import io.forebay.proxy.pages.UncollapsibleMark;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One request that is passed through on its client's event loop: sent to an origin, its answer
/// written as it comes.
///
/// If no answer comes, or one that may be stored, or that another origin might better, it is handed
/// over to the general path as it stands ([Ahead]), before the client got anything of it but
/// interim responses.
public final class PassedExchange implements LoopAnswer {

  private static final byte[] CRLF = "\r\n".getBytes(ISO_8859_1);
  private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(ISO_8859_1);

  /// Parts of a body that are not longer are copied behind what is to be written before them.
  private static final int COPIED_BYTES = 8 * 1024;

  /// The client's side. All methods are called on its event loop.
  public interface Client {

    ByteBufAllocator allocator();

    /// Writes, and takes the bytes over.
    void write(ByteBuf bytes);

    void flush();

    /// Whether it takes what is written.
    boolean isWritable();

    /// Closes the connection.
    void abort();

    /// The answer is written to its end; [#recordAnswer] is to be called when it has gone out.
    void ended();

    /// The request is to be answered by the general path.
    void handOver(Ahead ahead);
  }

  /// What is asked for.
  ///
  /// @param received as the client sent it
  /// @param decided the same as it is decided on
  /// @param reason why it is not answered from the store
  record Asked(
      RequestHead received,
      RequestHead decided,
      Sender sender,
      ForwardReason reason,
      long startNanos) {}

  /// That the store was looked into, where nothing lay.
  ///
  /// @param mark that nobody else wants its response; null if there may be none
  record LookUp(@Nullable UncollapsibleMark mark) {}

  private final PassThrough path;
  private final PassThrough.OfLoop loop;
  private final Asked asked;
  private final Fetch.Order order;
  private final Flight flight;
  private final Optional<LookUp> lookUp;
  private final LoopRequest request;
  private final Client client;
  private @Nullable ByteBuf unwritten;
  private @Nullable Answer answer;
  private boolean hasBody;
  private boolean isChunked;
  private boolean isHeld;
  private long bodyBytes;

  PassedExchange(
      PassThrough path,
      PassThrough.OfLoop loop,
      Asked asked,
      Fetch.Order order,
      Flight flight,
      Optional<LookUp> lookUp,
      LoopRequest request,
      Client client) {
    this.path = path;
    this.loop = loop;
    this.asked = asked;
    this.order = order;
    this.flight = flight;
    this.lookUp = lookUp;
    this.request = request;
    this.client = client;
  }

  /// Sends the request.
  public void start() {
    try {
      send();
    } catch (RuntimeException e) {
      request.cancel();
      crashed(e);
    }
  }

  private void send() {
    RequestHead sent = order.sent();
    HttpFields fields =
        sent.authority().isEmpty()
            ? sent.fields()
            : sent.fields().without("Host").with("Host", sent.authority());
    loop.heads().write(sent.withFields(fields));
    request.send(written(0), this);
  }

  /// The head that was written last.
  ///
  /// @param room behind it
  private ByteBuf written(int room) {
    HeadWriter head = loop.heads();
    return client
        .allocator()
        .directBuffer(head.length() + room)
        .writeBytes(head.bytes(), 0, head.length());
  }

  // ---- the answer

  @Override
  public void interim(ResponseHead head) {
    if (client.isWritable()) { // they are hints
      ResponseHead forwarded = Fetch.forwarded(head);
      HttpFields fields = forwarded.fields().without("Content-Length"); // RFC 9110 §8.6
      loop.heads().write(shown(forwarded.withFields(fields)), false);
      client.write(written(0));
      client.flush();
    }
  }

  private ResponseHead shown(ResponseHead head) {
    return head.withFields(path.tagFields().shown(asked.received(), head.fields()));
  }

  @Override
  public boolean head(OriginOutcome.Answered answered) {
    int status = answered.head().status();
    Optional<Landing.Unshareable> landed =
        switch (status) {
          // Another origin may do better.
          case 502, 503, 504 -> Optional.empty();
          // The codec sees to it that it has no content, whatever the origin sends.
          case 205 -> Optional.empty();
          default ->
              path.fetch().passed(flight, order, answered, lookUp.map(LookUp::mark).orElse(null));
        };
    if (landed.isEmpty()) {
      return false;
    }
    countLookUp();
    path.flights().ended(flight, "");
    CacheStatus cacheStatus =
        CacheStatus.forwarded(PSEUDONYM, asked.reason()).withForwardStatus(status);
    answer = Answer.of(status, cacheStatus).because(landed.get().why().sentence());
    ResponseHead finished = ServedHead.finished(landed.get().head(), cacheStatus);
    HeaderEdits edits = order.route().rules().responseEdits();
    finished = finished.withFields(edits.applied(finished.fields()));
    hasBody = MessageContent.isAllowed("GET", status);
    isChunked = hasBody && !finished.fields().contains("Content-Length");
    if (status == 204) { // RFC 9110 §8.6
      finished = finished.withFields(finished.fields().without("Content-Length"));
    }
    loop.heads().write(shown(finished), isChunked);
    unwritten = written(COPIED_BYTES / 4);
    return true;
  }

  /// Only now that it is certain who answers.
  private void countLookUp() {
    if (lookUp.isPresent()) {
      var _ = path.pages().candidates(flight.key(), asked.decided());
    }
  }

  private ByteBuf out() {
    if (unwritten == null) {
      unwritten = client.allocator().directBuffer(COPIED_BYTES / 4);
    }
    return unwritten;
  }

  private void writeOut() {
    if (unwritten != null) {
      ByteBuf bytes = unwritten;
      unwritten = null;
      client.write(bytes);
    }
  }

  @Override
  public void body(ByteBuf part) {
    if (!hasBody) {
      return;
    }
    int length = part.readableBytes();
    bodyBytes += length;
    if (isChunked) {
      ByteBufUtil.writeAscii(out(), Integer.toHexString(length));
      out().writeBytes(CRLF);
    }
    if (length <= COPIED_BYTES) {
      out().writeBytes(part);
    } else {
      writeOut();
      client.write(part.retainedSlice());
    }
    if (isChunked) {
      out().writeBytes(CRLF);
    }
    if (unwritten != null && unwritten.readableBytes() > COPIED_BYTES) {
      writeOut();
    }
    if (!client.isWritable()) {
      hold(true);
    }
  }

  @Override
  public void pause() {
    writeOut();
    client.flush();
    hold(!client.isWritable());
  }

  /// The client takes more, or does not.
  public void writabilityChanged() {
    if (isHeld && client.isWritable()) {
      hold(false);
    }
  }

  private void hold(boolean on) {
    if (isHeld != on) {
      isHeld = on;
      request.hold(on);
    }
  }

  @Override
  public void end() {
    if (isChunked) {
      out().writeBytes(LAST_CHUNK);
    }
    writeOut();
    client.ended();
  }

  @Override
  public void broken(String why) {
    letGo();
    client.abort();
    if (answer != null) {
      record(asCutOff(answer));
    }
  }

  @Override
  public void crashed(RuntimeException cause) {
    path.flights().ended(flight, "");
    letGo();
    client.abort();
    String why = "internal error: " + cause;
    record((answer == null ? Answer.withoutCache(0, why) : answer).asCutOff(why).because(why));
  }

  @Override
  public void handOver(FirstAttempt attempt) {
    client.handOver(
        new Ahead(
            flight.key(), flight.load(), attempt, path.time().nanoTime() - asked.startNanos()));
  }

  // ---- the client

  /// The client's connection is closed, before the answer was written to its end.
  public void gone() {
    request.cancel();
    path.flights().ended(flight, "");
    letGo();
    if (answer == null) {
      countLookUp();
      record(Answer.withoutCache(0, "client gone").asCutOff("client gone"));
    } else {
      record(asCutOff(answer));
    }
  }

  /// Why it was not stored stays what is told of it.
  private static Answer asCutOff(Answer begun) {
    return begun.asCutOff(begun.reason());
  }

  private void letGo() {
    if (unwritten != null) {
      unwritten.release();
      unwritten = null;
    }
  }

  /// What was written has gone out, or could not.
  public void recordAnswer(boolean isOut) {
    if (answer == null) {
      return;
    }
    ExchangeMeter meter = isOut ? loop.meter(order.route(), asked.reason(), answer.status()) : null;
    if (meter != null) {
      meter.count(path.time().nanoTime() - asked.startNanos(), bodyBytes);
    } else {
      record(isOut ? answer : asCutOff(answer));
    }
  }

  private void record(Answer given) {
    Duration took = Duration.ofNanos(path.time().nanoTime() - asked.startNanos());
    path.observer()
        .finished(
            given.record(
                asked.received(),
                asked.sender().client(),
                "1.1",
                order.route().name(),
                path.time().now().minus(took),
                took,
                bodyBytes));
  }
}

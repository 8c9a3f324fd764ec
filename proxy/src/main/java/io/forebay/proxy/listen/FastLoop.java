package io.forebay.proxy.listen;

import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import io.forebay.proxy.ExchangeMeter;
import io.forebay.proxy.PassThrough;
import io.forebay.proxy.PassedExchange;
import io.forebay.proxy.fast.FastPath;
import io.forebay.proxy.fast.FreshHits;
import io.forebay.proxy.origin.OriginDispatch;
import io.forebay.proxy.pages.UncollapsibleMark;
import io.forebay.proxy.scan.RequestScan;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What the connections of one event loop and one scheme share, one after another, to answer fresh
/// hits and to pass requests through: room for a request's bytes and for answers, the hits not yet
/// counted, and connections to origins.
final class FastLoop {

  /// What is written at once.
  private static final int MOST_ANSWERS = 64;

  private static final int MOST_BYTES = 64 * 1024;

  private static final int IN_BYTES = 64 * 1024;
  private static final int OUT_BYTES = 16 * 1024;

  final FastPath path;
  final FreshHits hits;
  final RequestScan scan;
  final byte[] in = new byte[IN_BYTES];
  private @Nullable ByteBuf out;
  private boolean isTaken;
  private Answered answered = new Answered();
  private final @Nullable Passing passing;
  private PassThrough.@Nullable OfLoop passThrough;

  /// How requests are passed through.
  ///
  /// @param trusted networks whose word on clients counts
  /// @param maxFields a request with more is the codec's, which refuses it
  record Passing(
      PassThrough path, OriginDispatch origins, TrustedNetworks trusted, int maxFields) {}

  /// Hits not counted yet, since their answers are on their way.
  static final class Answered {
    private ExchangeMeter[] meters = new ExchangeMeter[4];
    private long[] bodyBytes = new long[4];
    private int count;
    private long sinceNanos;

    private void add(ExchangeMeter meter, long bytes, long nanoTime) {
      if (count == meters.length) {
        meters = Arrays.copyOf(meters, 2 * count);
        bodyBytes = Arrays.copyOf(bodyBytes, 2 * count);
      }
      if (count == 0) {
        sinceNanos = nanoTime;
      }
      meters[count] = meter;
      bodyBytes[count++] = bytes;
    }

    void count(long nanoTime) {
      for (int i = 0; i < count; i++) {
        meters[i].count(nanoTime - sinceNanos, bodyBytes[i]);
      }
      count = 0;
    }
  }

  /// @param passing null if nothing is
  FastLoop(FastPath path, String scheme, int maxHeaderBytes, @Nullable Passing passing) {
    this.path = path;
    this.passing = passing;
    this.hits = new FreshHits(path, scheme, "1.1");
    this.scan = new RequestScan(Math.min(maxHeaderBytes, IN_BYTES / 2));
  }

  /// Begins to pass the request that was scanned last through; null if it is the general path's.
  ///
  /// @param isPlain whether it is plain, and no fresh page was found for it
  /// @param channel the client's connection
  @Nullable PassedExchange passThrough(
      boolean isPlain, Channel channel, PassedExchange.Client client) {
    if (passing == null || !scan.isForwardable()) {
      return null;
    }
    long nanoTime = path.time().nanoTime();
    UncollapsibleMark mark = isPlain ? hits.uncollapsibleMark(nanoTime) : null;
    if (isPlain && mark == null && !hits.isBypassed(scan)) {
      return null;
    }
    if (passThrough == null) {
      passThrough = passing.path().on(passing.origins().on(channel.eventLoop()));
    }
    HttpFields fields = scan.fields();
    if (fields.size() > passing.maxFields()) {
      return null;
    }
    ClientConnection connection = ClientConnection.of(channel);
    String host = scan.text(scan.hostFrom(), scan.hostTo());
    Provenance provenance =
        Provenance.of(connection, passing.trusted(), connection.scheme(), host, fields);
    RequestHead received =
        new RequestHead(
            "GET",
            provenance.scheme(),
            provenance.authority(),
            scan.text(scan.targetFrom(), scan.targetTo()),
            fields);
    return passThrough.begin(received, provenance.sender(), mark, client, nanoTime);
  }

  /// Where the next answer is appended.
  ByteBuf out(ByteBufAllocator allocator) {
    if (out != null && isTaken && out.refCnt() > 1) { // a socket still writes it
      out.release();
      out = null;
    }
    if (out == null) {
      out = allocator.directBuffer(OUT_BYTES);
    } else if (isTaken) {
      out.clear();
    }
    isTaken = false;
    return out;
  }

  /// The answers that were appended, to be written now.
  ByteBuf takeOut() {
    isTaken = true;
    return Objects.requireNonNull(out, "nothing was appended").retain();
  }

  boolean hasUnwritten() {
    return out != null && !isTaken && out.isReadable();
  }

  boolean hasUncounted() {
    return answered.count > 0;
  }

  /// Whether it is time to write what was appended.
  boolean isFull() {
    return answered.count >= MOST_ANSWERS || (out != null && out.readableBytes() >= MOST_BYTES);
  }

  void noteAnswer(long nanoTime) {
    answered.add(hits.meter(), hits.body().length, nanoTime);
  }

  void countAnswers(long nanoTime) {
    answered.count(nanoTime);
  }

  /// The hits that can't be counted yet, for a connection to keep.
  Answered takeAnswered() {
    Answered taken = answered;
    answered = new Answered();
    return taken;
  }
}

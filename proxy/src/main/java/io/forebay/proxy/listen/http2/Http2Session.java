package io.forebay.proxy.listen.http2;

import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import io.forebay.proxy.listen.ClientConnection;
import io.forebay.proxy.listen.Provenance;
import io.forebay.proxy.socket.Loops;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionDecoder;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2EventAdapter;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameReader;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One HTTP/2 connection of a client: turns its streams into exchanges.
///
/// All state is the event loop's; methods that other threads may call say so. What is written from
/// other threads in one turn of the loop is flushed together.
final class Http2Session extends Http2ConnectionHandler {

  private static final int MAX_EMPTY_DATA_FRAMES = 10;
  private static final int MAX_SMALL_CONTINUATIONS = 16;

  /// What one stream's client may send unread, and what all of one connection: stalled uploads
  /// leave room for others, up to sixteen.
  private static final int STREAM_WINDOW = 64 * 1024 - 1;

  private static final int CONNECTION_WINDOW = 1024 * 1024;
  private static final int CLOSE_GRACE_MILLIS = 1_000;

  private final Http2Sessions owner;
  private final Http2Connection.PropertyKey exchangeKey;
  private final Http2Connection.PropertyKey refusedKey;
  private final FrameLimit controlFrames = FrameLimit.ofControlFrames();
  private @Nullable ChannelHandlerContext context;
  private boolean isFlushPlanned;
  private boolean isGoingAway;
  private boolean hasFailed;
  private long idleSinceNanos = System.nanoTime();
  private final @Nullable SessionHits hits;

  private Http2Session(
      Http2Sessions owner,
      @Nullable SessionHits hits,
      Http2ConnectionDecoder decoder,
      Http2ConnectionEncoder encoder,
      Http2Settings settings) {
    super(decoder, encoder, settings);
    this.owner = owner;
    this.hits = hits;
    this.exchangeKey = connection().newKey();
    this.refusedKey = connection().newKey();
    Events events = new Events();
    connection().addListener(events);
    decoder.frameListener(events);
    if (hits != null) {
      hits.whenAllTaken(this::closeIfDone);
    }
  }

  /// @param hits null if fresh hits are answered as everything else
  static Http2Session of(Http2Sessions owner, @Nullable Http2Hits hits) {
    Http2Settings settings =
        new Http2Settings()
            .maxConcurrentStreams(owner.rules().maxStreams())
            .initialWindowSize(STREAM_WINDOW)
            .maxHeaderListSize(owner.rules().maxHeaderBytes());
    Http2ConnectionEncoder encoder = encoder(settings);
    SessionHits sessionHits = hits == null ? null : new SessionHits(encoder, owner, hits);
    return new Builder(owner, sessionHits, settings, encoder).build();
  }

  /// Netty's builder gives an encoder with limits only together with a decoder, and takes no reader
  /// of frames from us: so one builds the encoder, and another all else.
  private static Http2ConnectionEncoder encoder(Http2Settings settings) {
    return new Http2ConnectionHandlerBuilder()
        .server(true)
        .initialSettings(settings)
        .encoderEnforceMaxRstFramesPerWindow(FrameLimit.MAX_RESETS, FrameLimit.RESETS_SECONDS)
        .frameListener(new Http2EventAdapter())
        .build()
        .encoder();
  }

  private static final class Builder
      extends AbstractHttp2ConnectionHandlerBuilder<Http2Session, Builder> {

    private final Http2Sessions owner;
    private final @Nullable SessionHits hits;

    Builder(
        Http2Sessions owner,
        @Nullable SessionHits hits,
        Http2Settings settings,
        Http2ConnectionEncoder encoder) {
      this.owner = owner;
      this.hits = hits;
      initialSettings(settings);
      gracefulShutdownTimeoutMillis(CLOSE_GRACE_MILLIS);
      decoderEnforceMaxConsecutiveEmptyDataFrames(MAX_EMPTY_DATA_FRAMES);
      decoderEnforceMaxRstFramesPerWindow(FrameLimit.MAX_RESETS, FrameLimit.RESETS_SECONDS);
      Http2FrameReader frames =
          new DefaultHttp2FrameReader(
              new DefaultHttp2HeadersDecoder(true, owner.rules().maxHeaderBytes()),
              MAX_SMALL_CONTINUATIONS);
      codec(
          new DefaultHttp2ConnectionDecoder(
              encoder.connection(), encoder, hits == null ? frames : new HitsReader(frames, hits)),
          encoder);
    }

    @Override
    protected Http2Session build() {
      return super.build();
    }

    @Override
    protected Http2Session build(
        Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings) {
      return new Http2Session(owner, hits, decoder, encoder, settings);
    }
  }

  private ChannelHandlerContext context() {
    ChannelHandlerContext present = context;
    if (present == null) {
      throw new IllegalStateException("not in a pipeline yet");
    }
    return present;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) throws Exception {
    context = added;
    super.handlerAdded(added);
    decoder()
        .flowController()
        .incrementWindowSize(connection().connectionStream(), CONNECTION_WINDOW - STREAM_WINDOW);
    planFlush();
    owner.opened(this);
    added.channel().closeFuture().addListener(_ -> owner.closed(this));
    after(owner.rules().headerTimeout().toNanos(), this::checkPreface);
    after(owner.rules().idleTimeout().toNanos(), this::checkIdle);
  }

  private void after(long nanos, Runnable check) {
    var _ = context().executor().schedule(check, nanos, TimeUnit.NANOSECONDS);
  }

  private void checkPreface() {
    if (!decoder().prefaceReceived()) {
      owner.refused(408);
      var _ = context().close();
    }
  }

  /// Closes the connection when nothing was asked for long enough. A timer that looks again is
  /// cheaper than one that every request sets anew.
  private void checkIdle() {
    if (!context().channel().isActive()) {
      return;
    }
    long timeout = owner.rules().idleTimeout().toNanos();
    if (hits != null && hits.areStalled(timeout)) {
      // The client takes nothing. Exchanges see to that themselves.
      var _ = context().channel().close();
      return;
    }
    if (connection().numActiveStreams() > 0) {
      after(timeout, this::checkIdle);
      return;
    }
    long left = timeout - idleNanos();
    if (left > 0) {
      after(left, this::checkIdle);
    } else {
      var _ = context().channel().close();
    }
  }

  private long idleNanos() {
    long idle = System.nanoTime() - idleSinceNanos;
    return hits == null ? idle : Math.min(idle, hits.idleNanos());
  }

  /// Tells the client to send its next requests elsewhere, and closes when all of its streams have
  /// ended. From any thread.
  void goAway() {
    run(() -> {
      isGoingAway = true;
      // With the highest number: what is on its way to us is still answered (RFC 9113 §6.8).
      var _ =
          goAway(
              context(),
              Integer.MAX_VALUE,
              Http2Error.NO_ERROR.code(),
              Unpooled.EMPTY_BUFFER,
              context().newPromise());
      planFlush();
      closeIfDone();
    });
  }

  /// Of Netty's too, which knows nothing of the streams that hits were answered on: a client may
  /// send requests again that it is told nobody has seen.
  @Override
  public ChannelFuture goAway(
      ChannelHandlerContext ctx,
      int lastStreamId,
      long errorCode,
      ByteBuf debugData,
      ChannelPromise promise) {
    writeHits();
    int last = hits == null ? lastStreamId : Math.max(lastStreamId, hits.lastAnswered());
    return super.goAway(ctx, last, errorCode, debugData, promise);
  }

  private void closeIfDone() {
    boolean areHitsTaken = hits == null || !hits.areUnderWay();
    if (isGoingAway && areHitsTaken && connection().numActiveStreams() == 0) {
      var _ =
          goAway(
              context(),
              connection().remote().lastStreamCreated(),
              Http2Error.NO_ERROR.code(),
              Unpooled.EMPTY_BUFFER,
              context().newPromise());
      var _ = context().channel().close();
    }
  }

  private final class Events extends Http2EventAdapter {

    @Override
    public void onHeadersRead(
        ChannelHandlerContext ctx,
        int streamId,
        Http2Headers headers,
        int padding,
        boolean endOfStream)
        throws Http2Exception {
      headersRead(streamId, headers, endOfStream);
    }

    @Override
    public void onHeadersRead(
        ChannelHandlerContext ctx,
        int streamId,
        Http2Headers headers,
        int streamDependency,
        short weight,
        boolean exclusive,
        int padding,
        boolean endOfStream)
        throws Http2Exception {
      headersRead(streamId, headers, endOfStream);
    }

    @Override
    public int onDataRead(
        ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean endOfStream) {
      Http2Exchange exchange = exchangeOf(connection().stream(streamId));
      int dropped = exchange == null ? data.readableBytes() : exchange.received(data, endOfStream);
      return dropped + padding;
    }

    @Override
    public void onPingRead(ChannelHandlerContext ctx, long data) throws Http2Exception {
      controlFrames.count();
    }

    @Override
    public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings)
        throws Http2Exception {
      controlFrames.count();
    }

    @Override
    public void onPriorityRead(
        ChannelHandlerContext ctx,
        int streamId,
        int streamDependency,
        short weight,
        boolean exclusive)
        throws Http2Exception {
      controlFrames.count();
    }

    @Override
    public void onUnknownFrame(
        ChannelHandlerContext ctx, byte type, int streamId, Http2Flags flags, ByteBuf payload) {}

    @Override
    public void onStreamClosed(Http2Stream stream) {
      idleSinceNanos = System.nanoTime();
      Http2Exchange exchange = exchangeOf(stream);
      if (exchange != null) {
        exchange.streamClosed();
      }
      closeIfDone();
    }
  }

  private void writeHits() {
    if (hits != null) {
      hits.write(context());
    }
  }

  /// For what must not overtake the hits: header blocks, whose order counts.
  private Http2ConnectionEncoder encoderBehindHits() {
    writeHits();
    return encoder();
  }

  private @Nullable Http2Exchange exchangeOf(@Nullable Http2Stream stream) {
    return stream == null ? null : stream.getProperty(exchangeKey);
  }

  private void headersRead(int streamId, Http2Headers headers, boolean isLast)
      throws Http2Exception {
    Http2Stream stream = connection().stream(streamId);
    Http2Exchange present = exchangeOf(stream);
    if (present != null) {
      present.trailersReceived(Http2Requests.trailers(headers));
      return;
    }
    if (stream.getProperty(refusedKey) != null) {
      // The trailers of a request that was refused.
      return;
    }
    switch (Http2Requests.read(headers, owner.rules().maxFields())) {
      case Http2Requests.Reading.Good good -> begin(stream, good, isLast);
      case Http2Requests.Reading.Malformed(var why) -> {
        throw Http2Exception.streamError(streamId, Http2Error.PROTOCOL_ERROR, why);
      }
      case Http2Requests.Reading.TooMany() -> {
        owner.refused(431);
        refuse(stream, 431, isLast);
      }
    }
  }

  private void begin(Http2Stream stream, Http2Requests.Reading.Good request, boolean isLast) {
    if (!owner.admission().admits()) {
      refuse(stream, 503, isLast);
      return;
    }
    ClientConnection client = ClientConnection.of(context().channel());
    Provenance provenance =
        Provenance.of(
            client, owner.trusted(), request.scheme(), request.authority(), request.fields());
    RequestHead head =
        new RequestHead(
            request.method(),
            provenance.scheme(),
            provenance.authority(),
            request.target(),
            request.fields());
    Http2Exchange exchange =
        new Http2Exchange(this, stream, head, provenance.sender(), !isLast, owner.rules());
    stream.setProperty(exchangeKey, exchange);
    owner.admission().run(exchange, exchange::close);
  }

  /// Answers with a status alone.
  private void refuse(Http2Stream stream, int status, boolean isLast) {
    stream.setProperty(refusedKey, true);
    HttpFields fields =
        status == 503
            ? HttpFields.of("Retry-After", "1", "Content-Length", "0")
            : HttpFields.of("Content-Length", "0");
    var _ =
        encoderBehindHits()
            .writeHeaders(
                context(),
                stream.id(),
                Http2Responses.head(status, fields),
                0,
                true,
                context().newPromise());
    if (!isLast) {
      reset(stream, Http2Error.NO_ERROR);
    }
    planFlush();
  }

  @Override
  protected void onStreamError(
      ChannelHandlerContext ctx,
      boolean outbound,
      Throwable cause,
      Http2Exception.StreamException error) {
    if (!outbound) {
      owner.refused(error instanceof Http2Exception.HeaderListSizeException ? 431 : 0);
    }
    super.onStreamError(ctx, outbound, cause, error);
  }

  @Override
  protected void onConnectionError(
      ChannelHandlerContext ctx,
      boolean outbound,
      Throwable cause,
      @Nullable Http2Exception error) {
    // What still lies in the buffers of a flood may fail again.
    if (!hasFailed && error != null) {
      owner.ended(error.error());
    } else if (!hasFailed && !(cause instanceof IOException)) {
      owner.ended(Http2Error.INTERNAL_ERROR);
    }
    hasFailed = true;
    super.onConnectionError(ctx, outbound, cause, error);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
    if (cause instanceof IOException) {
      // The client went without a word.
      var _ = ctx.close();
    } else {
      super.exceptionCaught(ctx, cause);
    }
  }

  /// Whether the connection is being ended for what the client did: what still comes is dropped.
  boolean hasFailed() {
    return hasFailed;
  }

  // What exchanges need; from any thread.

  HttpFields shown(RequestHead request, HttpFields fields) {
    return owner.rules().tagFields().shown(request, fields);
  }

  void run(Runnable action) {
    var executor = context().executor();
    if (executor.inEventLoop()) {
      action.run();
      return;
    }
    Loops.execute(executor, action);
  }

  /// The client may send as many bytes more.
  void taken(Http2Stream stream, int bytes) {
    run(() -> {
      try {
        if (decoder().flowController().consumeBytes(stream, bytes)) {
          planFlush();
        }
      } catch (Http2Exception e) {
        onError(context(), true, e);
      }
    });
  }

  /// The client need send no more of its content: without an error when it has its response (RFC
  /// 9113 §8.1), else there is none to come. As [#reset].
  void refuseRest(Http2Stream stream) {
    run(() ->
        reset(stream, stream.state().localSideOpen() ? Http2Error.CANCEL : Http2Error.NO_ERROR));
  }

  /// Does nothing if the stream is closed. From any thread.
  void reset(Http2Stream stream, Http2Error error) {
    run(() -> {
      if (stream.state() != Http2Stream.State.CLOSED) {
        var _ = resetStream(context(), stream.id(), error.code(), context().newPromise());
        planFlush();
      }
    });
  }

  /// On the event loop only. Dropped when the client is slow: it is a hint, or the client goes on
  /// without it.
  void writeInterim(Http2Stream stream, Http2Headers headers) {
    if (stream.state().localSideOpen() && context().channel().isWritable()) {
      var _ =
          encoderBehindHits()
              .writeHeaders(context(), stream.id(), headers, 0, false, context().newPromise());
      planFlush();
    }
  }

  /// Writes a part of a response.
  ///
  /// @param headers a head or trailers, before the content
  /// @param isLast whether the response ends with it
  /// @return done when the client's windows and its connection have taken it all
  CompletableFuture<Void> write(
      Http2Exchange exchange,
      Http2Stream stream,
      @Nullable Http2Headers headers,
      @Nullable ByteBuf content,
      boolean isLast) {
    CompletableFuture<Void> written = new CompletableFuture<>();
    run(() -> {
      exchange.headSent();
      if (!stream.state().localSideOpen()) {
        if (content != null) {
          content.release();
        }
        written.completeExceptionally(new IOException("the stream is closed"));
        return;
      }
      ChannelPromise promise = context().newPromise();
      promise.addListener(done -> {
        if (done.isSuccess()) {
          written.complete(null);
        } else {
          written.completeExceptionally(done.cause());
        }
      });
      if (headers != null) {
        var _ =
            encoderBehindHits()
                .writeHeaders(
                    context(),
                    stream.id(),
                    headers,
                    0,
                    isLast && content == null,
                    content == null ? promise : context().newPromise());
      }
      if (content != null) {
        var _ = encoder().writeData(context(), stream.id(), content, 0, isLast, promise);
      }
      planFlush();
    });
    return written;
  }

  /// Flushes behind all that other threads have handed over until now.
  private void planFlush() {
    if (isFlushPlanned) {
      return;
    }
    isFlushPlanned = true;
    context()
        .executor()
        .execute(() -> {
          isFlushPlanned = false;
          flush(context());
        });
  }
}

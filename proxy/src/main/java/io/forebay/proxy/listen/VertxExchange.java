package io.forebay.proxy.listen;

import io.forebay.http.ConnectionFields;
import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import io.forebay.http.ResponseHead;
import io.forebay.http.caching.CacheKey;
import io.forebay.proxy.ClientExchange;
import io.forebay.proxy.Sender;
import io.forebay.proxy.VertxFields;
import io.forebay.proxy.body.BodySink;
import io.forebay.proxy.body.BodySource;
import io.forebay.proxy.body.Patience;
import io.forebay.proxy.body.PulledStream;
import io.forebay.proxy.body.Wait;
import io.forebay.proxy.fetch.Ahead;
import io.forebay.proxy.socket.TunnelEnd;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.impl.headers.Http1xHeaders;
import io.vertx.core.net.impl.ConnectionBase;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/// A [ClientExchange] on an HTTP/1.1 request of Vert.x.
final class VertxExchange implements ClientExchange, BodySink {

  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final RequestHead head;
  private final Sender sender;
  private final BodySource body;
  private final Duration idleTimeout;
  private final Patience patience;
  private final TagFields tagFields;
  private final long nanosBefore;

  /// Whether the client did not send its content, and gets no answer.
  private volatile boolean isCutOff;

  /// What an event loop has begun, until it is taken.
  private Optional<Ahead> ahead;

  private long bodyBytesSent;

  /// Whether the connection is closed after the response.
  private boolean isLast;

  /// Whether the connection no longer speaks HTTP.
  private boolean isUpgraded;

  private VertxExchange(
      HttpServerRequest request,
      RequestHead head,
      Sender sender,
      Duration idleTimeout,
      Patience patience,
      TagFields tagFields,
      Optional<Ahead> ahead) {
    this.request = request;
    this.response = request.response();
    this.head = head;
    this.sender = sender;
    this.idleTimeout = idleTimeout;
    this.patience = patience;
    this.tagFields = tagFields;
    this.ahead = ahead;
    this.nanosBefore = ahead.map(Ahead::nanos).orElse(0L);
    this.body = hasBody(head.fields()) ? pulledBody() : BodySource.EMPTY;
  }

  /// Takes a request over; on its event loop, before anything of its body was delivered.
  static VertxExchange open(
      HttpServerRequest request,
      TrustedNetworks trusted,
      Duration idleTimeout,
      long minUploadRate,
      TagFields tagFields) {
    HttpFields fields = VertxFields.of(request.headers());
    RequestHead stated = head(request, fields);
    Channel channel = ((ConnectionBase) request.connection()).channel();
    ClientConnection connection = ClientConnection.of(channel);
    Provenance provenance =
        Provenance.of(connection, trusted, stated.scheme(), stated.authority(), fields);
    RequestHead head =
        new RequestHead(
            stated.method(), provenance.scheme(), provenance.authority(), stated.target(), fields);
    Patience patience = Patience.ofRate(idleTimeout, minUploadRate);
    return new VertxExchange(
        request,
        head,
        provenance.sender(),
        idleTimeout,
        patience,
        tagFields,
        FastConnection.takeAhead(channel));
  }

  private BodySource pulledBody() {
    request.pause();
    BodySource pulled = PulledStream.of(request, patience, this::cutOff);
    return request.version() == HttpVersion.HTTP_1_0
        ? pulled
        : ContinuedBody.ifExpected(head.fields(), response::writeContinue, pulled);
  }

  private void cutOff() {
    // Closing takes a turn of the event loop, which an answer could overtake.
    isCutOff = true;
    request.connection().close();
  }

  private static boolean hasBody(HttpFields fields) {
    return fields.contains("Transfer-Encoding")
        || fields.first("Content-Length").filter(length -> !length.equals("0")).isPresent();
  }

  private static RequestHead head(HttpServerRequest request, HttpFields fields) {
    String scheme = "http";
    String authority = fields.first("Host").orElse("");
    String target = request.uri();
    // Absolute form (RFC 9112 §3.2.2): its host counts, not the Host field.
    int afterScheme = target.startsWith("/") ? -1 : target.indexOf("://");
    if (afterScheme > 0) {
      int path = target.indexOf('/', afterScheme + 3);
      int query = target.indexOf('?', afterScheme + 3);
      int end = path < 0 ? (query < 0 ? target.length() : query) : path;
      if (query >= 0 && query < end) {
        end = query;
      }
      scheme = target.substring(0, afterScheme).toLowerCase(Locale.ROOT);
      authority = target.substring(afterScheme + 3, end);
      String rest = target.substring(end);
      target = rest.startsWith("/") ? rest : "/" + rest;
    }
    return new RequestHead(request.method().name(), scheme, authority, target, fields);
  }

  @Override
  public RequestHead request() {
    return head;
  }

  @Override
  public String protocol() {
    return switch (request.version()) {
      case HTTP_1_0 -> "1.0";
      case HTTP_1_1 -> "1.1";
      case HTTP_2 -> "2";
      case HTTP_3 -> "3";
    };
  }

  @Override
  public Sender sender() {
    return sender;
  }

  @Override
  public BodySource body() {
    return body;
  }

  @Override
  public void interim(ResponseHead head) {
    // An HTTP/1.0 client would take it for the response (RFC 9110 §15.2). Vert.x itself writes none
    // but 100 and 103.
    if (request.version() != HttpVersion.HTTP_1_1
        || !(request.connection() instanceof ConnectionBase connection)
        || !connection.channel().isWritable()) {
      return;
    }
    Http1xHeaders headers = Http1xHeaders.httpHeaders();
    VertxFields.addTo(headers, tagFields.shown(this.head, head.fields()));
    // That the client is gone is noticed when the final response is written.
    var _ =
        connection
            .channelHandlerContext()
            .writeAndFlush(
                new DefaultFullHttpResponse(
                    io.netty.handler.codec.http.HttpVersion.HTTP_1_1,
                    HttpResponseStatus.valueOf(head.status()),
                    Unpooled.EMPTY_BUFFER,
                    headers,
                    EmptyHttpHeaders.INSTANCE));
  }

  @Override
  public void respond(ResponseHead head, Buffer content) throws IOException {
    putHead(head);
    bodyBytesSent += content.length();
    await(written(() -> response.end(content)));
    closeIfLast();
  }

  @Override
  public BodySink begin(ResponseHead head) throws IOException {
    putHead(head);
    if (!head.fields().contains("Content-Length")) {
      if (request.version() == HttpVersion.HTTP_1_0) {
        // Knows no chunks: the connection's end is the body's (RFC 9112 §6.3).
        isLast = true;
        response.headers().set("Connection", "close");
      } else {
        // Of unknown length, so perhaps a stream of events: the client gets the head at once.
        response.setChunked(true);
        var _ = written(response::writeHead);
      }
    }
    return this;
  }

  /// Writes. On a connection that has just closed, Vert.x 5.1.6 goes on where only the event loop
  /// may be, and, where assertions are on, notices.
  private static Future<Void> written(Supplier<Future<Void>> write) throws IOException {
    try {
      return write.get();
    } catch (AssertionError closed) {
      throw new IOException("the client closed the connection", closed);
    }
  }

  private void putHead(ResponseHead head) throws IOException {
    if (isCutOff) {
      throw new IOException("the client was cut off, as its content did not come");
    }
    patience.endRate();
    response.setStatusCode(head.status());
    MultiMap headers = response.headers();
    VertxFields.addTo(headers, tagFields.shown(this.head, head.fields()));
    boolean isUnread = !body.isNone() && !request.isEnded();
    if (isUnread || ConnectionFields.isLastOfConnection(this.head.fields())) {
      // If the rest of the request is not going to be read, the connection can't be used again. And
      // of the client's Connection options Vert.x sees only a single one.
      isLast = true;
      headers.set("Connection", "close");
    }
  }

  @Override
  public Optional<Ahead> takeAhead(CacheKey key) {
    Optional<Ahead> taken = ahead.filter(begun -> begun.key().equals(key));
    if (taken.isPresent()) {
      ahead = Optional.empty();
    }
    return taken;
  }

  @Override
  public boolean isAnsweredAhead(CacheKey key) {
    return ahead
        .filter(begun -> begun.key().equals(key) && begun.attempt().isAnswered())
        .isPresent();
  }

  @Override
  public long nanosBefore() {
    return nanosBefore;
  }

  @Override
  public boolean takesUpgrade() {
    return request.version() == HttpVersion.HTTP_1_1;
  }

  @Override
  public TunnelEnd upgrade(ResponseHead switching) throws IOException {
    VertxFields.addTo(response.headers(), switching.fields());
    Promise<TunnelEnd> end = Promise.promise();
    Channel channel = ((ConnectionBase) request.connection()).channel();
    // On the event loop: there nothing is read between the change of protocol and the pause.
    channel
        .eventLoop()
        .execute(() ->
            request.toNetSocket().map(socket -> TunnelEnd.of(socket, channel)).onComplete(end));
    isUpgraded = true;
    return Wait.on(end.future(), idleTimeout, "the upgraded connection");
  }

  @Override
  public void onGone(Runnable action) {
    response.closeHandler(_ -> action.run());
    if (response.closed()) {
      action.run();
    }
  }

  @Override
  public void write(Buffer chunk) throws IOException {
    if (response.closed()) {
      throw new IOException("the client closed the connection");
    }
    bodyBytesSent += chunk.length();
    Future<Void> sent = written(() -> response.write(chunk));
    if (response.writeQueueFull()) {
      await(sent);
    }
  }

  @Override
  public void end(HttpFields trailers) throws IOException {
    if (response.isChunked() && takesTrailers()) {
      VertxFields.addTo(response.trailers(), trailers);
    }
    await(written(response::end));
    closeIfLast();
  }

  @Override
  public boolean takesTrailers() {
    return request.version() != HttpVersion.HTTP_1_0
        && ConnectionFields.wantsTrailers(head.fields());
  }

  /// The field alone does not make Vert.x close an HTTP/1.0 connection.
  private void closeIfLast() {
    if (isLast) {
      request.connection().close();
    }
  }

  @Override
  public void abort() {
    request.connection().close();
  }

  @Override
  public long bodyBytesSent() {
    return bodyBytesSent;
  }

  private void await(Future<Void> written) throws IOException {
    try {
      Wait.on(written, idleTimeout, "room to write to the client");
    } catch (IOException e) {
      abort();
      throw e;
    }
  }

  /// After the exchange: an unanswered one is cut off, what is left of the request is not read, and
  /// what was begun and not taken is given up.
  void close() {
    ahead.ifPresent(Ahead::drop);
    if (isUpgraded) {
      return;
    }
    if (!response.ended() && !response.closed()) {
      abort();
    } else if (!body.isNone() && !request.isEnded()) {
      body.cancel();
    }
  }
}

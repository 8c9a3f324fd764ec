package io.forebay.proxy.origin;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AttributeKey;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The HTTP clients with their pools: one for all origins that are connected to as usual, and one
/// for each [OriginLink].
final class OriginConnections implements AutoCloseable {

  /// Streams of one HTTP/2 connection; with many requests to one origin there are several.
  private static final int STREAMS_PER_CONNECTION = 100;

  private static final AttributeKey<AnswerFrames> ANSWERS =
      AttributeKey.valueOf(OriginConnections.class, "answers");

  private final ElasticClient usual;
  private final Map<Origin, Linked> linked = new HashMap<>();

  private record Linked(ElasticClient client, OriginLink link) {}

  /// @param firstSize connections to an origin for which there is room at first
  OriginConnections(Vertx vertx, int firstSize, int maxHeaderBytes, List<OriginLink> links) {
    usual =
        new ElasticClient(
            vertx,
            options(maxHeaderBytes),
            Optional.empty(),
            firstSize,
            OriginConnections::connected);
    for (OriginLink link : links) {
      HttpClientOptions options = options(maxHeaderBytes);
      if (link.protocol() == OriginProtocol.HTTP2) {
        options
            .setProtocolVersion(HttpVersion.HTTP_2)
            .setUseAlpn(true)
            .setAlpnVersions(List.of(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1))
            .setHttp2ClearTextUpgrade(false)
            .setHttp2MultiplexingLimit(STREAMS_PER_CONNECTION)
            .setInitialSettings(new Http2Settings().setMaxHeaderListSize(maxHeaderBytes));
      }
      ElasticClient client =
          new ElasticClient(
              vertx,
              options,
              Optional.of(sslOptions(link)),
              firstSize,
              OriginConnections::connected);
      linked.put(link.origin(), new Linked(client, link));
    }
  }

  private static HttpClientOptions options(int maxHeaderBytes) {
    return new HttpClientOptions()
        .setKeepAlive(true)
        .setKeepAliveTimeout(60)
        .setPipelining(false)
        .setMaxHeaderSize(maxHeaderBytes)
        .setMaxInitialLineLength(maxHeaderBytes)
        .setMaxChunkSize(64 * 1024)
        .setTcpNoDelay(true)
        .setDecompressionSupported(false);
  }

  private static ClientSSLOptions sslOptions(OriginLink link) {
    OriginTls tls = link.tls();
    ClientSSLOptions options =
        new ClientSSLOptions()
            .setTrustAll(tls.insecure())
            .setHostnameVerificationAlgorithm(tls.insecure() ? "" : "HTTPS")
            .setUseAlpn(link.protocol() == OriginProtocol.HTTP2);
    if (link.protocol() == OriginProtocol.HTTP2) {
      options.setApplicationLayerProtocols(List.of("h2", "http/1.1"));
    }
    tls.authorities()
        .ifPresent(
            pem -> options.setTrustOptions(new PemTrustOptions().addCertValue(Buffer.buffer(pem))));
    tls.client()
        .ifPresent(client ->
            options.setKeyCertOptions(
                new PemKeyCertOptions()
                    .setCertValue(Buffer.buffer(client.certificate()))
                    .setKeyValue(Buffer.buffer(client.key()))));
    return options;
  }

  /// Links are of names, whatever addresses these are found to have.
  private @Nullable Linked linkOf(Origin origin) {
    return linked.isEmpty() ? null : linked.get(origin.at(origin.host()));
  }

  ElasticClient to(Origin origin) {
    Linked link = linkOf(origin);
    return link == null ? usual : link.client();
  }

  /// The name that is asked for and verified, if it is not the origin's host.
  Optional<String> serverName(Origin origin) {
    Linked link = linkOf(origin);
    return link == null ? Optional.empty() : link.link().tls().serverName();
  }

  /// Whether a connection may carry several requests at once.
  boolean areShared(Origin origin) {
    Linked link = linkOf(origin);
    return link != null && link.link().protocol() == OriginProtocol.HTTP2;
  }

  /// Whether it is connected to as usual.
  boolean isUsual(Origin origin) {
    return linkOf(origin) == null;
  }

  /// Uses other certificates for new connections to an origin that has a link.
  void renew(OriginLink link) {
    Linked present = linked.get(link.origin());
    if (present != null) {
      present.client().renew(sslOptions(link));
    }
  }

  /// On the event loop of a new connection.
  private static void connected(HttpConnection connection) {
    var http2 =
        ((ConnectionBase) connection).channel().pipeline().get(Http2ConnectionHandler.class);
    if (http2 != null) {
      Http2ConnectionDecoder decoder = http2.decoder();
      var answers = new AnswerFrames(decoder.frameListener());
      decoder.frameListener(answers);
      ((ConnectionBase) connection).channel().attr(ANSWERS).set(answers);
    }
  }

  /// Whether no part of any answer came on an HTTP/2 connection since a moment of
  /// [System#nanoTime].
  static boolean isSilentSince(HttpConnection connection, long nanos) {
    AnswerFrames answers = ((ConnectionBase) connection).channel().attr(ANSWERS).get();
    return answers == null || answers.heard - nanos <= 0;
  }

  /// Notes when parts of answers come, and drops interim responses that Vert.x would take for final
  /// ones: over HTTP/2 it knows 100 and 103. They are hints, and whoever sends one sends a final
  /// response too.
  private static final class AnswerFrames extends Http2FrameListenerDecorator {

    private volatile long heard = System.nanoTime();

    AnswerFrames(Http2FrameListener listener) {
      super(listener);
    }

    @Override
    public int onDataRead(
        ChannelHandlerContext context, int streamId, ByteBuf data, int padding, boolean endOfStream)
        throws Http2Exception {
      heard = System.nanoTime();
      return super.onDataRead(context, streamId, data, padding, endOfStream);
    }

    @Override
    public void onRstStreamRead(ChannelHandlerContext context, int streamId, long errorCode)
        throws Http2Exception {
      heard = System.nanoTime();
      super.onRstStreamRead(context, streamId, errorCode);
    }

    @Override
    public void onHeadersRead(
        ChannelHandlerContext context,
        int streamId,
        Http2Headers headers,
        int padding,
        boolean endStream)
        throws Http2Exception {
      heard = System.nanoTime();
      if (!isUnknownInterim(headers)) {
        super.onHeadersRead(context, streamId, headers, padding, endStream);
      }
    }

    @Override
    public void onHeadersRead(
        ChannelHandlerContext context,
        int streamId,
        Http2Headers headers,
        int streamDependency,
        short weight,
        boolean exclusive,
        int padding,
        boolean endStream)
        throws Http2Exception {
      heard = System.nanoTime();
      if (!isUnknownInterim(headers)) {
        super.onHeadersRead(
            context, streamId, headers, streamDependency, weight, exclusive, padding, endStream);
      }
    }

    private static boolean isUnknownInterim(Http2Headers headers) {
      CharSequence status = headers.status();
      return status != null
          && status.length() == 3
          && status.charAt(0) == '1'
          && !"100".contentEquals(status)
          && !"103".contentEquals(status);
    }
  }

  @Override
  public void close() {
    usual.close();
    linked.values().forEach(link -> link.client().close());
  }
}

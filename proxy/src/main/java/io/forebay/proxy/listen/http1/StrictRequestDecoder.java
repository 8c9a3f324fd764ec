package io.forebay.proxy.listen.http1;

import io.forebay.http.FieldSyntax;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufHolder;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.Future;
import io.vertx.core.http.Http1ServerConfig;
import io.vertx.core.http.impl.headers.Http1xHeaders;
import io.vertx.core.http.impl.http1.VertxHttpRequestDecoder;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Vert.x's request decoder, but where Netty's parser is lenient, this is not: a request that
/// another server could read differently is refused, and nothing behind it is read.
///
/// Such a request is passed on as one whose decoding failed, with a [RefusedHead] or an exception
/// of Netty's as the cause; [#statusOf] says what to answer.
///
/// A header section has to be whole within a time that begins with its first byte. A chunked body's
/// framing (chunk sizes, extensions, trailers) may not outweigh its content without bound.
public final class StrictRequestDecoder extends VertxHttpRequestDecoder {

  private static final int MAX_CHUNK_BYTES = 64 * 1024;

  /// One-byte chunks have five bytes of framing each.
  private static final int MAX_FRAMING_PER_BYTE = 8;

  private static final int FREE_FRAMING_BYTES = 64 * 1024;
  private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");

  private final HeadScan scan;
  private final long headerTimeoutNanos;
  private @Nullable Future<?> deadline;

  /// How much of what lies in the buffer was looked at.
  private int scanned;

  private boolean isInBody;
  private boolean isBroken;
  private long contentBytes;
  private long framingBytes;

  /// @param maxHeaderBytes of a header section, and of its first line
  public StrictRequestDecoder(int maxHeaderBytes, int maxFields, Duration headerTimeout) {
    super(
        new Http1ServerConfig()
            .setMaxInitialLineLength(maxHeaderBytes)
            .setMaxHeaderSize(maxHeaderBytes)
            .setMaxChunkSize(MAX_CHUNK_BYTES));
    this.scan = new HeadScan(maxFields);
    this.headerTimeoutNanos = headerTimeout.toNanos();
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf buffer, List<Object> out)
      throws Exception {
    if (isBroken) {
      buffer.skipBytes(buffer.readableBytes());
      return;
    }
    if (isInBody) {
      decodeBody(context, buffer, out);
    } else {
      decodeHead(context, buffer, out);
    }
  }

  private void decodeHead(ChannelHandlerContext context, ByteBuf buffer, List<Object> out)
      throws Exception {
    int readable = buffer.readableBytes();
    RefusedHead fault = scan.look(buffer, buffer.readerIndex() + scanned, readable - scanned);
    if (fault != null) {
      buffer.skipBytes(readable);
      refuse(out, fault);
      return;
    }
    int before = out.size();
    super.decode(context, buffer, out);
    if (out.size() == before) {
      scanned = buffer.readableBytes();
      if (deadline == null && scan.hasBegun()) {
        deadline =
            context
                .executor()
                .schedule(() -> timedOut(context), headerTimeoutNanos, TimeUnit.NANOSECONDS);
      }
      return;
    }
    headEnded();
    HttpObject first = (HttpObject) out.get(before);
    if (first instanceof HttpRequest request && first.decoderResult().isSuccess()) {
      RefusedHead refused = refusalOf(request);
      if (refused != null) {
        while (out.size() > before) {
          out.removeLast();
        }
        buffer.skipBytes(buffer.readableBytes());
        refuse(out, refused);
        return;
      }
    }
    isBroken = first.decoderResult().isFailure();
    isInBody = !isBroken && !(out.getLast() instanceof LastHttpContent);
    contentBytes = 0;
    framingBytes = 0;
  }

  private void headEnded() {
    scanned = 0;
    scan.reset();
    if (deadline != null) {
      deadline.cancel(false);
      deadline = null;
    }
  }

  private void decodeBody(ChannelHandlerContext context, ByteBuf buffer, List<Object> out)
      throws Exception {
    int before = out.size();
    int readable = buffer.readableBytes();
    super.decode(context, buffer, out);
    long content = 0;
    for (int i = before; i < out.size(); i++) {
      HttpObject part = (HttpObject) out.get(i);
      if (part instanceof ByteBufHolder holder) {
        content += holder.content().readableBytes();
      }
      isBroken |= part.decoderResult().isFailure();
      if (part instanceof LastHttpContent) {
        isInBody = false;
      }
    }
    contentBytes += content;
    framingBytes += readable - buffer.readableBytes() - content;
    if (framingBytes > FREE_FRAMING_BYTES + MAX_FRAMING_PER_BYTE * contentBytes) {
      // The request has been begun: there is nobody to answer but by closing.
      isBroken = true;
      var _ = context.close();
    }
  }

  private void timedOut(ChannelHandlerContext context) {
    deadline = null;
    if (!isBroken && !isInBody && context.channel().isActive()) {
      isBroken = true;
      context.fireChannelRead(
          failed(new RefusedHead(408, "the header section took too long to come")));
      context.fireChannelReadComplete();
    }
  }

  private void refuse(List<Object> out, RefusedHead why) {
    headEnded();
    isBroken = true;
    out.add(failed(why));
  }

  @Override
  protected HttpMessage createInvalidMessage() {
    return placeholder();
  }

  private static HttpRequest placeholder() {
    return new DefaultHttpRequest(
        HttpVersion.HTTP_1_1, HttpMethod.GET, "/bad-request", Http1xHeaders.httpHeaders());
  }

  private static HttpRequest failed(RefusedHead why) {
    HttpRequest request = placeholder();
    request.setDecoderResult(DecoderResult.failure(why));
    return request;
  }

  /// What Netty's parser has let through.
  // The version's constants are what was written exactly so; others are equal to them.
  @SuppressWarnings("ReferenceEquality")
  private static @Nullable RefusedHead refusalOf(HttpRequest request) {
    HttpVersion version = request.protocolVersion();
    if (version != HttpVersion.HTTP_1_1 && version != HttpVersion.HTTP_1_0) {
      return new RefusedHead(505, "only HTTP/1.1 and HTTP/1.0 are spoken in this form");
    }
    if (!request.headers().contains(HttpHeaderNames.TRANSFER_ENCODING)) {
      List<String> lengths = request.headers().getAll(HttpHeaderNames.CONTENT_LENGTH);
      boolean isPlain =
          lengths.isEmpty()
              || (lengths.size() == 1 && LENGTH.matcher(lengths.getFirst()).matches());
      return isPlain ? null : new RefusedHead(400, "the length of the content is unclear");
    }
    List<String> codings = request.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
    // A request's content is passed on as it is, so nobody would take off another coding.
    return codings.size() == 1 && FieldSyntax.lowerCase(codings.getFirst()).equals("chunked")
        ? null
        : new RefusedHead(501, "of transfer codings only chunked is understood (RFC 9112 §6.1)");
  }

  /// Whether more of the client's bytes may come that nobody reads: what is answered now may be
  /// lost if the connection is closed at once.
  public boolean isUnread() {
    return isBroken || isInBody;
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext context) throws Exception {
    if (deadline != null) {
      deadline.cancel(false);
    }
    super.handlerRemoved0(context);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) throws Exception {
    if (deadline != null) {
      deadline.cancel(false);
    }
    super.channelInactive(context);
  }

  /// What to answer to a request whose decoding failed so.
  public static int statusOf(Throwable cause) {
    return switch (cause) {
      case RefusedHead refused -> refused.status();
      case io.netty.handler.codec.http.TooLongHttpLineException _ -> 414;
      case io.netty.handler.codec.http.TooLongHttpHeaderException _ -> 431;
      default -> 400;
    };
  }

  /// A sentence of ours for the client: nothing of the request is in it.
  public static String sentenceFor(Throwable cause) {
    return switch (cause) {
      case RefusedHead refused -> String.valueOf(refused.getMessage());
      case io.netty.handler.codec.http.TooLongHttpLineException _ -> "the request line is too long";
      case io.netty.handler.codec.http.TooLongHttpHeaderException _ ->
          "the header section is too long";
      default -> "the request is malformed";
    };
  }
}

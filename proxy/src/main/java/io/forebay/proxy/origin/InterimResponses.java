package io.forebay.proxy.origin;

import io.forebay.http.HttpFields;
import io.forebay.http.ResponseHead;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Takes interim responses (1xx, RFC 9110 §15.2) out of an origin connection and hands them to the
/// request under way there.
///
/// It stands between codec and Vert.x's handler, because that one knows only 100 and 103 and takes
/// any other 1xx for the final response, so that the connection is lost to what follows. 100 is the
/// answer to an `Expect` and 101 changes the protocol: both go by.
final class InterimResponses extends ChannelInboundHandlerAdapter {

  /// Further ones before the same final response are dropped: no client needs them, and an origin
  /// must not make us write without end.
  private static final int MAX_FORWARDED = 16;

  private static final String NAME = "interim";
  private static final String BEFORE = "handler";

  private volatile @Nullable Consumer<ResponseHead> listener;
  // Of the event loop.
  private int forwarded;
  private boolean dropping;

  private InterimResponses() {}

  /// The one of a connection that carries one request at a time, put in place if need be.
  static InterimResponses of(Channel channel) {
    ChannelPipeline pipeline = channel.pipeline();
    InterimResponses present = pipeline.get(InterimResponses.class);
    if (present != null) {
      return present;
    }
    InterimResponses added = new InterimResponses();
    pipeline.addBefore(BEFORE, NAME, added);
    return added;
  }

  /// Interim responses go to `consumer` from now on, on the event loop, where it must not wait;
  /// null: nowhere.
  void listen(@Nullable Consumer<ResponseHead> consumer) {
    listener = consumer;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
    if (message instanceof HttpResponse response) {
      dropping = isForwardable(response);
      if (dropping) {
        handOver(response);
      } else {
        forwarded = 0;
      }
    }
    if (!dropping) {
      super.channelRead(context, message);
      return;
    }
    // The codec ends each interim response with an empty last content.
    if (message instanceof HttpContent) {
      dropping = !(message instanceof LastHttpContent);
    }
    ReferenceCountUtil.release(message);
  }

  private static boolean isForwardable(HttpResponse response) {
    int status = response.status().code();
    return response.decoderResult().isSuccess() && status > 101 && status < 200;
  }

  private void handOver(HttpResponse response) {
    Consumer<ResponseHead> consumer = listener;
    if (consumer == null || forwarded++ >= MAX_FORWARDED) {
      return;
    }
    HttpFields.Builder fields = HttpFields.builder();
    for (Map.Entry<String, String> line : response.headers()) {
      fields.add(line.getKey(), line.getValue());
    }
    consumer.accept(new ResponseHead(response.status().code(), fields.build()));
  }
}

package io.forebay.proxy.listen.http2;

import io.forebay.http.ResponseHead;
import io.forebay.proxy.fast.HeaderBlock;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.EmptyHttp2Headers;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;

/// Codes heads without the dynamic table (RFC 7541 §6.2.2), so that one block is good for all
/// connections. Strings are Huffman-coded where that is shorter.
///
/// Of one event loop.
final class HeadCoder {

  private final DefaultHttp2HeadersEncoder encoder =
      new DefaultHttp2HeadersEncoder(Http2HeadersEncoder.NEVER_SENSITIVE, true, 2, 0);

  HeadCoder() {
    try {
      encoder.maxHeaderTableSize(0);
    } catch (Http2Exception e) {
      throw new IllegalStateException("a table may be empty", e);
    }
    coded(EmptyHttp2Headers.INSTANCE); // takes with it what tells of the table's size
  }

  HeaderBlock coded(ResponseHead head) {
    return coded(Http2Responses.head(head.status(), head.fields()));
  }

  private HeaderBlock coded(Http2Headers headers) {
    ByteBuf block = Unpooled.buffer();
    try {
      encoder.encodeHeaders(0, headers, block);
    } catch (Http2Exception e) {
      throw new IllegalStateException("a head has no bound here", e);
    }
    return new HeaderBlock(ByteBufUtil.getBytes(block));
  }
}

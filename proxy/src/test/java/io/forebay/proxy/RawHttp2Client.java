package io.forebay.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// An HTTP/2 client that sends frames as they are written in a test (RFC 9113 §4.1, §6).
///
/// Header blocks are literals without indexing or Huffman codes (RFC 7541 §6.2.2), so that a test
/// may put anything into them.
final class RawHttp2Client implements AutoCloseable {

  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int PRIORITY = 2;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PUSH_PROMISE = 5;
  static final int PING = 6;
  static final int GOAWAY = 7;
  static final int WINDOW_UPDATE = 8;
  static final int CONTINUATION = 9;

  static final int END_STREAM = 1;
  static final int ACK = 1;
  static final int END_HEADERS = 4;
  static final int PADDED = 8;
  static final int PRIORITIZED = 0x20;

  // Settings (§6.5.2)
  static final int HEADER_TABLE_SIZE = 1;
  static final int INITIAL_WINDOW_SIZE = 4;

  private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  private static final long MAX_HEADER_BYTES = 1 << 20;

  private final Socket socket;
  private final DataInputStream in;
  private final DefaultHttp2HeadersDecoder hpack =
      new DefaultHttp2HeadersDecoder(false, MAX_HEADER_BYTES);
  private final ByteArrayOutputStream unsent = new ByteArrayOutputStream();

  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Frame(int type, int flags, int stream, byte[] payload) {

    boolean has(int flag) {
      return (flags & flag) != 0;
    }

    /// The error code of an RST_STREAM or a GOAWAY.
    int errorCode() {
      return Unpooled.wrappedBuffer(payload).getInt(type == GOAWAY ? 4 : 0);
    }

    /// What a GOAWAY says was seen last.
    int lastStream() {
      return Unpooled.wrappedBuffer(payload).getInt(0);
    }

    String text() {
      return new String(payload, StandardCharsets.ISO_8859_1);
    }
  }

  private RawHttp2Client(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(20_000);
    socket.setTcpNoDelay(true);
    in = new DataInputStream(socket.getInputStream());
  }

  /// Only connected.
  static RawHttp2Client silent(int port) throws IOException {
    return new RawHttp2Client(port);
  }

  /// With preface and settings exchanged.
  ///
  /// @param settings identifier, value, identifier, value, …
  static RawHttp2Client open(int port, int... settings) throws IOException {
    RawHttp2Client client = new RawHttp2Client(port);
    client.bytes(PREFACE).frame(SETTINGS, 0, 0, settings(settings)).flush();
    client.await(frame -> frame.type() == SETTINGS && frame.has(ACK));
    client.frame(SETTINGS, ACK, 0, new byte[0]).flush();
    for (int i = 0; i < settings.length; i += 2) {
      if (settings[i] == HEADER_TABLE_SIZE) {
        client.headerTable(settings[i + 1]);
      }
    }
    return client;
  }

  /// The decoder's table, which the server was told of.
  void headerTable(int size) throws IOException {
    try {
      hpack.maxHeaderTableSize(size);
    } catch (Http2Exception e) {
      throw new IOException(e);
    }
  }

  static byte[] settings(int... idsAndValues) {
    ByteBuf payload = Unpooled.buffer();
    for (int i = 0; i < idsAndValues.length; i += 2) {
      payload.writeShort(idsAndValues[i]).writeInt(idsAndValues[i + 1]);
    }
    return array(payload);
  }

  static byte[] int32(int value) {
    return array(Unpooled.buffer(4).writeInt(value));
  }

  private static byte[] array(ByteBuf buffer) {
    byte[] bytes = new byte[buffer.readableBytes()];
    buffer.readBytes(bytes);
    return bytes;
  }

  RawHttp2Client preface() {
    return bytes(PREFACE);
  }

  RawHttp2Client bytes(String bytes) {
    unsent.writeBytes(bytes.getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  /// Sent with the next [#flush].
  RawHttp2Client frame(int type, int flags, int stream, byte[] payload) {
    return frame(type, flags, stream, payload.length, payload);
  }

  /// With a length that may be a lie.
  RawHttp2Client frame(int type, int flags, int stream, int length, byte[] payload) {
    ByteBuf head = Unpooled.buffer(9);
    head.writeMedium(length).writeByte(type).writeByte(flags).writeInt(stream);
    unsent.writeBytes(array(head));
    unsent.writeBytes(payload);
    return this;
  }

  /// A header block: name, value, name, value, …
  static byte[] block(String... namesAndValues) {
    ByteBuf block = Unpooled.buffer();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      block.writeByte(0);
      literal(block, namesAndValues[i]);
      literal(block, namesAndValues[i + 1]);
    }
    return array(block);
  }

  private static void literal(ByteBuf block, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    if (bytes.length < 127) {
      block.writeByte(bytes.length);
    } else {
      block.writeByte(127);
      int rest = bytes.length - 127;
      while (rest >= 128) {
        block.writeByte(rest % 128 + 128);
        rest /= 128;
      }
      block.writeByte(rest);
    }
    block.writeBytes(bytes);
  }

  /// The block of a GET with more fields behind.
  static byte[] get(String path, String... fields) {
    return head("GET", path, fields);
  }

  /// The block of a POST with more fields behind.
  static byte[] post(String path, String... fields) {
    return head("POST", path, fields);
  }

  private static byte[] head(String method, String path, String... fields) {
    List<String> all =
        new ArrayList<>(
            List.of(":method", method, ":scheme", "http", ":path", path, ":authority", "x.test"));
    all.addAll(List.of(fields));
    return block(all.toArray(String[]::new));
  }

  /// A whole request without content.
  RawHttp2Client request(int stream, byte[] block) {
    return frame(HEADERS, END_HEADERS | END_STREAM, stream, block);
  }

  RawHttp2Client flush() throws IOException {
    byte[] bytes = unsent.toByteArray();
    unsent.reset();
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
    return this;
  }

  /// As [#flush], in several writes.
  ///
  /// @param cuts where they end, in ascending order
  void flush(Iterable<Integer> cuts) throws IOException {
    byte[] bytes = unsent.toByteArray();
    unsent.reset();
    int from = 0;
    for (int cut : cuts) {
      if (cut > from && cut < bytes.length) {
        socket.getOutputStream().write(bytes, from, cut - from);
        from = cut;
      }
    }
    socket.getOutputStream().write(bytes, from, bytes.length - from);
  }

  /// As [#flush], but the server may have closed the connection.
  void flushIfOpen() {
    try {
      flush();
    } catch (IOException closed) {
      return;
    }
  }

  /// The next frame; empty at the end of the connection.
  Optional<Frame> next() throws IOException {
    try {
      int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
      int type = in.readUnsignedByte();
      int flags = in.readUnsignedByte();
      int stream = in.readInt() & Integer.MAX_VALUE;
      byte[] payload = in.readNBytes(length);
      return Optional.of(new Frame(type, flags, stream, payload));
    } catch (EOFException | SocketException ended) {
      return Optional.empty();
    }
  }

  /// The next frame that is so; others are dropped.
  Frame await(Predicate<Frame> wanted) throws IOException {
    while (true) {
      Frame frame = next().orElseThrow(() -> new IOException("the connection was closed"));
      if (wanted.test(frame)) {
        return frame;
      }
    }
  }

  Frame await(int type, int stream) throws IOException {
    return await(frame -> frame.type() == type && frame.stream() == stream);
  }

  /// A response, or that there was none.
  ///
  /// @param reset the error code, if the stream was reset
  record Response(
      Optional<Http2Headers> head,
      String body,
      Optional<Http2Headers> trailers,
      Optional<Integer> reset) {

    String status() {
      return head.map(fields -> fields.status().toString()).orElse("none");
    }

    String field(String name) {
      return head.map(fields -> String.valueOf(fields.get(name))).orElse("none");
    }
  }

  /// Reads one stream's response to its end, giving back the windows; other streams' frames are
  /// dropped.
  Response response(int stream) throws IOException {
    Optional<Http2Headers> head = Optional.empty();
    Optional<Http2Headers> trailers = Optional.empty();
    StringBuilder body = new StringBuilder();
    while (true) {
      Frame frame = next().orElseThrow(() -> new IOException("the connection was closed"));
      if (frame.type() == HEADERS) {
        Http2Headers fields = decoded(frame);
        if (frame.stream() == stream) {
          if (head.isEmpty()) {
            head = Optional.of(fields).filter(f -> !f.status().toString().startsWith("1"));
          } else {
            trailers = Optional.of(fields);
          }
        }
      }
      if (frame.stream() != stream) {
        continue;
      }
      switch (frame.type()) {
        case DATA -> {
          body.append(frame.text());
          if (frame.payload().length > 0) {
            frame(WINDOW_UPDATE, 0, 0, int32(frame.payload().length));
            frame(WINDOW_UPDATE, 0, stream, int32(frame.payload().length));
            flushIfOpen();
          }
        }
        case RST_STREAM -> {
          return new Response(head, body.toString(), trailers, Optional.of(frame.errorCode()));
        }
        default -> {}
      }
      if ((frame.type() == DATA || frame.type() == HEADERS) && frame.has(END_STREAM)) {
        return new Response(head, body.toString(), trailers, Optional.empty());
      }
    }
  }

  /// Has to be called for every HEADERS frame, or the decoder's table is out of step.
  Http2Headers decoded(Frame headers) throws IOException {
    try {
      return hpack.decodeHeaders(headers.stream(), Unpooled.wrappedBuffer(headers.payload()));
    } catch (Http2Exception e) {
      throw new IOException(e);
    }
  }

  /// Reads to the end of the connection; the error code of the last GOAWAY, if there was one.
  Optional<Integer> goneWith() throws IOException {
    Optional<Integer> code = Optional.empty();
    for (Optional<Frame> frame = next(); frame.isPresent(); frame = next()) {
      if (frame.get().type() == GOAWAY) {
        code = Optional.of(frame.get().errorCode());
      }
    }
    return code;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}

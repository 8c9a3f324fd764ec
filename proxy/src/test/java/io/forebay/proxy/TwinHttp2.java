package io.forebay.proxy;

import io.forebay.proxy.RawHttp2Client.Frame;
import io.forebay.proxy.TwinWorld.Answer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Asks over HTTP/2 with prior knowledge, several requests on streams of their own at once.
final class TwinHttp2 implements TwinWorld.TwinConnection {

  private final int port;
  private @Nullable RawHttp2Client client;
  private int nextStream = 1;

  /// One stream's answer as far as it came. An answer's head is its fields in their order, and
  /// whatever comes after the content.
  private static final class Stream {
    final StringBuilder head = new StringBuilder();
    final StringBuilder body = new StringBuilder();
    boolean isEnded;

    void take(RawHttp2Client client, Frame frame) throws IOException {
      switch (frame.type()) {
        case RawHttp2Client.HEADERS ->
            client.decoded(frame).forEach(field -> head.append(field).append('\n'));
        case RawHttp2Client.DATA -> body.append(frame.text());
        case RawHttp2Client.RST_STREAM -> {
          head.append("reset ").append(frame.errorCode());
          isEnded = true;
        }
        default -> {}
      }
      boolean mayEnd =
          frame.type() == RawHttp2Client.DATA || frame.type() == RawHttp2Client.HEADERS;
      isEnded |= mayEnd && frame.has(RawHttp2Client.END_STREAM);
    }
  }

  TwinHttp2(int port) {
    this.port = port;
  }

  @Override
  public List<Answer> ask(List<TwinRequest> requests, Set<Integer> cuts) throws IOException {
    RawHttp2Client client = this.client == null ? RawHttp2Client.open(port) : this.client;
    this.client = client;
    Map<Integer, Stream> streams = new TreeMap<>();
    for (TwinRequest request : requests) {
      client.request(nextStream, request.block());
      streams.put(nextStream, new Stream());
      nextStream += 2;
    }
    client.flush(cuts);
    boolean isOpen = true;
    while (isOpen && !streams.values().stream().allMatch(stream -> stream.isEnded)) {
      Optional<Frame> frame = client.next();
      if (frame.isPresent()) {
        take(client, streams, frame.get());
      }
      isOpen = frame.isPresent();
    }
    if (!isOpen) {
      client.close();
      this.client = null;
      nextStream = 1;
    }
    List<Answer> answers = new ArrayList<>();
    streams
        .values()
        .forEach(stream -> answers.add(new Answer(stream.head.toString(), stream.body.toString())));
    return answers;
  }

  private static void take(RawHttp2Client client, Map<Integer, Stream> streams, Frame frame)
      throws IOException {
    Stream stream = streams.get(frame.stream());
    if (stream != null) {
      stream.take(client, frame);
    }
    if (frame.type() == RawHttp2Client.DATA && frame.payload().length > 0) {
      byte[] length = RawHttp2Client.int32(frame.payload().length);
      client.frame(RawHttp2Client.WINDOW_UPDATE, 0, 0, length);
      if (stream != null && !stream.isEnded) {
        client.frame(RawHttp2Client.WINDOW_UPDATE, 0, frame.stream(), length);
      }
      client.flushIfOpen();
    }
  }

  @Override
  public void close() throws IOException {
    if (client != null) {
      client.close();
    }
  }
}

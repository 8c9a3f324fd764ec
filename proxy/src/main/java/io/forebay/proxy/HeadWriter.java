package io.forebay.proxy;

import io.forebay.http.FieldLine;
import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import io.forebay.http.ResponseHead;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Arrays;

/// Writes heads as HTTP/1.1 (RFC 9112 §2.1), one byte for each `char`, as the codec would. Used
/// again for each head, by one thread.
public final class HeadWriter {

  private byte[] bytes = new byte[1024];
  private int length;

  /// Where the last head lies, in its first [#length] bytes, until the next one.
  byte[] bytes() {
    return bytes;
  }

  int length() {
    return length;
  }

  /// The bytes of a head.
  public static byte[] bytesOf(ResponseHead head) {
    HeadWriter writer = new HeadWriter();
    writer.write(head, false);
    return Arrays.copyOf(writer.bytes, writer.length);
  }

  void write(RequestHead head) {
    length = 0;
    put(head.method());
    put(" ");
    put(head.target());
    put(" HTTP/1.1\r\n");
    putFields(head.fields());
    put("\r\n");
  }

  /// @param inChunks whether its body comes in chunks, which the head then says
  void write(ResponseHead head, boolean inChunks) {
    length = 0;
    HttpResponseStatus status = HttpResponseStatus.valueOf(head.status());
    put("HTTP/1.1 ");
    put(status.codeAsText().toString());
    put(" ");
    put(status.reasonPhrase());
    put("\r\n");
    putFields(head.fields());
    put(inChunks ? "transfer-encoding: chunked\r\n\r\n" : "\r\n");
  }

  private void putFields(HttpFields fields) {
    for (FieldLine line : fields) {
      put(line.name());
      put(": ");
      put(line.value());
      put("\r\n");
    }
  }

  @SuppressWarnings("deprecation") // of each char the low byte: that is what is meant
  private void put(String text) {
    int count = text.length();
    if (bytes.length - length < count) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + count));
    }
    text.getBytes(0, count, bytes, length);
    length += count;
  }
}

package io.forebay.proxy;

import io.forebay.http.FieldLine;
import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import io.forebay.http.ResponseHead;
import io.netty.handler.codec.http.HttpResponseStatus;

/// Heads as HTTP/1.1 text (RFC 9112 §2.1), one `char` for each byte, as the codec would write them.
public final class HeadText {

  private HeadText() {}

  public static StringBuilder of(ResponseHead head) {
    StringBuilder text = new StringBuilder(512).append("HTTP/1.1 ");
    return append(text.append(HttpResponseStatus.valueOf(head.status())), head.fields());
  }

  static StringBuilder of(RequestHead head) {
    StringBuilder text = new StringBuilder(512);
    text.append(head.method()).append(' ').append(head.target()).append(" HTTP/1.1");
    return append(text, head.fields());
  }

  private static StringBuilder append(StringBuilder text, HttpFields fields) {
    for (FieldLine line : fields) {
      text.append("\r\n").append(line.name()).append(": ").append(line.value());
    }
    return text.append("\r\n\r\n");
  }
}

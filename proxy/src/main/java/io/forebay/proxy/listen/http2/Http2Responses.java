package io.forebay.proxy.listen.http2;

import io.forebay.http.FieldLine;
import io.forebay.http.FieldSyntax;
import io.forebay.http.HttpFields;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;

/// Our header sections in HTTP/2's form: names in lower case, nothing that belongs to an HTTP/1.1
/// connection (RFC 9113 §8.2).
final class Http2Responses {

  private Http2Responses() {}

  static Http2Headers head(int status, HttpFields fields) {
    Http2Headers headers = new DefaultHttp2Headers(false, fields.size() + 1);
    headers.status(HttpResponseStatus.valueOf(status).codeAsText());
    return with(headers, fields);
  }

  static Http2Headers trailers(HttpFields fields) {
    return with(new DefaultHttp2Headers(false, fields.size()), fields);
  }

  private static Http2Headers with(Http2Headers headers, HttpFields fields) {
    for (FieldLine line : fields) {
      String name = FieldSyntax.lowerCase(line.name());
      if (!isOfConnection(name)) {
        // One byte for each char; Netty would take anything beyond ASCII from a String for "?".
        headers.add(AsciiString.cached(name), new AsciiString(line.value()));
      }
    }
    return headers;
  }

  private static boolean isOfConnection(String name) {
    return switch (name) {
      case "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade" -> true;
      default -> false;
    };
  }
}

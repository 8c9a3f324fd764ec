package io.forebay.proxy;

import io.forebay.http.FieldLine;
import io.forebay.http.HttpFields;
import io.netty.handler.codec.http.HttpHeaders;
import io.vertx.core.MultiMap;
import java.util.Map;

/// Header fields between Vert.x's form and ours: every line, in order, byte-exact.
public final class VertxFields {

  private VertxFields() {}

  public static HttpFields of(MultiMap headers) {
    HttpFields.Builder fields = HttpFields.builder();
    for (Map.Entry<String, String> line : headers) {
      fields.add(line.getKey(), line.getValue());
    }
    return fields.build();
  }

  /// The same from Netty's form.
  public static HttpFields of(HttpHeaders headers) {
    HttpFields.Builder fields = HttpFields.builder();
    var lines = headers.iteratorCharSequence();
    while (lines.hasNext()) {
      Map.Entry<CharSequence, CharSequence> line = lines.next();
      fields.add(line.getKey().toString(), line.getValue().toString());
    }
    return fields.build();
  }

  /// Adds the fields to what is there.
  public static void addTo(MultiMap headers, HttpFields fields) {
    for (FieldLine line : fields) {
      headers.add(line.name(), line.value());
    }
  }
}

package io.forebay.server.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import java.io.ByteArrayOutputStream;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.slf4j.event.KeyValuePair;
import tools.jackson.core.JsonEncoding;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// One JSON object a line: `time` (RFC 3339, UTC), `level`, `logger`, `message`, then the event's
/// own fields, numbers and booleans as such.
final class JsonLines implements LogLines {

  private final JsonFactory json = new JsonFactory();

  @Override
  public byte[] encode(ILoggingEvent event) {
    var bytes = new ByteArrayOutputStream(256);
    try (JsonGenerator line =
        json.createGenerator(ObjectWriteContext.empty(), bytes, JsonEncoding.UTF8)) {
      line.writeStartObject();
      line.writeStringProperty("time", DateTimeFormatter.ISO_INSTANT.format(event.getInstant()));
      line.writeStringProperty("level", event.getLevel().toString());
      line.writeStringProperty("logger", event.getLoggerName());
      line.writeStringProperty("message", event.getFormattedMessage());
      List<KeyValuePair> pairs = event.getKeyValuePairs();
      if (pairs != null) {
        pairs.forEach(pair -> write(line, pair));
      }
      if (event.getThrowableProxy() != null) {
        line.writeStringProperty("error", ThrowableProxyUtil.asString(event.getThrowableProxy()));
      }
      line.writeEndObject();
    }
    bytes.write('\n');
    return bytes.toByteArray();
  }

  private static void write(JsonGenerator line, KeyValuePair pair) {
    line.writeName(pair.key);
    switch (pair.value) {
      case Long number -> line.writeNumber(number);
      case Integer number -> line.writeNumber(number);
      case Double number -> line.writeNumber(number);
      case Boolean truth -> line.writeBoolean(truth);
      case null -> line.writeNull();
      default -> line.writeString(pair.value.toString());
    }
  }
}

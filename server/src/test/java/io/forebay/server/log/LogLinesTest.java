package io.forebay.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

class LogLinesTest {

  private static LoggingEvent event(String message) {
    var context = new LoggerContext();
    context.setMDCAdapter(new LogbackMDCAdapter());
    var event =
        new LoggingEvent(
            "x", context.getLogger("io.forebay.test"), Level.INFO, message, null, null);
    event.setInstant(Instant.parse("2026-01-02T03:04:05.678Z"));
    event.addKeyValuePair(new KeyValuePair("path", "/a\n\"b\""));
    event.addKeyValuePair(new KeyValuePair("status", 200));
    event.addKeyValuePair(new KeyValuePair("ok", true));
    return event;
  }

  @Test
  void aJsonLineIsOneObjectWhateverAClientSends() {
    assertThat(new String(new JsonLines().encode(event("done")), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"time\":\"2026-01-02T03:04:05.678Z\",\"level\":\"INFO\",\"logger\":\"io.forebay.test\","
                + "\"message\":\"done\",\"path\":\"/a\\n\\\"b\\\"\",\"status\":200,\"ok\":true}\n");
  }

  @Test
  void aTextLineIsOneLineWhateverAClientSends() {
    assertThat(new String(new TextLines().encode(event("done\r\nforged")), StandardCharsets.UTF_8))
        .matches(
            "\\d\\d:\\d\\d:05\\.678 INFO  done\\?\\?forged path=/a\\?\"b\" status=200 ok=true\n");
  }

  @Test
  void aSlowReaderCostsLinesNeverTheCallersTime() throws InterruptedException {
    var blocked = new CountDownLatch(1);
    var taken = new CountDownLatch(1);
    var written = new ByteArrayOutputStream();
    var dropped = new LongAdder();
    var slow =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("lines come as arrays");
          }

          @Override
          public void write(byte[] bytes, int offset, int length) throws IOException {
            taken.countDown();
            try {
              blocked.await();
            } catch (InterruptedException e) {
              throw new IOException(e);
            }
            written.write(bytes, offset, length);
          }
        };
    var appender = new BoundedAppender(new TextLines(), slow, dropped);
    appender.start();
    appender.doAppend(event("first"));
    assertThat(taken.await(10, TimeUnit.SECONDS)).isTrue();
    for (int i = 0; i < 8192 + 100; i++) {
      appender.doAppend(event("next"));
    }
    assertThat(dropped.sum()).isEqualTo(100);
    blocked.countDown();
    org.awaitility.Awaitility.await()
        .until(() -> written.toString(StandardCharsets.UTF_8).lines().count() == 8193);
    appender.flush();
  }
}

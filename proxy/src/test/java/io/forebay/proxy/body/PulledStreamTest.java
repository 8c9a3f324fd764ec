package io.forebay.proxy.body;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PulledStreamTest {

  /// A stream whose events a test sends by hand.
  private static final class TestingStream implements ReadStream<Buffer> {
    private @Nullable Handler<Buffer> chunks;
    private @Nullable Handler<Void> end;
    private @Nullable Handler<Throwable> failure;
    private long asked;

    void send(String text) {
      Objects.requireNonNull(chunks).handle(Buffer.buffer(text));
    }

    void finish() {
      Objects.requireNonNull(end).handle(null);
    }

    void fail(String why) {
      Objects.requireNonNull(failure).handle(new IOException(why));
    }

    @Override
    public ReadStream<Buffer> exceptionHandler(@Nullable Handler<Throwable> handler) {
      failure = handler;
      return this;
    }

    @Override
    public ReadStream<Buffer> handler(@Nullable Handler<Buffer> handler) {
      chunks = handler;
      return this;
    }

    @Override
    public ReadStream<Buffer> pause() {
      return this;
    }

    @Override
    public ReadStream<Buffer> resume() {
      return this;
    }

    @Override
    public ReadStream<Buffer> fetch(long amount) {
      asked += amount;
      return this;
    }

    @Override
    public ReadStream<Buffer> endHandler(@Nullable Handler<Void> handler) {
      end = handler;
      return this;
    }
  }

  private final TestingStream stream = new TestingStream();
  private final AtomicInteger cancellations = new AtomicInteger();
  private final PulledStream body =
      PulledStream.of(
          stream, Patience.ofIdle(Duration.ofMillis(50)), cancellations::incrementAndGet);

  @Test
  void asManyChunksAreAskedForAsWereTakenHalfOfThemAtATime() throws IOException {
    int half = PulledStream.READ_AHEAD / 2;
    assertThat(stream.asked).isEqualTo(PulledStream.READ_AHEAD);
    for (int taken = 1; taken <= 3 * half; taken++) {
      stream.send("a");
      assertThat(body.next()).hasToString("a");
      assertThat(stream.asked).isEqualTo(PulledStream.READ_AHEAD + taken / half * half);
    }
  }

  @Test
  void theProperEndStaysTheEnd() throws IOException {
    stream.finish();
    assertThat(body.next()).isNull();
    body.cancel();
    assertThat(body.next()).isNull();
    assertThat(cancellations).as("a body that was read is not cancelled").hasValue(0);
  }

  @Test
  void aBrokenBodyNeverLooksWhole() throws IOException {
    stream.send("a");
    stream.fail("connection reset");
    assertThat(body.next()).hasToString("a");
    assertThatThrownBy(body::next).hasMessageContaining("connection reset");
    assertThatThrownBy(body::next).isInstanceOf(IOException.class);
  }

  @Test
  void aCancelledBodyNeverLooksWhole() {
    body.cancel();
    body.cancel();
    assertThat(cancellations).hasValue(1);
    assertThatThrownBy(body::next).isInstanceOf(IOException.class);
  }

  @Test
  void aSenderThatStallsIsGivenUp() {
    assertThatThrownBy(body::next).isInstanceOf(IOException.class).hasMessageContaining("PT0.05S");
    assertThat(cancellations).hasValue(1);
  }
}

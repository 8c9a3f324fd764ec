package io.forebay.proxy.body;

import io.forebay.http.HttpFields;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Turns an event loop's stream into a [BodySource] for a virtual thread.
///
/// The stream delivers only what was asked for: [#READ_AHEAD] chunks at first, then as many as were
/// taken. So at most that many chunks wait here, whatever the sender does.
public final class PulledStream implements BodySource {

  /// Chunks that may wait between event loop and virtual thread.
  public static final int READ_AHEAD = 8;

  private sealed interface Signal {
    record Chunk(Buffer bytes) implements Signal {}

    record End(HttpFields trailers) implements Signal {}

    record Broken(Throwable cause) implements Signal {}
  }

  private final ReadStream<Buffer> stream;
  private final Runnable onCancel;
  private final Consumer<End> onOver;
  private final Patience patience;
  // Bounded by READ_AHEAD chunks plus the end signals, as the stream sends only what was fetched.
  private final BlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
  private final AtomicBoolean cancelled = new AtomicBoolean();

  /// Chunks taken and not asked for again; of the reader.
  private int taken;

  /// Its proper end was read. A cancelled body never looks whole.
  private volatile boolean ended;

  private volatile HttpFields trailers = HttpFields.none();

  private PulledStream(
      ReadStream<Buffer> stream, Patience patience, Runnable onCancel, Consumer<End> onOver) {
    this.stream = stream;
    this.patience = patience;
    this.onCancel = onCancel;
    this.onOver = onOver;
  }

  /// Takes over a *paused* stream. Must be called on the stream's event loop, before any of its
  /// chunks was delivered.
  ///
  /// @param patience how long the reader waits
  /// @param onCancel closes or resets the connection; called at most once
  public static PulledStream of(ReadStream<Buffer> stream, Patience patience, Runnable onCancel) {
    return of(stream, patience, onCancel, _ -> {}, HttpFields::none);
  }

  /// How a body ended for its reader.
  public enum End {
    WHOLE,
    /// It broke off, or nothing of it came for too long.
    BROKEN,
    /// The reader wants no more of it.
    UNWANTED
  }

  /// @param onOver called on any thread, perhaps more than once, when nothing more comes; the first
  ///   call tells the truth
  /// @param trailers asked for at the proper end, on the event loop
  public static PulledStream of(
      ReadStream<Buffer> stream,
      Patience patience,
      Runnable onCancel,
      Consumer<End> onOver,
      Supplier<HttpFields> trailers) {
    PulledStream pulled = new PulledStream(stream, patience, onCancel, onOver);
    stream.exceptionHandler(cause -> {
      onOver.accept(End.BROKEN);
      pulled.signals.add(new Signal.Broken(cause));
    });
    stream.endHandler(_ -> {
      onOver.accept(End.WHOLE);
      pulled.signals.add(new Signal.End(trailers.get()));
    });
    stream.handler(bytes -> pulled.signals.add(new Signal.Chunk(bytes)));
    stream.fetch(READ_AHEAD);
    return pulled;
  }

  @Override
  public @Nullable Buffer next() throws IOException {
    if (ended) {
      return null;
    }
    if (cancelled.get()) {
      throw new IOException("the body was cancelled");
    }
    long began = System.nanoTime();
    long waited = 0;
    Signal signal = signals.poll();
    try {
      // The patience may grow while it waits.
      while (signal == null && waited < patience.nanos()) {
        signal = signals.poll(patience.nanos() - waited, TimeUnit.NANOSECONDS);
        waited = System.nanoTime() - began;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      cancel();
      throw new IOException("interrupted while waiting for the body", e);
    }
    return switch (signal) {
      case Signal.Chunk chunk -> {
        patience.came(chunk.bytes().length(), waited);
        // Asking takes a turn of the event loop, so it is done for several at once.
        if (++taken == READ_AHEAD / 2) {
          stream.fetch(taken);
          taken = 0;
        }
        yield chunk.bytes();
      }
      case Signal.End end -> {
        trailers = end.trailers();
        ended = true;
        yield null;
      }
      case Signal.Broken broken -> {
        cancel();
        throw new IOException("the body broke off: " + broken.cause().getMessage(), broken.cause());
      }
      case null -> {
        onOver.accept(End.BROKEN);
        cancel();
        throw new IOException(patience.fault(waited));
      }
    };
  }

  @Override
  public HttpFields trailers() {
    return trailers;
  }

  @Override
  public void cancel() {
    if (!ended && cancelled.compareAndSet(false, true)) {
      onOver.accept(End.UNWANTED);
      onCancel.run();
    }
  }
}

package io.forebay.server.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/// Hands events to one writer thread through a bounded queue; never waits. Events that find the
/// queue full are dropped and counted.
final class BoundedAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {

  private static final int QUEUE_EVENTS = 8192;

  private final BlockingQueue<Work> queue = new ArrayBlockingQueue<>(QUEUE_EVENTS);
  private final LogLines lines;
  private final OutputStream output;
  private final LongAdder dropped;

  private sealed interface Work {
    record Line(ILoggingEvent event) implements Work {}

    record Flush(CountDownLatch done) implements Work {}
  }

  BoundedAppender(LogLines lines, OutputStream output, LongAdder dropped) {
    this.lines = lines;
    this.output = output;
    this.dropped = dropped;
  }

  @Override
  public void start() {
    super.start();
    Thread.ofPlatform().name("forebay-log").daemon().start(this::writeForever);
  }

  @Override
  protected void append(ILoggingEvent event) {
    event.prepareForDeferredProcessing();
    if (!queue.offer(new Work.Line(event))) {
      dropped.increment();
    }
  }

  /// Waits until everything logged before is written, a second at most.
  void flush() {
    var done = new CountDownLatch(1);
    try {
      if (queue.offer(new Work.Flush(done), 1, TimeUnit.SECONDS)) {
        done.await(1, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void writeForever() {
    while (true) {
      try {
        switch (queue.take()) {
          case Work.Line(var event) -> {
            output.write(lines.encode(event));
            if (queue.isEmpty()) {
              output.flush();
            }
          }
          case Work.Flush(var done) -> {
            output.flush();
            done.countDown();
          }
        }
      } catch (IOException e) {
        dropped.increment(); // nobody reads our output any more: there is nowhere to say so
      } catch (InterruptedException e) {
        return;
      }
    }
  }
}

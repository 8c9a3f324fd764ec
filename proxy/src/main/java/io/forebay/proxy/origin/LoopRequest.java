package io.forebay.proxy.origin;

import io.netty.buffer.ByteBuf;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A request to an origin that an event loop has a place for. It is sent once; whatever else is to
/// be done about it is [OriginDispatch]'s, from a [FirstAttempt].
///
/// Of one event loop.
public final class LoopRequest {

  private final LoopOrigins origins;
  private final Slot slot;
  private final OriginTimeouts timeouts;
  private @Nullable LoopAnswer answer;
  private @Nullable LoopConnection connection;
  private Instant sent = Instant.EPOCH;

  LoopRequest(LoopOrigins origins, Slot slot, OriginTimeouts timeouts) {
    this.origins = origins;
    this.slot = slot;
    this.timeouts = timeouts;
  }

  /// Sends it.
  ///
  /// @param bytes all of the request; taken over
  /// @param to gets the answer, perhaps before this returns
  public void send(ByteBuf bytes, LoopAnswer to) {
    answer = to;
    LoopConnection idle = origins.takeIdle(slot.member());
    if (idle != null) {
      sendOn(idle, bytes);
    } else if (!origins.reserve(slot)) {
      bytes.release();
      handOver(new FirstAttempt(slot, Optional.empty()));
    } else {
      origins.connect(
          slot.member(),
          timeouts,
          new LoopOrigins.Connecting() {
            @Override
            public void connected(LoopConnection made) {
              if (answer == null) {
                bytes.release();
                made.unused();
              } else {
                sendOn(made, bytes);
              }
            }

            @Override
            public void failed(Throwable cause) {
              bytes.release();
              LoopRequest.this.failed(
                  OriginClient.failure(cause, OriginError.CONNECTION_TIMEOUT), false);
            }
          });
    }
  }

  private void sendOn(LoopConnection taken, ByteBuf bytes) {
    connection = taken;
    sent = origins.now();
    taken.begin(this, bytes);
  }

  Instant sent() {
    return sent;
  }

  Slot slot() {
    return slot;
  }

  OriginTimeouts timeouts() {
    return timeouts;
  }

  @Nullable LoopAnswer answer() {
    return answer;
  }

  /// Stops reading the answer, or goes on: whoever takes it can't take so much.
  public void hold(boolean on) {
    if (connection != null) {
      connection.hold(on);
    }
  }

  /// The answer is not wanted any more; nothing of it comes from now on.
  public void cancel() {
    LoopConnection used = connection;
    var _ = over();
    if (used != null) {
      used.close();
    }
    slot.unwanted();
  }

  /// Nothing more comes of it.
  ///
  /// @return who is to hear why; null if he does not want to
  private @Nullable LoopAnswer over() {
    LoopAnswer to = answer;
    answer = null;
    connection = null;
    return to;
  }

  /// The answer is whole, and its connection free again.
  void ended() {
    LoopAnswer to = over();
    slot.whole();
    if (to != null) {
      to.end();
    }
  }

  /// The body broke off.
  void broken(String why) {
    LoopAnswer to = over();
    slot.broken();
    if (to != null) {
      to.broken(why);
    }
  }

  /// Something of this program went wrong.
  void crashed(RuntimeException cause) {
    LoopAnswer to = over();
    slot.leave();
    if (to != null) {
      to.crashed(cause);
    }
  }

  /// No usable answer came.
  void failed(OriginOutcome.Failed failure, boolean onReusedConnection) {
    handOver(
        new FirstAttempt(slot, Optional.of(new OriginClient.Attempt(failure, onReusedConnection))));
  }

  void handOver(FirstAttempt attempt) {
    LoopAnswer to = over();
    if (to != null) {
      to.handOver(attempt);
    }
  }
}

package io.forebay.proxy.body;

import io.forebay.http.HttpFields;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// A message body that is pulled, chunk by chunk, by one virtual thread.
public interface BodySource {

  /// A body without content.
  BodySource EMPTY =
      new BodySource() {
        @Override
        public @Nullable Buffer next() {
          return null;
        }

        @Override
        public void cancel() {}

        @Override
        public boolean isNone() {
          return true;
        }
      };

  /// Waits for the next chunk; null at the proper end of the body.
  ///
  /// @throws IOException if the body broke off, timed out or was cancelled; what came before it is
  ///   then not a complete body
  @Nullable Buffer next() throws IOException;

  /// Gives up: what is still to come is not wanted, and the connection is not reused. Idempotent.
  void cancel();

  /// The fields that came behind the body, once [#next] has answered null; what they may be is not
  /// checked here.
  default HttpFields trailers() {
    return HttpFields.none();
  }

  /// Whether the message has no body at all, which is known without waiting.
  default boolean isNone() {
    return false;
  }
}

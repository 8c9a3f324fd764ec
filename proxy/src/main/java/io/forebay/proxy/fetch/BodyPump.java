package io.forebay.proxy.fetch;

import io.forebay.http.HttpFields;
import io.forebay.http.TrailerFields;
import io.forebay.proxy.body.BodySource;
import io.forebay.proxy.body.SharedBody;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;

/// Moves bodies from the origin to whoever reads them.
public final class BodyPump {

  private BodyPump() {}

  /// Moves the body along.
  ///
  /// @param head of the same message
  /// @return whether it came to its proper end
  static boolean move(HttpFields head, BodySource source, SharedBody body) {
    try {
      for (Buffer chunk = source.next(); chunk != null; chunk = source.next()) {
        if (!body.write(chunk)) {
          source.cancel();
          body.breakOff(new IOException("nobody reads this body any more"));
          return false;
        }
      }
      body.complete(TrailerFields.forwardable(head, source.trailers()));
      return true;
    } catch (IOException e) {
      body.breakOff(e);
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      source.cancel();
      body.breakOff(new IOException("interrupted while passing the body on", e));
      return false;
    } catch (RuntimeException e) {
      // Unexpected; but whoever reads must not wait for ever.
      source.cancel();
      body.breakOff(new IOException("internal error while passing the body on", e));
      throw e;
    }
  }

  /// Reads what should be no content, so that the connection can be used again.
  public static void drain(BodySource source) {
    try {
      if (source.next() != null) {
        source.cancel();
      }
    } catch (IOException e) {
      source.cancel();
    }
  }
}

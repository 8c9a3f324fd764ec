package io.forebay.proxy.listen;

import io.forebay.http.HttpFields;
import io.forebay.proxy.body.BodySource;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// A body whose sender waits to be told to go on (RFC 9110 §10.1.1): it is told when somebody wants
/// the body, which an origin does once there is a connection to it. So the body of a request that
/// is refused, or for which no origin is had, is never sent.
public final class ContinuedBody implements BodySource {

  private final Runnable tell;
  private final BodySource pulled;
  private boolean told;

  /// @param tell sends 100
  private ContinuedBody(Runnable tell, BodySource pulled) {
    this.tell = tell;
    this.pulled = pulled;
  }

  /// The body as it is, or one that is told to go on if the request expects so.
  public static BodySource ifExpected(HttpFields requestFields, Runnable tell, BodySource pulled) {
    return requestFields.first("Expect").filter("100-continue"::equalsIgnoreCase).isPresent()
        ? new ContinuedBody(tell, pulled)
        : pulled;
  }

  @Override
  public @Nullable Buffer next() throws IOException {
    if (!told) {
      told = true;
      tell.run();
    }
    return pulled.next();
  }

  @Override
  public HttpFields trailers() {
    return pulled.trailers();
  }

  @Override
  public void cancel() {
    pulled.cancel();
  }
}

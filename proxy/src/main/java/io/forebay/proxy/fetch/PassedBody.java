package io.forebay.proxy.fetch;

import io.forebay.http.HttpFields;
import io.forebay.http.TrailerFields;
import io.forebay.proxy.body.BodySource;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// The body of an origin's answer as the one client for whom it is reads it.
///
/// @param head of the same message
record PassedBody(HttpFields head, BodySource source) implements BodySource {

  @Override
  public @Nullable Buffer next() throws IOException {
    return source.next();
  }

  @Override
  public HttpFields trailers() {
    return TrailerFields.forwardable(head, source.trailers());
  }

  @Override
  public void cancel() {
    source.cancel();
  }
}

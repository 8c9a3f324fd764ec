package io.forebay.proxy;

import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import io.forebay.http.ResponseHead;
import io.forebay.http.caching.CacheKey;
import io.forebay.proxy.body.BodySink;
import io.forebay.proxy.body.BodySource;
import io.forebay.proxy.fetch.Ahead;
import io.forebay.proxy.socket.TunnelEnd;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.Optional;

/// The client's side of one exchange: a request that was received and a response to give. Used by
/// one virtual thread; methods wait for the client where they must.
public interface ClientExchange {

  RequestHead request();

  /// The protocol version as in `Via`: `1.0`, `1.1` or `2`.
  String protocol();

  /// Who sent the request.
  Sender sender();

  /// IP address of the client, as far as trusted proxies tell.
  default String peer() {
    return sender().client();
  }

  /// The request's body, [BodySource#EMPTY] itself if it has none.
  BodySource body();

  /// Sends an interim response (RFC 9110 §15.2), before the final one; never waits, and may be
  /// called on an event loop. Dropped when the client's protocol does not know them, or when the
  /// client is slow: they are hints.
  void interim(ResponseHead head);

  /// Sends a whole response. The head's `Content-Length` is kept if it has one (a response to
  /// HEAD), else set from the body.
  void respond(ResponseHead head, Buffer body) throws IOException;

  /// Sends a head; the body follows through the sink, then [#end]. Framed by the head's
  /// `Content-Length` if it has one, else in chunks.
  BodySink begin(ResponseHead head) throws IOException;

  /// The body's proper end.
  ///
  /// @param trailers sent if the client [#takesTrailers] and the body goes in chunks
  void end(HttpFields trailers) throws IOException;

  /// The same, without trailers.
  default void end() throws IOException {
    end(HttpFields.none());
  }

  /// Whether the client wants trailers and its protocol knows them.
  boolean takesTrailers();

  /// Calls the action, once, when the client closes the connection before the response is complete;
  /// on an event loop, where it must not wait.
  void onGone(Runnable action);

  /// What an event loop has begun of the fetch under this key, if it has; only once. Who takes it
  /// goes on with it.
  default Optional<Ahead> takeAhead(CacheKey key) {
    return Optional.empty();
  }

  /// Whether [#takeAhead] would give an answer of the origin's.
  default boolean isAnsweredAhead(CacheKey key) {
    return false;
  }

  /// For how long the exchange has been under way when it comes to its thread.
  default long nanosBefore() {
    return 0;
  }

  /// Whether the connection could go on in another protocol (RFC 9110 §7.8).
  default boolean takesUpgrade() {
    return false;
  }

  /// Sends 101, after which the connection no longer speaks HTTP.
  ///
  /// @throws IOException if it is gone, or could never be had ([#takesUpgrade])
  default TunnelEnd upgrade(ResponseHead switching) throws IOException {
    throw new IOException("this connection cannot be upgraded");
  }

  /// Makes sure the client can't take what it got for a complete response: closes the connection,
  /// or resets the stream.
  void abort();

  /// Bytes of response body handed to the client so far.
  long bodyBytesSent();
}

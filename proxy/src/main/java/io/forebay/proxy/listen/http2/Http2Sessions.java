package io.forebay.proxy.listen.http2;

import io.forebay.proxy.listen.Admission;
import io.forebay.proxy.listen.TrustedNetworks;
import io.netty.channel.ChannelHandler;
import io.netty.handler.codec.http2.Http2Error;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/// All HTTP/2 connections of clients. Thread-safe.
public final class Http2Sessions {

  private final Http2Rules rules;
  private final TrustedNetworks trusted;
  private final Admission admission;
  private final Set<Http2Session> open = ConcurrentHashMap.newKeySet();
  private final Map<Http2Error, LongAdder> failed = new EnumMap<>(Http2Error.class);
  private final LongAdder malformed = new LongAdder();
  private final LongAdder timedOut = new LongAdder();

  public Http2Sessions(Http2Rules rules, TrustedNetworks trusted, Admission admission) {
    this.rules = rules;
    this.trusted = trusted;
    this.admission = admission;
    for (Http2Error error : Http2Error.values()) {
      failed.put(error, new LongAdder());
    }
  }

  /// What speaks HTTP/2 on a new connection, from the preface on.
  public ChannelHandler newSession() {
    return Http2Session.of(this);
  }

  /// Tells all clients to send their next requests elsewhere; connections close when their streams
  /// have ended.
  public void goAway() {
    open.forEach(Http2Session::goAway);
  }

  /// Open connections.
  public int count() {
    return open.size();
  }

  /// Connections that were ended because of what the client did, by the error it was told.
  public long failed(Http2Error error) {
    LongAdder count = failed.get(error);
    return count == null ? 0 : count.sum();
  }

  /// Requests refused as malformed (RFC 9113 §8.1.1).
  public long malformedRequests() {
    return malformed.sum();
  }

  /// Connections that did not come to their first settings in time.
  public long prefaceTimeouts() {
    return timedOut.sum();
  }

  Http2Rules rules() {
    return rules;
  }

  TrustedNetworks trusted() {
    return trusted;
  }

  Admission admission() {
    return admission;
  }

  void opened(Http2Session session) {
    open.add(session);
  }

  void closed(Http2Session session) {
    open.remove(session);
  }

  void ended(Http2Error error) {
    LongAdder count = failed.get(error);
    if (count != null) {
      count.increment();
    }
  }

  void malformed() {
    malformed.increment();
  }

  void timedOut() {
    timedOut.increment();
  }
}

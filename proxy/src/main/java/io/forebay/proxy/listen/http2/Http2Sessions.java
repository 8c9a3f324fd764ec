package io.forebay.proxy.listen.http2;

import io.forebay.http.FieldSyntax;
import io.forebay.proxy.listen.Admission;
import io.forebay.proxy.listen.LingeringClose;
import io.forebay.proxy.listen.Refusals;
import io.forebay.proxy.listen.TrustedNetworks;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.ssl.SslHandler;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
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
  private final Refusals refusals;

  /// @param refusals counts requests that are refused
  public Http2Sessions(
      Http2Rules rules, TrustedNetworks trusted, Admission admission, Refusals refusals) {
    this.rules = rules;
    this.refusals = refusals;
    this.trusted = trusted;
    this.admission = admission;
    for (Http2Error error : Http2Error.values()) {
      failed.put(error, new LongAdder());
    }
  }

  /// Speaks HTTP/2 on a new connection, from the preface on.
  ///
  /// @param hits of its event loop; empty if fresh hits are answered as everything else
  public void addTo(ChannelPipeline pipeline, Optional<Http2Hits> hits) {
    Http2Session session = Http2Session.of(this, hits.orElse(null));
    if (pipeline.get(SslHandler.class) == null) {
      // So that a client that floods can read why it is cut off.
      pipeline.addLast(new LingeringClose(session::hasFailed));
    }
    pipeline.addLast(session);
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
  public Map<String, Long> errors() {
    Map<String, Long> counts = new HashMap<>();
    failed.forEach((error, count) -> counts.put(FieldSyntax.lowerCase(error.name()), count.sum()));
    return counts;
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

  /// @param status of the answer; 0 if the stream was reset
  void refused(int status) {
    refusals.count(status);
  }
}

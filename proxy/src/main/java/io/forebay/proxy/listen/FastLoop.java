package io.forebay.proxy.listen;

import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import io.forebay.proxy.PassThrough;
import io.forebay.proxy.PassedExchange;
import io.forebay.proxy.fast.Answers;
import io.forebay.proxy.fast.FastPath;
import io.forebay.proxy.fast.FreshHits;
import io.forebay.proxy.origin.OriginDispatch;
import io.forebay.proxy.pages.UncollapsibleMark;
import io.forebay.proxy.scan.RequestScan;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/// What the connections of one event loop and one scheme share, one after another, to answer fresh
/// hits and to pass requests through: room for a request's bytes and for answers, the hits not yet
/// counted, and connections to origins.
final class FastLoop {

  private static final int IN_BYTES = 64 * 1024;

  final FastPath path;
  final FreshHits hits;
  final RequestScan scan;
  final byte[] in = new byte[IN_BYTES];
  final Answers answers = new Answers();
  private final @Nullable Passing passing;
  private PassThrough.@Nullable OfLoop passThrough;

  /// How requests are passed through.
  ///
  /// @param trusted networks whose word on clients counts
  /// @param maxFields a request with more is the codec's, which refuses it
  record Passing(
      PassThrough path, OriginDispatch origins, TrustedNetworks trusted, int maxFields) {}

  /// @param passing null if nothing is
  FastLoop(FastPath path, String scheme, int maxHeaderBytes, @Nullable Passing passing) {
    this.path = path;
    this.passing = passing;
    this.hits = new FreshHits(path, scheme, "1.1");
    this.scan = new RequestScan(Math.min(maxHeaderBytes, IN_BYTES / 2));
  }

  /// Begins to pass the request that was scanned last through; null if it is the general path's.
  ///
  /// @param isPlain whether it is plain, and no fresh page was found for it
  /// @param channel the client's connection
  @Nullable PassedExchange passThrough(
      boolean isPlain, Channel channel, PassedExchange.Client client) {
    if (passing == null || !scan.isForwardable()) {
      return null;
    }
    long nanoTime = path.time().nanoTime();
    UncollapsibleMark mark = isPlain ? hits.uncollapsibleMark(nanoTime) : null;
    if (isPlain && mark == null && !hits.isBypassed(scan)) {
      return null;
    }
    if (passThrough == null) {
      passThrough = passing.path().on(passing.origins().on(channel.eventLoop()));
    }
    HttpFields fields = scan.fields();
    if (fields.size() > passing.maxFields()) {
      return null;
    }
    ClientConnection connection = ClientConnection.of(channel);
    String host = scan.text(scan.hostFrom(), scan.hostTo());
    Provenance provenance =
        Provenance.of(connection, passing.trusted(), connection.scheme(), host, fields);
    RequestHead received =
        new RequestHead(
            "GET",
            provenance.scheme(),
            provenance.authority(),
            scan.text(scan.targetFrom(), scan.targetTo()),
            fields);
    return passThrough.begin(received, provenance.sender(), mark, client, nanoTime);
  }
}

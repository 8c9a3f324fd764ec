package io.forebay.proxy;

import static io.forebay.proxy.ForwardedRequest.PSEUDONYM;

import io.forebay.http.ConnectionFields;
import io.forebay.http.FieldSyntax;
import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import io.forebay.http.ResponseHead;
import io.forebay.http.caching.CacheStatus;
import io.forebay.http.caching.ForwardReason;
import io.forebay.proxy.body.BodySource;
import io.forebay.proxy.origin.Errand;
import io.forebay.proxy.origin.OriginClient;
import io.forebay.proxy.origin.OriginDispatch;
import io.forebay.proxy.origin.OriginOutcome;
import io.forebay.proxy.route.Route;
import io.forebay.proxy.socket.Tunnel;
import io.forebay.proxy.socket.TunnelEnd;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/// Requests that ask to go on in another protocol on the same connection (`Upgrade`, RFC 9110
/// §7.8), such as WebSocket: passed on, and if the origin agrees (101), the two connections are
/// joined. Never stored. Any other answer is passed on as it is.
///
/// Only protocols that the operator names: one that carries requests, such as `h2c`, would carry
/// them past every rule of this proxy.
final class Tunnels {

  private final OriginDispatch origins;
  private final ForwardedRequest forwarding;
  private final TunnelSettings settings;
  private final AtomicInteger open = new AtomicInteger();
  private final LongAdder refused = new LongAdder();

  Tunnels(OriginDispatch origins, ForwardedRequest forwarding, TunnelSettings settings) {
    this.origins = origins;
    this.forwarding = forwarding;
    this.settings = settings;
  }

  /// The protocol that the request asks for and that may be passed on; empty for an ordinary
  /// request, to which a server may always answer as if it had not asked.
  Optional<String> protocol(RuledExchange client) {
    if (!client.takesUpgrade() || !client.request().isGet() || !client.body().isNone()) {
      return Optional.empty();
    }
    // Of the client's connection, so not in the request that is decided on.
    HttpFields received = client.received().fields();
    boolean isAsked =
        FieldSyntax.listMembers(received, "Connection").stream()
            .anyMatch("upgrade"::equalsIgnoreCase);
    List<String> protocols = FieldSyntax.listMembers(received, "Upgrade");
    return isAsked && protocols.size() == 1
        ? Optional.of(FieldSyntax.lowerCase(protocols.getFirst()))
            .filter(settings.protocols()::contains)
        : Optional.empty();
  }

  /// @param protocol as [#protocol] found it
  Answer answer(RuledExchange client, String protocol) throws IOException {
    if (open.incrementAndGet() > settings.maxOpen()) {
      open.decrementAndGet();
      refused.increment();
      return Delivery.problem(
          client, 503, "too many upgraded connections", Optional.empty(), Optional.empty());
    }
    try {
      return opened(client, client.route(), protocol);
    } finally {
      open.decrementAndGet();
    }
  }

  private Answer opened(RuledExchange client, Route route, String protocol) throws IOException {
    RequestHead plain = forwarding.of(client);
    RequestHead sent =
        plain.withFields(
            plain.fields().toBuilder()
                .remove("TE")
                .set("Connection", "Upgrade")
                .set("Upgrade", protocol)
                .build());
    CompletableFuture<Void> givenUp = new CompletableFuture<>();
    CompletableFuture<TunnelEnd> switched = new CompletableFuture<>();
    client.onGone(() -> givenUp.complete(null));
    OriginOutcome outcome =
        origins.send(
            route.pool(),
            route.timeouts(),
            new OriginClient.Sending(
                sent,
                BodySource.EMPTY,
                client::interim,
                givenUp,
                Optional.of(switched),
                Optional.empty()),
            Errand.forClient(false));
    CacheStatus status = CacheStatus.forwarded(PSEUDONYM, ForwardReason.BYPASS);
    return switch (outcome) {
      case OriginOutcome.Failed failed ->
          Delivery.problem(
                  client,
                  failed.error().status(),
                  failed.error().sentence(),
                  Optional.of(status),
                  Optional.of(Delivery.proxyStatus(failed.error().token())))
              .failed(failed.error(), failed.detail());
      case OriginOutcome.Answered answered when answered.head().status() == 101 ->
          joined(client, route, answered.head(), switched.join(), protocol);
      case OriginOutcome.Answered answered -> {
        ResponseHead head =
            answered
                .head()
                .withFields(ConnectionFields.removed(answered.head().fields()))
                .withDate(answered.received());
        yield Delivery.passed(
            client, head, answered.body(), status.withForwardStatus(head.status()));
      }
    };
  }

  private static Answer joined(
      ClientExchange client, Route route, ResponseHead head, TunnelEnd origin, String protocol)
      throws IOException {
    ResponseHead switching =
        head.withFields(
            ConnectionFields.removed(head.fields()).toBuilder()
                .remove("Content-Length")
                .set("Connection", "Upgrade")
                .set("Upgrade", protocol)
                .build());
    TunnelEnd end;
    try {
      end = client.upgrade(switching);
    } catch (IOException e) {
      origin.cutOff();
      throw e;
    }
    Tunnel.run(end, origin, route.timeouts().idle());
    return Answer.withoutCache(101, "upgraded to " + protocol);
  }

  int open() {
    return open.get();
  }

  /// Because of the bound.
  long refused() {
    return refused.sum();
  }
}

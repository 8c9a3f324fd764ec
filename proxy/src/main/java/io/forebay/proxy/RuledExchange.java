package io.forebay.proxy;

import io.forebay.http.HeaderEdits;
import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import io.forebay.http.ResponseHead;
import io.forebay.http.caching.CacheKey;
import io.forebay.http.caching.CodingRule;
import io.forebay.http.caching.ServedResponse;
import io.forebay.proxy.body.BodySink;
import io.forebay.proxy.body.BodySource;
import io.forebay.proxy.coding.PageCoder;
import io.forebay.proxy.fetch.Ahead;
import io.forebay.proxy.pages.StoredCandidatePage;
import io.forebay.proxy.route.Route;
import io.forebay.proxy.socket.TunnelEnd;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.Optional;

/// An exchange under the rules of its route: the request is the one that is decided on, and what is
/// delivered has the route's edits.
final class RuledExchange implements ClientExchange {

  private final ClientExchange client;
  private final Route route;
  private final RequestHead request;
  private final PageCoder coder;

  /// @param request of [io.forebay.proxy.route.RouteRules#decided]
  RuledExchange(ClientExchange client, Route route, RequestHead request, PageCoder coder) {
    this.client = client;
    this.route = route;
    this.request = request;
    this.coder = coder;
  }

  /// A stored page as this client gets it.
  ///
  /// @param head with its age
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  record Shown(ResponseHead head, byte[] body) {}

  /// In the content coding that the client likes best of those that the route offers, if it is
  /// there already; else as it is.
  Shown shown(StoredCandidatePage candidate) {
    CodingRule rule = route.rules().coding();
    ResponseHead head = ServedResponse.head(candidate.response(), candidate.currentAge());
    byte[] body = candidate.page().body();
    if (!rule.concerns(head) || !candidate.page().trailers().isEmpty()) {
      return new Shown(head, body);
    }
    // As the client sent it: the route may keep its Accept-Encoding from the origin.
    Optional<String> coding = rule.codingFor(client.request(), body.length);
    return coding
        .flatMap(name ->
            coder
                .coded(candidate, name)
                .map(coded -> new Shown(CodingRule.coded(head, name, coded.length), coded)))
        .orElseGet(() -> new Shown(CodingRule.varying(head), body));
  }

  /// The head of a response whose body is still coming: it may be served in a coding later.
  ResponseHead arriving(ResponseHead head) {
    return route.rules().coding().concerns(head) ? CodingRule.varying(head) : head;
  }

  Route route() {
    return route;
  }

  @Override
  public RequestHead request() {
    return request;
  }

  /// The request as the client sent it.
  RequestHead received() {
    return client.request();
  }

  private ResponseHead edited(ResponseHead head) {
    HeaderEdits edits = route.rules().responseEdits();
    return edits.isNone() ? head : head.withFields(edits.applied(head.fields()));
  }

  @Override
  public String protocol() {
    return client.protocol();
  }

  @Override
  public Sender sender() {
    return client.sender();
  }

  @Override
  public BodySource body() {
    return client.body();
  }

  @Override
  public void interim(ResponseHead head) {
    client.interim(head);
  }

  @Override
  public void respond(ResponseHead head, Buffer body) throws IOException {
    client.respond(edited(head), body);
  }

  @Override
  public BodySink begin(ResponseHead head) throws IOException {
    return client.begin(edited(head));
  }

  @Override
  public void end(HttpFields trailers) throws IOException {
    client.end(trailers);
  }

  @Override
  public boolean takesTrailers() {
    return client.takesTrailers();
  }

  @Override
  public Optional<Ahead> takeAhead(CacheKey key) {
    return client.takeAhead(key);
  }

  @Override
  public boolean isAnsweredAhead(CacheKey key) {
    return client.isAnsweredAhead(key);
  }

  @Override
  public long nanosBefore() {
    return client.nanosBefore();
  }

  @Override
  public boolean takesUpgrade() {
    return client.takesUpgrade();
  }

  @Override
  public TunnelEnd upgrade(ResponseHead head) throws IOException {
    return client.upgrade(edited(head));
  }

  @Override
  public void onGone(Runnable action) {
    client.onGone(action);
  }

  @Override
  public void abort() {
    client.abort();
  }

  @Override
  public long bodyBytesSent() {
    return client.bodyBytesSent();
  }
}

package io.forebay.proxy;

import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import io.forebay.http.ResponseHead;
import io.forebay.proxy.body.BodySink;
import io.forebay.proxy.body.BodySource;
import io.forebay.proxy.route.Route;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;

/// An exchange under the rules of its route: the request is the one that is decided on, and what is
/// delivered has the route's edits.
final class RuledExchange implements ClientExchange {

  private final ClientExchange client;
  private final Route route;
  private final RequestHead request;

  /// @param request of [io.forebay.proxy.route.RouteRules#decided]
  RuledExchange(ClientExchange client, Route route, RequestHead request) {
    this.client = client;
    this.route = route;
    this.request = request;
  }

  Route route() {
    return route;
  }

  @Override
  public RequestHead request() {
    return request;
  }

  private ResponseHead edited(ResponseHead head) {
    HttpFields fields = route.rules().responseEdits().applied(head.fields());
    return fields == head.fields() ? head : head.withFields(fields);
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

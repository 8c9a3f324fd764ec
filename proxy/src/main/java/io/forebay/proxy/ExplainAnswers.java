package io.forebay.proxy;

import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import io.forebay.http.ResponseHead;
import io.forebay.proxy.listen.Network;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;

/// Answers a request that has the field `Forebay-Explain` with what would have been done with it,
/// in place of doing it. Only for clients of networks that the operator names; for all others the
/// field means nothing.
final class ExplainAnswers {

  private final Explainer explainer;
  private volatile List<Network> allowed;
  private final Function<Explanation, byte[]> asJson;

  ExplainAnswers(Explainer explainer, List<Network> allowed, Function<Explanation, byte[]> asJson) {
    this.explainer = explainer;
    this.allowed = List.copyOf(allowed);
    this.asJson = asJson;
  }

  void allow(List<Network> networks) {
    allowed = List.copyOf(networks);
  }

  boolean isAskedFor(ClientExchange client) {
    return client.request().fields().contains(ForwardedRequest.EXPLAIN)
        && allowed.stream().anyMatch(network -> network.contains(client.peer()));
  }

  Answer answer(ClientExchange client) throws IOException {
    RequestHead request = client.request();
    RequestHead explained = request.withFields(request.fields().without(ForwardedRequest.EXPLAIN));
    byte[] json =
        asJson.apply(
            explainer.explain(
                explained, client.sender().word(), client.protocol(), !client.body().isNone()));
    HttpFields fields =
        HttpFields.of(
            "Content-Type", "application/json",
            "Cache-Control", "no-store",
            "Content-Length", Integer.toString(json.length));
    client.respond(
        new ResponseHead(200, fields), request.isHead() ? Buffer.buffer() : Buffer.buffer(json));
    return Answer.withoutCache(200, "explained");
  }
}

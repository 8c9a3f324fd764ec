package io.forebay.proxy;

import io.forebay.http.ConnectionFields;
import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;

/// The client's request as an origin gets it: without what belongs to the client's connection (RFC
/// 9110 §7.6.1), with `Via` (§7.6.3) and the `X-Forwarded-…` fields that origins know.
final class ForwardedRequest {

  /// Our name in `Via`, `Cache-Status` and `Proxy-Status`.
  static final String PSEUDONYM = "forebay";

  private ForwardedRequest() {}

  static RequestHead of(ClientExchange client) {
    RequestHead request = client.request();
    HttpFields fields = ConnectionFields.removed(request.fields()).without("Expect");
    fields = ConnectionFields.withVia(fields, client.protocol(), PSEUDONYM);
    String forwardedFor =
        fields.combined("X-Forwarded-For").map(before -> before + ", ").orElse("") + client.peer();
    HttpFields.Builder builder =
        fields.toBuilder()
            .set("X-Forwarded-For", forwardedFor)
            .set("X-Forwarded-Proto", request.scheme());
    if (!request.authority().isEmpty()) {
      builder.set("X-Forwarded-Host", request.authority());
    }
    return request.withFields(builder.build());
  }
}

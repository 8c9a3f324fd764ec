package io.forebay.proxy;

import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// Takes every order, and remembers it.
final class TestingPurges implements PurgePort {

  final List<RequestHead> orders = new CopyOnWriteArrayList<>();

  @Override
  public PurgeAnswer answer(RequestHead request, String peer) {
    orders.add(request);
    return new PurgeAnswer(
        200,
        HttpFields.of("Content-Type", "application/json"),
        ("{\"from\":\"" + peer + "\"}").getBytes(StandardCharsets.UTF_8),
        "taken");
  }
}

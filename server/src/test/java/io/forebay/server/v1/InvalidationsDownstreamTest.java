package io.forebay.server.v1;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.server.TestingDownstream;
import io.forebay.server.TestingServer;
import io.forebay.server.api.Json;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// What the caches downstream did is part of the receipt, and can be waited for.
class InvalidationsDownstreamTest {

  private static final String TAG = "{'operations': [{'scope': 'tags', 'values': ['a', 'b']}]";

  private final TestingDownstream varnish = new TestingDownstream();
  private final TestingDownstream fastly = new TestingDownstream();
  private final TestingServer server =
      TestingServer.start(
          "forward: {give_up_after: 1m, targets: ["
              + varnish.asTarget("edge", "varnish")
              + ", "
              + fastly.asTarget("cdn", "fastly")
              + "]}\nlog: {exchanges: off}");

  @AfterEach
  void stop() {
    server.close();
    varnish.close();
    fastly.close();
  }

  private HttpResponse<String> post(String body) {
    return server.send("POST", "/v1/invalidations", body.replace('\'', '"'));
  }

  private static JsonNode json(HttpResponse<String> response) {
    return Json.tree(response.body().getBytes(UTF_8)).orElseThrow();
  }

  private JsonNode downstream(JsonNode receipt) {
    return json(server.get("/v1/invalidations/" + receipt.get("id").asString())).get("downstream");
  }

  @Test
  void whoWaitsForAllWaitsForEveryTarget() {
    var done = post(TAG + ", 'wait': 'all'}");
    assertThat(done.statusCode()).as(done.body()).isEqualTo(200);
    assertThat(json(done).get("downstream").toString())
        .isEqualTo(
            "[{\"target\":\"edge\",\"state\":\"delivered\",\"orders\":1,\"delivered\":1,\"failed\":0},"
                + "{\"target\":\"cdn\",\"state\":\"delivered\",\"orders\":1,\"delivered\":1,\"failed\":0}]");
    assertThat(varnish.orders()).containsExactly("PURGE / a b");
    assertThat(fastly.orders())
        .containsExactly("POST /service/ID/purge {\"surrogate_keys\":[\"a\",\"b\"]}");
  }

  @Test
  void othersGetTheirAnswerAtOnceAndTheReceiptGrows() {
    varnish.answer(503);
    var done = post(TAG + "}");
    assertThat(done.statusCode()).isEqualTo(200);
    await().until(() -> !varnish.orders().isEmpty());
    assertThat(downstream(json(done)).at("/0/state").asString()).isEqualTo("pending");
    varnish.answer(200);
    await()
        .untilAsserted(() ->
            assertThat(downstream(json(done)).at("/0/state").asString()).isEqualTo("delivered"));
  }

  @Test
  void aTargetThatRefusesIsNamedAndWhoWaitedHears() {
    fastly.answer(403);
    var refused = post(TAG + ", 'wait': 'all'}");
    assertThat(refused.statusCode()).isEqualTo(502);
    JsonNode problem = json(refused);
    assertThat(problem.get("type").asString())
        .isEqualTo("urn:forebay:problem:invalidation-not-passed-on");
    assertThat(problem.at("/receipt/downstream/1").toString())
        .isEqualTo(
            "{\"target\":\"cdn\",\"state\":\"failed\",\"orders\":1,\"delivered\":0,\"failed\":1,"
                + "\"failures\":[\"cdn answered 403 to POST /service/ID/purge\"]}");
    assertThat(problem.at("/receipt/downstream/0/state").asString()).isEqualTo("delivered");
    assertThat(server.get("/v1/audit").body()).contains("\"outcome\":\"failed\",\"status\":502");
  }

  @Test
  void whatDoesNotComeInTimeIsSaidSo() {
    varnish.answer(503);
    var late = post(TAG + ", 'wait': 'all', 'timeout': '50ms'}");
    assertThat(late.statusCode()).isEqualTo(504);
    assertThat(json(late).at("/receipt/downstream/0/state").asString()).isEqualTo("pending");
    assertThat(json(late).at("/receipt/nodes/0/in_force").asString()).isNotEmpty();
    varnish.answer(200);
    await()
        .untilAsserted(() ->
            assertThat(downstream(json(late).get("receipt")).at("/0/state").asString())
                .isEqualTo("delivered"));
  }

  @Test
  void ordersOfOneKindGoTogetherAndWhatIsNotAboutPagesStays() {
    var done =
        post(
            "{'operations': ["
                + "{'scope': 'tags', 'values': ['a']}, {'scope': 'tags', 'values': ['b']},"
                + "{'scope': 'tags', 'values': ['c'], 'mode': 'soft'},"
                + "{'scope': 'tags', 'values': ['d'], 'cache': 'default'},"
                + "{'scope': 'keys', 'values': ['k']},"
                + "{'scope': 'prefixes', 'values': ['users:']},"
                + "{'scope': 'patterns', 'values': ['users:*']},"
                + "{'scope': 'everything'}], 'wait': 'all'}");
    assertThat(done.statusCode()).as(done.body()).isEqualTo(200);
    assertThat(fastly.orders())
        .containsExactly(
            "POST /service/ID/purge {\"surrogate_keys\":[\"a\",\"b\"]}",
            "POST /service/ID/purge {\"surrogate_keys\":[\"c\"]}",
            "POST /service/ID/purge_all");
  }

  @Test
  void whatATargetHasNoOrderForIsAFailure() {
    var refused =
        post(
            "{'operations': [{'scope': 'prefixes', 'values': ['http://shop.example/blog/']}],"
                + " 'wait': 'all'}");
    assertThat(refused.statusCode()).isEqualTo(502);
    assertThat(json(refused).at("/receipt/downstream/0/state").asString()).isEqualTo("delivered");
    assertThat(json(refused).at("/receipt/downstream/1/failures/0").asString())
        .isEqualTo("Fastly has no order for prefixes");
  }

  @Test
  void aRefusalAndADryRunAreNotPassedOn() {
    assertThat(post("{'operations': [{'scope': 'tags', 'values': ['']}]}").statusCode())
        .isEqualTo(400);
    assertThat(post(TAG + ", 'dry_run': true}").statusCode()).isEqualTo(200);
    assertThat(post("{'operations': [{'scope': 'everything'}], 'wait': 'all'}").statusCode())
        .isEqualTo(200);
    assertThat(fastly.orders()).containsExactly("POST /service/ID/purge_all");
  }
}

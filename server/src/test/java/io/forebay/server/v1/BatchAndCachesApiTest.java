package io.forebay.server.v1;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.server.TestingServer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchAndCachesApiTest {

  private static final TestingServer server =
      TestingServer.start(
          """
          log: {exchanges: off}
          caches:
            declared: {max_bytes: 64MiB, max_entries: 100, default_ttl: 20m, eviction_policy: sieve, eviction_objective: bytes}
          """);

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void emptyCache() {
    server.send("DELETE", "/v1/caches/t", "");
    assertThat(server.send("PUT", "/v1/caches/t", "").statusCode()).isEqualTo(201);
  }

  private static String batch(String operation, String body) {
    var response = server.send("POST", "/v1/caches/t/entries:batch" + operation, body);
    assertThat(response.statusCode()).isEqualTo(200);
    return response.body();
  }

  @Test
  void eachItemOfABatchHasAnOutcomeOfItsOwn() {
    String put =
        batch(
            "Put",
            """
            {"items": [
              {"key": "a", "json": {"n": 1.10, "big": 12345678901234567890}, "tags": ["t1"], "metadata": {"By": "me"}},
              {"key": "", "text": "no key"},
              {"key": "b", "text": "plain", "ttl": "90s", "stale_while_revalidate": "10s"},
              {"key": "b", "text": "again", "if_absent": true},
              {"key": "b", "text": "again", "if_version": 1},
              {"key": "c", "base64": "AAEC/w==", "content_type": "image/x"}
            ]}\
            """);
    assertThat(put.replaceAll("\\d{10,}", "V").replaceAll("\"problem\":\\{[^}]*}", "P"))
        .isEqualTo(
            "{\"results\":[{\"key\":\"a\",\"status\":201,\"version\":V},"
                + "{\"key\":\"\",\"status\":400,P},"
                + "{\"key\":\"b\",\"status\":201,\"version\":V},"
                + "{\"key\":\"b\",\"status\":412,P},{\"key\":\"b\",\"status\":412,P},"
                + "{\"key\":\"c\",\"status\":201,\"version\":V}]}");

    String got = batch("Get", "{\"keys\": [\"a\", \"b\", \"c\", \"d\"]}");
    assertThat(got)
        .contains("\"json\":{\"n\":1.10,\"big\":12345678901234567890}")
        .contains("\"tags\":[\"t1\"],\"metadata\":{\"By\":\"me\"}")
        .contains("\"text\":\"plain\"")
        .contains("\"content_type\":\"image/x\",\"base64\":\"AAEC/w==\"")
        .contains("\"key\":\"d\",\"status\":404");
    assertThat(server.get("/v1/caches/t/entries/a").body())
        .isEqualTo("{\"n\":1.10,\"big\":12345678901234567890}");

    assertThat(batch("Delete", "{\"keys\": [\"a\", \"a\"]}"))
        .contains("\"status\":204")
        .contains("\"status\":404");
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Put    | {                                            | body
          Put    | []                                           | body
          Put    | null                                         | body
          Put    | {}                                           | items
          Put    | {"items": []}                                | items
          Put    | {"item": []}                                 | item
          Put    | {"items": [{"key": "k", "text": "v"}], "x": 1} | x
          Put    | {"items": [{"key": "k", "text": "v"}, {"key": "l", "txt": "v"}]} | items[1].txt
          Put    | {"items": [{"key": "k", "text": "v"}, {"text": "v"}]} | items[1].key
          Put    | {"items": [{"key": "k", "text": "v"}, null]} | items[1].key
          Put    | {"items": [{"key": "k", "text": 5}]}         | items[0].text
          Put    | {"items": [{"key": "k"}]}                    | items[0]
          Put    | {"items": [{"key": "k", "text": "v", "base64": "AA=="}]} | items[0]
          Put    | {"items": [{"key": "k", "base64": "%"}]}     | items[0].base64
          Put    | {"items": [{"key": "k", "text": "v", "ttl": 30}]} | items[0].ttl
          Put    | {"items": [{"key": "k", "text": "v", "ttl": "30"}]} | items[0].ttl
          Put    | {"items": [{"key": "k", "text": "v", "ttl": "-1s"}]} | items[0].ttl
          Put    | {"items": [{"key": "k", "text": "v", "if_version": "1"}]} | items[0].if_version
          Put    | {"items": [{"key": "k", "text": "v", "if_absent": true, "if_version": 1}]} | items[0].if_absent
          Put    | {"items": [{"key": "k", "key": "l", "text": "v"}]} | body
          Put    | {"items": [{"key": "k", "text": "v"}]} x     | body
          Get    | {"keys": [1]}                                | keys[0]
          Get    | {"keys": ["a", null]}                        | keys[1]
          Delete | {"keys": "a"}                                | keys
          """)
  void aMalformedBatchNamesWhereAndChangesNothing(String operation, String body, String field) {
    var response = server.send("POST", "/v1/caches/t/entries:batch" + operation, body);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
    assertThat(response.body()).contains("\"field\":\"" + field + "\"").contains("\"expected\"");
    assertThat(server.get("/v1/caches/t/entries").body()).isEqualTo("{\"entries\":[]}");
  }

  @Test
  void aThousandItemsAreTakenAndOneMoreIsNot() {
    assertThat(batch("Get", keys(1000))).contains("\"status\":404");
    assertThat(server.send("POST", "/v1/caches/t/entries:batchGet", keys(1001)).body())
        .contains("\"field\":\"keys\"")
        .contains("1 to 1000");
  }

  private static String keys(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "\"k" + i + "\"")
        .collect(Collectors.joining(",", "{\"keys\":[", "]}"));
  }

  @Test
  void anAnswerThatWouldBecomeTooLargeSaysSoForEachItem() {
    byte[] large = new byte[8 * 1024 * 1024];
    for (String key : java.util.List.of("a", "b", "c")) {
      assertThat(server.send("PUT", "/v1/caches/t/entries/" + key, large).statusCode())
          .isEqualTo(201);
    }
    assertThat(batch("Get", "{\"keys\":[\"a\",\"b\",\"c\"]}"))
        .contains("{\"key\":\"c\",\"status\":413");
  }

  @Test
  void declaredCachesExistFromTheStart() {
    assertThat(server.get("/v1/caches/declared").body())
        .isEqualTo(
            "{\"name\":\"declared\",\"max_bytes\":\"64MiB\",\"max_entries\":100,"
                + "\"default_ttl\":\"20m\",\"eviction_policy\":\"sieve\","
                + "\"eviction_objective\":\"bytes\",\"what_if\":false,\"tier\":\"memory\",\"entries\":0,\"weight_bytes\":0}");
    assertThat(server.get("/v1/caches").body()).contains("\"default\"").contains("\"declared\"");
  }

  @Test
  void aCacheIsCreatedChangedAndDeletedAtRunTime() {
    for (int i = 0; i < 10; i++) {
      server.send("PUT", "/v1/caches/t/entries/" + i, "v");
    }
    var changed = server.send("PUT", "/v1/caches/t", "{\"max_entries\": 3}");
    assertThat(changed.statusCode()).isEqualTo(200);
    assertThat(changed.body()).contains("\"entries\":3,").contains("\"eviction_policy\":\"auto\"");
    var other = server.send("PUT", "/v1/caches/t", "{\"eviction_policy\": \"lru\"}");
    assertThat(other.body()).contains("\"eviction_policy\":\"lru\"").contains("\"entries\":3,");
    assertThat(server.send("DELETE", "/v1/caches/t", "").statusCode()).isEqualTo(204);
    assertThat(server.get("/v1/caches/t").statusCode()).isEqualTo(404);
    assertThat(server.get("/v1/caches/t/entries/1").statusCode()).isEqualTo(404);
    assertThat(server.send("DELETE", "/v1/caches/t", "").statusCode()).isEqualTo(404);
    assertThat(server.send("DELETE", "/v1/caches/default", "").statusCode()).isEqualTo(409);
  }

  @Test
  void theObjectiveOfAutoIsChangedAtRunTime() {
    assertThat(server.get("/v1/caches/t").body()).contains("\"eviction_objective\":\"objects\"");
    var changed = server.send("PUT", "/v1/caches/t", "{\"eviction_objective\": \"bytes\"}");
    assertThat(changed.body()).contains("\"eviction_objective\":\"bytes\"");
    var back = server.send("PUT", "/v1/caches/t", "");
    assertThat(back.body()).contains("\"eviction_objective\":\"objects\"");
  }

  @ParameterizedTest(name = "PUT {0} {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          new  | {"max_bytes": 100}       | max_bytes
          new  | {"max_bytes": "100"}     | max_bytes
          new  | {"max_bytes": "0B"}      | max_bytes
          new  | {"max_bytes": "1TiB"}    | max_bytes
          new  | {"max_entries": 0}       | max_entries
          new  | {"max_entries": "5"}     | max_entries
          new  | {"default_ttl": 60}      | default_ttl
          new  | {"default_ttl": "60"}    | default_ttl
          new  | {"policy": "lru"}        | policy
          new  | {"eviction_policy": "x"} | eviction_policy
          new  | {"eviction_objective": "requests"} | eviction_objective
          new  | {"what_if": "yes"}       | what_if
          -a   | {}                       | cache
          a%20b | {}                      | cache
          """)
  void aWrongCacheIsNamedAndNotCreated(String name, String body, String field) {
    var response = server.send("PUT", "/v1/caches/" + name, body);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
    assertThat(response.body()).contains("\"field\":\"" + field + "\"");
    assertThat(server.get("/v1/caches/new").statusCode()).isEqualTo(404);
  }

  @Test
  void statisticsCountReadsByResult() {
    server.send("PUT", "/v1/caches/t/entries/k", "v");
    server.get("/v1/caches/t/entries/k");
    server.get("/v1/caches/t/entries/absent");
    assertThat(server.get("/v1/stats").body())
        .contains("\"name\":\"t\",\"eviction_policy\":\"auto\",\"entries\":1")
        .contains("\"hits\":1,\"stale_hits\":0,\"misses\":1,\"misses_absent\":1");
  }
}

package io.forebay.backends.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisURI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedisServerTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "redis://h | SINGLE | redis://h",
        "rediss://u:p@h:6380/2 | SINGLE | rediss://***@h:6380/2",
        "redis-sentinel://:p@h:26379,i#main | SENTINEL | redis-sentinel://***@h:26379,i#main",
        "redis-cluster://u:p@h:7000,i:7001,j | CLUSTER | redis-cluster://***@h:7000,i:7001,j",
        "rediss-cluster://h?verifyPeer=NONE | CLUSTER | rediss-cluster://h?verifyPeer=NONE"
      })
  void aUrlSaysWhatIsThereAndIsShownWithoutItsPassword(
      String url, RedisServer.Kind kind, String shown) {
    RedisServer server = RedisServer.parse(url).orElseThrow();
    assertThat(server.kind()).isEqualTo(kind);
    assertThat(server).hasToString(shown);
  }

  @Test
  void eachOfAClustersNodesIsSpokenToInTheSameWay() {
    RedisServer server = RedisServer.parse("rediss-cluster://u:p@h:7000,i:7001").orElseThrow();
    assertThat(server.uris())
        .hasSize(2)
        .allMatch(RedisURI::isSsl)
        .extracting(uri -> uri.getHost() + ":" + uri.getPort())
        .containsExactly("h:7000", "i:7001");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://h",
        "redis://",
        "redis://h#main",
        "redis-sentinel://h",
        "redis-cluster://h/1",
        "redis-cluster://h,",
        "redis-cluster://h:0",
        "redis-cluster://h#main"
      })
  void whatIsNoUrlOfARedisIsRefused(String url) {
    assertThat(RedisServer.parse(url)).isEmpty();
  }
}

package io.forebay.backends.memcached;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MemcachedServersTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "memcached://a|memcached://a:11211",
        "memcached://a:1,b|memcached://a:1,b:11211",
        "memcached://[::1]:7|memcached://[::1]:7",
        "memcached://me:pw@10.0.0.1|memcached://***@10.0.0.1:11211",
      })
  void urlsAreUnderstood(String url, String shown) {
    assertThat(MemcachedServers.parse(url).orElseThrow()).hasToString(shown);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "memcached://",
        "memcached:a",
        "redis://a",
        "memcached://a:0",
        "memcached://a:65536",
        "memcached://a,a",
        "memcached://a,,b",
        "memcached://a b",
        "memcached://a/1",
        "memcached://me@a",
        "memcached://me:%zz@a",
      })
  void whatIsNoneIsRefused(String text) {
    assertThat(MemcachedServers.parse(text)).isEmpty();
  }
}

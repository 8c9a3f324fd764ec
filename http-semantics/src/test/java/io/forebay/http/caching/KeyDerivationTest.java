package io.forebay.http.caching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import io.forebay.http.caching.KeyDerivation.Change;
import org.junit.jupiter.api.Test;

class KeyDerivationTest {

  private static KeyDerivation of(String method, String authority, String target) {
    return KeyDerivation.of(new RequestHead(method, "http", authority, target, HttpFields.none()));
  }

  @Test
  void aPlainUrlIsItsOwnKey() {
    KeyDerivation plain = of("GET", "a.example:8080", "/p?q=1");
    assertThat(plain.key().uri()).isEqualTo("http://a.example:8080/p?q=1");
    assertThat(plain.changes()).isEmpty();
  }

  @Test
  void whatIsNotInTheKeyIsNamed() {
    KeyDerivation derived = of("HEAD", "A.example:80", "/p#top");
    assertThat(derived.key().uri()).isEqualTo("http://a.example/p");
    assertThat(derived.changes())
        .extracting(Change::part, Change::received, Change::inKey)
        .containsExactly(
            tuple("method", "HEAD", ""),
            tuple("host", "A.example", "a.example"),
            tuple("port", ":80", ""),
            tuple("fragment", "#top", ""));
  }

  @Test
  void theKeyIsTheOneThatTheStoreUses() {
    RequestHead request = new RequestHead("GET", "https", "[::1]:443", "/%7e?x", HttpFields.none());
    assertThat(KeyDerivation.of(request).key()).isEqualTo(CacheKey.of(request));
  }
}

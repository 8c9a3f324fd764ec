package io.forebay.proxy.origin;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OriginSourceTest {

  @ParameterizedTest
  @CsvSource({
    "http://10.0.0.5:8080, Listed, http://10.0.0.5:8080",
    "' http://10.0.0.5:8080/  weight=3 ', Listed, http://10.0.0.5:8080 weight=3",
    "http://[::1]:81 priority=2, Listed, http://[::1]:81 priority=2",
    "http://10.0.0.5 priority=2 weight=1, Listed, http://10.0.0.5:80 priority=2",
    "https://app.internal, Named, https://app.internal:443",
    "http://localhost:3000 weight=100, Named, http://localhost:3000 weight=100",
    "srv+http://_web._tcp.app.internal, Service, srv+http://_web._tcp.app.internal",
    "srv+https://app, Service, srv+https://app",
    "file:/etc/forebay/my origins.txt, InFile, file:/etc/forebay/my origins.txt",
  })
  void aLineIsAnOriginOrWhereOriginsAreFound(String line, String type, String text) {
    var read = (OriginSource.Reading.Read) OriginSource.read(line);
    assertThat(read.source().getClass().getSimpleName()).isEqualTo(type);
    assertThat(read.source()).hasToString(text);
    assertThat(OriginSource.read(text)).isEqualTo(read);
  }

  @ParameterizedTest
  @CsvSource({
    "'', ''",
    "localhost:3000, ''",
    "ftp://a, ''",
    "http://, ''",
    "http://a:0, ''",
    "http://a/b, it has a path",
    "http://a?b, it has a path",
    "http://u@a, it has a path",
    "http://a weight=0, weight=0",
    "http://a weight=101, weight=101",
    "http://a weight=x, weight=x",
    "http://a backup, backup",
    "srv+ftp://a, its records say the port",
    "srv+http://a:80, its records say the port",
    "srv+http://a/b, its records say the port",
    "srv+http://a weight=2, say weight and priority",
    "file:, needs a path",
  })
  void anythingElseIsRefusedWithTheReason(String line, String why) {
    assertThat(OriginSource.read(line))
        .isInstanceOfSatisfying(
            OriginSource.Reading.Wrong.class, wrong -> assertThat(wrong.why()).contains(why));
  }
}

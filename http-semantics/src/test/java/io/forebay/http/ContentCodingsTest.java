package io.forebay.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// RFC 9110 §12.5.3.
class ContentCodingsTest {

  private static String preferred(String accepted) {
    return ContentCodings.preferred(
            HttpFields.of("Accept-Encoding", accepted), List.of("zstd", "gzip"))
        .orElse("identity");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "gzip                           | gzip",
        "gzip, deflate, br, zstd        | zstd",
        "GZip                           | gzip",
        "x-gzip                         | gzip",
        "zstd;q=0.5, gzip;q=0.8         | gzip",
        "zstd;q=0.5, gzip;q=0.500       | zstd",
        "gzip;q=0                       | identity",
        "gzip;q=0.000, zstd;q=0.001     | zstd",
        "*                              | zstd",
        "*;q=0                          | identity",
        "zstd;q=0, *                    | gzip",
        "gzip;q=0.5, *;q=0.1            | gzip",
        "identity                       | identity",
        "identity;q=1, gzip;q=0.5       | identity",
        "identity;q=0.5, gzip;q=0.5     | gzip",
        "identity;q=0, gzip             | gzip",
        "br                             | identity",
        "gzip;q=2                       | identity",
        "gzip;q=x                       | identity",
        "gzip; q = 0.9                  | gzip",
        ", , gzip ,                     | gzip",
      })
  void theClientsWeightsDecideThenTheOrderOffered(String accepted, String coding) {
    assertThat(preferred(accepted)).isEqualTo(coding);
  }

  @Test
  void whoAsksForNothingGetsTheContentAsItIs() {
    assertThat(ContentCodings.preferred(HttpFields.none(), List.of("gzip"))).isEmpty();
    assertThat(preferred("")).isEqualTo("identity");
    assertThat(ContentCodings.preferred(HttpFields.of("Accept-Encoding", "gzip"), List.of()))
        .isEmpty();
  }

  @Test
  void aFieldInSeveralLinesIsOneList() {
    HttpFields fields = HttpFields.of("Accept-Encoding", "br", "accept-encoding", "gzip");
    assertThat(ContentCodings.preferred(fields, List.of("gzip"))).hasValue("gzip");
  }
}

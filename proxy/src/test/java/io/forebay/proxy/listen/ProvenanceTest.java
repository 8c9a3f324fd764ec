package io.forebay.proxy.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.http.HttpFields;
import io.forebay.proxy.Sender;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProvenanceTest {

  private static final TrustedNetworks TRUSTED =
      new TrustedNetworks(List.of(Network.parse("10.0.0.0/8").orElseThrow()));

  private static Provenance of(String hop, String... fields) {
    return Provenance.of(
        new ClientConnection(hop, TRUSTED.contains(hop), false),
        TRUSTED,
        "http",
        "inner",
        HttpFields.of(fields));
  }

  @Test
  void aStrangersWordCountsForNothing() {
    assertThat(
            of(
                "192.0.2.1",
                "X-Forwarded-For",
                "1.2.3.4",
                "X-Forwarded-Proto",
                "https",
                "X-Forwarded-Host",
                "evil",
                "Forwarded",
                "for=1.2.3.4;host=evil;proto=https"))
        .isEqualTo(new Provenance(Sender.direct("192.0.2.1"), "http", "inner"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // The last that is not a proxy of ours; whatever is before it is invented.
        "192.0.2.1|192.0.2.1",
        "6.6.6.6, 192.0.2.1|192.0.2.1",
        "6.6.6.6, 192.0.2.1, 10.0.0.2|192.0.2.1",
        "10.0.0.3, 10.0.0.2|10.0.0.3",
        "192.0.2.1, unknown|10.0.0.1",
        "192.0.2.1, 5, 10.0.0.2|10.0.0.2",
        "192.0.2.1:1234|192.0.2.1",
        "2001:db8::1|2001:db8::1",
        "[2001:db8::1]:80|2001:db8::1",
        "''|10.0.0.1",
      })
  void ofTheAddressesTheLastForeignOneIsTheClient(String forwardedFor, String client) {
    assertThat(of("10.0.0.1", "X-Forwarded-For", forwardedFor).sender())
        .isEqualTo(new Sender(client, "10.0.0.1", true));
  }

  @Test
  void aTrustedProxySaysSchemeAndHost() {
    assertThat(
            of(
                "10.0.0.1",
                "X-Forwarded-For",
                "192.0.2.1",
                "X-Forwarded-Proto",
                "HTTPS",
                "X-Forwarded-Host",
                "outer:8443"))
        .isEqualTo(
            new Provenance(new Sender("192.0.2.1", "10.0.0.1", true), "https", "outer:8443"));
    assertThat(of("10.0.0.1", "X-Forwarded-Proto", "https").scheme()).isEqualTo("https");
    assertThat(of("10.0.0.1", "X-Forwarded-Proto", "gopher").scheme()).isEqualTo("http");
  }

  @Test
  void theStandardFieldIsReadBeforeTheOthers() {
    assertThat(
            of(
                "10.0.0.1",
                "X-Forwarded-For",
                "6.6.6.6",
                "Forwarded",
                "for=5.5.5.5;host=invented;proto=http, for=192.0.2.1;host=outer;proto=https,"
                    + " for=10.0.0.2;host=middle;proto=http"))
        .isEqualTo(new Provenance(new Sender("192.0.2.1", "10.0.0.1", true), "https", "outer"));
    assertThat(of("10.0.0.1", "Forwarded", "for=bad;for=worse").sender())
        .isEqualTo(new Sender("10.0.0.1", "10.0.0.1", true));
  }
}

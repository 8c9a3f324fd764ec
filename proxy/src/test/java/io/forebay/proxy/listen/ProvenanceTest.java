package io.forebay.proxy.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.http.HttpFields;
import io.forebay.proxy.Sender;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProvenanceTest {

  private static Provenance of(TrustedFields believed, String hop, String... fields) {
    TrustedNetworks trusted =
        new TrustedNetworks(List.of(Network.parse("10.0.0.0/8").orElseThrow()), believed);
    return Provenance.of(
        new ClientConnection(hop, trusted.contains(hop), false),
        trusted,
        "http",
        "inner",
        HttpFields.of(fields));
  }

  private static Provenance of(String hop, String... fields) {
    return of(TrustedFields.X_FORWARDED, hop, fields);
  }

  /// Client, scheme, host, and what is told of the way.
  private static String text(Provenance provenance) {
    return provenance.sender().client()
        + " "
        + provenance.scheme()
        + " "
        + provenance.authority()
        + " "
        + provenance.sender().before();
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
    Sender sender = of("10.0.0.1", "X-Forwarded-For", forwardedFor).sender();
    assertThat(sender.client()).isEqualTo(client);
    assertThat(sender.hop()).isEqualTo("10.0.0.1");
    assertThat(sender.word()).isEqualTo(Sender.Word.X_FORWARDED);
  }

  @Test
  void aTrustedProxySaysSchemeAndHost() {
    Provenance provenance =
        of(
            "10.0.0.1",
            "X-Forwarded-For",
            "192.0.2.1",
            "X-Forwarded-Proto",
            "HTTPS",
            "X-Forwarded-Host",
            "outer:8443");
    assertThat(text(provenance))
        .isEqualTo("192.0.2.1 https outer:8443 [for=192.0.2.1;host=\"outer:8443\";proto=https]");
    assertThat(of("10.0.0.1", "X-Forwarded-Proto", "https").scheme()).isEqualTo("https");
    assertThat(of("10.0.0.1", "X-Forwarded-Proto", "gopher").scheme()).isEqualTo("http");
  }

  @Test
  void theStandardFieldCountsIfTrustedProxiesWriteIt() {
    assertThat(
            text(
                of(
                    TrustedFields.FORWARDED,
                    "10.0.0.1",
                    "X-Forwarded-For",
                    "6.6.6.6",
                    "Forwarded",
                    "for=5.5.5.5;host=invented;proto=http, for=\"192.0.2.1:80\";host=outer;proto=HTTPS,"
                        + " for=10.0.0.2;host=middle;proto=http")))
        .isEqualTo(
            "192.0.2.1 https outer [for=5.5.5.5, for=192.0.2.1;host=outer;proto=https,"
                + " for=10.0.0.2;host=middle;proto=http]");
  }

  /// A balancer writes one kind and passes on the other as the client sent it.
  @Test
  void theKindThatTrustedProxiesDoNotWriteIsNobodysWord() {
    String[] fields = {
      "X-Forwarded-For",
      "192.0.2.1",
      "X-Forwarded-Proto",
      "https",
      "X-Forwarded-Host",
      "outer",
      "Forwarded",
      "for=10.1.2.3;host=x;proto=http"
    };
    assertThat(text(of("10.0.0.1", fields)))
        .isEqualTo("192.0.2.1 https outer [for=192.0.2.1;host=outer;proto=https]");
    fields[7] = "for=10.1.2.3;for=10.1.2.4";
    assertThat(text(of("10.0.0.1", fields))).startsWith("192.0.2.1 https outer ");
    fields[7] = "for=192.0.2.2;host=y;proto=http";
    assertThat(text(of(TrustedFields.FORWARDED, "10.0.0.1", fields)))
        .isEqualTo("192.0.2.2 http y [for=192.0.2.2;host=y;proto=http]");
  }

  @Test
  void whatAClientMakesUpDoesNotHideWhatATrustedProxyAdds() {
    assertThat(
            text(
                of(
                    TrustedFields.FORWARDED,
                    "10.0.0.1",
                    "Forwarded",
                    "for=10.1.2.3, for=bad;for=worse",
                    "Forwarded",
                    "for=192.0.2.1")))
        .isEqualTo("192.0.2.1 http inner [for=192.0.2.1]");
    assertThat(
            text(
                of(TrustedFields.FORWARDED, "10.0.0.1", "Forwarded", "for=192.0.2.1, for=a;for=b")))
        .as("the trusted proxy's own is malformed")
        .isEqualTo("10.0.0.1 http inner []");
  }

  /// Some origins look for `host=` anywhere in the field.
  @Test
  void whatIsNoAddressIsNotTold() {
    assertThat(of("10.0.0.1", "X-Forwarded-For", "a;host=evil, \"b\", 192.0.2.1").sender().before())
        .hasToString("[for=unknown, for=unknown, for=192.0.2.1]");
    assertThat(
            of(
                    TrustedFields.FORWARDED,
                    "10.0.0.1",
                    "Forwarded",
                    "for=\"x;host=evil\";host=evil, for=_hidden;host=a")
                .sender()
                .before())
        .hasToString("[for=unknown, for=unknown;host=a]");
  }
}

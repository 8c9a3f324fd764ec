package io.forebay.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// RFC 7239.
class ForwardedElementTest {

  private static List<ForwardedElement> parsed(String... lines) {
    HttpFields.Builder fields = HttpFields.builder();
    for (String line : lines) {
      fields.add("Forwarded", line);
    }
    return ForwardedElement.parse(fields.build());
  }

  private static ForwardedElement element(
      String from, @Nullable String host, @Nullable String proto) {
    return new ForwardedElement(
        Optional.of(from), Optional.ofNullable(host), Optional.ofNullable(proto));
  }

  @Test
  void elementsOfAllLinesComeInTheirOrder() {
    assertThat(
            parsed(
                "for=192.0.2.43, For=\"[2001:db8:cafe::17]:4711\"",
                "for=_hidden;proto=HTTPS;by=203.0.113.43;Host=\"a.test:8080\""))
        .containsExactly(
            element("192.0.2.43", null, null),
            element("[2001:db8:cafe::17]:4711", null, null),
            element("_hidden", "a.test:8080", "HTTPS"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "for",
        "for=",
        "for=[::1]",
        "for=\"a",
        "=a",
        "for=a;for=b",
        "for=a b",
        "f or=a",
        "for=ok, for=a;for=b"
      })
  void whatIsMalformedSaysNothing(String line) {
    assertThat(parsed(line)).isEmpty();
  }

  @Test
  void whatComesAfterWhatIsMalformedCounts() {
    assertThat(parsed("for=a, for=b;for=c, for=d", "for=e"))
        .containsExactly(element("d", null, null), element("e", null, null));
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.43, 192.0.2.43",
    "192.0.2.43:80, 192.0.2.43",
    "[2001:db8::1], 2001:db8::1",
    "[2001:db8::1]:80, 2001:db8::1",
    "2001:db8::1, 2001:db8::1",
    "unknown, unknown",
    "[, ["
  })
  void aNodeHasAnAddress(String node, String address) {
    assertThat(ForwardedElement.address(node)).isEqualTo(address);
  }

  @Test
  void whatIsWrittenCanBeRead() {
    ForwardedElement written = element("2001:db8::1", "a.test:80", "https");
    assertThat(written).hasToString("for=\"[2001:db8::1]\";host=\"a.test:80\";proto=https");
    assertThat(parsed(written.toString()))
        .containsExactly(element("[2001:db8::1]", "a.test:80", "https"));
    assertThat(element("192.0.2.1", "a.test", null)).hasToString("for=192.0.2.1;host=a.test");
  }
}

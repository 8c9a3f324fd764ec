package io.forebay.proxy;

import static io.forebay.proxy.ProxyUnderTest.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.http.FieldLine;
import io.forebay.http.Glob;
import io.forebay.http.HeaderEdits;
import io.forebay.http.caching.KeyRule;
import io.forebay.http.caching.QueryRule;
import io.forebay.proxy.listen.ConnectionSettings;
import io.forebay.proxy.listen.Network;
import io.forebay.proxy.listen.TrustedFields;
import io.forebay.proxy.listen.TrustedNetworks;
import io.forebay.proxy.route.RequestGuards;
import io.forebay.proxy.route.RouteMatch;
import io.forebay.proxy.route.RouteMatch.HeaderMatch;
import io.forebay.proxy.route.RouteRules;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/// Whose word counts, and what origins hear of it.
class TrustedProxiesTest {

  private static ConnectionSettings trusting(String network, boolean proxyProtocol) {
    return trusting(network, proxyProtocol, TrustedFields.X_FORWARDED);
  }

  private static ConnectionSettings trusting(
      String network, boolean proxyProtocol, TrustedFields fields) {
    return new ConnectionSettings(
        100,
        seconds(20),
        100,
        new TrustedNetworks(List.of(Network.parse(network).orElseThrow()), fields),
        proxyProtocol,
        true,
        100,
        Optional.empty());
  }

  private static final String[] FORGED = {
    "X-Forwarded-For", "192.0.2.7",
    "X-Forwarded-Proto", "https",
    "X-Forwarded-Host", "outer.test",
    "X-Forwarded-Prefix", "/evil",
    "X-Real-IP", "192.0.2.8"
  };

  @Test
  void aStrangersFieldsDoNotReachTheOrigin() throws Exception {
    try (ProxyUnderTest proxy = new ProxyUnderTest(trusting("10.0.0.0/8", false))) {
      proxy.origin.page("/p", "page");
      proxy.get("/p", FORGED);
      Map<String, String> asked = proxy.origin.asked("/p").getFirst().fields();
      assertThat(asked)
          .containsEntry("X-Forwarded-For", "127.0.0.1")
          .containsEntry("X-Forwarded-Proto", "http")
          .containsEntry("X-Forwarded-Host", "127.0.0.1:" + proxy.port)
          .containsEntry(
              "Forwarded", "for=127.0.0.1;host=\"127.0.0.1:" + proxy.port + "\";proto=http")
          .doesNotContainKeys("X-Forwarded-Prefix", "X-Real-IP");
      assertThat(proxy.records(1).getFirst().peer()).isEqualTo("127.0.0.1");
    }
  }

  @Test
  void aTrustedProxyDecidesClientSchemeAndHostAlsoForTheKey() throws Exception {
    try (ProxyUnderTest proxy = new ProxyUnderTest(trusting("127.0.0.0/8", false))) {
      proxy.origin.page("/p", "page", "Cache-Control", "max-age=60");
      proxy.get("/p", FORGED);
      Awaitility.await().until(() -> proxy.pages.statistics().writes() > 0);
      Map<String, String> asked = proxy.origin.asked("/p").getFirst().fields();
      assertThat(asked)
          .containsEntry("Host", "outer.test")
          .containsEntry("X-Forwarded-For", "192.0.2.7, 127.0.0.1")
          .containsEntry("X-Forwarded-Proto", "https");
      assertThat(proxy.records(1).getFirst().peer()).isEqualTo("192.0.2.7");
      assertThat(ProxyUnderTest.cacheStatus(proxy.get("/p", FORGED))).contains("hit");
      assertThat(ProxyUnderTest.cacheStatus(proxy.get("/p"))).contains("uri-miss");
    }
  }

  /// The client would be lost for the origin.
  @Test
  void whatATrustedProxySaysInTheStandardFieldReachesTheOriginInBothKinds() throws Exception {
    try (ProxyUnderTest proxy =
        new ProxyUnderTest(trusting("127.0.0.0/8", false, TrustedFields.FORWARDED))) {
      proxy.origin.page("/p", "page");
      String told = "for=6.6.6.6;host=evil, for=192.0.2.7;host=outer.test;proto=https";
      proxy.get("/p", "Forwarded", told, "X-Forwarded-For", "6.6.6.6", "X-Real-IP", "6.6.6.6");
      proxy.send("POST", "/p", "x");
      assertThat(proxy.origin.asked("/p").getFirst().fields())
          .containsEntry("Host", "outer.test")
          .containsEntry(
              "Forwarded",
              "for=6.6.6.6, for=192.0.2.7;host=outer.test;proto=https,"
                  + " for=127.0.0.1;host=outer.test;proto=https")
          .containsEntry("X-Forwarded-For", "6.6.6.6, 192.0.2.7, 127.0.0.1")
          .containsEntry("X-Forwarded-Proto", "https")
          .containsEntry("X-Forwarded-Host", "outer.test")
          .doesNotContainKey("X-Real-IP");
      assertThat(proxy.records(1).getFirst().peer()).isEqualTo("192.0.2.7");
    }
  }

  /// A balancer that writes `X-Forwarded-For` alone, and passes on what else the client sent.
  @Test
  void aClientsStandardFieldBehindABalancerThatDoesNotKnowItIsDropped() throws Exception {
    try (ProxyUnderTest proxy = new ProxyUnderTest(trusting("127.0.0.0/8", false))) {
      proxy.origin.page("/p", "page");
      for (String forged : List.of("for=127.0.0.2;host=evil;proto=https", "for=a;for=b")) {
        proxy.get(
            "/p", "Forwarded", forged, "X-Forwarded-For", "192.0.2.7", "X-Real-IP", "1.1.1.1");
      }
      String host = "127.0.0.1:" + proxy.port;
      assertThat(proxy.origin.asked("/p"))
          .hasSize(2)
          .allSatisfy(asked ->
              assertThat(asked.fields())
                  .containsEntry("Host", host)
                  .containsEntry("X-Forwarded-For", "192.0.2.7, 127.0.0.1")
                  .containsEntry("X-Forwarded-Proto", "http")
                  .containsEntry("X-Real-IP", "1.1.1.1")
                  .containsEntry(
                      "Forwarded",
                      "for=192.0.2.7, for=127.0.0.1;host=\"" + host + "\";proto=http"));
      assertThat(proxy.records(2)).allMatch(record -> record.peer().equals("192.0.2.7"));
    }
  }

  /// What the origin does not get is in no key, and chooses no route.
  @Test
  void aStrangersFieldsChooseNeitherRouteNorPage() throws Exception {
    try (ProxyUnderTest proxy = new ProxyUnderTest(trusting("10.0.0.0/8", false))) {
      var match =
          new RouteMatch(
              List.of(), List.of(new HeaderMatch("X-Forwarded-Prefix", Glob.of("*"))), List.of());
      var key = new KeyRule(QueryRule.PLAIN, List.of("x-real-ip"), List.of());
      var edits =
          new HeaderEdits(List.of(), List.of(new FieldLine("X-Forwarded-Port", "443")), List.of());
      proxy.proxy.useRoutes(
          List.of(
              proxy.all.as("special", "/*").withRules(RouteRules.USUAL.withMatch(match)),
              proxy.all.withRules(
                  RouteRules.USUAL.withKey(key).withEdits(edits, HeaderEdits.NONE))),
          RequestGuards.USUAL);
      proxy.origin.page("/p", "page", "Cache-Control", "max-age=60");
      proxy.get("/p", FORGED);
      Awaitility.await().until(() -> proxy.pages.statistics().writes() > 0);
      assertThat(ProxyUnderTest.cacheStatus(proxy.get("/p"))).contains("hit");
      assertThat(proxy.records(1).getFirst().route()).isEqualTo("all");
      assertThat(proxy.origin.asked("/p").getFirst().fields())
          .as("the route's word is its own")
          .containsEntry("X-Forwarded-Port", "443");
    }
  }

  @Test
  void theProxyProtocolNamesTheClient() throws Exception {
    try (ProxyUnderTest proxy = new ProxyUnderTest(trusting("127.0.0.0/8", true))) {
      proxy.origin.page("/p", "page");
      for (String header :
          List.of(
              "PROXY TCP4 192.0.2.9 198.51.100.1 56324 443\r\n",
              "\r\n\r\n\0\r\nQUIT\n!\021\0\014\300\0\002\011\3063d\001\0\001\0\002")) {
        try (RawClient client = new RawClient(proxy.port)) {
          client.send(header + "GET /p HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
          assertThat(client.readToEnd()).endsWith("page");
        }
      }
      assertThat(proxy.records(2)).allMatch(record -> record.peer().equals("192.0.2.9"));
      assertThat(proxy.origin.asked("/p"))
          .allMatch(asked -> "192.0.2.9".equals(asked.fields().get("X-Forwarded-For")));
    }
  }

  @Test
  void hitsBehindATrustedProxyAreFastAsLongAsNoFieldSpeaksOfTheClient() throws Exception {
    try (ProxyUnderTest proxy = new ProxyUnderTest(trusting("127.0.0.0/8", true))) {
      proxy.origin.page("/p", "page", "Cache-Control", "max-age=60");
      String header = "PROXY TCP4 192.0.2.9 198.51.100.1 56324 443\r\n";
      String request = "GET /p HTTP/1.1\r\nHost: x\r\n";
      try (RawClient client = new RawClient(proxy.port)) {
        client.send(header + request + "\r\n");
        client.readUntil("page");
        Awaitility.await().until(() -> proxy.pages.statistics().writes() > 0);
        client.send(request + "X-Forwarded-For: 192.0.2.1\r\n\r\n");
        client.readUntil("page");
        assertThat(proxy.answeredFast).hasValue(0);
        client.send(request + "\r\n");
        client.readUntil("page");
      }
      Awaitility.await().untilAsserted(() -> assertThat(proxy.answeredFast).hasValue(1));
      assertThat(proxy.records(3)).hasSize(3).allMatch(record -> record.peer().equals("192.0.2.9"));
    }
  }

  @Test
  void aConnectionWithoutAProperHeaderIsClosedAndCounted() throws Exception {
    try (ProxyUnderTest proxy = new ProxyUnderTest(trusting("127.0.0.0/8", true))) {
      for (String bytes :
          List.of(
              "GET /p HTTP/1.1\r\nHost: x\r\n\r\n", "PROXY TCP4 bad\r\n", "PRI * HTTP/2.0\r\n")) {
        try (RawClient client = new RawClient(proxy.port)) {
          client.send(bytes);
          assertThat(client.readToEnd()).isEmpty();
        }
      }
      assertThat(proxy.proxy.figures().connections().proxyHeadersRefused()).isEqualTo(3);
      assertThat(proxy.records).isEmpty();
    }
  }

  @Test
  void soIsOneFromElsewhere() throws Exception {
    try (ProxyUnderTest proxy = new ProxyUnderTest(trusting("10.0.0.0/8", true));
        RawClient client = new RawClient(proxy.port)) {
      client.send(
          "PROXY TCP4 192.0.2.9 198.51.100.1 56324 443\r\nGET /p HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(client.readToEnd()).isEmpty();
      assertThat(proxy.proxy.figures().connections().proxyHeadersRefused()).isEqualTo(1);
    } catch (java.io.IOException reset) {
      assertThat(reset).hasMessageFindingMatch("reset|Broken pipe|aborted");
    }
  }
}

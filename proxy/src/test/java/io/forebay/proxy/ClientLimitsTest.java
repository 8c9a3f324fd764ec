package io.forebay.proxy;

import static io.forebay.proxy.ProxyUnderTest.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.proxy.listen.ConnectionSettings;
import io.forebay.proxy.listen.TrustedNetworks;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What clients may take: connections, time, bytes. Beyond it a clear answer or a closed
/// connection, and everybody else is served.
class ClientLimitsTest {

  private static ConnectionSettings with(int maxConnections, Duration headerTimeout) {
    return new ConnectionSettings(
        maxConnections,
        headerTimeout,
        100,
        TrustedNetworks.NONE,
        false,
        true,
        100,
        Optional.empty());
  }

  @Test
  void aHeaderSectionThatDoesNotComeToItsEndGets408() throws Exception {
    try (ProxyUnderTest proxy = new ProxyUnderTest(with(100, Duration.ofMillis(300)))) {
      for (String begun : List.of("G", "GET /p HT", "GET /p HTTP/1.1\r\nHost: x\r\nA: b")) {
        try (RawClient client = new RawClient(proxy.port)) {
          client.send(begun);
          assertThat(client.readToEnd()).startsWith("HTTP/1.1 408 ");
        }
      }
      assertThat(proxy.proxy.figures().connections().requestsRefused()).containsEntry(408, 3L);
    }
  }

  @Test
  void aConnectionThatAsksNothingYetHasTime() throws Exception {
    try (ProxyUnderTest proxy = new ProxyUnderTest(with(100, Duration.ofMillis(100)))) {
      proxy.origin.page("/p", "page");
      try (RawClient idle = new RawClient(proxy.port);
          RawClient slow = new RawClient(proxy.port)) {
        slow.send("GET ");
        assertThat(slow.readToEnd()).startsWith("HTTP/1.1 408 ");
        // Older than the one that was given up, and still there.
        idle.send("GET /p HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        assertThat(idle.readToEnd()).endsWith("page");
      }
    }
  }

  @Test
  void aBegunPrefaceOfHttp2DoesNotHoldAConnectionForEver() throws Exception {
    try (ProxyUnderTest proxy = new ProxyUnderTest(with(100, Duration.ofMillis(300)));
        RawClient client = new RawClient(proxy.port)) {
      client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n");
      assertThat(client.readToEnd()).isEmpty();
    }
  }

  @Test
  void connectionsBeyondTheBoundAreClosedAtOnceAndCounted() throws Exception {
    try (ProxyUnderTest proxy = new ProxyUnderTest(with(2, seconds(20)))) {
      proxy.origin.page("/p", "page");
      try (RawClient first = new RawClient(proxy.port);
          RawClient _ = new RawClient(proxy.port)) {
        Awaitility.await().until(() -> proxy.proxy.figures().connections().connections() == 2);
        try (RawClient third = new RawClient(proxy.port)) {
          assertThat(third.readToEnd()).isEmpty();
        }
        assertThat(proxy.proxy.figures().connections().connectionsRefused()).isEqualTo(1);
        first.send("GET /p HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        assertThat(first.readToEnd()).endsWith("page");
      }
      Awaitility.await().until(() -> proxy.proxy.figures().connections().connections() == 0);
      assertThat(proxy.get("/p").body()).isEqualTo("page");
    }
  }

  static Stream<Arguments> oversized() {
    String long20k = "x".repeat(20_000);
    String long100k = "x".repeat(100_000);
    return Stream.of(
        Arguments.of("GET /" + long20k + " HTTP/1.1\r\nHost: x\r\n\r\n", "414"),
        Arguments.of("GET /" + long100k, "414"),
        Arguments.of(long100k, "414"),
        Arguments.of("GET /p HTTP/1.1\r\nHost: x\r\nA: " + long20k + "\r\n\r\n", "431"),
        Arguments.of("GET /p HTTP/1.1\r\nHost: x\r\nA: " + long100k, "431"),
        Arguments.of("GET /p HTTP/1.1\r\nHost: x\r\n" + long100k, "431"),
        Arguments.of(
            "GET /p HTTP/1.1\r\nHost: x\r\n" + ("A: " + "y".repeat(990) + "\r\n").repeat(30),
            "431"),
        Arguments.of("GET /p HTTP/1.1\r\nHost: x\r\n" + "A: b\r\n".repeat(100) + "\r\n", "431"),
        Arguments.of("GET /p HTTP/1.1\r\nHost: x\r\n" + "A: b\r\n".repeat(5_000), "431"));
  }

  @ParameterizedTest
  @MethodSource("oversized")
  void whatIsTooLongOrTooManyIsSaidSo(String request, String status) throws Exception {
    try (ProxyUnderTest proxy = new ProxyUnderTest();
        RawClient client = new RawClient(proxy.port)) {
      client.send(request);
      assertThat(client.readToEnd()).startsWith("HTTP/1.1 " + status + " ");
      assertThat(proxy.records).isEmpty();
    }
  }

  static Stream<String> oversizedFraming() {
    return Stream.of(
        "5;" + "x".repeat(20_000) + "\r\nhello\r\n0\r\n\r\n",
        ("1;" + "x".repeat(1_000) + "\r\na\r\n").repeat(1_000),
        "0".repeat(20_000) + "5\r\nhello\r\n0\r\n\r\n",
        "5\r\nhello\r\n0\r\nA: " + "x".repeat(20_000) + "\r\n\r\n",
        "5\r\nhello\r\n0\r\n" + "A: b\r\n".repeat(50_000));
  }

  @ParameterizedTest
  @MethodSource("oversizedFraming")
  void framingWithoutBoundEndsTheConnection(String body) throws Exception {
    try (ProxyUnderTest proxy = new ProxyUnderTest();
        RawClient client = new RawClient(proxy.port)) {
      proxy.origin.on(
          "/up", request -> request.body().onSuccess(_ -> request.response().end("took it")));
      try {
        client.send("POST /up HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + body);
        assertThat(client.readToEnd()).doesNotContain("took it");
      } catch (IOException closed) {
        assertThat(closed).hasMessageFindingMatch("reset|closed|Broken pipe|aborted");
      }
      Awaitility.await().until(() -> proxy.proxy.figures().exchangesUnderWay() == 0);
    }
  }

  @Test
  void fiveThousandIdleConnectionsCostLittleAndNobodyElseAnything() throws Exception {
    int many = 5_000;
    try (ProxyUnderTest proxy = new ProxyUnderTest(with(10_000, seconds(20)))) {
      proxy.origin.page("/p", "page", "Cache-Control", "max-age=60");
      assertThat(proxy.get("/p").body()).isEqualTo("page");
      long before = usedBytes();
      List<RawClient> idle = new ArrayList<>();
      try {
        for (int i = 0; i < many; i++) {
          RawClient client = new RawClient(proxy.port);
          idle.add(client);
          if (i % 2 == 0) {
            client.send("GET /p HTTP/1.1\r\n");
          }
        }
        Awaitility.await().until(() -> proxy.proxy.figures().connections().connections() >= many);
        for (int i = 0; i < 20; i++) {
          assertThat(proxy.get("/p").body()).isEqualTo("page");
        }
        assertThat((usedBytes() - before) / many).as("bytes per connection").isLessThan(20_000);
      } finally {
        for (RawClient client : idle) {
          client.close();
        }
      }
      Awaitility.await().until(() -> proxy.proxy.figures().connections().connections() <= 1);
    }
  }

  private static long usedBytes() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}

package io.forebay.server.compat;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.server.ServerAssembly;
import io.forebay.server.StartOutcome;
import io.forebay.server.TestingServer;
import io.forebay.server.compat.ForeignSystem.Door;
import io.forebay.server.settings.Assignment;
import io.forebay.server.settings.HostAndPort;
import io.forebay.server.settings.SettingProblem;
import io.forebay.server.settings.SettingsReader;
import io.forebay.server.settings.SettingsReading;
import io.forebay.server.settings.WrittenSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class DoorsTest {

  private static SettingsReading read(String... settings) {
    List<Assignment> flags = new ArrayList<>();
    flags.add(Assignment.flag("test", "data.dir", "target/test-data/" + UUID.randomUUID()));
    flags.add(Assignment.flag("test", "compat.systems", "distrocache"));
    for (String setting : settings) {
      String[] parts = setting.split("=", 2);
      flags.add(Assignment.flag("test", parts[0], parts[1]));
    }
    return SettingsReader.read(new WrittenSettings(Optional.empty(), Map.of(), flags));
  }

  @Test
  void aTakenDoorIsNamedWithItsSettingAndNothingIsLeftRunning() throws IOException {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      var accepted =
          (SettingsReading.Accepted) read("api.listen=127.0.0.1:0", "compat.cache_port=" + port);
      assertThat(ServerAssembly.start(accepted.settings()))
          .isEqualTo(
              new StartOutcome.NotStarted(
                  "compat.cache_port: cannot listen on 127.0.0.1:"
                      + port
                      + ": port "
                      + port
                      + " is taken; stop the program that has it, or choose another with --set"
                      + " compat.cache_port=PORT"));
    }
  }

  @Test
  void allDoorsShareTheBoundOfConnections() throws IOException {
    try (var server = TestingServer.start(CompatServer.ALL + "api: {max_connections: 2}\n");
        Socket one = connect(server, Door.CACHE);
        Socket two = connect(server, Door.APPLICATION)) {
      assertThat(isServed(one)).isTrue();
      assertThat(isServed(two)).isTrue();
      try (Socket three = connect(server.address())) {
        assertThat(isServed(three)).isFalse();
      }
    }
  }

  private static Socket connect(TestingServer server, Door door) throws IOException {
    return connect(server.running().doors().getOrDefault(door, server.address()));
  }

  private static Socket connect(HostAndPort address) throws IOException {
    return new Socket(address.host(), address.port());
  }

  /// Whether an answer comes, instead of the end; the connection stays open.
  private static boolean isServed(Socket client) {
    try {
      client.setSoTimeout(30_000);
      client
          .getOutputStream()
          .write(
              "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      return client.getInputStream().read() == 'H';
    } catch (SocketTimeoutException e) {
      throw new AssertionError("neither answered nor closed", e);
    } catch (IOException closed) {
      return false;
    }
  }

  @Test
  void twoListenersAtOnePortAreRefused() {
    assertThat(read("api.listen=127.0.0.1:8080"))
        .isInstanceOfSatisfying(
            SettingsReading.Refused.class,
            refused ->
                assertThat(refused.problems())
                    .extracting(SettingProblem::message)
                    .containsExactly("compat.cache_port and api.listen are both 8080"));
  }

  @Test
  void everyDoorLeadsToEveryRouteAndCountsAsAConnectionOfTheApi() {
    try (var server = CompatServer.start()) {
      for (Door door : Door.values()) {
        assertThat(server.sendTo(door, "GET", "/v1/caches/default", "").statusCode())
            .as(door.text())
            .isEqualTo(200);
      }
      assertThat(server.running().doors()).containsOnlyKeys(Door.values());
      assertThat(server.get("/metrics").body()).containsPattern("forebay_api_connections [2-7]");
    }
    try (var server = TestingServer.start("compat: {systems: [distrocache]}\n")) {
      assertThat(server.running().doors()).containsOnlyKeys(Door.CACHE);
    }
  }
}

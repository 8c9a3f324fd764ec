package io.forebay.proxy;

import io.forebay.proxy.origin.Origin;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// An origin that answers each request head with the bytes that a test gives, on connections that
/// stay open.
final class RawOrigin implements AutoCloseable {

  /// As an answer: closes the connection.
  static final String CLOSE = "(close)";

  /// As an answer: none to what came so far. The end of a body counts as another head.
  static final String NOTHING_YET = "";

  /// Answers a request's head, its lines ended by `\n`, with a response's bytes.
  interface Script {
    /// @param nth how many requests the connection carried before
    String answer(String head, int nth);
  }

  private final ServerSocket server;
  private final Script script;
  private final Predicate<String> isLast;
  private final List<String> asked = new CopyOnWriteArrayList<>();

  RawOrigin(Script script) throws IOException {
    this(script, _ -> false);
  }

  /// @param isLast whether the connection is closed behind the answer to a head
  RawOrigin(Script script, Predicate<String> isLast) throws IOException {
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    this.script = script;
    this.isLast = isLast;
    serveEach(server, this::serve);
  }

  /// Serves each connection on a thread of its own, until the server is closed.
  static void serveEach(ServerSocket server, Consumer<Socket> serve) {
    Thread.ofVirtual()
        .start(() -> {
          while (!server.isClosed()) {
            try {
              Socket socket = server.accept();
              Thread.ofVirtual().start(() -> serve.accept(socket));
            } catch (IOException closed) {
              return;
            }
          }
        });
  }

  private void serve(Socket socket) {
    try (socket) {
      var lines =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
      int nth = 0;
      StringBuilder head = new StringBuilder();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        head.append(line).append('\n');
        if (line.isEmpty()) {
          asked.add(head.toString());
          String bytes = script.answer(head.toString(), nth++);
          if (bytes.equals(CLOSE)) {
            return;
          }
          socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
          if (isLast.test(head.toString())) {
            return;
          }
          head.setLength(0);
        }
      }
    } catch (IOException gone) {
      // The proxy closed the connection, as it may.
      return;
    }
  }

  Origin address() {
    return new Origin("127.0.0.1", server.getLocalPort(), false);
  }

  /// The heads of all requests so far.
  List<String> asked() {
    return asked;
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}

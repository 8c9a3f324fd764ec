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
import java.util.function.UnaryOperator;

/// An origin that answers each request head with the bytes that a test gives, on connections that
/// stay open.
final class RawOrigin implements AutoCloseable {

  private final ServerSocket server;
  private final UnaryOperator<String> answer;
  private final List<String> asked = new CopyOnWriteArrayList<>();

  /// @param answer from a request's head, lines ended by `\n`, to the response's bytes
  RawOrigin(UnaryOperator<String> answer) throws IOException {
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    this.answer = answer;
    Thread.ofVirtual().start(this::accept);
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      var lines =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
      StringBuilder head = new StringBuilder();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        head.append(line).append('\n');
        if (line.isEmpty()) {
          asked.add(head.toString());
          String bytes = answer.apply(head.toString());
          socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
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

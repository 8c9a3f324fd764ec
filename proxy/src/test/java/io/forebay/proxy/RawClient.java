package io.forebay.proxy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// A client that sends bytes as they are written in a test.
final class RawClient implements AutoCloseable {

  private final Socket socket;

  RawClient(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(20_000);
  }

  void send(String bytes) throws IOException {
    socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
  }

  /// How long a read may wait.
  void waitAtMost(Duration patience) throws IOException {
    socket.setSoTimeout((int) patience.toMillis());
  }

  /// Everything up to and with `end`.
  String readUntil(String end) throws IOException {
    StringBuilder read = new StringBuilder();
    byte[] buffer = new byte[16 * 1024];
    while (read.indexOf(end, Math.max(0, read.length() - buffer.length - end.length())) < 0) {
      int length = socket.getInputStream().read(buffer);
      if (length < 0) {
        throw new IOException("closed after: " + read);
      }
      read.append(new String(buffer, 0, length, StandardCharsets.ISO_8859_1));
    }
    return read.toString();
  }

  /// As many bytes, or what there is before the server closes.
  String read(int atMost) throws IOException {
    return new String(socket.getInputStream().readNBytes(atMost), StandardCharsets.ISO_8859_1);
  }

  /// Everything until the server closes.
  String readToEnd() throws IOException {
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}

package io.forebay.proxy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A real HTTP server on a port of its own that can fall ill in several ways, and recover.
final class UnsteadyOrigin implements AutoCloseable {

  /// How it treats whoever connects.
  enum Mode {
    WELL,
    /// It takes requests and never answers.
    HUNG,
    /// 500 to all.
    ERRORS,
    /// It closes the connection in the middle of the body.
    CLOSING
  }

  private final InetSocketAddress address;
  private final Function<String, String> answers;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile Mode mode = Mode.WELL;
  private volatile @Nullable ServerSocket server;
  private volatile CountDownLatch unhung = new CountDownLatch(1);

  /// @param port 0 for any
  /// @param answers the response's bytes, by the target
  UnsteadyOrigin(String host, int port, Function<String, String> answers) throws IOException {
    this.answers = answers;
    ServerSocket first = listen(new InetSocketAddress(host, port));
    this.address = (InetSocketAddress) first.getLocalSocketAddress();
    begin(first);
  }

  private static ServerSocket listen(InetSocketAddress address) throws IOException {
    ServerSocket socket = new ServerSocket();
    socket.setReuseAddress(true);
    socket.bind(address, 500);
    return socket;
  }

  private void begin(ServerSocket socket) {
    server = socket;
    Thread.ofVirtual()
        .start(() -> {
          while (!socket.isClosed()) {
            try {
              Socket client = socket.accept();
              open.add(client);
              Thread.ofVirtual().start(() -> serve(client));
            } catch (IOException closed) {
              return;
            }
          }
        });
  }

  int port() {
    return address.getPort();
  }

  void mode(Mode other) {
    mode = other;
    unhung.countDown();
    unhung = new CountDownLatch(1);
  }

  /// Ends as a process that is killed: all connections break, and no new one is taken.
  void kill() throws IOException {
    ServerSocket socket = server;
    if (socket != null) {
      socket.close();
    }
    for (Socket client : open) {
      client.close();
    }
    mode(mode);
  }

  /// Comes back on the same port.
  void start() throws IOException {
    mode = Mode.WELL;
    begin(listen(address));
  }

  private void serve(Socket client) {
    try (client) {
      var lines =
          new BufferedReader(
              new InputStreamReader(client.getInputStream(), StandardCharsets.ISO_8859_1));
      String target = "";
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (target.isEmpty()) {
          target = line.split(" ", 3)[1];
        } else if (line.isEmpty()) {
          if (!answer(client, target)) {
            return;
          }
          target = "";
        }
      }
    } catch (IOException | InterruptedException gone) {
      // The proxy closed the connection, or we are killed.
      return;
    } finally {
      open.remove(client);
    }
  }

  /// @return whether the connection stays
  private boolean answer(Socket client, String target) throws IOException, InterruptedException {
    String bytes =
        switch (mode) {
          case WELL -> answers.apply(target);
          case HUNG -> {
            unhung.await();
            yield "";
          }
          case ERRORS -> "HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\noops";
          case CLOSING -> {
            String whole = answers.apply(target);
            yield whole.substring(0, whole.length() - 10);
          }
        };
    client.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
    return mode == Mode.WELL || mode == Mode.ERRORS;
  }

  @Override
  public void close() throws IOException {
    kill();
  }
}

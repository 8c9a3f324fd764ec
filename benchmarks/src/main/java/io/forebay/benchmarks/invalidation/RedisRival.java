package io.forebay.benchmarks.invalidation;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// What people do in Redis to invalidate a pattern: `SCAN … MATCH` and `UNLINK`, a thousand keys at
/// a time, over loopback.
final class RedisRival implements AutoCloseable {

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;

  RedisRival(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
    out = new BufferedOutputStream(socket.getOutputStream(), 1 << 16);
  }

  void fill(int keys) throws IOException {
    int unanswered = 0;
    for (int i = 0; i < keys; i++) {
      send("SET", "products:" + i, "0123456789abcdef");
      if (++unanswered == 1_000) {
        drain(unanswered);
        unanswered = 0;
      }
    }
    drain(unanswered);
  }

  private void drain(int answers) throws IOException {
    out.flush();
    for (int i = 0; i < answers; i++) {
      answer();
    }
  }

  /// @return how many keys it unlinked
  long unlink(String pattern) throws IOException {
    long unlinked = 0;
    String cursor = "0";
    do {
      send("SCAN", cursor, "MATCH", pattern, "COUNT", "1000");
      out.flush();
      List<?> page = (List<?>) answer();
      cursor = (String) page.get(0);
      List<String> command = new ArrayList<>(List.of("UNLINK"));
      for (Object key : (List<?>) page.get(1)) {
        command.add((String) key);
      }
      if (command.size() > 1) {
        send(command.toArray(String[]::new));
        out.flush();
        unlinked += (Long) answer();
      }
    } while (!cursor.equals("0"));
    return unlinked;
  }

  private void send(String... words) throws IOException {
    write("*" + words.length + "\r\n");
    for (String word : words) {
      write("$" + word.length() + "\r\n" + word + "\r\n");
    }
  }

  private void write(String ascii) throws IOException {
    out.write(ascii.getBytes(StandardCharsets.US_ASCII));
  }

  private Object answer() throws IOException {
    String line = line();
    String rest = line.substring(1);
    return switch (line.charAt(0)) {
      case '+' -> rest;
      case ':' -> Long.valueOf(rest);
      case '$' -> {
        String text = new String(in.readNBytes(Integer.parseInt(rest)), StandardCharsets.US_ASCII);
        in.skipNBytes(2);
        yield text;
      }
      case '*' -> {
        List<Object> items = new ArrayList<>();
        for (int i = 0; i < Integer.parseInt(rest); i++) {
          items.add(answer());
        }
        yield items;
      }
      default -> throw new IOException("Redis says " + line);
    };
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new IOException("Redis closed the connection");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}

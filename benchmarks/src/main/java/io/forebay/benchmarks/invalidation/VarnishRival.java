package io.forebay.benchmarks.invalidation;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// Bans through Varnish's command line port, over loopback, without a password.
final class VarnishRival implements AutoCloseable {

  private final Socket socket;
  private final InputStream in;

  VarnishRival(int commandPort) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), commandPort);
    socket.setTcpNoDelay(true);
    in = new BufferedInputStream(socket.getInputStream());
    answer(); // the banner
  }

  /// @return each ban's time from its sending to its answer
  Samples ban(int times) throws IOException {
    Samples samples = new Samples(times);
    for (int i = 0; i < times; i++) {
      long before = System.nanoTime();
      command("ban obj.http.X-Tag == t" + i);
      samples.add(System.nanoTime() - before);
    }
    return samples;
  }

  private void command(String text) throws IOException {
    socket.getOutputStream().write((text + "\n").getBytes(StandardCharsets.US_ASCII));
    answer();
  }

  /// `200 12 \n` (13 bytes), then so many bytes, then `\n`.
  private void answer() throws IOException {
    String head = new String(in.readNBytes(13), StandardCharsets.US_ASCII);
    String[] statusAndLength = head.trim().split(" +", -1);
    byte[] body = in.readNBytes(Integer.parseInt(statusAndLength[1]) + 1);
    if (!statusAndLength[0].equals("200")) {
      throw new IOException(head + new String(body, StandardCharsets.US_ASCII));
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}

package io.forebay.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.forebay.proxy.RawResponses.Raw;
import io.forebay.proxy.TwinWorld.Answer;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Asks over HTTP/1.1, several requests pipelined.
final class TwinHttp1 implements TwinWorld.TwinConnection {

  private final int port;
  private @Nullable Socket socket;
  private @Nullable RawResponses responses;

  TwinHttp1(int port) {
    this.port = port;
  }

  @Override
  public List<Answer> ask(List<TwinRequest> requests, Set<Integer> cuts) throws IOException {
    if (socket == null) {
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(20_000);
      responses = new RawResponses(new BufferedInputStream(socket.getInputStream()));
    }
    StringBuilder text = new StringBuilder();
    requests.forEach(request -> text.append(request.text()));
    int from = 0;
    for (int cut : cuts) {
      if (cut > from && cut < text.length()) {
        send(text.substring(from, cut));
        from = cut;
      }
    }
    send(text.substring(from));
    List<Answer> answers = new ArrayList<>();
    boolean isOpen = true;
    for (int i = 0; i < requests.size() && isOpen; i++) {
      Optional<Raw> answer = Objects.requireNonNull(responses).next(requests.get(i).method());
      answer.ifPresent(raw -> answers.add(new Answer(raw.head(), raw.body())));
      isOpen = answer.isPresent() && !answer.get().isLast();
    }
    if (!isOpen) {
      // A client that left first may be told of as one that was cut off.
      while (socket.getInputStream().read() >= 0) {}
      close();
      socket = null;
    }
    return answers;
  }

  private void send(String bytes) throws IOException {
    var out = Objects.requireNonNull(socket).getOutputStream();
    out.write(bytes.getBytes(ISO_8859_1));
    out.flush();
  }

  @Override
  public void close() throws IOException {
    if (socket != null) {
      socket.close();
    }
  }
}

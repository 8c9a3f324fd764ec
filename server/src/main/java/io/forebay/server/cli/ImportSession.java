package io.forebay.server.cli;

import io.forebay.server.backup.BackupLines;
import io.forebay.server.cli.ServerClient.Reply;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/// Sends a backup to a server in parts, each after the one before was acknowledged, and again if it
/// was not: what was restored by then is kept.
final class ImportSession {

  private static final int MOST_BYTES = 4 << 20;
  private static final int MOST_LINES = 10_000;
  private static final int MOST_TRIES = 6;
  private static final Duration PAUSE = Duration.ofMillis(500);
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private static final List<String> COUNTS =
      List.of("restored", "kept", "expired", "invalidated", "unproven", "not_admitted", "rejected");

  private final ServerClient client;
  private final Terminal terminal;
  private final String target;
  private final Progress progress;
  private final Map<String, Long> counts = new LinkedHashMap<>();
  private final List<JsonNode> rejections = new ArrayList<>();
  private long entries;
  private long bytes;

  /// @param target path and query
  ImportSession(ServerClient client, Terminal terminal, String target) {
    this.client = client;
    this.terminal = terminal;
    this.target = target;
    this.progress = new Progress(terminal);
    COUNTS.forEach(name -> counts.put(name, 0L));
  }

  /// What became of it so far, by name.
  Map<String, Long> counts() {
    return counts;
  }

  /// The first entries that the server has no room for by its rules.
  List<JsonNode> rejections() {
    return rejections;
  }

  /// Lines that are acknowledged, the first included.
  long lines() {
    return entries + 1;
  }

  /// Sends all of it.
  ///
  /// @return what the server said when it did not go on; empty if all was taken
  Optional<Reply> send(BackupSource source) throws IOException, InterruptedException {
    try (var http = ServerClient.http()) {
      byte[] header = source.next().orElse(new byte[0]);
      boolean isFirst = true;
      Optional<byte[]> next = source.next();
      while (next.isPresent() || isFirst) {
        var part = new ByteArrayOutputStream();
        part.writeBytes(header);
        part.write('\n');
        int lines = 0;
        while (next.isPresent() && lines < MOST_LINES && part.size() < MOST_BYTES) {
          part.writeBytes(next.get());
          part.write('\n');
          lines++;
          next = source.next();
        }
        Reply reply = sendUntilTaken(http, part.toByteArray());
        if (!(reply instanceof Reply.Answered answered && answered.isGood())) {
          return Optional.of(reply);
        }
        count(answered.json());
        entries += lines;
        bytes += part.size();
        progress.show(entries, bytes);
        isFirst = false;
      }
      return Optional.empty();
    } finally {
      progress.end();
    }
  }

  private Reply sendUntilTaken(HttpClient http, byte[] part)
      throws IOException, InterruptedException {
    Reply reply = new Reply.Unreachable("not sent");
    for (int attempt = 1; attempt <= MOST_TRIES; attempt++) {
      reply = sendOnce(http, part);
      boolean mayHelp =
          reply instanceof Reply.Unreachable
              || (reply instanceof Reply.Answered answered && answered.status() == 503);
      if (!mayHelp) {
        return reply;
      }
      if (attempt < MOST_TRIES) {
        TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis() << (attempt - 1));
      }
    }
    return reply;
  }

  private Reply sendOnce(HttpClient http, byte[] part) throws IOException, InterruptedException {
    HttpRequest.Builder request;
    try {
      request = client.request(target, terminal);
    } catch (IllegalArgumentException e) {
      return new Reply.Unreachable(client.noAddress(terminal));
    }
    return client.send(
        http,
        request
            .timeout(PATIENCE)
            .header("Content-Type", BackupLines.MEDIA_TYPE)
            .POST(BodyPublishers.ofByteArray(part))
            .build(),
        terminal);
  }

  private void count(JsonNode answer) {
    counts.replaceAll((name, sum) -> sum + answer.path(name).asLong(0));
    for (JsonNode rejection : answer.path("rejections")) {
      if (rejections.size() < 10) {
        rejections.add(rejection);
      }
    }
  }
}

package io.forebay.server.cli;

import io.forebay.cache.Position;
import io.forebay.server.api.Json;
import io.forebay.server.backup.BackupLines;
import io.forebay.server.backup.ExportOrder.Place;
import io.forebay.server.backup.LineReader;
import io.forebay.server.cli.ServerClient.Reply;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Fetches a backup from a server; when the connection breaks, it goes on behind the last whole
/// line.
final class ExportRun {

  private static final int MOST_FAILURES = 5;
  private static final Duration PAUSE = Duration.ofMillis(500);
  private static final int LONGEST_LINE = Integer.MAX_VALUE - 16;

  private final ServerClient client;
  private final Terminal terminal;
  private final List<String> caches;
  private final Progress progress;

  private @Nullable String epoch;
  private byte @Nullable [] last;
  private long entries;
  private long bytes;

  ExportRun(ServerClient client, Terminal terminal, List<String> caches) {
    this.client = client;
    this.terminal = terminal;
    this.caches = caches;
    this.progress = new Progress(terminal);
  }

  long entries() {
    return entries;
  }

  long bytes() {
    return bytes;
  }

  /// How it ended.
  sealed interface Ended {
    record Whole() implements Ended {}

    /// The server said no.
    record Refused(Reply.Answered problem) implements Ended {}

    /// It broke off, and trying again did not help.
    record Broken(String why) implements Ended {}

    /// The rest would not fit to what there is.
    record OtherLog() implements Ended {}
  }

  /// Takes over a line of an export that broke off.
  void takeOver(byte[] line) {
    if (epoch == null) {
      epoch = epoch(line);
    } else {
      last = line;
      entries++;
      bytes += line.length + 1L;
    }
  }

  Ended run(BackupSink sink) throws InterruptedException {
    int failures = 0;
    try (var http = ServerClient.http()) {
      while (true) {
        long before = entries;
        String why;
        try {
          Optional<Ended> ended = fetch(http, sink);
          if (ended.isPresent()) {
            return ended.get();
          }
          why = "the answer broke off";
        } catch (IOException e) {
          why = String.valueOf(e.getMessage() == null ? e : e.getMessage());
        }
        failures = entries > before ? 1 : failures + 1;
        if (failures > MOST_FAILURES) {
          return new Ended.Broken(why);
        }
        TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis() * failures);
      }
    } finally {
      progress.end();
    }
  }

  /// @return empty if it broke off
  private Optional<Ended> fetch(HttpClient http, BackupSink sink)
      throws IOException, InterruptedException {
    var request = client.request("/v1/export" + query(), terminal).GET();
    if (!client.isOnThisMachine(terminal)) {
      request.header("Accept-Encoding", "gzip");
    }
    HttpResponse<InputStream> response = http.send(request.build(), BodyHandlers.ofInputStream());
    try (InputStream raw = response.body()) {
      if (response.statusCode() == 503) {
        throw new IOException("the server answered 503");
      }
      if (response.statusCode() != 200) {
        JsonNode problem =
            Json.tree(raw.readAllBytes())
                .orElseThrow(
                    () -> new IOException("something else answered " + response.statusCode()));
        return Optional.of(new Ended.Refused(new Reply.Answered(response.statusCode(), problem)));
      }
      boolean zipped = response.headers().firstValue("Content-Encoding").orElse("").equals("gzip");
      return copy(new LineReader(zipped ? new GZIPInputStream(raw) : raw, LONGEST_LINE), sink);
    }
  }

  private String query() throws IOException {
    String query =
        caches.stream().map(name -> "cache=" + encoded(name)).collect(Collectors.joining("&"));
    if (last != null) {
      JsonNode entry = Json.tree(last).orElseThrow(() -> new IOException("a line is no JSON"));
      var place = new Place(entry.path("cache").asString(), entry.path("key").asString());
      query += (query.isEmpty() ? "" : "&") + "after=" + encoded(place.toString());
    }
    return query.isEmpty() ? "" : "?" + query;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private Optional<Ended> copy(LineReader lines, BackupSink sink) throws IOException {
    long before = entries;
    if (!(lines.next() instanceof LineReader.Line.Whole(long _, byte[] header, boolean _))) {
      return Optional.empty();
    }
    if (epoch == null) {
      epoch = epoch(header);
      sink.write(header);
    } else if (epoch.isEmpty() || !epoch.equals(epoch(header))) {
      return Optional.of(new Ended.OtherLog());
    }
    while (lines.next() instanceof LineReader.Line.Whole(long _, byte[] line, boolean isEnded)
        && isEnded) {
      if (BackupLines.isEnd(line)) {
        return Json.tree(line).orElseThrow().path("entries").asLong(-1) == entries - before
            ? Optional.of(new Ended.Whole())
            : Optional.empty();
      }
      sink.write(line);
      last = line;
      entries++;
      bytes += line.length + 1L;
      progress.show(entries, bytes);
    }
    return Optional.empty();
  }

  /// The log's, by which it is known whether two parts of a backup fit.
  ///
  /// @return empty if it cannot be told
  private static String epoch(byte[] header) {
    return Json.tree(header)
        .flatMap(line -> Position.parse(line.path("position").asString("")))
        .map(position -> Long.toString(position.epoch()))
        .orElse("");
  }
}

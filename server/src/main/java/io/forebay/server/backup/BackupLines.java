package io.forebay.server.backup;

import io.forebay.cache.Entry;
import io.forebay.cache.EntryFacts;
import io.forebay.cache.InvalidationHistory;
import io.forebay.cache.Position;
import io.forebay.server.api.Json;
import io.forebay.server.api.Problem;
import io.forebay.server.api.RequestRefused;
import io.forebay.server.api.Utf8;
import io.forebay.server.caches.EntryRules;
import io.forebay.server.caches.StoredValue;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What the lines of a backup look like: one JSON object each.
///
/// ```
/// {"format":"forebay-backup","version":1,"server":"1.0","exported":"…Z","position":"e-n","stamp":…,"caches":["default"]}
/// {"cache":"default","key":"k","content_type":"text/plain","text":"…","created":…,"fresh_until":…, …}
/// {"end":true,"entries":1}
/// ```
///
/// Moments of entries are milliseconds since 1970. A value is `json` if it is JSON that is written
/// exactly as we would write it, else `text` if it is UTF-8, else `base64`: so its bytes come back
/// as they were.
public final class BackupLines {

  public static final String MEDIA_TYPE = "application/x-ndjson";

  static final String FORMAT = "forebay-backup";
  static final long VERSION = 1;

  private static final byte[] END = "{\"end\":".getBytes(StandardCharsets.UTF_8);

  /// A text in which more than one byte of so many has to be escaped by six is put in base64.
  private static final int RARELY = 16;

  /// Longer JSON is put down as text: to know whether it comes back as it was costs reading it.
  private static final int MOST_JSON_BYTES = 64 * 1024;

  private BackupLines() {}

  /// The longest line that a value of the longest kind may make, with its tags and metadata.
  public static long mostBytes(long maxValueBytes) {
    return Math.min(2 * maxValueBytes + (4 << 20), Integer.MAX_VALUE - 64);
  }

  // ---- writing, without newlines

  /// @param taken see [BackupHeader]
  public static byte[] header(
      String server, Instant now, Optional<InvalidationHistory.Moment> taken, List<String> caches) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("format", FORMAT);
    line.put("version", VERSION);
    line.put("server", server);
    line.put("exported", now.toString());
    taken.ifPresent(moment -> {
      line.put("position", moment.position().toString());
      line.put("stamp", moment.stamp());
    });
    line.put("caches", caches);
    return Json.write(line);
  }

  /// @param now in milliseconds; what a soft invalidation made stale is so from now on
  static byte[] entry(String cache, Entry<String, StoredValue> entry, long now) {
    EntryFacts<String> facts = entry.facts();
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("cache", cache);
    line.put("key", entry.key());
    putValue(line, entry.value());
    if (!entry.tags().isEmpty()) {
      line.put("tags", entry.tags());
    }
    if (!entry.metadata().isEmpty()) {
      line.put("metadata", entry.metadata());
    }
    long freshUntil = facts.freshUntil().toEpochMilli();
    line.put("created", facts.created().toEpochMilli());
    line.put("fresh_until", entry.isSoftInvalidated() ? Math.min(now, freshUntil) : freshUntil);
    line.put("stale_until", facts.staleUntil().toEpochMilli());
    line.put("version", entry.version());
    line.put("position", entry.loadBegan().toString());
    return Json.write(line);
  }

  /// A value of elsewhere, whose age nobody knows.
  ///
  /// @param until when it ends; empty for never
  public static byte[] entry(String cache, String key, StoredValue value, Optional<Instant> until) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("cache", cache);
    line.put("key", key);
    putValue(line, value);
    until.ifPresent(end -> line.put("fresh_until", end.toEpochMilli()));
    return Json.write(line);
  }

  public static byte[] end(long entries) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("end", true);
    line.put("entries", entries);
    return Json.write(line);
  }

  private static void putValue(Map<String, Object> line, StoredValue value) {
    line.put("content_type", value.contentType());
    Optional<JsonNode> json = isJson(value) ? sameJson(value.bytes()) : Optional.empty();
    if (json.isPresent()) {
      line.put("json", json.get());
      return;
    }
    Optional<String> text = text(value.bytes());
    if (text.isPresent()) {
      line.put("text", text.get());
    } else {
      line.put("base64", Base64.getEncoder().encodeToString(value.bytes()));
    }
  }

  private static boolean isJson(StoredValue value) {
    String essence = value.contentType().split(";", 2)[0].strip();
    return value.length() <= MOST_JSON_BYTES && essence.equalsIgnoreCase("application/json");
  }

  /// The JSON, if reading it out of a line and writing it gives the same bytes.
  private static Optional<JsonNode> sameJson(byte[] bytes) {
    var line = new ByteArrayOutputStream();
    line.writeBytes("{\"json\":".getBytes(StandardCharsets.UTF_8));
    line.writeBytes(bytes);
    line.write('}');
    return Json.tree(line.toByteArray())
        .filter(tree -> tree.size() == 1)
        .map(tree -> tree.path("json"))
        .filter(node -> !node.isNull() && Arrays.equals(Json.write(node), bytes));
  }

  /// The text, unless most of it would have to be escaped.
  private static Optional<String> text(byte[] bytes) {
    int escaped = 0;
    for (byte one : bytes) {
      if (one >= 0 && one < ' ' && one != '\n' && one != '\r' && one != '\t') {
        escaped++;
      }
    }
    return escaped > bytes.length / RARELY ? Optional.empty() : Utf8.text(bytes);
  }

  // ---- reading

  /// A first line, as it is written. Members of later versions are not refused before the version.
  record WrittenHeader(
      @Nullable String format,
      @Nullable Long version,
      @Nullable String server,
      @Nullable String exported,
      @Nullable String position,
      @Nullable Long stamp,
      @Nullable List<String> caches) {}

  /// Another line, as it is written.
  record Written(
      @Nullable String cache,
      @Nullable String key,
      @Nullable String contentType,
      @Nullable JsonNode json,
      @Nullable String text,
      @Nullable String base64,
      @Nullable List<String> tags,
      @Nullable Map<String, String> metadata,
      @Nullable Long created,
      @Nullable Long freshUntil,
      @Nullable Long staleUntil,
      @Nullable Long version,
      @Nullable String position,
      @Nullable Boolean end,
      @Nullable Long entries) {}

  /// Whether a line is the last of a backup.
  public static boolean isEnd(byte[] line) {
    return line.length > END.length && Arrays.equals(line, 0, END.length, END, 0, END.length);
  }

  static BackupHeader readHeader(byte[] line) throws BadLine.Found {
    JsonNode tree = Json.tree(line).orElse(null);
    if (tree == null || !tree.path("format").asString("").equals(FORMAT)) {
      throw new BadLine.Found(
          "format", "\"" + FORMAT + "\" in the first line", "This is no backup of Forebay.");
    }
    if (!tree.path("version").isIntegralNumber() || tree.path("version").asLong() != VERSION) {
      throw new BadLine.Found(
          "version",
          Long.toString(VERSION),
          "The backup has format version "
              + tree.path("version")
              + ", which this server does not know: a newer Forebay made it.");
    }
    WrittenHeader header = read(line, WrittenHeader.class);
    return new BackupHeader(
        header.position == null
            ? Optional.empty()
            : Optional.of(
                new InvalidationHistory.Moment(
                    position(header.position), header.stamp == null ? 0 : header.stamp)),
        header.caches == null ? List.of() : header.caches);
  }

  static BackupLine read(byte[] line) throws BadLine.Found {
    Written written = read(line, Written.class);
    if (written.end != null) {
      return new BackupLine.End(needed("entries", "a number", written.entries));
    }
    Optional<Instant> freshUntil = instant(written.freshUntil);
    Optional<Instant> staleUntil = instant(written.staleUntil).or(() -> freshUntil);
    if (freshUntil.isPresent() && staleUntil.get().isBefore(freshUntil.get())) {
      throw new BadLine.Found(
          "stale_until", "no less than fresh_until", "It ends before it is stale.");
    }
    return new BackupEntry(
        needed("cache", "a cache's name", written.cache),
        needed("key", "a text", written.key),
        value(written),
        written.tags == null ? List.of() : written.tags,
        written.metadata == null ? Map.of() : written.metadata,
        instant(written.created),
        freshUntil,
        staleUntil,
        written.version == null ? 0 : written.version,
        written.position == null ? Optional.empty() : Optional.of(position(written.position)));
  }

  private static <T> T read(byte[] line, Class<T> type) throws BadLine.Found {
    try {
      return Json.read(line, type);
    } catch (RequestRefused refused) {
      Problem problem = refused.problem();
      throw new BadLine.Found(
          problem.field().filter(field -> !field.equals("body")).orElse("line"),
          problem.expected().orElse("a line of a backup"),
          problem.detail().replace("The body", "The line").replace("the body", "the line"));
    }
  }

  private static <T> T needed(String field, String expected, @Nullable T value)
      throws BadLine.Found {
    if (value == null) {
      throw new BadLine.Found(field, expected, "It is missing.");
    }
    return value;
  }

  private static Position position(String text) throws BadLine.Found {
    return Position.parse(text)
        .orElseThrow(
            () -> new BadLine.Found("position", "epoch-n", "It is no position in the log."));
  }

  private static Optional<Instant> instant(@Nullable Long millis) {
    return Optional.ofNullable(millis).map(Instant::ofEpochMilli);
  }

  private static StoredValue value(Written line) throws BadLine.Found {
    long given =
        List.of(
                Optional.ofNullable(line.json),
                Optional.ofNullable(line.text),
                Optional.ofNullable(line.base64))
            .stream()
            .filter(Optional::isPresent)
            .count();
    if (given != 1) {
      throw new BadLine.Found(
          "text", "exactly one of json, text and base64", "The value is unclear.");
    }
    String type = needed("content_type", "a media type", line.contentType);
    if (!EntryRules.isMediaType(type)) {
      throw new BadLine.Found("content_type", "a media type", "It is no media type.");
    }
    if (line.json != null) {
      return new StoredValue(Json.write(line.json), type);
    }
    if (line.text != null) {
      return new StoredValue(line.text.getBytes(StandardCharsets.UTF_8), type);
    }
    try {
      return new StoredValue(Base64.getDecoder().decode(line.base64), type);
    } catch (IllegalArgumentException e) {
      throw new BadLine.Found("base64", "base64 (RFC 4648 §4)", "It cannot be decoded.");
    }
  }
}

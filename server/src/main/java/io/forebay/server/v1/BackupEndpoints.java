package io.forebay.server.v1;

import io.forebay.server.access.Role;
import io.forebay.server.api.ApiRequest;
import io.forebay.server.api.ApiResponse;
import io.forebay.server.api.ApiRoute;
import io.forebay.server.api.Problem;
import io.forebay.server.api.ProblemType;
import io.forebay.server.api.QueryParameters;
import io.forebay.server.api.RequestRefused;
import io.forebay.server.audit.AuditEntry;
import io.forebay.server.audit.AuditedOperation;
import io.forebay.server.backup.BackupLines;
import io.forebay.server.backup.ExportOrder;
import io.forebay.server.backup.Exporter;
import io.forebay.server.backup.ImportOptions;
import io.forebay.server.backup.ImportOutcome;
import io.forebay.server.backup.Importer;
import io.forebay.server.caches.CacheRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/// `GET /v1/export` and `POST /v1/import`.
public final class BackupEndpoints {

  /// Each holds a window of its backup in memory.
  private static final int MOST_AT_ONCE = 2;

  private static final int GZIP_BUFFER_BYTES = 16 * 1024;

  private final CacheRegistry registry;
  private final Exporter exporter;
  private final Importer importer;
  private final AuditedEndpoints audited;
  private final Semaphore room = new Semaphore(MOST_AT_ONCE);

  private BackupEndpoints(
      CacheRegistry registry, Exporter exporter, Importer importer, AuditedEndpoints audited) {
    this.registry = registry;
    this.exporter = exporter;
    this.importer = importer;
    this.audited = audited;
  }

  public static List<ApiRoute> routes(
      CacheRegistry registry, Exporter exporter, Importer importer, AuditedEndpoints audited) {
    var endpoints = new BackupEndpoints(registry, exporter, importer, audited);
    return List.of(
        ApiRoute.of("GET", "/v1/export", Role.READ, endpoints::export),
        ApiRoute.of("POST", "/v1/import", Role.WRITE, endpoints::restore).streaming());
  }

  // ---- GET /v1/export

  private ApiResponse export(ApiRequest request) {
    QueryParameters query = request.query(Set.of("cache")).only(Set.of("cache", "after"));
    List<String> caches = query.values("cache");
    caches.forEach(this::check);
    Optional<ExportOrder.Place> after = query.value("after").map(BackupEndpoints::place);
    if (room.availablePermits() == 0) {
      return tooMany();
    }
    var order = new ExportOrder(caches, after);
    boolean zipped =
        request.field("Accept-Encoding").filter(BackupEndpoints::takesGzip).isPresent();
    ApiResponse response =
        ApiResponse.streaming(200, BackupLines.MEDIA_TYPE, out -> write(order, zipped, out))
            .with("Cache-Control", "no-store")
            .with("Vary", "Accept-Encoding");
    return zipped ? response.with("Content-Encoding", "gzip") : response;
  }

  private void check(String cache) {
    if (registry.find(cache).isPresent()) {
      return;
    }
    throw new RequestRefused(
        registry.findObserved(cache).isPresent()
            ? Problem.invalid(
                "cache", "a key-value cache", "Pages are fetched again; they are not exported.")
            : Outcomes.unknownCache(cache));
  }

  private static ExportOrder.Place place(String text) {
    return ExportOrder.Place.parse(text)
        .orElseThrow(() ->
            new RequestRefused(
                Problem.invalid(
                    "after",
                    "CACHE/KEY of the last whole line",
                    "It does not name an entry to go on behind.")));
  }

  /// RFC 9110 §12.5.3, as far as it is about gzip.
  private static boolean takesGzip(String accepted) {
    return Arrays.stream(accepted.toLowerCase(Locale.ROOT).split(",", -1))
        .map(String::strip)
        .anyMatch(coding ->
            (coding.equals("gzip") || coding.startsWith("gzip;"))
                && !coding.replace(" ", "").matches("gzip;q=0(\\.0*)?"));
  }

  private void write(ExportOrder order, boolean zipped, OutputStream out) throws IOException {
    if (!room.tryAcquire()) {
      throw new IOException("too many exports and imports are under way");
    }
    try {
      if (!zipped) {
        exporter.write(order, out);
        return;
      }
      var gzip = new GZIPOutputStream(out, GZIP_BUFFER_BYTES);
      exporter.write(order, gzip);
      gzip.finish();
    } finally {
      room.release();
    }
  }

  // ---- POST /v1/import

  private ApiResponse restore(ApiRequest request) {
    QueryParameters query =
        request.query().only(Set.of("into", "overwrite", "even_invalidated", "part"));
    var options =
        new ImportOptions(
            query.value("into"),
            isTrue(query, "overwrite"),
            isTrue(query, "even_invalidated"),
            isTrue(query, "part"));
    return audited.around(row(request, options), () -> carryOut(request, options));
  }

  private static boolean isTrue(QueryParameters query, String name) {
    Optional<String> value = query.value(name);
    if (value.isEmpty() || value.get().equals("false")) {
      return false;
    }
    if (value.get().equals("true")) {
      return true;
    }
    throw new RequestRefused(Problem.invalid(name, "true or false", "It is neither."));
  }

  private static AuditEntry row(ApiRequest request, ImportOptions options) {
    var entry =
        AuditEntry.of(AuditedOperation.IMPORT, request.principal().name(), request.address());
    if (options.into().isPresent()) {
      entry = entry.inCache(options.into().get());
    }
    String asked =
        Stream.of(
                options.overwrite() ? "overwrite" : "",
                options.evenInvalidated() ? "even_invalidated" : "")
            .filter(word -> !word.isEmpty())
            .collect(Collectors.joining(","));
    return asked.isEmpty() ? entry : entry.inMode(asked);
  }

  private ApiResponse carryOut(ApiRequest request, ImportOptions options) {
    if (!room.tryAcquire()) {
      return tooMany();
    }
    try {
      InputStream body = decoded(request);
      ImportOutcome outcome = importer.run(body, options);
      return answer(outcome).affecting(outcome.report().restored());
    } catch (IOException e) {
      return ApiResponse.problem(
          Problem.invalid("body", "gzip, as Content-Encoding says", "The body is not gzip."));
    } finally {
      room.release();
    }
  }

  private static ApiResponse tooMany() {
    return ApiResponse.problem(
            Problem.of(
                ProblemType.OVERLOADED, "Too many exports and imports are under way already."))
        .with("Retry-After", "1");
  }

  private static InputStream decoded(ApiRequest request) throws IOException {
    String coding = request.field("Content-Encoding").orElse("identity").toLowerCase(Locale.ROOT);
    return switch (coding) {
      case "identity" -> request.stream();
      case "gzip", "x-gzip" -> new GZIPInputStream(request.stream(), GZIP_BUFFER_BYTES);
      default ->
          throw new RequestRefused(
              new Problem(
                  ProblemType.UNSUPPORTED_MEDIA_TYPE,
                  "The backup has a content coding that is not known here.",
                  Optional.of("Content-Encoding"),
                  Optional.of("gzip or identity")));
    };
  }

  private static ApiResponse answer(ImportOutcome outcome) {
    Map<String, Object> members = outcome.report().members();
    return switch (outcome) {
      case ImportOutcome.Done _ -> ApiResponse.json(200, members);
      case ImportOutcome.BadBackup(long line, var what, var _) ->
          stopped(
              line,
              new Problem(
                  ProblemType.IMPORT_STOPPED,
                  what.detail(),
                  Optional.of(what.field()),
                  Optional.of(what.expected())),
              members);
      case ImportOutcome.UnknownCache(long line, String name, var _) when line == 1 ->
          ApiResponse.problem(
              new Problem(
                  ProblemType.UNKNOWN_CACHE,
                  "There is no cache called " + name + "; nothing was restored.",
                  Optional.of("cache"),
                  Optional.of(
                      "caches that GET /v1/caches lists, or `into`, which names one for all of"
                          + " it")));
      case ImportOutcome.UnknownCache(long line, String name, var _) ->
          stopped(
              line,
              new Problem(
                  ProblemType.IMPORT_STOPPED,
                  "There is no cache called " + name + ".",
                  Optional.of("cache"),
                  Optional.of("a cache that GET /v1/caches lists")),
              members);
      case ImportOutcome.HistoryUnknown _ ->
          ApiResponse.problem(
              Problem.of(
                  ProblemType.HISTORY_UNKNOWN,
                  "This server does not know what was invalidated since the backup was made: it"
                      + " keeps another log of invalidations, or has begun a new one, or the backup"
                      + " is older than what it remembers, or it may have missed some just now."
                      + " Nothing was restored. even_invalidated=true restores the backup all the"
                      + " same."));
      case ImportOutcome.TierFailed(long line, String why, var _) ->
          stopped(line, Problem.of(ProblemType.IMPORT_NOT_TAKEN, why), members);
    };
  }

  private static ApiResponse stopped(long line, Problem problem, Map<String, Object> counts) {
    counts.put("line", line);
    return ApiResponse.problem(problem, counts);
  }
}

package io.forebay.server.v1;

import io.forebay.server.api.ApiRequest;
import io.forebay.server.api.ApiResponse;
import io.forebay.server.api.Problem;
import io.forebay.server.api.ProblemType;
import io.forebay.server.api.QueryParameters;
import io.forebay.server.api.RequestRefused;
import io.forebay.server.audit.AuditEnd;
import io.forebay.server.audit.AuditEntry;
import io.forebay.server.audit.AuditQuery;
import io.forebay.server.audit.AuditRow;
import io.forebay.server.audit.AuditStoreException;
import io.forebay.server.audit.AuditTrail;
import io.forebay.server.audit.AuditedOperation;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `GET /v1/audit`.
final class AuditEndpoint {

  private static final Logger log = LoggerFactory.getLogger(AuditEndpoint.class);

  private static final int DEFAULT_LIMIT = 100;
  private static final Pattern CURSOR = Pattern.compile("[0-9a-f-]{36}");

  private final AuditTrail trail;

  AuditEndpoint(AuditTrail trail) {
    this.trail = trail;
  }

  ApiResponse list(ApiRequest request) {
    QueryParameters query =
        request
            .query()
            .only(Set.of("since", "until", "principal", "operation", "cache", "cursor", "limit"));
    var asked =
        new AuditQuery(
            query.value("since").map(text -> instant("since", text)),
            query.value("until").map(text -> instant("until", text)),
            query.value("principal"),
            query.value("operation").map(AuditEndpoint::operation),
            query.value("cache"),
            query.value("cursor").map(AuditEndpoint::cursor),
            query.value("limit").map(AuditEndpoint::limit).orElse(DEFAULT_LIMIT));
    if (!trail.isOn()) {
      return ApiResponse.problem(
          Problem.of(ProblemType.NO_SUCH_PATH, "The audit is off (audit.enabled)."));
    }
    return answer(asked);
  }

  private ApiResponse answer(AuditQuery asked) {
    try {
      return trail.query(asked).map(AuditEndpoint::page).orElseGet(AuditEndpoint::unavailable);
    } catch (AuditStoreException e) {
      log.atError().addKeyValue("reason", e.getMessage()).log("the audit cannot be read");
      return unavailable();
    }
  }

  private static ApiResponse unavailable() {
    return ApiResponse.problem(
            Problem.of(ProblemType.AUDIT_UNAVAILABLE, "The audit cannot be read at present."))
        .with("Retry-After", "1");
  }

  private static ApiResponse page(AuditQuery.Page page) {
    Map<String, Object> members = new LinkedHashMap<>();
    List<Map<String, Object>> rows = page.rows().stream().map(AuditEndpoint::members).toList();
    members.put("rows", rows);
    page.next().ifPresent(next -> members.put("next_cursor", next));
    return ApiResponse.json(200, members);
  }

  private static Map<String, Object> members(AuditRow row) {
    AuditEntry entry = row.entry();
    AuditEnd end = row.end();
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("id", row.id());
    members.put("at", row.at());
    members.put("principal", entry.principal());
    members.put("address", entry.address());
    members.put("operation", entry.operation().text());
    entry.cache().ifPresent(text -> members.put("cache", text));
    entry.scope().ifPresent(text -> members.put("scope", text));
    entry.mode().ifPresent(text -> members.put("mode", text));
    entry.reason().ifPresent(text -> members.put("reason", text));
    entry.subject().ifPresent(text -> members.put("subject", text));
    members.put("outcome", end.outcome().text());
    end.status().ifPresent(status -> members.put("status", status));
    end.affected().ifPresent(count -> members.put("affected", count));
    return members;
  }

  private static Instant instant(String field, String text) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeParseException e) {
      throw refused(
          field, "a date and time with its offset, such as 2026-11-21T12:00:00Z (RFC 3339)");
    }
  }

  private static AuditedOperation operation(String text) {
    return AuditedOperation.named(text)
        .orElseThrow(() ->
            refused(
                "operation",
                "one of "
                    + Arrays.stream(AuditedOperation.values())
                        .map(AuditedOperation::text)
                        .collect(Collectors.joining(", "))));
  }

  private static String cursor(String text) {
    return Optional.of(text)
        .filter(given -> CURSOR.matcher(given).matches())
        .orElseThrow(() -> refused("cursor", "the next_cursor of the page before"));
  }

  private static int limit(String text) {
    if (!Pattern.matches("\\d{1,4}", text)
        || Integer.parseInt(text) < 1
        || Integer.parseInt(text) > AuditQuery.MAX_LIMIT) {
      throw refused("limit", "a whole number from 1 to " + AuditQuery.MAX_LIMIT);
    }
    return Integer.parseInt(text);
  }

  private static RequestRefused refused(String field, String expected) {
    return new RequestRefused(
        Problem.invalid(field, expected, "The query's " + field + " is not understood."));
  }
}

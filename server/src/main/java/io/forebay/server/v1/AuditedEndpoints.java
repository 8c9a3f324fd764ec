package io.forebay.server.v1;

import io.forebay.server.api.ApiEndpoint;
import io.forebay.server.api.ApiRequest;
import io.forebay.server.api.ApiResponse;
import io.forebay.server.api.Problem;
import io.forebay.server.api.ProblemType;
import io.forebay.server.api.RequestRefused;
import io.forebay.server.audit.Admission;
import io.forebay.server.audit.AuditEnd;
import io.forebay.server.audit.AuditEntry;
import io.forebay.server.audit.AuditTrail;
import io.forebay.server.audit.AuditedOperation;
import java.util.OptionalLong;
import java.util.function.Supplier;

/// Lets endpoints that change something leave their rows in the audit.
///
/// @param entryWrites whether those of entries do (`audit.entry_writes`)
public record AuditedEndpoints(AuditTrail trail, boolean entryWrites) {

  /// Whatever the endpoint answers is acknowledged only with its row; see [AuditTrail].
  public ApiEndpoint change(AuditedOperation operation, ApiEndpoint endpoint) {
    return request -> around(entry(operation, request), () -> endpoint.answer(request));
  }

  public ApiEndpoint entryWrite(AuditedOperation operation, ApiEndpoint endpoint) {
    return entryWrites ? change(operation, endpoint) : endpoint;
  }

  /// What the request itself says: who, from where, and the path's cache and key.
  static AuditEntry entry(AuditedOperation operation, ApiRequest request) {
    var entry = AuditEntry.of(operation, request.principal().name(), request.address());
    if (request.optionalPath("cache").isPresent()) {
      entry = entry.inCache(request.path("cache"));
    }
    return request.optionalPath("key").isPresent()
        ? entry.covering("key:" + request.path("key"))
        : entry;
  }

  /// Makes a change with its row around it: the one call for an endpoint that knows more of the row
  /// than its path, such as a scope.
  ApiResponse around(AuditEntry entry, Supplier<ApiResponse> change) {
    return switch (trail.begin(entry)) {
      case Admission.Refused(var why) ->
          ApiResponse.problem(Problem.of(ProblemType.AUDIT_UNAVAILABLE, why))
              .with("Retry-After", "1");
      case Admission.Admitted(var row) -> {
        int status = 500;
        OptionalLong affected = OptionalLong.empty();
        try {
          ApiResponse response = change.get();
          status = response.status();
          affected = response.affected();
          yield response;
        } catch (RequestRefused refused) {
          status = refused.problem().type().status();
          throw refused;
        } finally {
          row.finish(AuditEnd.answered(status, affected));
        }
      }
    };
  }
}

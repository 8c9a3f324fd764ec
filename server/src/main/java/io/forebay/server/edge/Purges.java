package io.forebay.server.edge;

import io.forebay.http.HttpFields;
import io.forebay.server.api.ApiRequest;
import io.forebay.server.api.Problem;
import io.forebay.server.invalidation.InvalidationAnswer;
import io.forebay.server.invalidation.InvalidationRequest;
import io.forebay.server.invalidation.InvalidationService;
import io.forebay.server.invalidation.PageOrders;
import io.forebay.server.invalidation.Requester;
import io.forebay.server.invalidation.Source;
import io.forebay.server.purge.PurgeReading;
import java.util.Optional;

/// Carries out what a request was understood to order.
final class Purges {

  private Purges() {}

  static HttpFields fields(ApiRequest request) {
    HttpFields.Builder fields = HttpFields.builder();
    request.fieldsWithPrefix("").forEach(field -> fields.add(field.getKey(), field.getValue()));
    return fields.build();
  }

  static InvalidationAnswer carryOut(
      InvalidationService invalidations, ApiRequest request, Source source, PurgeReading reading) {
    var by = new Requester(request.principal().name(), request.address());
    return switch (reading) {
      case PurgeReading.Refused(var field, var expected, var detail) ->
          invalidations.refuse(by, source, Problem.invalid(field, expected, detail));
      case PurgeReading.Understood(var orders) ->
          invalidations.submit(
              InvalidationRequest.local(by, source, PageOrders.toLog(orders)), Optional.empty());
    };
  }

  /// What is wrong, in one sentence.
  static String sentence(Problem problem) {
    return problem.detail()
        + problem.field().map(field -> " Field " + field + ".").orElse("")
        + problem.expected().map(expected -> " Expected " + expected + ".").orElse("");
  }
}

package io.forebay.server.edge;

import io.forebay.server.access.Role;
import io.forebay.server.api.ApiRequest;
import io.forebay.server.api.ApiResponse;
import io.forebay.server.api.ApiRoute;
import io.forebay.server.api.Problem;
import io.forebay.server.invalidation.InvalidationAnswer;
import io.forebay.server.invalidation.InvalidationService;
import io.forebay.server.invalidation.Receipt;
import io.forebay.server.invalidation.Source;
import io.forebay.server.purge.PurgeOrder;
import io.forebay.server.purge.PurgeReader;
import io.forebay.server.purge.PurgeReading;
import io.forebay.server.purge.PurgeScope;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Purging as Fastly's clients do it. Surrogate keys are tags, of pages and of key-value entries;
/// the token comes in `Fastly-Key`.
public final class FastlyRoutes {

  private static final long MAX_BODY_BYTES = 2L << 20;

  private final InvalidationService invalidations;

  private FastlyRoutes(InvalidationService invalidations) {
    this.invalidations = invalidations;
  }

  public static List<ApiRoute> of(InvalidationService invalidations) {
    var routes = new FastlyRoutes(invalidations);
    return List.of(
            ApiRoute.of("POST", "/service/{id}/purge", Role.PURGE, routes::keys)
                .withBody(MAX_BODY_BYTES),
            ApiRoute.of("POST", "/service/{id}/purge/{key...}", Role.PURGE, routes::key),
            ApiRoute.of("POST", "/service/{id}/purge_all", Role.PURGE, routes::all),
            ApiRoute.of("POST", "/purge/{url...}", Role.PURGE, routes::url))
        .stream()
        .map(route -> route.inTheMannerOf(List.of("Fastly-Key"), FastlyRoutes::problem))
        .toList();
  }

  /// Answers each key with an id: the receipt's.
  private ApiResponse keys(ApiRequest request) {
    PurgeReading reading = PurgeReader.fastlyKeys(Purges.fields(request), request.body());
    InvalidationAnswer answer = Purges.carryOut(invalidations, request, Source.FASTLY, reading);
    return switch (answer) {
      case InvalidationAnswer.Done(var receipt) -> ids(answer.status(), reading, receipt);
      case InvalidationAnswer.Pending(var receipt) -> ids(answer.status(), reading, receipt);
      case InvalidationAnswer other -> answer(other);
    };
  }

  private static ApiResponse ids(int status, PurgeReading reading, Receipt receipt) {
    Map<String, String> ids = new LinkedHashMap<>();
    tags(reading).forEach(tag -> ids.put(tag, receipt.id()));
    return ApiResponse.json(status, ids);
  }

  private static Set<String> tags(PurgeReading reading) {
    Set<String> tags = new TreeSet<>();
    if (reading instanceof PurgeReading.Understood(var orders)) {
      for (PurgeOrder order : orders) {
        if (order.scope() instanceof PurgeScope.Tags(var named)) {
          tags.addAll(named);
        }
      }
    }
    return tags;
  }

  private ApiResponse key(ApiRequest request) {
    return answer(request, PurgeReader.fastlyKey(Purges.fields(request), request.path("key")));
  }

  private ApiResponse all(ApiRequest request) {
    return answer(request, PurgeReader.fastlyAll(Purges.fields(request)));
  }

  /// The query belongs to the page's URL.
  private ApiResponse url(ApiRequest request) {
    String url = request.target().substring("/purge/".length());
    return answer(request, PurgeReader.fastlyUrl(Purges.fields(request), url));
  }

  private ApiResponse answer(ApiRequest request, PurgeReading reading) {
    return answer(Purges.carryOut(invalidations, request, Source.FASTLY, reading));
  }

  private static ApiResponse answer(InvalidationAnswer answer) {
    return switch (answer) {
      case InvalidationAnswer.Done(var receipt) -> ok(answer.status(), "ok", receipt.id());
      case InvalidationAnswer.Pending(var receipt) -> ok(answer.status(), "pending", receipt.id());
      case InvalidationAnswer.NotKept(var receipt) ->
          failed(answer.status(), receipt.progress().notKept().orElse("not kept"), receipt.id());
      case InvalidationAnswer.NotInTime(var receipt) ->
          failed(answer.status(), "not in time", receipt.id());
      case InvalidationAnswer.NotPassedOn(var receipt) ->
          failed(answer.status(), "not taken downstream", receipt.id());
      case InvalidationAnswer.Refused(var problem) -> problem(problem);
    };
  }

  private static ApiResponse ok(int status, String text, String id) {
    Map<String, String> members = new LinkedHashMap<>();
    members.put("status", text);
    members.put("id", id);
    return ApiResponse.json(status, members);
  }

  private static ApiResponse failed(int status, String why, String id) {
    Map<String, String> members = new LinkedHashMap<>();
    members.put("msg", "In force on this node, but " + why);
    members.put("id", id);
    return ApiResponse.json(status, members);
  }

  private static ApiResponse problem(Problem problem) {
    Map<String, String> members = new LinkedHashMap<>();
    members.put("msg", problem.type().title());
    members.put("detail", Purges.sentence(problem));
    return ApiResponse.json(problem.type().status(), members);
  }
}

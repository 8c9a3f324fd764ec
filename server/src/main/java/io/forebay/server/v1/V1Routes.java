package io.forebay.server.v1;

import io.forebay.server.access.Role;
import io.forebay.server.api.ApiRoute;
import io.forebay.server.caches.CacheRegistry;
import io.forebay.server.caches.EntryService;
import java.util.List;

/// Every path of `/v1`.
public final class V1Routes {

  private static final long MAX_SETTINGS_BODY_BYTES = 64 * 1024;

  private V1Routes() {}

  public static List<ApiRoute> of(CacheRegistry registry, EntryService entryService) {
    var entries = new EntryEndpoints(entryService);
    var listing = new ListingEndpoint(entryService);
    var batch = new BatchEndpoints(entryService);
    var caches = new CacheEndpoints(registry);
    long maxValueBytes = entryService.rules().maxValueBytes();
    long maxBatchBytes = BatchEndpoints.maxBodyBytes(maxValueBytes);
    String cache = "/v1/caches/{cache}";
    String entry = cache + "/entries/{key...}";
    return List.of(
        ApiRoute.of("GET", entry, Role.READ, entries::get),
        ApiRoute.of("PUT", entry, Role.WRITE, entries::put).withBody(maxValueBytes),
        ApiRoute.of("DELETE", entry, Role.WRITE, entries::delete),
        ApiRoute.of("GET", cache + "/entries", Role.READ, listing::list),
        ApiRoute.of("POST", cache + "/entries:batchGet", Role.READ, batch::get)
            .withBody(maxBatchBytes),
        ApiRoute.of("POST", cache + "/entries:batchPut", Role.WRITE, batch::put)
            .withBody(maxBatchBytes),
        ApiRoute.of("POST", cache + "/entries:batchDelete", Role.WRITE, batch::delete)
            .withBody(maxBatchBytes),
        ApiRoute.of("GET", "/v1/caches", Role.READ, caches::list),
        ApiRoute.of("GET", cache, Role.READ, caches::get),
        ApiRoute.of("GET", cache + "/what-if", Role.READ, caches::whatIf),
        ApiRoute.of("PUT", cache, Role.ADMIN, caches::put).withBody(MAX_SETTINGS_BODY_BYTES),
        ApiRoute.of("DELETE", cache, Role.ADMIN, caches::delete),
        ApiRoute.of("GET", "/v1/stats", Role.READ, caches::statistics),
        ApiRoute.open("GET", "/v1/openapi.yaml", OpenApiDocument::answerYaml),
        ApiRoute.open("GET", "/v1/openapi.json", OpenApiDocument::answerJson));
  }
}

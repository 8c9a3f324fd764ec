package io.forebay.proxy;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// What an origin has under a path.
record TwinContent(int status, int version, int bytes, List<String> fields, boolean chunked) {

  private static final List<String> CACHE_CONTROLS =
      List.of(
          "max-age=60",
          "max-age=60",
          "max-age=60",
          "max-age=60",
          "max-age=60",
          "max-age=60",
          "max-age=5",
          "max-age=5, stale-while-revalidate=30",
          "s-maxage=40, max-age=1",
          "max-age=60, no-cache",
          "max-age=60, private",
          "max-age=60, must-revalidate",
          "no-store",
          "max-age=0");

  private static final List<String> VARIES =
      List.of(
          "",
          "",
          "",
          "",
          "Accept-Encoding",
          "Accept-Encoding",
          "accept-encoding",
          "Accept-Encoding, Accept-Language",
          "*");

  /// For what has no other.
  static TwinContent none() {
    return new TwinContent(404, 0, 3, List.of(), false);
  }

  static TwinContent random(Random random, int version) {
    List<String> fields = new ArrayList<>();
    add(fields, "Cache-Control", pick(random, CACHE_CONTROLS));
    String vary = pick(random, VARIES);
    if (!vary.isEmpty()) {
      add(fields, "Vary", vary);
    }
    if (random.nextBoolean()) {
      add(fields, "ETag", "\"v" + version % 3 + "\"");
    }
    if (random.nextInt(3) == 0) {
      add(fields, "Last-Modified", "Sun, 01 Mar 2026 10:00:00 GMT");
    }
    if (random.nextInt(4) == 0) {
      add(fields, "Age", Integer.toString(random.nextInt(8)));
    }
    if (random.nextInt(6) == 0) {
      add(fields, "Cache-Status", "shield; hit; ttl=7");
    }
    if (random.nextInt(3) == 0) {
      add(fields, "Cache-Tag", "t" + random.nextInt(3));
    }
    if (random.nextInt(8) == 0) {
      add(fields, "X-Odd", "1702839461");
    }
    if (random.nextInt(2) == 0) {
      add(fields, "Content-Type", pick(random, List.of("text/html", "text/plain", "image/png")));
    }
    int status = List.of(200, 200, 200, 200, 404, 301, 203, 204).get(random.nextInt(8));
    int bytes = List.of(0, 1, 1024, 5000, 70_000, 140_000).get(random.nextInt(6));
    return new TwinContent(
        status, version, status == 204 ? 0 : bytes, List.copyOf(fields), random.nextInt(4) == 0);
  }

  private static void add(List<String> fields, String name, String value) {
    fields.add(name);
    fields.add(value);
  }

  /// What HEAD brings is not to be stored, since nothing here would tell when it is.
  void answer(HttpServerRequest request) {
    HttpServerResponse response = request.response();
    for (int i = 0; i < fields.size(); i += 2) {
      response.headers().add(fields.get(i), fields.get(i + 1));
    }
    String tag = response.headers().get("ETag");
    if (request.method().name().equals("HEAD")) {
      response.setStatusCode(status).putHeader("Cache-Control", "no-store").end();
    } else if (tag != null && String.valueOf(request.getHeader("If-None-Match")).contains(tag)) {
      response.setStatusCode(304).end();
    } else {
      response.setStatusCode(status).setChunked(chunked && status != 204).end(body(request));
    }
  }

  private String body(HttpServerRequest request) {
    String start =
        version
            + " mark="
            + request.getHeader("X-Mark")
            + " "
            + request.uri()
            + " "
            + request.getHeader("Accept-Encoding");
    return status == 204 ? "" : start + "x".repeat(Math.max(0, bytes - start.length()));
  }

  static <T> T pick(Random random, List<T> from) {
    return from.get(random.nextInt(from.size()));
  }
}

package io.forebay.server.page;

import io.forebay.server.api.ApiRequest;
import io.forebay.server.api.ApiResponse;
import io.forebay.server.api.ApiRoute;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/// `/` for browsers, and what the page needs. Open to all: it holds no data, and asks `/v1` for
/// them.
public final class PageRoutes {

  private static final String HTML = "text/html; charset=utf-8";

  /// Scripts and styles of our own only; nobody may frame it.
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
          + " connect-src 'self' ws: wss:; form-action 'none'; base-uri 'none';"
          + " frame-ancestors 'none'";

  private PageRoutes() {}

  public static List<ApiRoute> of() {
    return List.of(
        asset("/page/page.js", "page.js", "text/javascript; charset=utf-8"),
        asset("/page/page.css", "page.css", "text/css; charset=utf-8"));
  }

  private static ApiRoute asset(String path, String resource, String type) {
    byte[] bytes = read(resource);
    return ApiRoute.open("GET", path, _ -> sent(type, bytes));
  }

  /// Whether a browser asks, and not a person with a command line.
  public static boolean isWanted(ApiRequest request) {
    return request.field("Accept").filter(accept -> accept.contains("text/html")).isPresent();
  }

  public static ApiResponse answer() {
    return sent(HTML, read("index.html"));
  }

  private static ApiResponse sent(String type, byte[] bytes) {
    return ApiResponse.bytes(200, type, bytes)
        .with("Content-Security-Policy", POLICY)
        .with("X-Content-Type-Options", "nosniff")
        .with("Referrer-Policy", "no-referrer")
        .with("Cache-Control", "no-cache")
        .with("Vary", "Accept");
  }

  private static byte[] read(String resource) {
    try (InputStream stream = PageRoutes.class.getResourceAsStream(resource)) {
      if (stream == null) {
        throw new IllegalStateException("the build lacks the page's " + resource);
      }
      return stream.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

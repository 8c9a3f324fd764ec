package io.forebay.server.page;

import io.forebay.server.api.ApiRequest;
import io.forebay.server.api.ApiResponse;
import io.forebay.server.api.ApiRoute;
import io.forebay.server.settings.ServerSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// `/` for browsers, and what the page needs. Open to all: it holds no data, and asks `/v1` for
/// them.
public final class PageRoutes {

  private static final String HTML = "text/html; charset=utf-8";

  private static final String ROOT = "<html lang=\"en\">";

  private final byte[] page;
  private final String policy;

  public PageRoutes(ServerSettings.Page settings) {
    String base = settings.apiBase().orElse("");
    this.policy = policy(base.isEmpty() ? "" : " " + base);
    String html = new String(read("index.html"), StandardCharsets.UTF_8);
    if (!html.contains(ROOT)) {
      throw new IllegalStateException("the page does not begin with " + ROOT);
    }
    this.page = html.replace(ROOT, root(base, settings)).getBytes(StandardCharsets.UTF_8);
  }

  /// Scripts and styles of our own only; nobody may frame it.
  private static String policy(String asked) {
    return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
        + " connect-src 'self' ws: wss:"
        + asked
        + "; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";
  }

  /// Settings travel as attributes of the document, since it may have no script of its own. No
  /// value of them has a character that HTML knows.
  private static String root(String base, ServerSettings.Page settings) {
    return "<html lang=\"en\" data-api-base=\"%s\" data-realtime=\"%s\" data-poll-millis=\"%d\">"
        .formatted(base, settings.realtime(), settings.pollInterval().toMillis());
  }

  public List<ApiRoute> routes() {
    return List.of(
        asset("/page/page.js", "page.js", "text/javascript; charset=utf-8"),
        asset("/page/page.css", "page.css", "text/css; charset=utf-8"));
  }

  private ApiRoute asset(String path, String resource, String type) {
    byte[] bytes = read(resource);
    return ApiRoute.open("GET", path, _ -> sent(type, bytes));
  }

  /// Whether a browser asks, and not a person with a command line.
  public static boolean isWanted(ApiRequest request) {
    return request.field("Accept").filter(accept -> accept.contains("text/html")).isPresent();
  }

  public ApiResponse answer() {
    return sent(HTML, page);
  }

  private ApiResponse sent(String type, byte[] bytes) {
    return ApiResponse.bytes(200, type, bytes)
        .with("Content-Security-Policy", policy)
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

package io.forebay.server.v1;

import io.forebay.http.FieldSyntax;
import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import io.forebay.http.RequestSyntax;
import io.forebay.server.access.Role;
import io.forebay.server.api.ApiRequest;
import io.forebay.server.api.ApiResponse;
import io.forebay.server.api.ApiRoute;
import io.forebay.server.api.Problem;
import io.forebay.server.api.ProblemType;
import io.forebay.server.api.QueryParameters;
import io.forebay.server.api.RequestRefused;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `GET /v1/explain`: what the proxy would do with a request now, and why.
public final class ExplainRoutes {

  private static final Pattern URL =
      Pattern.compile("(https?)://([^/?#]+)([/?#].*)?", Pattern.CASE_INSENSITIVE);
  private static final String URL_FORM =
      "an absolute URL, such as http://shop.example.org/products";
  private static final String HEADER_FORM = "a field line, such as Accept-Language: de";

  private final Function<RequestHead, Optional<Map<String, Object>>> proxy;

  private ExplainRoutes(Function<RequestHead, Optional<Map<String, Object>>> proxy) {
    this.proxy = proxy;
  }

  /// @param proxy explains; answers empty while the proxy is off
  public static List<ApiRoute> of(Function<RequestHead, Optional<Map<String, Object>>> proxy) {
    return List.of(ApiRoute.of("GET", "/v1/explain", Role.READ, new ExplainRoutes(proxy)::explain));
  }

  private ApiResponse explain(ApiRequest request) {
    QueryParameters query = request.query(Set.of("header")).only(Set.of("url", "method", "header"));
    String url =
        query
            .value("url")
            .orElseThrow(() -> refused("url", URL_FORM, "The query does not say which URL."));
    RequestHead asked =
        request(url, query.value("method").orElse("GET"), fields(query.values("header")));
    return proxy
        .apply(asked)
        .map(explanation -> ApiResponse.json(200, explanation))
        .orElseGet(() ->
            ApiResponse.problem(
                Problem.of(
                    ProblemType.PROXY_OFF,
                    "The proxy has nothing to answer for: set proxy.origin or proxy.routes.")));
  }

  private static RequestHead request(String url, String method, HttpFields fields) {
    Matcher parts = URL.matcher(url);
    if (!parts.matches()) {
      throw refused("url", URL_FORM, "The URL is not an absolute http or https URL.");
    }
    if (!FieldSyntax.isToken(method)) {
      throw refused("method", "a method, such as GET", "The method is none.");
    }
    String target = parts.group(3) == null ? "/" : parts.group(3);
    RequestHead asked =
        new RequestHead(
            method,
            FieldSyntax.lowerCase(parts.group(1)),
            parts.group(2),
            target.startsWith("/") ? target : "/" + target,
            fields.with("Host", parts.group(2)));
    // The fragment is no fault here: it is left out, and the explanation says so.
    RequestSyntax.fault(asked.withTarget(asked.target().split("#", 2)[0]), "1.1")
        .ifPresent(fault -> {
          throw refused("url", URL_FORM, "The proxy would refuse it with 400: " + fault + ".");
        });
    return asked;
  }

  private static HttpFields fields(List<String> lines) {
    HttpFields.Builder fields = HttpFields.builder();
    for (String line : lines) {
      int colon = line.indexOf(':');
      String name = colon < 0 ? "" : line.substring(0, colon);
      boolean isLine =
          FieldSyntax.isToken(name)
              && line.chars().allMatch(c -> c == '\t' || (c >= ' ' && c != 127));
      if (!isLine) {
        throw refused("header", HEADER_FORM, "A header parameter is no field line.");
      }
      if (name.equalsIgnoreCase("Host")) {
        throw refused("header", "any field but Host", "The host is the one of the URL.");
      }
      fields.add(name, FieldSyntax.trimmed(line.substring(colon + 1)));
    }
    return fields.build();
  }

  private static RequestRefused refused(String field, String expected, String detail) {
    return new RequestRefused(Problem.invalid(field, expected, detail));
  }
}

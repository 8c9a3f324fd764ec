package io.forebay.server.api;

import io.forebay.server.access.Principal;
import io.vertx.core.MultiMap;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// One request as an endpoint sees it: complete, its body in memory, unless its route takes the
/// body as it comes ([ApiRoute#streaming]).
public final class ApiRequest {

  private final Map<String, String> pathParameters;
  private final String rawPath;
  private final String rawQuery;
  private final MultiMap fields;
  private final byte[] body;
  private final InputStream stream;
  private final Principal principal;
  private final String address;

  ApiRequest(
      Map<String, String> pathParameters,
      String rawPath,
      String rawQuery,
      MultiMap fields,
      byte[] body,
      InputStream stream,
      Principal principal,
      String address) {
    this.pathParameters = pathParameters;
    this.rawPath = rawPath;
    this.rawQuery = rawQuery;
    this.fields = fields;
    this.body = body;
    this.stream = stream;
    this.principal = principal;
    this.address = address;
  }

  /// Path and query as they came, undecoded.
  public String target() {
    return rawQuery.isEmpty() ? rawPath : rawPath + "?" + rawQuery;
  }

  /// A parameter of the route's template, decoded.
  public String path(String name) {
    return Objects.requireNonNull(pathParameters.get(name), name);
  }

  /// The same; empty if the template has no such parameter.
  public Optional<String> optionalPath(String name) {
    return Optional.ofNullable(pathParameters.get(name));
  }

  /// The query; refused if its encoding is broken.
  public QueryParameters query() {
    return query(Set.of());
  }

  /// The same, where some names may be given more than once.
  public QueryParameters query(Set<String> repeatable) {
    return QueryParameters.parse(rawQuery, repeatable);
  }

  /// The field's lines, each decoded; empty if it is absent.
  public List<String> lines(String field) {
    return fields.getAll(field).stream().map(HeaderText::decode).toList();
  }

  /// The field's lines, joined by commas (RFC 9110 §5.3).
  public Optional<String> field(String name) {
    List<String> lines = lines(name);
    return lines.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", lines));
  }

  /// Every field line whose name begins with `prefix` (any case): name in lower case → value.
  public List<Map.Entry<String, String>> fieldsWithPrefix(String prefix) {
    return fields.entries().stream()
        .filter(field -> field.getKey().regionMatches(true, 0, prefix, 0, prefix.length()))
        .map(field ->
            Map.entry(
                field.getKey().toLowerCase(java.util.Locale.ROOT),
                HeaderText.decode(field.getValue())))
        .toList();
  }

  /// Not a copy: read only, or keep and never change.
  public byte[] body() {
    return body;
  }

  /// The body as it comes, to be read once; of a route that takes it so.
  public InputStream stream() {
    return stream;
  }

  public Principal principal() {
    return principal;
  }

  /// The IP address it came from; whatever stands between is not seen through.
  public String address() {
    return address;
  }
}

package io.forebay.server.api;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// The query of a request, decoded. Strict: broken encoding, a name given twice (unless the
/// endpoint says that it may be) and (once the endpoint says which it knows) an unknown name are
/// refused.
public final class QueryParameters {

  private final Map<String, List<String>> values;

  private QueryParameters(Map<String, List<String>> values) {
    this.values = values;
  }

  /// @param raw what follows `?`, undecoded; may be empty
  /// @param repeatable names that may be given more than once
  static QueryParameters parse(String raw, Set<String> repeatable) {
    Map<String, List<String>> values = new LinkedHashMap<>();
    for (String pair : raw.split("&", -1)) {
      if (pair.isEmpty()) {
        continue;
      }
      int equals = pair.indexOf('=');
      String name = decode(equals < 0 ? pair : pair.substring(0, equals));
      String value = equals < 0 ? "" : decode(pair.substring(equals + 1));
      List<String> all = values.computeIfAbsent(name, _ -> new ArrayList<>());
      all.add(value);
      if (all.size() > 1 && !repeatable.contains(name)) {
        throw new RequestRefused(
            Problem.invalid(name, "one value", "The query names it more than once."));
      }
    }
    return new QueryParameters(values);
  }

  private static String decode(String raw) {
    return PercentDecoding.decode(raw.replace('+', ' '))
        .orElseThrow(() ->
            new RequestRefused(
                Problem.invalid(
                    "query", "percent-encoded UTF-8", "The query's encoding is broken.")));
  }

  /// Refuses every parameter that is not in `known`.
  public QueryParameters only(Set<String> known) {
    for (String name : values.keySet()) {
      if (!known.contains(name)) {
        throw new RequestRefused(
            Problem.invalid(
                name,
                known.isEmpty() ? "no query" : "only " + String.join(", ", new TreeSet<>(known)),
                "The query has a parameter that is not known here."));
      }
    }
    return this;
  }

  public Optional<String> value(String name) {
    return values(name).stream().findFirst();
  }

  /// All values of a name that may be repeated, in their order.
  public List<String> values(String name) {
    return values.getOrDefault(name, List.of());
  }
}

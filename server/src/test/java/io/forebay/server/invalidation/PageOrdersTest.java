package io.forebay.server.invalidation;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.GlobPattern;
import io.forebay.cache.Invalidation.Mode;
import io.forebay.cache.InvalidationOrder;
import io.forebay.cache.Scope;
import io.forebay.server.purge.PurgeOrder;
import io.forebay.server.purge.PurgeScope;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PageOrdersTest {

  /// `tags a b`; with `@cache` at its end, in that cache.
  private static InvalidationOrder order(String text) {
    String[] parts = text.split("@", 2);
    String[] words = parts[0].strip().split(" ", -1);
    Set<String> names = Set.of(Arrays.copyOfRange(words, 1, words.length));
    Scope scope =
        switch (words[0]) {
          case "keys" -> new Scope.Keys(names);
          case "tags" -> new Scope.Tags(names);
          case "prefixes" -> new Scope.Prefixes(names);
          case "patterns" ->
              new Scope.Patterns(
                  names.stream()
                      .map(name -> GlobPattern.parse(name).orElseThrow())
                      .collect(Collectors.toSet()));
          case "urls" -> new Scope.Urls(names);
          case "hosts" -> new Scope.Hosts(names);
          default -> new Scope.Everything();
        };
    Optional<String> cache = parts.length == 2 ? Optional.of(parts[1]) : Optional.empty();
    return new InvalidationOrder(cache, scope, Mode.HARD);
  }

  private static String told(PurgeOrder order) {
    return switch (order.scope()) {
      case PurgeScope.Tags(var names) -> "tags " + joined(names);
      case PurgeScope.Urls(var names) -> "urls " + joined(names);
      case PurgeScope.UrlPrefixes(var names) -> "prefixes " + joined(names);
      case PurgeScope.UrlPatterns(var names) -> "patterns " + joined(names);
      case PurgeScope.Hosts(var names) -> "hosts " + joined(names);
      case PurgeScope.Everything() -> "everything";
    };
  }

  private static String joined(Set<String> names) {
    return String.join(" ", new TreeSet<>(names));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "nothing",
      textBlock =
          """
          tags a                             | tags a
          tags a@pages                       | tags a
          tags a@default                     | nothing
          tags a; tags b c                   | tags a b c
          keys k                             | nothing
          urls http://a/b https://a/b        | urls http://a/b https://a/b
          hosts a                            | hosts a
          prefixes http://a/b https://a/b    | prefixes a/b
          prefixes users:                    | nothing
          prefixes http://a                  | patterns http://a*
          prefixes h                         | patterns h*
          prefixes https://a[                | patterns https://a\\[*
          patterns users:*                   | nothing
          patterns *:42                      | patterns *:42
          patterns http?://a/*               | patterns http?://a/*
          patterns \\users:*                 | patterns \\users:*
          everything                         | everything
          everything@default                 | nothing
          tags a; everything@pages; tags b   | tags a b; everything
          """)
  void whatConcernsPagesIsSaidDownstreamInFewOrders(String orders, String expected) {
    List<InvalidationOrder> read =
        Arrays.stream(orders.split(";", -1)).map(String::strip).map(PageOrdersTest::order).toList();
    String said =
        PageOrders.downstream(read).stream()
            .map(PageOrdersTest::told)
            .collect(Collectors.joining("; "));
    assertThat(said).isEqualTo(expected == null ? "" : expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          urls https://a/b?c        | http://a/b?c https://a/b?c
          prefixes HTTPS://A.b/C    | HTTPS://A.b/C http://a.b/C https://a.b/C
          prefixes users:           | users:
          patterns http://a/*       | http://a/* https://a/*
          patterns *://a/*          | *://a/*
          tags http://a/            | http://a/
          keys http://a/            | http://a/
          """)
  void schemesAreNotToldApart(String order, String names) {
    assertThat(BothSchemes.covered(order(order)).scope().names())
        .containsExactly(names.split(" ", -1));
  }
}

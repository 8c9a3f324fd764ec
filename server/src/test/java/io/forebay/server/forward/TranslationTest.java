package io.forebay.server.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.GlobPattern;
import io.forebay.cache.Invalidation.Mode;
import io.forebay.server.purge.PurgeOrder;
import io.forebay.server.purge.PurgeScope;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TranslationTest {

  private static List<ForwardCall> calls(ForwardTarget.Kind kind, PurgeScope scope, Mode mode) {
    var target = new ForwardTarget("t", kind, URI.create("http://t"), "ID", "TOKEN");
    return switch (Translation.of(new PurgeOrder(scope, mode), target)) {
      case Translation.Calls(var calls) -> calls;
      case Translation.Impossible ignored -> List.of();
    };
  }

  private static String told(ForwardCall call) {
    String fields =
        new TreeMap<>(call.fields())
            .entrySet().stream()
                .map(field -> field.getKey() + ": " + field.getValue())
                .collect(Collectors.joining(", "));
    return String.join(
            " ", call.method(), call.host() + call.target(), "[" + fields + "]", call.body())
        .strip();
  }

  private static PurgeScope scope(String kind, String names) {
    Set<String> set = Set.of(names.split(" ", -1));
    return switch (kind) {
      case "tags" -> new PurgeScope.Tags(set);
      case "urls" -> new PurgeScope.Urls(set);
      case "prefixes" -> new PurgeScope.UrlPrefixes(set);
      case "patterns" -> new PurgeScope.UrlPatterns(set);
      case "hosts" -> new PurgeScope.Hosts(set);
      default -> new PurgeScope.Everything();
    };
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '§',
      quoteCharacter = '`',
      value = {
        "VARNISH § HARD § tags § b a § PURGE / [xkey-purge: a b]",
        "VARNISH § SOFT § tags § a § PURGE / [xkey-softpurge: a]",
        "VARNISH § HARD § tags § ä § impossible",
        "VARNISH § HARD § urls § http://a.b/c?d=1 § PURGE a.b/c?d=1 []",
        "VARNISH § HARD § hosts § a.b § BAN / [X-Content-Type: .*, X-Host: ^a\\.b$, X-Url: .*]",
        "VARNISH § HARD § prefixes § a.b/c(d/ § BAN / [X-Content-Type: .*, X-Host: ^a\\.b$, X-Url:"
            + " ^/c\\(d/]",
        "VARNISH § HARD § patterns § *x § impossible",
        "VARNISH § HARD § patterns § *://a.b § impossible",
        "VARNISH § HARD § patterns § *://a.b/c?[!d-f]\\*/* § BAN / [X-Content-Type: .*, X-Host:"
            + " ^a\\.b$, X-Url: ^/c.[^d-f]\\*/.*$]",
        "VARNISH § HARD § patterns § *://shop*/b/* § BAN / [X-Content-Type: .*, X-Host: ^shop,"
            + " X-Url: /b/.*$]",
        "VARNISH § HARD § all § - § BAN / [X-Content-Type: .*, X-Host: .*, X-Url: .*]",
        "FASTLY § HARD § tags § a § POST /service/ID/purge [Fastly-Key: TOKEN]"
            + " {\"surrogate_keys\":[\"a\"]}",
        "FASTLY § SOFT § tags § a § POST /service/ID/purge [Fastly-Key: TOKEN, Fastly-Soft-Purge:"
            + " 1] {\"surrogate_keys\":[\"a\"]}",
        "FASTLY § SOFT § urls § https://a/b § POST /purge/a/b [Fastly-Key: TOKEN,"
            + " Fastly-Soft-Purge: 1]",
        "FASTLY § SOFT § all § - § POST /service/ID/purge_all [Fastly-Key: TOKEN]",
        "FASTLY § HARD § hosts § a § impossible",
        "FASTLY § HARD § prefixes § a/ § impossible",
        "FASTLY § HARD § patterns § *x § impossible",
        "CLOUDFLARE § SOFT § tags § b a § POST /client/v4/zones/ID/purge_cache [Authorization:"
            + " Bearer TOKEN] {\"tags\":[\"a\",\"b\"]}",
        "CLOUDFLARE § HARD § urls § https://a/b § POST /client/v4/zones/ID/purge_cache"
            + " [Authorization: Bearer TOKEN] {\"files\":[\"https://a/b\"]}",
        "CLOUDFLARE § HARD § hosts § a § POST /client/v4/zones/ID/purge_cache [Authorization:"
            + " Bearer TOKEN] {\"hosts\":[\"a\"]}",
        "CLOUDFLARE § HARD § prefixes § a/b § POST /client/v4/zones/ID/purge_cache [Authorization:"
            + " Bearer TOKEN] {\"prefixes\":[\"a/b\"]}",
        "CLOUDFLARE § HARD § all § - § POST /client/v4/zones/ID/purge_cache [Authorization: Bearer"
            + " TOKEN] {\"purge_everything\":true}",
        "CLOUDFLARE § HARD § patterns § *x § impossible",
      })
  void eachOrderInEachLanguage(
      ForwardTarget.Kind kind, Mode mode, String scope, String names, String expected) {
    List<ForwardCall> calls = calls(kind, scope(scope, names), mode);
    String told = calls.isEmpty() ? "impossible" : told(calls.getFirst());
    assertThat(told).isEqualTo(expected);
    assertThat(calls).hasSizeLessThanOrEqualTo(1);
  }

  @Test
  void manyNamesAreSentInPortions() {
    Set<String> tags =
        IntStream.range(0, 1000).mapToObj("tag-number-%04d"::formatted).collect(Collectors.toSet());
    var scope = new PurgeScope.Tags(tags);
    assertThat(calls(ForwardTarget.Kind.FASTLY, scope, Mode.HARD)).hasSize(4);
    assertThat(calls(ForwardTarget.Kind.CLOUDFLARE, scope, Mode.HARD)).hasSize(34);
    List<ForwardCall> varnish = calls(ForwardTarget.Kind.VARNISH, scope, Mode.HARD);
    assertThat(varnish).hasSize(3).allMatch(call -> told(call).length() < 7600);
    assertThat(
            varnish.stream()
                .flatMap(call ->
                    List.of(call.fields().getOrDefault("xkey-purge", "").split(" ", -1)).stream()))
        .containsExactlyInAnyOrderElementsOf(tags);
  }

  /// A glob and its expression agree on every text.
  @Test
  void globsBecomeExpressionsThatMatchTheSame() {
    long seed = Long.getLong("forebay.seed", 20_261_121L);
    var random = new Random(seed);
    int matched = 0;
    for (int i = 0; i < 50_000; i++) {
      String text = randomText(random, "*?[]!^-\\ab.(", 6);
      Optional<GlobPattern> glob = GlobPattern.parse(text);
      if (glob.isEmpty()) {
        continue;
      }
      String subject = randomText(random, "ab.*[]^-\\(!", 4);
      Pattern expression;
      try {
        expression = Pattern.compile(GlobExpression.of(text));
      } catch (PatternSyntaxException emptyRange) {
        assertThat(text).as("a range that ends before it begins").contains("-");
        continue;
      }
      matched += glob.get().test(subject) ? 1 : 0;
      assertThat(expression.matcher(subject).matches())
          .as("seed %d: %s as %s on %s", seed, text, expression, subject)
          .isEqualTo(glob.get().test(subject));
    }
    assertThat(matched).isPositive();
  }

  private static String randomText(Random random, String alphabet, int most) {
    var text = new StringBuilder();
    for (int length = random.nextInt(most + 1); length > 0; length--) {
      text.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return text.toString();
  }

  @Test
  void neitherTargetNorCallShowsTheToken() {
    var target =
        new ForwardTarget("t", ForwardTarget.Kind.FASTLY, URI.create("http://t"), "ID", "geheim");
    assertThat(target.toString()).doesNotContain("geheim");
    assertThat(
            Translation.of(new PurgeOrder(new PurgeScope.Everything(), Mode.HARD), target)
                .toString())
        .doesNotContain("geheim");
  }
}

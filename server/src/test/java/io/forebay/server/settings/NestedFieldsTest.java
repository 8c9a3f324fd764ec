package io.forebay.server.settings;

import static io.forebay.server.settings.CommonTypes.LIFETIME;
import static io.forebay.server.settings.SettingTypes.integer;
import static io.forebay.server.settings.SettingTypes.listOf;
import static io.forebay.server.settings.SettingTypes.onOff;
import static io.forebay.server.settings.SettingTypes.optional;
import static io.forebay.server.settings.SettingTypes.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.server.settings.ResolvedSettings.Item;
import io.forebay.server.settings.SettingGroup.ItemNames;
import io.forebay.server.settings.SettingGroup.Shape;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Groups within the items of groups, on a group of this test's own.
class NestedFieldsTest {

  private static final Setting<String> NAME =
      Setting.required("name", text("letters", Pattern.compile("[a-z]+")), "Its name.");
  private static final Setting<Optional<Duration>> DEFAULT =
      Setting.of("default", optional(LIFETIME), Optional.empty(), "A default.");
  private static final SettingGroup BY_STATUS =
      SettingGroup.mapOf(
          "by_status",
          new ItemNames("a status such as 404", Pattern.compile("[1-5]\\d\\d")),
          Setting.required("lifetime", LIFETIME, "How long."),
          "By status.");
  private static final Setting<Boolean> SORT =
      Setting.of("sort", onOff(), false, "Whether to sort.");
  private static final SettingGroup LIFETIMES =
      SettingGroup.section("lifetime", List.of(DEFAULT, SORT, BY_STATUS), "Lifetimes.");
  private static final Setting<String> URL =
      Setting.required("url", text("http:…", Pattern.compile("http:.+")), "Where.");
  private static final Setting<Long> WEIGHT = Setting.of("weight", integer(1, 9), 1L, "Its share.");
  private static final SettingGroup ORIGINS =
      new SettingGroup("origins", Shape.LIST, List.of(URL, WEIGHT), "Origins.", "")
          .withShorthand(URL);
  private static final Setting<List<String>> TAGS =
      Setting.of("tags", listOf(text("a word", Pattern.compile("[a-z]+"))), List.of(), "Its tags.");
  private static final SettingGroup ROUTES =
      new SettingGroup(
          "routes", Shape.LIST, List.of(NAME, TAGS, LIFETIMES, ORIGINS), "Routes.", "");

  private final List<SettingProblem> problems = new ArrayList<>();

  private List<Item> read(String yaml) {
    var reading = YamlText.read(yaml, (line, column) -> new SettingOrigin.File("f", line, column));
    return new ValueReader(Map.of(), problems)
        .items(ROUTES, "routes", ((YamlText.Reading.Read) reading).node());
  }

  @Test
  void sectionsMapsAndListsAreReadAtAnyDepth() {
    List<Item> routes =
        read(
            """
            - name: a
              lifetime:
                default: 1m
                by_status: {404: 10s, 500: 0s}
              origins: [http://x, {url: http://y, weight: 3}]
            - name: b
            """);
    assertThat(problems).isEmpty();
    var a = routes.getFirst().fields();
    assertThat(a.in(LIFETIMES).get(DEFAULT)).hasValue(Duration.ofMinutes(1));
    assertThat(a.in(LIFETIMES).get(SORT)).isFalse();
    List<Item> statuses = a.in(LIFETIMES).items(BY_STATUS);
    assertThat(statuses).extracting(Item::name).containsExactly("404", "500");
    assertThat(statuses.getFirst().path()).isEqualTo("routes[1].lifetime.by_status.404");
    assertThat(a.items(ORIGINS))
        .extracting(item -> item.fields().get(URL))
        .containsExactly("http://x", "http://y");
    assertThat(a.items(ORIGINS))
        .extracting(item -> item.fields().get(WEIGHT))
        .containsExactly(1L, 3L);
    var b = routes.getLast().fields();
    assertThat(b.section(LIFETIMES)).isEmpty();
    assertThat(b.in(LIFETIMES).get(DEFAULT)).isEmpty();
    assertThat(b.items(ORIGINS)).isEmpty();
  }

  @Test
  void aListOfTextsMayBeOneTextWithCommas() {
    assertThat(
            read("[{name: a, origins: 'http://x, http://y'}]").getFirst().fields().items(ORIGINS))
        .extracting(item -> item.fields().get(URL))
        .containsExactly("http://x", "http://y");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          [{name: a}, {name: b, lifetime: {defalt: 1m}}]            | f:1:34: unknown setting routes[2].lifetime.defalt; did you mean default?
          [{name: a, lifetime: {default: soon}}]                    | f:1:32: routes[1].lifetime.default: expected a duration with its unit (ms, s, m, h or d), such as 30s, from 0s to 24855d, but found "soon"
          [{name: a, lifetime: 1m}]                                 | f:1:22: routes[1].lifetime: expected default, sort, by_status by name
          [{name: a, lifetime: {by_status: {40x: 1s}}}]             | f:1:35: routes[1].lifetime.by_status: expected a status such as 404, but found "40x"
          [{name: a, lifetime: {by_status: {404: }}}]               | f:1:39: routes[1].lifetime.by_status.404 has no value; expected a duration with its unit (ms, s, m, h or d), such as 30s, from 0s to 24855d, or remove the line
          [{name: a, lifetime: {by_status: {404: 1}}}]              | f:1:40: routes[1].lifetime.by_status.404: expected a duration with its unit (ms, s, m, h or d), such as 30s, from 0s to 24855d, but found "1"
          [{name: a, lifetime: {by_status: [1s]}}]                  | f:1:34: routes[1].lifetime.by_status: expected items by name, each with lifetime
          [{name: a, origins: [http:x, {weight: 2}]}]               | f:1:30: routes[1].origins[2].url is missing; expected http:…
          [{name: a, origins: [http:x, ftp:x]}]                     | f:1:30: routes[1].origins[2]: expected http:…, but found "ftp:x"
          [{name: a, origins: [{url: http:x, weight: 0}]}]          | f:1:44: routes[1].origins[1].weight: expected a whole number, from 1 to 9, but found "0" (it is out of bounds)
          [{name: a, origins: {url: http:x}}]                       | f:1:21: routes[1].origins: expected a list of items, each with url, weight
          """)
  void whatIsWrongIsNamedWithItsExactPlace(String yaml, String message) {
    read(yaml);
    assertThat(problems).extracting(SettingProblem::describe).containsExactly(message);
  }
}

package io.forebay.server.settings;

import io.forebay.server.settings.WrittenNode.Blank;
import io.forebay.server.settings.WrittenNode.Mapping;
import io.forebay.server.settings.WrittenNode.Member;
import io.forebay.server.settings.WrittenNode.Scalar;
import io.forebay.server.settings.WrittenNode.Sequence;
import java.io.FilterReader;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLParser;

/// Reads one YAML document into [WrittenNode]s that know their line and column. Anchors, aliases
/// and names written twice are refused; values stay text.
final class YamlText {

  /// Deep enough for every setting; bounds the recursion.
  private static final int DEEPEST = 16;

  private final YAMLParser parser;
  private final BiFunction<Integer, Integer, SettingOrigin> place;

  private YamlText(YAMLParser parser, BiFunction<Integer, Integer, SettingOrigin> place) {
    this.parser = parser;
    this.place = place;
  }

  /// What became of reading.
  sealed interface Reading {
    record Read(WrittenNode node) implements Reading {}

    record Broken(SettingProblem problem) implements Reading {}
  }

  /// Internal: carries the first problem out of the recursion.
  private static final class BrokenYaml extends Exception {
    private final transient SettingProblem problem;

    BrokenYaml(SettingProblem problem) {
      super(problem.message());
      this.problem = problem;
    }
  }

  /// Leaves room in each buffer. SnakeYAML Engine 3.0.1 reads one character more, behind a buffer
  /// that is full, where the last one is the first half of a pair, as in an emoji, and throws an
  /// IndexOutOfBoundsException.
  private static final class Unfilling extends FilterReader {
    Unfilling(String text) {
      super(new StringReader(text));
    }

    @Override
    public int read(char[] buffer, int from, int length) throws IOException {
      return super.read(buffer, from, length > 1 ? length - 1 : length);
    }
  }

  /// @param place makes an origin of line and column, both from 1
  static Reading read(String yaml, BiFunction<Integer, Integer, SettingOrigin> place) {
    try (YAMLParser parser =
        (YAMLParser)
            YAMLFactory.builder()
                .build()
                .createParser(ObjectReadContext.empty(), new Unfilling(yaml))) {
      return new Reading.Read(new YamlText(parser, place).document());
    } catch (BrokenYaml e) {
      return new Reading.Broken(e.problem);
    } catch (JacksonException e) {
      return new Reading.Broken(
          new SettingProblem("", "not YAML: " + firstLine(e), at(place, e.getLocation())));
    }
  }

  private WrittenNode document() throws BrokenYaml {
    JsonToken token = parser.nextToken();
    if (token == null) {
      return new Blank(place.apply(1, 1));
    }
    WrittenNode root = node(token, 0);
    if (parser.nextToken() != null) {
      throw broken("", "a second document begins here; one file holds one document");
    }
    return root;
  }

  private WrittenNode node(JsonToken token, int depth) throws BrokenYaml {
    if (depth > DEEPEST) {
      throw broken("", "nested deeper than any setting");
    }
    if (parser.isCurrentAlias()) {
      throw broken("", "aliases (*name) are not supported here; write the value again");
    }
    SettingOrigin here = here();
    return switch (token) {
      case START_OBJECT -> mapping(here, depth);
      case START_ARRAY -> sequence(here, depth);
      case VALUE_NULL -> new Blank(here);
      default -> new Scalar(Optional.ofNullable(parser.getString()).orElse(""), here);
    };
  }

  private Mapping mapping(SettingOrigin origin, int depth) throws BrokenYaml {
    Map<String, Member> members = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      SettingOrigin nameOrigin = here();
      if (members.containsKey(name)) {
        throw broken(
            name,
            name + " is written twice; first at " + members.get(name).nameOrigin().describe());
      }
      members.put(name, new Member(node(parser.nextToken(), depth + 1), nameOrigin));
    }
    return new Mapping(members, origin);
  }

  private Sequence sequence(SettingOrigin origin, int depth) throws BrokenYaml {
    List<WrittenNode> items = new ArrayList<>();
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      items.add(node(token, depth + 1));
    }
    return new Sequence(List.copyOf(items), origin);
  }

  private BrokenYaml broken(String setting, String message) {
    return new BrokenYaml(new SettingProblem(setting, message, here()));
  }

  private SettingOrigin here() {
    return at(place, parser.currentTokenLocation());
  }

  private static SettingOrigin at(
      BiFunction<Integer, Integer, SettingOrigin> place, TokenStreamLocation location) {
    return place.apply(Math.max(1, location.getLineNr()), Math.max(1, location.getColumnNr()));
  }

  private static String firstLine(JacksonException e) {
    return Optional.ofNullable(e.getOriginalMessage())
        .flatMap(message -> message.lines().filter(line -> !line.isBlank()).findFirst())
        .orElse("it could not be read");
  }
}

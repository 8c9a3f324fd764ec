package io.forebay.http.structured;

import io.forebay.http.HttpFields;
import io.forebay.http.structured.StructuredMember.Item;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Parses and serialises structured field values (RFC 9651 §4). Parsing never throws: what breaks a
/// rule anywhere is empty.
public final class StructuredFields {

  private StructuredFields() {}

  /// §4.2 for an item.
  public static Optional<Item> parseItem(String value) {
    return parsed(value, StructuredParser::item);
  }

  /// §4.2 for a list; an empty field is an empty list.
  public static Optional<List<StructuredMember>> parseList(String value) {
    return parsed(value, StructuredParser::list);
  }

  /// §4.2 for a dictionary, in the order of the field; an empty field is an empty dictionary.
  public static Optional<Map<String, StructuredMember>> parseDictionary(String value) {
    return parsed(value, StructuredParser::dictionary);
  }

  /// The dictionary over all lines of a field; empty when it is malformed or absent.
  public static Optional<Map<String, StructuredMember>> dictionary(HttpFields fields, String name) {
    return fields.combined(name).flatMap(StructuredFields::parseDictionary);
  }

  /// The list over all lines of a field; empty when it is malformed or absent.
  public static Optional<List<StructuredMember>> list(HttpFields fields, String name) {
    return fields.combined(name).flatMap(StructuredFields::parseList);
  }

  private interface Rule<T> {
    T apply(StructuredParser parser) throws StructuredParser.Malformed;
  }

  private static <T> Optional<T> parsed(String value, Rule<T> rule) {
    StructuredParser parser = new StructuredParser(value);
    try {
      parser.skipSpaces();
      T result = rule.apply(parser);
      parser.skipSpaces();
      return parser.isAtEnd() ? Optional.of(result) : Optional.empty();
    } catch (StructuredParser.Malformed malformed) {
      return Optional.empty();
    }
  }

  /// §4.1.3. Empty when a value is out of the bounds of its type.
  public static Optional<String> serialise(StructuredMember member) {
    return StructuredSerialiser.serialise(serialiser -> serialiser.member(member));
  }

  /// §4.1.1. Empty when a value is out of the bounds of its type.
  public static Optional<String> serialiseList(List<StructuredMember> members) {
    return StructuredSerialiser.serialise(serialiser -> serialiser.list(members));
  }

  /// §4.1.2. Empty when a value is out of the bounds of its type.
  public static Optional<String> serialiseDictionary(Map<String, StructuredMember> members) {
    return StructuredSerialiser.serialise(serialiser -> serialiser.dictionary(members));
  }
}

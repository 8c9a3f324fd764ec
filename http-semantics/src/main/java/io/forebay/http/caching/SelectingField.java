package io.forebay.http.caching;

import io.forebay.http.FieldSyntax;
import io.forebay.http.HttpFields;
import java.util.List;
import java.util.stream.Collectors;

/// Brings a request field that selects a variant into a form in which values that mean the same are
/// the same (RFC 9111 §4.1).
final class SelectingField {

  private SelectingField() {}

  /// @param name in lower case
  static String normalised(String name, HttpFields requestFields) {
    return switch (name) {
      case "accept-encoding", "accept-language", "accept-charset" ->
          preferences(name, requestFields);
      case "accept" -> mediaRanges(name, requestFields);
      case "authorization",
          "cookie",
          "from",
          "if-modified-since",
          "if-unmodified-since",
          "origin",
          "referer",
          "user-agent" ->
          String.join(", ", requestFields.all(name));
      default -> combined(name, requestFields);
    };
  }

  /// Lists of case-insensitive ranges with weights, whose order means nothing (RFC 9110 §12.5.2 to
  /// §12.5.4).
  private static String preferences(String name, HttpFields requestFields) {
    return FieldSyntax.listMembers(requestFields, name).stream()
        .map(member -> withWeight(FieldSyntax.lowerCase(member)))
        .map(member -> name.equals("accept-encoding") ? currentName(member) : member)
        .distinct()
        .sorted()
        .collect(Collectors.joining(","));
  }

  /// `x-gzip` and `x-compress` are old names (RFC 9110 §8.4.1).
  private static String currentName(String coding) {
    return coding.startsWith("x-gzip") || coding.startsWith("x-compress")
        ? coding.substring(2)
        : coding;
  }

  /// Media ranges: types without case (RFC 9110 §8.3.1); parameter values may be case-sensitive.
  private static String mediaRanges(String name, HttpFields requestFields) {
    return FieldSyntax.listMembers(requestFields, name).stream()
        .map(SelectingField::mediaRange)
        .distinct()
        .sorted()
        .collect(Collectors.joining(","));
  }

  private static String mediaRange(String member) {
    int semicolon = member.indexOf(';');
    return semicolon < 0
        ? FieldSyntax.lowerCase(member)
        : withWeight(
            FieldSyntax.lowerCase(member.substring(0, semicolon)) + member.substring(semicolon));
  }

  /// Without spaces around parameters, and without a weight of 1, which is the default.
  private static String withWeight(String member) {
    List<String> parts = FieldSyntax.split(member, ';');
    if (parts.size() == 1) {
      return parts.getFirst();
    }
    return parts.stream()
        .map(part -> part.startsWith("Q=") ? "q=" + part.substring(2) : part)
        .map(SelectingField::shortWeight)
        .filter(part -> !part.equals("q=1"))
        .collect(Collectors.joining(";"));
  }

  /// `q=0.500` is `q=0.5` (RFC 9110 §12.4.2).
  private static String shortWeight(String part) {
    if (!part.startsWith("q=") || part.indexOf('.') < 0) {
      return part;
    }
    int end = part.length();
    while (part.charAt(end - 1) == '0') {
      end--;
    }
    return part.substring(0, part.charAt(end - 1) == '.' ? end - 1 : end);
  }

  /// A field of unknown meaning: its lines combined, and no spaces around the commas that are
  /// outside quoted strings.
  private static String combined(String name, HttpFields requestFields) {
    return requestFields.all(name).stream()
        .flatMap(value -> FieldSyntax.split(value, ',').stream())
        .collect(Collectors.joining(","));
  }
}

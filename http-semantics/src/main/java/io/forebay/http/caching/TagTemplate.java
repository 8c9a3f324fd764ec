package io.forebay.http.caching;

import io.forebay.http.FieldSyntax;
import io.forebay.http.RequestHead;
import io.forebay.http.ResponseHead;
import io.forebay.http.TargetUri;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A tag that an operator's rule gives responses: text, in which `{host}`, `{path.2}` (the second
/// segment of the path, as it is written there) and `{header.X-Shop}` (a field of the response)
/// stand for what they name. A response that lacks one of them does not get the tag.
public final class TagTemplate {

  private static final Pattern PLACE =
      Pattern.compile("\\{(?:(host)|path\\.([1-9]\\d?)|header\\.([!#$%&'*+.^_`|~0-9A-Za-z-]+))}");

  /// What such a text looks like, as the end of "expected …".
  public static final String EXPECTATION =
      "a tag without spaces and commas, in which {host}, {path.1}, {path.2}, … and {header.NAME}"
          + " may stand";

  private sealed interface Piece {
    record Literal(String text) implements Piece {}

    record Host() implements Piece {}

    /// @param number from 1
    record PathSegment(int number) implements Piece {}

    record Field(String name) implements Piece {}
  }

  private final String text;
  private final List<Piece> pieces;

  private TagTemplate(String text, List<Piece> pieces) {
    this.text = text;
    this.pieces = List.copyOf(pieces);
  }

  /// Empty if the text is none.
  public static Optional<TagTemplate> parse(String text) {
    List<Piece> pieces = new ArrayList<>();
    Matcher place = PLACE.matcher(text);
    int from = 0;
    while (place.find()) {
      if (!isLiteral(text.substring(from, place.start()))) {
        return Optional.empty();
      }
      pieces.add(new Piece.Literal(text.substring(from, place.start())));
      if (place.group(1) != null) {
        pieces.add(new Piece.Host());
      } else if (place.group(2) != null) {
        pieces.add(new Piece.PathSegment(Integer.parseInt(place.group(2))));
      } else {
        pieces.add(new Piece.Field(place.group(3)));
      }
      from = place.end();
    }
    if (text.isEmpty() || !isLiteral(text.substring(from))) {
      return Optional.empty();
    }
    pieces.add(new Piece.Literal(text.substring(from)));
    return Optional.of(new TagTemplate(text, pieces));
  }

  private static boolean isLiteral(String text) {
    return text.chars().allMatch(c -> c > ' ' && c < 0x7f && "{},".indexOf(c) < 0);
  }

  /// The tag of a response; empty if something that it names is missing, or it is too long.
  Optional<String> of(RequestHead request, ResponseHead response) {
    StringBuilder tag = new StringBuilder();
    for (Piece piece : pieces) {
      String part =
          switch (piece) {
            case Piece.Literal(var literal) -> literal;
            case Piece.Host() -> TargetUri.of(request).authority();
            case Piece.PathSegment(var number) -> segment(request.target(), number);
            case Piece.Field(var name) ->
                response.fields().first(name).map(FieldSyntax::trimmed).orElse("");
          };
      if (part.isEmpty() && !(piece instanceof Piece.Literal)) {
        return Optional.empty();
      }
      tag.append(part);
    }
    boolean isTag =
        tag.length() <= CacheTags.MAX_TAG_LENGTH
            && tag.chars().noneMatch(c -> c < ' ' || c == 0x7f);
    return isTag ? Optional.of(tag.toString()) : Optional.empty();
  }

  /// Empty when the path has fewer.
  private static String segment(String target, int number) {
    int query = target.indexOf('?');
    String[] segments = (query < 0 ? target : target.substring(0, query)).split("/", -1);
    return number < segments.length ? segments[number] : "";
  }

  /// As written.
  @Override
  public String toString() {
    return text;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TagTemplate template && text.equals(template.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }
}

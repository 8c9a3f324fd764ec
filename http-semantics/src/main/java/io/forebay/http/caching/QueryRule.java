package io.forebay.http.caching;

import io.forebay.http.Glob;
import io.forebay.http.Percent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Which parameters of a query are part of the cache key, and in which order.
///
/// Names are compared percent-decoded, since an origin decodes them too: `utm%5Fsource` is
/// `utm_source`. A parameter with a semicolon in it always stays, because some origins see two
/// parameters there, and the second would reach them unkeyed ("parameter cloaking").
///
/// @param names which parameters `selection` speaks of
/// @param sorted whether they are in alphabetical order; those of one name keep theirs
/// @param sent what the origin gets
public record QueryRule(Selection selection, List<Glob> names, boolean sorted, Sent sent) {

  /// The query as it is.
  public static final QueryRule PLAIN =
      new QueryRule(Selection.ALL, List.of(), false, Sent.AS_RECEIVED);

  private static final char SEPARATOR = '&';

  /// Which parameters are in the key.
  public enum Selection {
    ALL,
    /// Those named alone.
    KEEP,
    /// All but those named.
    DROP
  }

  /// Which query the origin gets.
  public enum Sent {
    /// The client's own. What is not in the key may then show in what is stored for others: only
    /// for parameters that the origin does not write into its pages.
    AS_RECEIVED,
    /// What is in the key.
    AS_KEYED
  }

  public QueryRule {
    names = List.copyOf(names);
  }

  public boolean isPlain() {
    return selection == Selection.ALL && !sorted;
  }

  /// One parameter as it was written.
  private record Parameter(String name, String text) {}

  /// The path and query as they are in the key; the same object when nothing changes.
  String keyed(String target) {
    int question = target.indexOf('?');
    if (question < 0 || isPlain()) {
      return target;
    }
    List<Parameter> kept = new ArrayList<>();
    int from = question + 1;
    while (from <= target.length()) {
      int next = target.indexOf(SEPARATOR, from);
      int end = next < 0 ? target.length() : next;
      String text = target.substring(from, end);
      String name = name(text);
      if (isKept(name, text)) {
        kept.add(new Parameter(name, text));
      }
      from = end + 1;
    }
    if (sorted) {
      kept.sort(Comparator.comparing(Parameter::name));
    }
    StringBuilder keyed = new StringBuilder(target.length()).append(target, 0, question);
    char before = '?';
    for (Parameter parameter : kept) {
      keyed.append(before).append(parameter.text());
      before = SEPARATOR;
    }
    return keyed.length() == target.length() && keyed.indexOf(target) == 0
        ? target
        : keyed.toString();
  }

  /// The path and query as the origin gets them.
  public String sentTarget(String target) {
    return switch (sent) {
      case AS_RECEIVED -> target;
      case AS_KEYED -> keyed(target);
    };
  }

  /// The parameters that are not in the key, as written, in order.
  List<String> dropped(String target) {
    int question = target.indexOf('?');
    if (question < 0 || selection == Selection.ALL) {
      return List.of();
    }
    List<String> dropped = new ArrayList<>();
    for (String text : target.substring(question + 1).split("&", -1)) {
      if (!isKept(name(text), text)) {
        dropped.add(text);
      }
    }
    return dropped;
  }

  private boolean isKept(String name, String text) {
    return switch (selection) {
      case ALL -> true;
      case KEEP -> isNamed(name) || text.indexOf(';') >= 0;
      case DROP -> !isNamed(name) || text.indexOf(';') >= 0;
    };
  }

  private boolean isNamed(String name) {
    for (Glob glob : names) {
      if (glob.matches(name)) {
        return true;
      }
    }
    return false;
  }

  private static String name(String parameter) {
    int equals = parameter.indexOf('=');
    String written = equals < 0 ? parameter : parameter.substring(0, equals);
    return written.indexOf('%') < 0 && written.indexOf('+') < 0
        ? written
        : Percent.decoded(written.replace('+', ' '));
  }
}

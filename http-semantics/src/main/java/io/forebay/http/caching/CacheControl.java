package io.forebay.http.caching;

import io.forebay.http.FieldSyntax;
import io.forebay.http.HttpFields;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Cache directives (RFC 9111 §5.2, RFC 5861, RFC 8246), of a request or a response.
///
/// Read as tolerantly as §5.2 asks: names without case, arguments as tokens or quoted strings,
/// unknown directives kept aside. Of equal directives the first counts (§4.2.1). A directive that
/// restricts holds whatever is wrong with its argument; one that permits something does not hold
/// when its argument is malformed.
public final class CacheControl {

  private static final CacheControl NONE = new CacheControl(Map.of());

  private enum Form {
    ABSENT,
    VALID,
    MALFORMED
  }

  private record Argument(Form form, String value) {
    static final Argument ABSENT = new Argument(Form.ABSENT, "");
    static final Argument MALFORMED = new Argument(Form.MALFORMED, "");

    static Argument valid(String value) {
      return new Argument(Form.VALID, value);
    }
  }

  /// By lower-case name.
  private final Map<String, Argument> directives;

  private CacheControl(Map<String, Argument> directives) {
    this.directives = directives;
  }

  /// No directives.
  public static CacheControl none() {
    return NONE;
  }

  /// The directives of all `Cache-Control` lines.
  public static CacheControl of(HttpFields fields) {
    return ofField(fields, "Cache-Control");
  }

  /// Of a field's single line, as it was read.
  private record Read(String value, CacheControl directives) {}

  private static final int REMEMBERED = 64;
  private static final int MOST_REMEMBERED_LENGTH = 256;

  /// Origins say the same again and again: what was read last of each hash. Racy, and right whoever
  /// wins.
  private static final Read[] READ = new Read[REMEMBERED];

  private static CacheControl ofLine(String value) {
    if (value.length() > MOST_REMEMBERED_LENGTH) {
      return ofMembers(FieldSyntax.listMembers(value));
    }
    int place = value.hashCode() & (REMEMBERED - 1);
    Read known = READ[place];
    if (known == null || !known.value().equals(value)) {
      known = new Read(value, ofMembers(FieldSyntax.listMembers(value)));
      READ[place] = known;
    }
    return known.directives();
  }

  /// The directives of all lines of a field with `Cache-Control`'s syntax.
  public static CacheControl ofField(HttpFields fields, String name) {
    List<String> values = fields.all(name);
    return switch (values.size()) {
      case 0 -> NONE;
      case 1 -> ofLine(values.getFirst());
      default -> ofMembers(FieldSyntax.listMembers(fields, name));
    };
  }

  private static CacheControl ofMembers(List<String> members) {
    Map<String, Argument> directives = new LinkedHashMap<>();
    members.forEach(member -> addTo(directives, member));
    return new CacheControl(directives);
  }

  /// Directives that were read elsewhere; an empty argument is none at all.
  ///
  /// @param malformed names of directives whose argument is of the wrong kind
  static CacheControl ofArguments(
      Map<String, Optional<String>> arguments, Collection<String> malformed) {
    Map<String, Argument> directives = new LinkedHashMap<>();
    arguments.forEach(
        (name, value) -> directives.put(name, value.map(Argument::valid).orElse(Argument.ABSENT)));
    malformed.forEach(name -> directives.put(name, Argument.MALFORMED));
    return new CacheControl(directives);
  }

  private static void addTo(Map<String, Argument> directives, String member) {
    int equals = member.indexOf('=');
    String name = equals < 0 ? member : FieldSyntax.trimmed(member.substring(0, equals));
    Argument argument = equals < 0 ? Argument.ABSENT : argumentOf(member, name.length(), equals);
    String key = FieldSyntax.lowerCase(name);
    if (key.equals("no-cache") || key.equals("private")) {
      directives.merge(key, argument, CacheControl::mostRestrictive);
    } else {
      directives.putIfAbsent(key, argument);
    }
  }

  /// A space beside the equals sign is not allowed (§5.2).
  private static Argument argumentOf(String member, int nameLength, int equals) {
    String text = member.substring(equals + 1);
    if (nameLength < equals) {
      return Argument.MALFORMED;
    }
    if (FieldSyntax.isToken(text)) {
      return Argument.valid(text);
    }
    return FieldSyntax.unquoted(text).map(Argument::valid).orElse(Argument.MALFORMED);
  }

  /// Without field names `no-cache` and `private` restrict more than with them.
  private static Argument mostRestrictive(Argument one, Argument other) {
    return one.form() == Form.VALID && other.form() == Form.VALID
        ? Argument.valid(one.value() + "," + other.value())
        : Argument.ABSENT;
  }

  public boolean isEmpty() {
    return directives.isEmpty();
  }

  /// Whether a directive is there, with or without an argument.
  ///
  /// @param name in lower case
  public boolean has(String name) {
    return directives.containsKey(name);
  }

  public boolean noStore() {
    return has("no-store");
  }

  /// `no-cache` without field names (§5.2.2.4), or with names that cannot be read.
  public boolean noCache() {
    return isUnqualified("no-cache");
  }

  /// The names in `no-cache="…"`, in lower case.
  public List<String> noCacheFields() {
    return fieldNames("no-cache");
  }

  /// `private` without field names (§5.2.2.7), or with names that cannot be read.
  public boolean isPrivate() {
    return isUnqualified("private");
  }

  /// The names in `private="…"`, in lower case.
  public List<String> privateFields() {
    return fieldNames("private");
  }

  public boolean isPublic() {
    return has("public");
  }

  public boolean mustRevalidate() {
    return has("must-revalidate");
  }

  public boolean proxyRevalidate() {
    return has("proxy-revalidate");
  }

  public boolean mustUnderstand() {
    return has("must-understand");
  }

  public boolean noTransform() {
    return has("no-transform");
  }

  /// RFC 8246.
  public boolean immutable() {
    return has("immutable");
  }

  /// RFC 9111 §5.2.1.7.
  public boolean onlyIfCached() {
    return has("only-if-cached");
  }

  /// Zero when it is there but malformed: invalid freshness information is stale (§4.2.1).
  public Optional<Duration> sMaxage() {
    return lifetime("s-maxage");
  }

  /// Zero when it is there but malformed: invalid freshness information is stale (§4.2.1).
  public Optional<Duration> maxAge() {
    return lifetime("max-age");
  }

  /// RFC 5861 §3; empty when absent or malformed.
  public Optional<Duration> staleWhileRevalidate() {
    return seconds("stale-while-revalidate");
  }

  /// RFC 5861 §4; empty when absent or malformed.
  public Optional<Duration> staleIfError() {
    return seconds("stale-if-error");
  }

  /// RFC 9111 §5.2.1.3; empty when absent or malformed.
  public Optional<Duration> minFresh() {
    return seconds("min-fresh");
  }

  /// RFC 9111 §5.2.1.2: how stale a response the client takes; without an argument, any. Empty when
  /// absent or malformed.
  public Optional<Duration> maxStale() {
    return Argument.ABSENT.equals(directives.get("max-stale"))
        ? Optional.of(DeltaSeconds.LARGEST)
        : seconds("max-stale");
  }

  private Optional<String> argument(String name) {
    Argument argument = directives.getOrDefault(name, Argument.ABSENT);
    return argument.form() == Form.VALID ? Optional.of(argument.value()) : Optional.empty();
  }

  /// A directive that is a number of seconds; empty when absent or malformed.
  ///
  /// @param name in lower case
  Optional<Duration> seconds(String name) {
    return argument(name).flatMap(DeltaSeconds::parse);
  }

  private Optional<Duration> lifetime(String name) {
    return has(name) ? Optional.of(seconds(name).orElse(Duration.ZERO)) : Optional.empty();
  }

  private boolean isUnqualified(String name) {
    return has(name) && fieldNames(name).isEmpty();
  }

  private List<String> fieldNames(String name) {
    List<String> names = new ArrayList<>();
    for (String member : FieldSyntax.listMembers(argument(name).orElse(""))) {
      if (!FieldSyntax.isToken(member)) {
        return List.of();
      }
      names.add(FieldSyntax.lowerCase(member));
    }
    return names;
  }

  @Override
  public String toString() {
    return directives.toString();
  }
}

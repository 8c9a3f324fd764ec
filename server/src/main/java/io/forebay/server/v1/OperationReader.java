package io.forebay.server.v1;

import io.forebay.cache.GlobPattern;
import io.forebay.cache.Invalidation.Mode;
import io.forebay.cache.InvalidationBatch;
import io.forebay.cache.InvalidationOrder;
import io.forebay.cache.Scope;
import io.forebay.server.api.Problem;
import io.forebay.server.api.ProblemType;
import io.forebay.server.api.RequestRefused;
import io.forebay.server.caches.EntryRules;
import io.forebay.server.caches.Violation;
import io.forebay.server.invalidation.PageOrders;
import io.forebay.server.purge.PageUrl;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Reads the `operations` of an invalidation: every one of them, or a refusal that names the
/// member.
final class OperationReader {

  /// What one operation may name.
  static final int MAX_VALUES = 1_000;

  private static final int MAX_PREFIX_LENGTH = 8192;

  /// Shorter than what the engine takes, since a pattern may be put into a longer one.
  private static final int MAX_PATTERN_LENGTH = 1_000;

  private static final Pattern HOST =
      Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9._-]{1,253})(:\\d{1,5})?");
  private static final Pattern NOTHING_BUT_WILDCARDS = Pattern.compile("[*?]*\\*[*?]*");

  private final EntryRules rules;

  OperationReader(EntryRules rules) {
    this.rules = rules;
  }

  /// One operation as JSON.
  ///
  /// @param cache null for every cache
  /// @param values what it names; none for `everything`
  /// @param mode null for the request's own
  record Asked(
      @Nullable String cache,
      @Nullable String scope,
      @Nullable List<@Nullable String> values,
      @Nullable String mode) {}

  private enum Kind {
    KEYS,
    TAGS,
    PREFIXES,
    PATTERNS,
    URLS,
    HOSTS,
    EVERYTHING;

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// @param usualMode the request's, for operations that say none
  List<InvalidationOrder> read(
      @Nullable List<@Nullable Asked> operations, @Nullable String usualMode) {
    int most = InvalidationBatch.MAX_ORDERS;
    if (operations == null || operations.isEmpty() || operations.size() > most) {
      throw refused(
          "operations",
          "an array of 1 to " + most + " operations",
          operations == null
              ? "It is missing."
              : "There are " + operations.size() + " operations.");
    }
    Mode mode = usualMode == null ? Mode.HARD : mode("mode", usualMode);
    List<InvalidationOrder> orders = new ArrayList<>();
    for (Asked operation : operations) {
      orders.add(order("operations[" + orders.size() + "]", operation, mode));
    }
    return orders;
  }

  private InvalidationOrder order(String at, @Nullable Asked asked, Mode usualMode) {
    if (asked == null) {
      throw refused(at, "an operation", "It is null.");
    }
    Kind kind = kind(at + ".scope", asked.scope());
    Mode mode = asked.mode() == null ? usualMode : mode(at + ".mode", asked.mode());
    Optional<String> cache = cache(at + ".cache", kind, Optional.ofNullable(asked.cache()));
    return new InvalidationOrder(cache, scope(at + ".values", kind, asked.values()), mode);
  }

  private static Kind kind(String at, @Nullable String text) {
    return Arrays.stream(Kind.values())
        .filter(kind -> kind.text().equals(text))
        .findFirst()
        .orElseThrow(() ->
            refused(
                at,
                "one of "
                    + Arrays.stream(Kind.values())
                        .map(Kind::text)
                        .collect(Collectors.joining(", ")),
                text == null ? "It is missing." : "There is no such scope."));
  }

  private static Mode mode(String at, String text) {
    return switch (text) {
      case "hard" -> Mode.HARD;
      case "soft" -> Mode.SOFT;
      default -> throw refused(at, "hard or soft", "There is no such mode.");
    };
  }

  /// URLs and hosts are of pages, and pages are named by nothing else.
  private static Optional<String> cache(String at, Kind kind, Optional<String> asked) {
    boolean ofPages = asked.equals(Optional.of(PageOrders.PAGES));
    return switch (kind) {
      case KEYS -> {
        if (ofPages) {
          throw refused(at, "a key-value cache", "A page is named by its URL: scope urls.");
        }
        yield asked;
      }
      case URLS, HOSTS -> {
        if (asked.isPresent() && !ofPages) {
          throw refused(
              at,
              PageOrders.PAGES + ", or nothing",
              "URLs and hosts are of pages; entries have keys, prefixes and patterns.");
        }
        yield Optional.of(PageOrders.PAGES);
      }
      case TAGS, PREFIXES, PATTERNS, EVERYTHING -> asked;
    };
  }

  private Scope scope(String at, Kind kind, @Nullable List<@Nullable String> values) {
    return switch (kind) {
      case KEYS ->
          new Scope.Keys(
              each(at, values, value -> broken(rules.brokenByKey(value)), value -> value));
      case TAGS -> new Scope.Tags(each(at, values, OperationReader::brokenByTag, value -> value));
      case PREFIXES ->
          new Scope.Prefixes(each(at, values, OperationReader::brokenByPrefix, value -> value));
      case PATTERNS ->
          new Scope.Patterns(
              each(
                  at,
                  values,
                  OperationReader::brokenByPattern,
                  value -> GlobPattern.parse(value).orElseThrow()));
      case URLS ->
          new Scope.Urls(
              each(
                  at,
                  values,
                  OperationReader::brokenByUrl,
                  value -> PageUrl.normal(value).orElseThrow()));
      case HOSTS ->
          new Scope.Hosts(
              each(
                  at,
                  values,
                  OperationReader::brokenByHost,
                  value -> value.toLowerCase(Locale.ROOT)));
      case EVERYTHING -> {
        if (values != null && !values.isEmpty()) {
          throw refused(at, "no values", "Everything needs no names.");
        }
        yield new Scope.Everything();
      }
    };
  }

  /// What is wrong with a value.
  private record Fault(String expected, String detail) {}

  private static <T> Set<T> each(
      String at,
      @Nullable List<@Nullable String> values,
      Function<String, Optional<Fault>> check,
      Function<String, T> read) {
    if (values == null || values.isEmpty() || values.size() > MAX_VALUES) {
      throw refused(
          at,
          "an array of 1 to " + MAX_VALUES + " texts",
          values == null ? "It is missing." : "There are " + values.size() + " values.");
    }
    Set<T> checked = new LinkedHashSet<>();
    for (int i = 0; i < values.size(); i++) {
      String value = values.get(i);
      String where = at + "[" + i + "]";
      if (value == null || value.isEmpty()) {
        throw refused(where, "text", value == null ? "It is null." : "It is empty.");
      }
      check
          .apply(value)
          .ifPresent(fault -> {
            throw refused(where, fault.expected(), fault.detail());
          });
      checked.add(read.apply(value));
    }
    return checked;
  }

  private static Optional<Fault> broken(Optional<Violation> violation) {
    return violation.map(broken -> new Fault(broken.expected(), broken.detail()));
  }

  private static Optional<Fault> brokenByTag(String tag) {
    return broken(EntryRules.brokenByTags(List.of(tag)));
  }

  private static Optional<Fault> brokenByPrefix(String prefix) {
    return prefix.length() > MAX_PREFIX_LENGTH
        ? Optional.of(
            new Fault("at most " + MAX_PREFIX_LENGTH + " characters", "The prefix is too long."))
        : Optional.empty();
  }

  private static Optional<Fault> brokenByPattern(String pattern) {
    if (NOTHING_BUT_WILDCARDS.matcher(pattern).matches()) {
      return Optional.of(
          new Fault(
              "a pattern with some text in it, or the scope everything",
              "The pattern matches everything; say so with the scope everything."));
    }
    return pattern.length() > MAX_PATTERN_LENGTH || GlobPattern.parse(pattern).isEmpty()
        ? Optional.of(
            new Fault(
                "at most " + MAX_PATTERN_LENGTH + " characters with *, ?, [...] and backslash",
                "The pattern is too long, ends in a backslash, or has a bracket without end."))
        : Optional.empty();
  }

  private static Optional<Fault> brokenByUrl(String url) {
    return PageUrl.normal(url).isPresent()
        ? Optional.empty()
        : Optional.of(new Fault(PageUrl.FORM, "No page can have this URL."));
  }

  private static Optional<Fault> brokenByHost(String host) {
    return HOST.matcher(host).matches()
        ? Optional.empty()
        : Optional.of(
            new Fault("a host name, with a port if only that one is meant", "It is no host."));
  }

  private static RequestRefused refused(String field, String expected, String detail) {
    return new RequestRefused(
        new Problem(
            ProblemType.INVALID_REQUEST, detail, Optional.of(field), Optional.of(expected)));
  }
}

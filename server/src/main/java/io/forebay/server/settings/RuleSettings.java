package io.forebay.server.settings;

import io.forebay.http.caching.StoreGuards.AmbiguousPaths;
import io.forebay.http.caching.TagTemplate;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a route's rules say; each component is described where it is declared ([RuleDeclarations]).
///
/// @param match beside host and path
/// @param lifetime of responses, and the stale windows, in general and by status
/// @param setCookie empty where the node's setting holds
public record RuleSettings(
    Match match,
    Key key,
    Lifetime lifetime,
    boolean bypass,
    Optional<SetCookie> setCookie,
    Edits requestHeaders,
    Edits responseHeaders,
    List<TagTemplate> tags,
    Guards guards) {

  /// Nothing is said.
  public static final RuleSettings NONE =
      new RuleSettings(
          new Match(List.of(), Map.of(), Map.of()),
          new Key(List.of(), List.of(), false, Send.RECEIVED, List.of(), List.of()),
          new Lifetime(Spans.NONE, Map.of()),
          false,
          Optional.empty(),
          Edits.NONE,
          Edits.NONE,
          List.of(),
          new Guards(Optional.empty(), Optional.empty(), List.of()));

  public RuleSettings {
    tags = List.copyOf(tags);
  }

  /// @param headers globs by name
  /// @param cookies globs by name
  public record Match(
      List<String> methods, Map<String, String> headers, Map<String, String> cookies) {
    public Match {
      methods = List.copyOf(methods);
      headers = ordered(headers);
      cookies = ordered(cookies);
    }
  }

  /// At most one of `keep` and `drop` has elements.
  public record Key(
      List<String> keep,
      List<String> drop,
      boolean sort,
      Send send,
      List<String> headers,
      List<String> cookies) {
    public Key {
      keep = List.copyOf(keep);
      drop = List.copyOf(drop);
      headers = List.copyOf(headers);
      cookies = List.copyOf(cookies);
    }
  }

  /// Which query the origin gets.
  public enum Send {
    RECEIVED,
    KEYED
  }

  /// @param byStatus by `404` or `4xx`
  public record Lifetime(Spans general, Map<String, Spans> byStatus) {
    public Lifetime {
      byStatus = ordered(byStatus);
    }
  }

  /// @param fresh the lifetime itself
  public record Spans(Bounds fresh, Bounds staleWhileRevalidate, Bounds staleIfError) {
    static final Spans NONE = new Spans(Bounds.NONE, Bounds.NONE, Bounds.NONE);

    /// Whether it says nothing of the lifetime, but of a window.
    public boolean saysOnlyWindows() {
      return fresh.equals(Bounds.NONE) && !equals(NONE);
    }
  }

  /// @param unstated for responses that say nothing
  public record Bounds(
      Optional<Duration> override,
      Optional<Duration> min,
      Optional<Duration> max,
      Optional<Duration> unstated) {
    public static final Bounds NONE =
        new Bounds(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  /// What becomes of `Set-Cookie`.
  public enum SetCookie {
    IF_SHARED,
    KEEP,
    STRIP,
    REFUSE
  }

  /// @param remove names, `*` for anything
  public record Edits(List<String> remove, Map<String, String> set, Map<String, String> add) {
    static final Edits NONE = new Edits(List.of(), Map.of(), Map.of());

    public Edits {
      remove = List.copyOf(remove);
      set = ordered(set);
      add = ordered(add);
    }
  }

  /// @param pass names of request fields that go to the origin although they are in no key
  public record Guards(
      Optional<Boolean> staticSuffix, Optional<AmbiguousPaths> ambiguousPaths, List<String> pass) {
    public Guards {
      pass = List.copyOf(pass);
    }
  }

  private static <V> Map<String, V> ordered(Map<String, V> map) {
    return java.util.Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }
}

package io.forebay.server.settings;

import static io.forebay.server.settings.SettingTypes.choice;
import static io.forebay.server.settings.SettingTypes.listOf;
import static io.forebay.server.settings.SettingTypes.onOff;
import static io.forebay.server.settings.SettingTypes.optional;
import static io.forebay.server.settings.SettingTypes.text;

import io.forebay.http.caching.StoreGuards.AmbiguousPaths;
import io.forebay.http.caching.TagTemplate;
import io.forebay.server.settings.SettingGroup.ItemNames;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// The rules of a route: what it matches beside host and path, its cache key, and what becomes of
/// requests and responses. Lifetimes are in [LifetimeDeclarations].
final class RuleDeclarations {

  private RuleDeclarations() {}

  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}";

  static final SettingType<String> FIELD_NAME =
      text("a header field's name, such as Accept-Language", Pattern.compile(TOKEN));

  private static final ItemNames FIELD_NAMES =
      new ItemNames("a header field's name", Pattern.compile(TOKEN));

  private static final SettingType<String> COOKIE_NAME =
      text("a cookie's name", Pattern.compile(TOKEN));

  private static final ItemNames COOKIE_NAMES =
      new ItemNames("a cookie's name", Pattern.compile(TOKEN));

  private static final SettingType<String> NAME_GLOB =
      text(
          "a name, where * stands for anything, such as utm_*", Pattern.compile("[!-+.-~]{1,128}"));

  private static final SettingType<String> VALUE_GLOB =
      text("a value, where * stands for anything", Pattern.compile("[\\t -~]{1,1024}"));

  private static final SettingType<String> FIELD_VALUE =
      text("a header field's value", Pattern.compile("[!-~]([\\t -~]{0,4094}[!-~])?"));

  static final Setting<List<String>> MATCH_METHODS =
      Setting.of(
          "methods",
          listOf(text("a method, such as GET", Pattern.compile(TOKEN))),
          List.of(),
          "Takes requests with one of these methods only.");

  static final SettingGroup MATCH_HEADERS =
      SettingGroup.mapOf(
          "headers",
          FIELD_NAMES,
          Setting.required("value", VALUE_GLOB, "What it says, without case."),
          "Takes requests only that have these fields with such a value; * for any.");

  static final SettingGroup MATCH_COOKIES =
      SettingGroup.mapOf(
          "cookies",
          COOKIE_NAMES,
          Setting.required("value", VALUE_GLOB, "What it says."),
          "Takes requests only that have these cookies with such a value; * for any.");

  static final SettingGroup MATCH =
      SettingGroup.section(
              "match",
              List.of(MATCH_METHODS, MATCH_HEADERS, MATCH_COOKIES),
              "Which requests the route takes, beside host and path; all conditions have to hold.")
          .withExample(
              """
              proxy:
                routes:
                  - name: signed-in
                    match:
                      cookies: {session: "*"}
                    origins: [http://10.0.0.5:8080]
                    bypass: on
                  - name: everybody
                    origins: [http://10.0.0.5:8080]
              """);

  static final Setting<List<String>> QUERY_KEEP =
      Setting.of(
          "keep", listOf(NAME_GLOB), List.of(), "The only parameters that are part of the key.");

  static final Setting<List<String>> QUERY_DROP =
      Setting.of(
          "drop",
          listOf(NAME_GLOB),
          List.of(),
          "Parameters that are not part of the key, such as utm_*; not together with keep.");

  static final Setting<Boolean> QUERY_SORT =
      Setting.of(
          "sort",
          onOff(),
          false,
          "Whether the order of parameters makes no difference; those of one name keep theirs.");

  static final Setting<RuleSettings.Send> QUERY_SEND =
      Setting.of(
          "send",
          choice(RuleSettings.Send.class),
          RuleSettings.Send.RECEIVED,
          "Which query the origin gets: received, the client's own, or keyed, what is part of the"
              + " key; keyed where the origin writes parameters into its pages.");

  static final SettingGroup KEY_QUERY =
      SettingGroup.section(
          "query",
          List.of(QUERY_KEEP, QUERY_DROP, QUERY_SORT, QUERY_SEND),
          "What of the query is part of the key; without it, all as it is.");

  static final Setting<List<String>> KEY_HEADERS =
      Setting.of(
          "headers",
          listOf(FIELD_NAME),
          List.of(),
          "Request fields whose values are part of the key.");

  static final Setting<List<String>> KEY_COOKIES =
      Setting.of(
          "cookies", listOf(COOKIE_NAME), List.of(), "Cookies whose values are part of the key.");

  static final SettingGroup KEY =
      SettingGroup.section(
              "key",
              List.of(KEY_QUERY, KEY_HEADERS, KEY_COOKIES),
              "What pages are stored and found by; without it, the URL. A purge of a URL covers all"
                  + " that is stored for it.")
          .withExample(
              """
              proxy:
                routes:
                  - name: shop
                    origins: [http://10.0.0.5:8080]
                    key:
                      query: {drop: [utm_*, fbclid, gclid], sort: on, send: keyed}
                      headers: [Accept-Language]
                      cookies: [currency]
              """);

  static final Setting<Boolean> BYPASS =
      Setting.of(
          "bypass",
          onOff(),
          false,
          "Whether requests are passed on without a look into the store, and nothing is stored.");

  static final Setting<Optional<RuleSettings.SetCookie>> SET_COOKIE =
      Setting.of(
          "set_cookie",
          optional(choice(RuleSettings.SetCookie.class)),
          Optional.empty(),
          "What becomes of responses that set a cookie: if_shared stores those marked for shared"
              + " caches; keep stores them, cookie included; strip stores and serves them without;"
              + " refuse stores none. Without it, proxy.store_set_cookie.");

  static final Setting<List<TagTemplate>> TAGS =
      Setting.of(
          "tags",
          listOf(tagTemplate()),
          List.of(),
          "Tags that responses get beside their own; a response that lacks a named part does not.");

  static final Edits REQUEST_HEADERS =
      new Edits(
          "request_headers",
          "What is changed in requests before anything is decided about them.",
          "host|connection|content-length|transfer-encoding|te|trailer|upgrade|keep-alive"
              + "|proxy-connection|via|cdn-loop|x-forwarded-for|x-forwarded-proto"
              + "|x-forwarded-host",
          """
          proxy:
            routes:
              - name: static
                path: /static/*
                origins: [http://10.0.0.5:8080]
                request_headers:
                  remove: [Cookie, Accept-Language]
          """);

  static final Edits RESPONSE_HEADERS =
      new Edits(
          "response_headers",
          "What is changed in whatever is delivered; what is stored stays as it came.",
          "connection|content-length|transfer-encoding|trailer|upgrade|keep-alive"
              + "|proxy-connection|content-encoding|content-range",
          """
          proxy:
            routes:
              - name: shop
                origins: [http://10.0.0.5:8080]
                response_headers:
                  remove: [Server, X-Powered-*]
                  set: {Cache-Control: "max-age=0, must-revalidate"}
                  add: {Link: "</app.css>; rel=preload; as=style"}
          """);

  static final Setting<Optional<Boolean>> GUARDS_STATIC_SUFFIX =
      Setting.of(
          "static_suffix",
          optional(onOff()),
          Optional.empty(),
          "As proxy.guards.static_suffix, for this route.");

  static final Setting<Optional<AmbiguousPaths>> GUARDS_AMBIGUOUS_PATHS =
      Setting.of(
          "ambiguous_paths",
          optional(choice(AmbiguousPaths.class)),
          Optional.empty(),
          "As proxy.guards.ambiguous_paths, for this route.");

  static final Setting<List<String>> GUARDS_PASS_HEADERS =
      Setting.of(
          "pass_headers",
          listOf(FIELD_NAME),
          List.of(),
          "Fields of proxy.guards.unkeyed_headers that this route's origin gets all the same: only"
              + " if it does not write them into pages.");

  static final SettingGroup GUARDS =
      SettingGroup.section(
          "guards",
          List.of(GUARDS_STATIC_SUFFIX, GUARDS_AMBIGUOUS_PATHS, GUARDS_PASS_HEADERS),
          "Where this route is guarded otherwise than proxy.guards says.");

  static final List<SettingField> FIELDS =
      List.of(
          MATCH,
          KEY,
          LifetimeDeclarations.LIFETIMES,
          BYPASS,
          SET_COOKIE,
          TAGS,
          REQUEST_HEADERS.section,
          RESPONSE_HEADERS.section,
          CompressionDeclarations.COMPRESSION,
          GUARDS);

  /// A section that changes a header section; two routes' worth of names, declared once.
  static final class Edits {

    final SettingGroup section;
    private final Setting<List<String>> remove;
    private final SettingGroup set;
    private final SettingGroup add;

    /// @param forbidden names in lower case, separated by `|`
    Edits(String name, String sentence, String forbidden, String example) {
      var names =
          new ItemNames(
              "a header field's name, but none of the connection's",
              Pattern.compile("(?i)(?!(" + forbidden + ")$)" + TOKEN));
      remove =
          Setting.of(
              "remove",
              listOf(
                  text(
                      "a header field's name, where * stands for anything, but none of the"
                          + " connection's",
                      names.form())),
              List.of(),
              "Fields that are taken away first.");
      set =
          SettingGroup.mapOf(
              "set",
              names,
              Setting.required("value", FIELD_VALUE, "Its value."),
              "Fields that have this one value afterwards.");
      add =
          SettingGroup.mapOf(
              "add",
              names,
              Setting.required("value", FIELD_VALUE, "Its value."),
              "Fields that get one more line.");
      section =
          SettingGroup.section(name, List.of(remove, set, add), sentence).withExample(example);
    }

    RuleSettings.Edits read(ResolvedSettings.Values route) {
      ResolvedSettings.Values fields = route.in(section);
      return new RuleSettings.Edits(fields.get(remove), texts(fields, set), texts(fields, add));
    }
  }

  private static SettingType<TagTemplate> tagTemplate() {
    return SettingTypes.parsed(TagTemplate.EXPECTATION, TagTemplate::parse, TagTemplate::toString);
  }

  static RuleSettings read(ResolvedSettings.Values route) {
    ResolvedSettings.Values guards = route.in(GUARDS);
    return new RuleSettings(
        match(route.in(MATCH)),
        key(route.in(KEY)),
        LifetimeDeclarations.read(route),
        route.get(BYPASS),
        route.get(SET_COOKIE),
        REQUEST_HEADERS.read(route),
        RESPONSE_HEADERS.read(route),
        route.get(TAGS),
        new RuleSettings.Guards(
            guards.get(GUARDS_STATIC_SUFFIX),
            guards.get(GUARDS_AMBIGUOUS_PATHS),
            guards.get(GUARDS_PASS_HEADERS)));
  }

  private static RuleSettings.Match match(ResolvedSettings.Values fields) {
    return new RuleSettings.Match(
        fields.get(MATCH_METHODS), texts(fields, MATCH_HEADERS), texts(fields, MATCH_COOKIES));
  }

  private static RuleSettings.Key key(ResolvedSettings.Values fields) {
    ResolvedSettings.Values query = fields.in(KEY_QUERY);
    return new RuleSettings.Key(
        query.get(QUERY_KEEP),
        query.get(QUERY_DROP),
        query.get(QUERY_SORT),
        query.get(QUERY_SEND),
        fields.get(KEY_HEADERS),
        fields.get(KEY_COOKIES));
  }

  /// A map of names with one text each.
  private static Map<String, String> texts(ResolvedSettings.Values fields, SettingGroup map) {
    Map<String, String> texts = new LinkedHashMap<>();
    for (var item : fields.items(map)) {
      texts.put(item.name(), item.fields().text(map));
    }
    return texts;
  }

  /// What contradicts itself.
  static void check(ResolvedSettings.Item route, List<SettingProblem> problems) {
    ResolvedSettings.Values key = route.fields().in(KEY);
    ResolvedSettings.Values query = key.in(KEY_QUERY);
    if (!query.get(QUERY_KEEP).isEmpty() && !query.get(QUERY_DROP).isEmpty()) {
      String path = route.path() + ".key.query.drop";
      problems.add(
          new SettingProblem(
              path,
              path + " and keep exclude each other: name what is kept, or what is dropped",
              query.origin(QUERY_DROP)));
    }
    LifetimeDeclarations.check(route, problems);
  }
}

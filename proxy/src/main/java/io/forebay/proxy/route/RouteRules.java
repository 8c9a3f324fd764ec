package io.forebay.proxy.route;

import io.forebay.http.FieldSyntax;
import io.forebay.http.HeaderEdits;
import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import io.forebay.http.UnkeyedFields;
import io.forebay.http.caching.CodingRule;
import io.forebay.http.caching.KeyRule;
import io.forebay.http.caching.TagTemplate;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What holds for the requests of a route, beside where they go and how long their responses are
/// fresh ([io.forebay.http.caching.CachePolicy]). Immutable; made once when settings are read.
///
/// @param match which requests, beside host and path
/// @param key how their cache key is derived
/// @param bypass whether they are all passed on, and nothing is stored
/// @param unkeyed names in lower case of request fields that the origin does not get unless they
///   are in the key
/// @param requestEdits what is changed in a request before anything is decided about it
/// @param responseEdits what is changed in whatever is delivered; what is stored stays as it came,
///   so that a change of the rule is a change for stored pages too
/// @param tags that responses get beside their own
/// @param coding which pages are served in content codings of our making
public record RouteRules(
    RouteMatch match,
    KeyRule key,
    boolean bypass,
    Set<String> unkeyed,
    HeaderEdits requestEdits,
    HeaderEdits responseEdits,
    List<TagTemplate> tags,
    CodingRule coding) {

  /// Nothing beside the guards.
  public static final RouteRules USUAL =
      new RouteRules(
          RouteMatch.ANY,
          KeyRule.PLAIN,
          false,
          lowerCase(UnkeyedFields.KNOWN),
          HeaderEdits.NONE,
          HeaderEdits.NONE,
          List.of(),
          CodingRule.OFF);

  public RouteRules {
    Set<String> stripped = new HashSet<>(unkeyed);
    stripped.removeIf(key::isKeyed);
    unkeyed = Set.copyOf(stripped);
    tags = List.copyOf(tags);
  }

  public static Set<String> lowerCase(Collection<String> names) {
    Set<String> lower = new HashSet<>();
    names.forEach(name -> lower.add(FieldSyntax.lowerCase(name)));
    return Set.copyOf(lower);
  }

  /// The request as it is decided on, found in the store, and sent: without unkeyed fields, edited.
  ///
  /// @param request in its [io.forebay.http.RequestForm]
  public RequestHead decided(RequestHead request) {
    HttpFields fields =
        requestEdits.applied(UnkeyedFields.without(request.fields(), request.isSafe(), unkeyed));
    return fields.equals(request.fields()) ? request : request.withFields(fields);
  }

  /// Whether a plain request gets from the store what lies there under its URL, as it lies there;
  /// but for the coding, which depends on the page.
  public boolean leaveHitsAlone() {
    return key.isPlain()
        && !bypass
        && requestEdits.isNone()
        && responseEdits.isNone()
        && !unkeyed.contains("accept-encoding");
  }

  public RouteRules withMatch(RouteMatch other) {
    return new RouteRules(other, key, bypass, unkeyed, requestEdits, responseEdits, tags, coding);
  }

  public RouteRules withKey(KeyRule other) {
    return new RouteRules(match, other, bypass, unkeyed, requestEdits, responseEdits, tags, coding);
  }

  public RouteRules withBypass() {
    return new RouteRules(match, key, true, unkeyed, requestEdits, responseEdits, tags, coding);
  }

  public RouteRules withEdits(HeaderEdits ofRequests, HeaderEdits ofResponses) {
    return new RouteRules(match, key, bypass, unkeyed, ofRequests, ofResponses, tags, coding);
  }

  public RouteRules withTags(List<TagTemplate> templates) {
    return new RouteRules(
        match, key, bypass, unkeyed, requestEdits, responseEdits, templates, coding);
  }

  public RouteRules withCoding(CodingRule other) {
    return new RouteRules(match, key, bypass, unkeyed, requestEdits, responseEdits, tags, other);
  }
}

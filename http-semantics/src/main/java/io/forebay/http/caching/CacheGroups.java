package io.forebay.http.caching;

import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import io.forebay.http.ResponseHead;
import java.util.List;

/// Groups of responses at one origin (RFC 9875), as tags: a group's name counts only together with
/// its origin (§2.1), so that one site cannot invalidate another's pages.
public final class CacheGroups {

  /// Begins these tags; no field can carry it, so nobody else can name them.
  private static final char MARK = '\u0002';

  private CacheGroups() {}

  /// The tags of a response at that URL for its `Cache-Groups`.
  static List<String> tagsOf(CacheKey key, HttpFields responseFields) {
    return responseFields.contains("Cache-Groups")
        ? tags(key, CacheTags.strings(responseFields, "Cache-Groups"))
        : List.of();
  }

  /// The tags to invalidate because of a response's `Cache-Group-Invalidation` (§3), which counts
  /// only on responses to unsafe requests.
  public static List<String> invalidatedBy(RequestHead request, ResponseHead response) {
    return request.isSafe() || !response.fields().contains("Cache-Group-Invalidation")
        ? List.of()
        : tags(
            CacheKey.of(request), CacheTags.strings(response.fields(), "Cache-Group-Invalidation"));
  }

  private static List<String> tags(CacheKey key, List<String> groups) {
    String origin = originOf(key.uri());
    return groups.stream()
        .filter(group -> group.length() <= CacheTags.MAX_TAG_LENGTH)
        .limit(CacheTags.MAX_FIELD_LENGTH / 2)
        .map(group -> MARK + origin + ' ' + group)
        .distinct()
        .toList();
  }

  /// `http://example.com` of an absolute URL.
  private static String originOf(String uri) {
    int path = uri.indexOf('/', uri.indexOf("://") + 3);
    return path < 0 ? uri : uri.substring(0, path);
  }
}

package io.forebay.cache;

import java.util.HashSet;
import java.util.Set;

/// Tags that Forebay itself gives entries. They begin with a character that no client's or origin's
/// tag can contain.
public final class InternalTags {

  private static final char INTERNAL = '\u0001';

  private InternalTags() {}

  /// The tag of everything stored for a URL: what [Scope.Urls] raises its barriers on.
  public static String ofUrl(String url) {
    return INTERNAL + "url:" + url;
  }

  /// Whether a tag is one of ours.
  public static boolean isInternal(String tag) {
    return !tag.isEmpty() && tag.charAt(0) == INTERNAL;
  }

  static Set<String> ofUrls(Set<String> urls) {
    Set<String> tags = HashSet.newHashSet(urls.size());
    for (String url : urls) {
      tags.add(ofUrl(url));
    }
    return tags;
  }
}

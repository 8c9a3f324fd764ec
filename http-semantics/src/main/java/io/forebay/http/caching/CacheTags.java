package io.forebay.http.caching;

import io.forebay.http.HttpFields;
import java.util.List;

/// The tags by which a response can be invalidated, as the origin named them.
///
/// @param tags in order, each once
/// @param dropped what was over a limit
public record CacheTags(List<String> tags, List<String> dropped) {

  /// Reads `Cache-Tag` and its kin.
  public static CacheTags of(HttpFields responseFields) {
    return io.forebay.http.Sketch.notYet("CacheTags");
  }
}

package io.forebay.proxy.fast;

import io.forebay.cache.TimeSource;
import io.forebay.proxy.ExchangeObserver;
import io.forebay.proxy.listen.TagFields;
import io.forebay.proxy.pages.PageStore;
import io.forebay.proxy.route.RouteTable;

/// What all event loops need to answer fresh hits.
///
/// @param tagFields whether clients see the fields that carry tags
public record FastPath(
    RouteTable routes,
    PageStore pages,
    TagFields tagFields,
    ExchangeObserver observer,
    TimeSource time) {

  /// Bodies that are longer are sent in slices, by the general path.
  public static final int MAX_BODY_BYTES = 128 * 1024;
}

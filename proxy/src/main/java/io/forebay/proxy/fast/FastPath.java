package io.forebay.proxy.fast;

import io.forebay.cache.TimeSource;
import io.forebay.proxy.ExchangeObserver;
import io.forebay.proxy.listen.TagFields;
import io.forebay.proxy.pages.PageStore;
import io.forebay.proxy.route.RouteTable;
import java.util.function.BooleanSupplier;

/// What all event loops need to answer fresh hits.
///
/// @param tagFields whether clients see the fields that carry tags
/// @param isSuspect whether this node can't trust what it knows of invalidations, now; asked after
///   a page was looked up
public record FastPath(
    RouteTable routes,
    PageStore pages,
    TagFields tagFields,
    ExchangeObserver observer,
    TimeSource time,
    BooleanSupplier isSuspect) {

  /// Bodies that are longer are sent in slices, by the general path.
  public static final int MAX_BODY_BYTES = 128 * 1024;
}

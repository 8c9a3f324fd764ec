package io.forebay.proxy.route;

import io.forebay.http.RequestForm;

/// What holds for requests before a route is found.
///
/// @param form in which they are decided on, and sent to origins
/// @param maxKeyLength requests with a longer cache key are passed on: the store is not for what a
///   client can make endlessly many of
public record RequestGuards(RequestForm form, int maxKeyLength) {
  public static final RequestGuards USUAL = new RequestGuards(RequestForm.USUAL, 8 * 1024);
}

package io.forebay.proxy.listen;

import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import io.forebay.http.caching.CacheTags;

/// Whether clients see the fields that carry tags. They tell how a site is built, and can be long.
public enum TagFields {
  /// Never.
  STRIP,
  /// If they ask for it: `Forebay-Debug: 1`, or `Fastly-Debug: 1`.
  DEBUG,
  /// Always: there is another cache between this one and them.
  KEEP;

  /// The fields of a response as the client gets them.
  public HttpFields shown(RequestHead request, HttpFields fields) {
    boolean kept =
        switch (this) {
          case STRIP -> false;
          case DEBUG -> asks(request, "Forebay-Debug") || asks(request, "Fastly-Debug");
          case KEEP -> true;
        };
    return kept || !CacheTags.areIn(fields) ? fields : fields.without(CacheTags.fieldNames());
  }

  private static boolean asks(RequestHead request, String name) {
    return request.fields().first(name).filter("1"::equals).isPresent();
  }
}

package io.forebay.proxy.pages;

import org.jspecify.annotations.Nullable;

/// Room beside a page for what a reader makes of it and would else make again for each request. It
/// holds one thing; who finds another's makes his own and replaces it. Nothing is lost with it.
///
/// Any thread may read and write; what is kept must be immutable, with final fields, since nothing
/// else makes it visible to other threads.
public final class PageMemo {

  private @Nullable Object kept;

  public @Nullable Object kept() {
    return kept;
  }

  public void keep(Object made) {
    kept = made;
  }
}

package io.forebay.proxy.fetch;

import io.forebay.http.ResponseHead;
import io.forebay.proxy.body.BodySource;
import io.forebay.proxy.body.SharedBody;
import io.forebay.proxy.origin.OriginOutcome;
import io.forebay.proxy.pages.StoredCandidatePage;

/// What a fetch brought, as soon as the response head is known.
public sealed interface Landing {

  /// A response that may be shared and is going to be stored if its body is complete and fits.
  ///
  /// @param head as the client that caused the fetch gets it: without hop-by-hop fields
  /// @param leaderBody for that client, who must read or cancel it; [BodySource#EMPTY] if there is
  ///   none
  /// @param page as followers may reuse it; its body is `body`
  record Shareable(
      ResponseHead head, BodySource leaderBody, StoredCandidatePage page, SharedBody body)
      implements Landing {}

  /// A response for the one client that asked.
  ///
  /// @param why completes "not stored: …"
  record Unshareable(ResponseHead head, BodySource leaderBody, String why) implements Landing {}

  /// The origin confirmed (304) what is stored; this is the updated page.
  record Confirmed(StoredCandidatePage page) implements Landing {}

  /// No response.
  record Failed(OriginOutcome.Failed failure) implements Landing {}
}

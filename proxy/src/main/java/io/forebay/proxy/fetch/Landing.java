package io.forebay.proxy.fetch;

import io.forebay.http.ResponseHead;
import io.forebay.proxy.body.BodySource;
import io.forebay.proxy.body.SharedBody;
import io.forebay.proxy.origin.OriginOutcome;
import io.forebay.proxy.pages.StoredCandidatePage;

/// What a fetch brought, as soon as the response head is known.
public sealed interface Landing {

  /// A response of the origin's.
  sealed interface Response extends Landing {

    /// As the client that caused the fetch gets it: without hop-by-hop fields.
    ResponseHead head();

    /// For that client, who must read or cancel it; [BodySource#EMPTY] if there is none.
    BodySource leaderBody();
  }

  /// A response that may be shared and is going to be stored if its body is complete and fits.
  ///
  /// @param page as followers may reuse it; its body is `body`
  record Shareable(
      ResponseHead head, BodySource leaderBody, StoredCandidatePage page, SharedBody body)
      implements Response {}

  /// A response for the one client that asked.
  ///
  /// @param why it is not stored
  record Unshareable(ResponseHead head, BodySource leaderBody, Fate why) implements Response {}

  /// The origin confirmed (304) what is stored; this is the updated page.
  record Confirmed(StoredCandidatePage page) implements Landing {}

  /// No response.
  record Failed(OriginOutcome.Failed failure) implements Landing {}
}

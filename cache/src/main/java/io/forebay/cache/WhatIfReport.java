package io.forebay.cache;

import io.forebay.cache.policy.WhatIf;
import java.util.List;

/// What other sizes and policies would reach with the requests that came.
///
/// @param answers in the order of the questions
/// @param droppedEvents sampled events that came too fast to be simulated; answers do not rest on
///   them
public record WhatIfReport(List<WhatIf.Answer> answers, long droppedEvents) {

  public WhatIfReport {
    answers = List.copyOf(answers);
  }
}

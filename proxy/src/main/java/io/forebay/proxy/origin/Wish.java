package io.forebay.proxy.origin;

import java.util.ArrayList;
import java.util.List;

/// What a request wants of a pool.
///
/// @param isRepeatable whether it may be sent again when it failed after an origin saw it
/// @param tried origins that it has failed at
record Wish(Errand errand, boolean isRepeatable, List<Member> tried) {

  boolean fills() {
    return errand.fills();
  }

  Wish elsewhereThan(Member member) {
    List<Member> all = new ArrayList<>(tried);
    all.add(member);
    return new Wish(errand, isRepeatable, List.copyOf(all));
  }
}

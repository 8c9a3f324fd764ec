package io.forebay.http;

import java.util.List;
import java.util.Optional;

/// Which content coding a client gets (RFC 9110 §12.5.3).
public final class ContentCodings {

  private ContentCodings() {}

  /// The coding, of those offered, that the client likes best; of equals, the one offered first.
  /// Empty when it gets the content as it is: it asks for nothing, accepts none of them, or likes
  /// `identity` better.
  ///
  /// @param offered names in lower case, the best first
  public static Optional<String> preferred(HttpFields request, List<String> offered) {
    if (!request.contains("Accept-Encoding")) {
      return Optional.empty();
    }
    List<String> members = FieldSyntax.listMembers(request, "Accept-Encoding");
    int bestWeight = 0;
    Optional<String> best = Optional.empty();
    for (String coding : offered) {
      int weight = weight(coding, members);
      if (weight > bestWeight) {
        bestWeight = weight;
        best = Optional.of(coding);
      }
    }
    return statedWeight("identity", members) > bestWeight ? Optional.empty() : best;
  }

  /// In thousandths; a coding that is not named has that of `*`, and none without it.
  private static int weight(String coding, List<String> members) {
    int stated = statedWeight(coding, members);
    return stated >= 0 ? stated : Math.max(0, statedWeight("*", members));
  }

  /// -1 if it is not named.
  private static int statedWeight(String coding, List<String> members) {
    for (String member : members) {
      List<String> parts = FieldSyntax.split(member, ';');
      String name = FieldSyntax.lowerCase(parts.getFirst());
      if (name.equals(coding) || name.equals("x-" + coding)) {
        return parts.size() == 1 ? 1000 : thousandths(parts.get(1));
      }
    }
    return -1;
  }

  /// `q=0.5` (RFC 9110 §12.4.2); what is none accepts nothing.
  private static int thousandths(String parameter) {
    String text = FieldSyntax.lowerCase(parameter);
    boolean isWeight = text.matches("q[ \t]*=[ \t]*(0(\\.[0-9]{0,3})?|1(\\.0{0,3})?)");
    if (!isWeight) {
      return 0;
    }
    String number = FieldSyntax.trimmed(text.substring(text.indexOf('=') + 1));
    if (number.startsWith("1")) {
      return 1000;
    }
    String digits = number.length() > 2 ? number.substring(2) : "";
    return Integer.parseInt((digits + "000").substring(0, 3));
  }
}

package io.forebay.server.compat;

import io.forebay.server.api.ApiRequest;
import io.forebay.server.api.Problem;
import io.forebay.server.api.QueryParameters;
import io.forebay.server.api.RequestRefused;
import java.util.regex.Pattern;

/// Numbers in a query; parameters that are not known are passed over, as in the systems whose
/// clients send them.
final class ForeignQuery {

  private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");

  private ForeignQuery() {}

  static int number(ApiRequest request, String name, int usual, int least, int most) {
    QueryParameters query = request.query();
    return query
        .value(name)
        .map(text -> {
          int number = NUMBER.matcher(text).matches() ? Integer.parseInt(text) : -1;
          if (number < least || number > most) {
            throw new RequestRefused(
                Problem.invalid(
                    name, "a whole number from " + least + " to " + most, "It is no such number."));
          }
          return number;
        })
        .orElse(usual);
  }
}

package io.forebay.server.invalidation;

import io.forebay.cache.Invalidation;
import io.forebay.cache.InvalidationOrder;
import io.forebay.cache.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One operation of an invalidation, as far as a receipt and the audit remember it.
///
/// @param cache empty for every cache
/// @param scope `tags`
/// @param values the first of those that it names, in order
/// @param more how many there are besides
public record Operation(
    Optional<String> cache, String scope, List<String> values, int more, Invalidation.Mode mode) {

  /// The values of all operations of one invalidation have at most so many characters.
  private static final int REMEMBERED_CHARACTERS = 4_000;

  /// What is remembered of so many orders; the operations that have no room are left out.
  static List<Operation> of(List<InvalidationOrder> orders) {
    List<Operation> operations = new ArrayList<>();
    int room = REMEMBERED_CHARACTERS;
    for (InvalidationOrder order : orders) {
      List<String> names = order.scope().names();
      List<String> values = new ArrayList<>();
      room -= 20;
      for (String name : names) {
        room -= name.length();
        if (room < 0) {
          break;
        }
        values.add(name);
      }
      if (room < 0 && values.isEmpty() && !operations.isEmpty()) {
        break;
      }
      operations.add(
          new Operation(
              order.cache(),
              scopeText(order.scope()),
              values,
              names.size() - values.size(),
              order.mode()));
    }
    return List.copyOf(operations);
  }

  static String scopeText(Scope scope) {
    return switch (scope) {
      case Scope.Keys _ -> "keys";
      case Scope.Tags _ -> "tags";
      case Scope.Prefixes _ -> "prefixes";
      case Scope.Patterns _ -> "patterns";
      case Scope.Urls _ -> "urls";
      case Scope.Hosts _ -> "hosts";
      case Scope.Everything() -> "everything";
    };
  }

  /// `tags:a,b`.
  String text() {
    String named =
        String.join(",", values) + (more == 0 ? "" : (values.isEmpty() ? "" : ",") + "… +" + more);
    return named.isEmpty() ? scope : scope + ":" + named;
  }
}

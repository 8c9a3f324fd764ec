package io.forebay.http;

import java.util.List;

/// An operator's changes to a header section. Carried out in this order: what is removed, what is
/// set, what is added. Immutable; the same for every message, so that a result can be kept.
///
/// @param remove names, `*` for anything
/// @param set each the only line of its name afterwards
/// @param add further lines
public record HeaderEdits(List<Glob> remove, List<FieldLine> set, List<FieldLine> add) {

  public static final HeaderEdits NONE = new HeaderEdits(List.of(), List.of(), List.of());

  public HeaderEdits {
    remove = List.copyOf(remove);
    set = List.copyOf(set);
    add = List.copyOf(add);
  }

  public boolean isNone() {
    return remove.isEmpty() && set.isEmpty() && add.isEmpty();
  }

  /// The fields after the changes; the same object when there are none.
  public HttpFields applied(HttpFields fields) {
    if (isNone()) {
      return fields;
    }
    HttpFields kept =
        remove.isEmpty()
            ? fields
            : fields.without(line -> remove.stream().anyMatch(name -> name.matches(line.name())));
    if (set.isEmpty() && add.isEmpty()) {
      return kept;
    }
    HttpFields.Builder edited = kept.toBuilder();
    set.forEach(line -> edited.set(line.name(), line.value()));
    add.forEach(edited::add);
    return edited.build();
  }
}

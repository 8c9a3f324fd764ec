package io.forebay.http.structured;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A member of a list or dictionary (RFC 9651 §3.1, §3.2): an item or an inner list, with its
/// parameters in order.
public sealed interface StructuredMember {

  /// In the order of the field; of equal keys the last one's value, in the first one's place.
  Map<String, BareItem> parameters();

  /// §3.3.
  record Item(BareItem value, Map<String, BareItem> parameters) implements StructuredMember {
    public Item {
      parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    }

    public static Item of(BareItem value) {
      return new Item(value, Map.of());
    }
  }

  /// §3.1.1.
  record InnerList(List<Item> items, Map<String, BareItem> parameters) implements StructuredMember {
    public InnerList {
      items = List.copyOf(items);
      parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    }
  }
}

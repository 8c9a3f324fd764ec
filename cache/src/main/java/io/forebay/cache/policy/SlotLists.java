package io.forebay.cache.policy;

/// Several doubly linked lists of slots, each from oldest to newest, over two columns. A slot is in
/// at most one of them; the caller knows in which.
///
/// Eight bytes a slot. Every operation is constant time but [#copy].
final class SlotLists {

  /// What lies past either end. A plain number, not an `Optional`: it is read in the inner loops.
  static final int NONE = -1;

  private final int lists;
  private final int[] sizes;

  /// Node of list `i` is `i`, node of slot `s` is `lists + s`. Linked in a ring through the list's
  /// node.
  private final IntColumn newer = new IntColumn();

  private final IntColumn older = new IntColumn();

  SlotLists(int lists) {
    this.lists = lists;
    this.sizes = new int[lists];
    cover(lists - 1);
    for (int list = 0; list < lists; list++) {
      newer.set(list, list);
      older.set(list, list);
    }
  }

  private void cover(int node) {
    newer.cover(node);
    older.cover(node);
  }

  /// Puts a slot that is in no list at the newest end.
  void append(int list, int slot) {
    int node = lists + slot;
    cover(node);
    int last = older.get(list);
    newer.set(last, node);
    older.set(node, last);
    newer.set(node, list);
    older.set(list, node);
    sizes[list]++;
  }

  void unlink(int list, int slot) {
    int node = lists + slot;
    int before = older.get(node);
    int after = newer.get(node);
    newer.set(before, after);
    older.set(after, before);
    sizes[list]--;
  }

  void moveToNewest(int list, int slot) {
    unlink(list, slot);
    append(list, slot);
  }

  /// Empties `from` into the newest end of `to`.
  void appendAll(int from, int to) {
    if (sizes[from] == 0) {
      return;
    }
    int first = newer.get(from);
    int last = older.get(from);
    int end = older.get(to);
    newer.set(end, first);
    older.set(first, end);
    newer.set(last, to);
    older.set(to, last);
    newer.set(from, from);
    older.set(from, from);
    sizes[to] += sizes[from];
    sizes[from] = 0;
  }

  /// [#NONE] when the list is empty.
  int oldest(int list) {
    return slot(newer.get(list));
  }

  /// [#NONE] when the list is empty.
  int newest(int list) {
    return slot(older.get(list));
  }

  /// The next newer slot of the same list, or [#NONE].
  int newerThan(int slot) {
    return slot(newer.get(lists + slot));
  }

  private int slot(int node) {
    return node < lists ? NONE : node - lists;
  }

  int size(int list) {
    return sizes[list];
  }

  boolean isEmpty(int list) {
    return sizes[list] == 0;
  }

  /// The list's slots, oldest first, into `target` from `offset`.
  ///
  /// @return the offset after the last
  int copy(int list, int[] target, int offset) {
    int at = offset;
    for (int slot = oldest(list); slot != NONE; slot = newerThan(slot)) {
      target[at++] = slot;
    }
    return at;
  }

  int[] toArray(int list) {
    int[] slots = new int[sizes[list]];
    copy(list, slots, 0);
    return slots;
  }
}

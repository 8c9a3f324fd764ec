-- A slot is the SHA-256 of namespace, cache and key. Times are microseconds since 1970.
-- forebay_clock(), forebay_stamp() and forebay_history() are made on each connection.
CREATE TABLE forebay_slots (
  slot      BLOB PRIMARY KEY,
  namespace TEXT NOT NULL,
  cache     TEXT NOT NULL,
  key       BLOB NOT NULL,
  version   INTEGER NOT NULL,
  stored    INTEGER NOT NULL,
  expires   INTEGER NOT NULL, -- when the value's life is over
  ends      INTEGER NOT NULL, -- when the row may go: it outlives the longest fill
  history   INTEGER NOT NULL,
  size      INTEGER NOT NULL,
  value     BLOB              -- null where it was removed
) WITHOUT ROWID;
CREATE INDEX forebay_slots_ends ON forebay_slots (ends);
CREATE INDEX forebay_slots_stored ON forebay_slots (stored, size);

-- Rows of their own, beside an index of slots: a table without them keeps whole rows in its inner pages, which values of
-- a kilobyte make deep (sqlite.org/withoutrowid.html, "When To Use WITHOUT ROWID").
--
-- A slot is the SHA-256 of namespace, cache and key. Times are microseconds since 1970. The functions forebay_clock(),
-- forebay_stamp() and forebay_history() are made on each connection.
ALTER TABLE forebay_slots RENAME TO forebay_slots_before;
CREATE TABLE forebay_slots (
  slot      BLOB NOT NULL UNIQUE,
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
);
INSERT INTO forebay_slots SELECT * FROM forebay_slots_before WHERE ends > unixepoch() * 1000000;
DROP TABLE forebay_slots_before;
CREATE INDEX forebay_slots_ends ON forebay_slots (ends);
CREATE INDEX forebay_slots_stored ON forebay_slots (stored, size);

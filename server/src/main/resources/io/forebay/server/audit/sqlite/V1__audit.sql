-- Times are microseconds since 1970. Ids are UUIDs of version 7 and so in the order of time.
CREATE TABLE forebay_audit (
  id        TEXT PRIMARY KEY,
  at        INTEGER NOT NULL,
  operation TEXT NOT NULL,
  principal TEXT NOT NULL,
  address   TEXT NOT NULL,
  cache     TEXT,
  scope     TEXT,
  mode      TEXT,
  reason    TEXT,
  subject   TEXT,
  outcome   TEXT NOT NULL,
  status    INTEGER,
  affected  INTEGER
) WITHOUT ROWID;

-- Ids are UUIDs of version 7 and so in the order of time; collation C keeps it that way.
CREATE TABLE forebay_audit (
  id        TEXT COLLATE "C" PRIMARY KEY,
  at        TIMESTAMPTZ NOT NULL,
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
  affected  BIGINT
);

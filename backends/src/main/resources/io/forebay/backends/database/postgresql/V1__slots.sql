-- A slot is the SHA-256 of namespace, cache and key. Times are microseconds since 1970.
CREATE TABLE forebay_slots (
  slot      BYTEA PRIMARY KEY,
  namespace TEXT NOT NULL,
  cache     TEXT NOT NULL,
  key       BYTEA NOT NULL,
  version   BIGINT NOT NULL,
  stored    BIGINT NOT NULL,
  expires   BIGINT NOT NULL, -- when the value's life is over
  ends      BIGINT NOT NULL, -- when the row may go: it outlives the longest fill
  history   BIGINT NOT NULL,
  size      BIGINT NOT NULL,
  value     BYTEA            -- null where it was removed
);
CREATE INDEX forebay_slots_ends ON forebay_slots (ends);
CREATE INDEX forebay_slots_stored ON forebay_slots (stored, size);

-- Numbers that grow in the order in which they are asked for; versions and tickets of fills are such.
CREATE SEQUENCE forebay_stamps;
CREATE FUNCTION forebay_stamp() RETURNS BIGINT LANGUAGE SQL VOLATILE AS
  $$ SELECT nextval('forebay_stamps') $$;

CREATE FUNCTION forebay_clock() RETURNS BIGINT LANGUAGE SQL VOLATILE AS
  $$ SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::BIGINT $$;

-- The timeline: another after each failover, when what was written last may have been lost.
CREATE FUNCTION forebay_history() RETURNS BIGINT LANGUAGE SQL VOLATILE AS
  $$ SELECT ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::BIT(32)::BIGINT $$;

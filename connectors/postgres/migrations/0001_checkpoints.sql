-- Everything a checkpoint makes durable. Unsigned 64-bit numbers stand as bigint with the same
-- bits. Text columns hold UTF-8; backslash is doubled and a byte that PostgreSQL's text cannot hold
-- stands as \xHH.

-- One row: what all slices of this deployment share.
create table deployment (
  the_only_one boolean primary key default true check (the_only_one),
  seed bigint not null,              -- of the fingerprints of text ids; a secret, drawn once
  segment_format smallint not null,  -- newest format that segments of this deployment may have
  created_at timestamptz not null default now()
);

-- The fence. Every commit updates its slice's row where the epoch is its own and the sequence the
-- one before.
create table slice (
  slice integer primary key,
  epoch bigint not null,
  sequence bigint not null,          -- of the last commit
  owner text not null,               -- for people
  updated_at timestamptz not null
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

-- Where to go on reading.
create table position (
  slice integer not null,
  channel text not null,             -- for Kafka topic/partition
  next bigint not null,              -- half-open: the next position to read
  fingerprint bigint not null,       -- xxh3-64 of the last record's payload
  lost_records bigint not null,
  primary key (slice, channel)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

create table batch (
  number bigint primary key,
  name text not null unique,
  sides text[] not null,             -- in the order of their bits in a mask
  record_type text,
  description text,
  created_at timestamptz not null
);

-- The counts of a batch within a slice as of the slice's last commit: what a peer answers from, and
-- what a restored ledger is checked against.
create table ledger (
  slice integer not null,
  batch bigint not null references batch on delete cascade,
  masks integer[] not null,          -- masks with at least one id ...
  counts bigint[] not null,          -- ... and how many ids each has
  duplicates bigint[] not null,      -- for each side
  duplicate_ids bigint[] not null,   -- for each side
  revision bigint not null,
  primary key (slice, batch)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

-- Runs of members, appended by commits and merged in the background; a row is never updated. No
-- foreign keys: this is written on every commit, and who deletes a batch deletes its segments in
-- the same transaction.
create table segment (
  slice integer not null,
  batch bigint not null,
  sequence bigint not null,          -- of the (last) commit whose members are in the run
  chunk integer not null,            -- of the run, from 0
  level smallint not null,           -- 0: written by a commit; n: merged from runs of level n - 1
  records bigint not null,
  checksum bigint not null,          -- xxh3-64, the same as within the payload
  format smallint not null,
  payload bytea not null,
  primary key (slice, batch, sequence, chunk)
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000,
        toast.autovacuum_vacuum_scale_factor = 0.02, toast.autovacuum_vacuum_threshold = 5000);
-- The payload is compact already, and the default compression is ten times slower than writing it
-- as it is.
alter table segment alter payload set storage external;

-- Records that could not be read. Exactly once, so the unique key is a check and no merge.
create table dead_letter (
  number bigserial primary key,
  slice integer not null,
  channel text not null,
  position bigint not null,
  reason text not null,
  field text not null,
  sample bytea not null,
  at timestamptz not null,
  unique (slice, channel, position, reason)
);

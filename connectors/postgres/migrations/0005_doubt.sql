-- Doubt that is scoped and ends: what a dead letter concerns, how much it explains, and who has closed it.

alter table dead_letter
  -- A topic that was made anew has other records at the same positions, and an import names its lines: that each letter
  -- is written once is the transaction's to keep.
  drop constraint dead_letter_slice_channel_position_reason_key,
  add column feed text not null default 'default',
  add column batch text not null default '',          -- that it names; empty where that could not be read
  add column side smallint not null default 2,        -- 0 expected, 1 processed, 2 unknown
  add column explains bigint not null default 1,      -- so many missing or unexpected ids, at most
  add column batches_before bigint not null default 0,  -- numbers of the batches that were there are below
  add column record_at timestamptz,                   -- when the record was written
  add column state smallint not null default 0,       -- 0 open, 1 acknowledged, 2 replayed
  add column closed_at timestamptz,
  add column closed_by text,
  add column note text;
-- What older versions left concerned every batch that there was.
update dead_letter set record_at = at,
  batches_before = coalesce((select max(next_batch) from slice), 1);
alter table dead_letter alter column record_at set not null;
create index dead_letter_open on dead_letter (slice, feed, batch) where state = 0;
create index dead_letter_closed on dead_letter (closed_at) where state <> 0;

-- What each acknowledgement closed: it answers for a commit whose answer was lost.
create table acknowledgement (
  slice integer not null,
  sequence bigint not null,          -- of the commit
  place integer not null,            -- among that commit's acknowledgements, from 0
  closed_at timestamptz not null,
  closed_by text not null,
  note text not null,
  letters bigint not null,           -- how many were open and no longer are
  primary key (slice, sequence, place)
);

-- 0 reconciliation, 1 comparison, 2 numbers; null: of an older version, decided at the next start.
alter table batch
  add column kind smallint,
  add column feeds text[] not null default '{}',  -- whose events have named it
  add column began_at timestamptz;                -- Kafka's time of its first event, or when it was made
update batch set began_at = created_at;
-- They were made by events of topics, or over HTTP by whoever had no topics.
update batch set feeds = '{default}' where exists (select from position);
alter table batch alter column began_at set not null;

-- The largest record so far: so many ids an unreadable one may have named.
alter table position add column ids_max bigint not null default 1;

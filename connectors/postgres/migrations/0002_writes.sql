-- What writes over HTTP need: batches that are made with their properties and deleted again, and
-- receipts that make a repeated write harmless.

-- Numbers of batches are never given twice, also after the last batch was deleted.
alter table slice add column next_batch bigint not null default 1;
update slice set next_batch = coalesce((select max(number) from batch), 0) + 1;

alter table batch add column ledger_sides smallint;  -- places for sides in a mask, at least one for each side
update batch set ledger_sides = cardinality(sides);
alter table batch alter column ledger_sides set not null;
alter table batch add column deadline timestamptz;

-- What became of a write that its client may repeat (Idempotency-Key).
create table receipt (
  slice integer not null,
  key text not null,
  fingerprint bigint not null,       -- of the request up to the end of the last unit that counts here
  units bigint not null,             -- how many units of the request are applied
  batch bigint not null,             -- that it made or named; 0 where it named several
  lines bigint not null,
  accepted bigint not null,
  duplicates bigint not null,
  refused bigint not null,
  at timestamptz not null,
  primary key (slice, key)
) with (fillfactor = 80);
create index receipt_at on receipt (slice, at);

-- When the newest event of a batch within a slice was written; null: none since this column is there. Not indexed, so an
-- update of a ledger stays within its page.
alter table ledger add column last_event timestamptz;

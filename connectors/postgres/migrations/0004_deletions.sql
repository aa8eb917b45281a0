-- Deleting a batch asks which ledgers are its, once by us and once by the foreign key; its primary key begins with the
-- slice, so both read the whole table for each batch. The rows of record_detail and segment are found by their own keys.
create index ledger_batch on ledger (batch);

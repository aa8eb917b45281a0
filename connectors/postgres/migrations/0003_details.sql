-- What sides say about records besides naming them: attributes, or a customer's name and address.
create table record_detail (
  batch bigint not null references batch on delete cascade,
  number bigint not null,            -- an integer id, with the same bits; 0 where it is a text
  id text not null,                  -- a text id; empty where it is an integer
  side smallint not null,
  detail text not null,              -- JSON
  primary key (batch, id, number, side)  -- integers, whose id is empty, come before texts
);

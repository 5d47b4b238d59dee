-- A renamed account is the same account: m011 keeps its names.

-- Names that an account has had, or goes by now, beside the register's: whoever writes to one of them writes to the agency.
create table account_name (
    account integer not null references account (id),
    handle  text not null collate nocase,
    primary key (account, handle)
) strict, without rowid;

-- The name by which the network knows the account, where the register still has another one, and since when that is known.
alter table account add column goes_by text;
alter table account add column renamed_at text;

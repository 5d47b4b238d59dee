-- What is to be forgotten stays forgotten: m009.

-- Posts, and visitors under their pseudonyms, that a network says are gone: a file that is imported later may hold their
-- words still. Only the names; nothing of what they said.
create table forgotten (
    network text not null,
    name    text not null,
    primary key (network, name)
) strict, without rowid;

-- Several things may be wrong with one line, which may be a whole page of posts: m008 makes the table anew.

create temp table quarantined as select run, file, line, reason from quarantine;
drop table quarantine;
-- Lines of imported files, or posts in them, that could not be read. Their numbers only: what they say is not kept.
create table quarantine (
    run    integer not null references run (id),
    file   text not null,
    line   integer not null,
    reason text not null,
    primary key (run, file, line, reason)
) strict, without rowid;
insert into quarantine select run, file, line, reason from quarantined;
drop table quarantined;

-- The database of soma-audit. Times are ISO-8601 UTC text, native ids are text, JSON is text.
-- Nothing here names a visitor: authors are keyed hashes, and so are @mentions inside texts.

-- A public body, with the dates it existed. kind is what it is counted among; null: the register does not know it.
create table agency (
    id         text primary key,
    name       text not null,
    kind       text,
    valid_from text,
    valid_to   text,
    succeeds   text not null default '[]'
) strict;

-- An agency's presence on one network. changed moves whenever something about the account is written,
-- so that classify knows what is news.
create table account (
    id         integer primary key,
    agency     text not null references agency (id),
    network    text not null,
    handle     text not null collate nocase,
    native_id  text,
    role       text not null,
    evidence   text,
    valid_from text,
    valid_to   text,
    dropped_at text,
    changed    integer not null default 0,
    unique (network, handle)
) strict;
create index account_agency on account (agency);

-- One stage carried out once. ended_at null: it was killed. spent: US dollars, as far as the networks charge for answers.
create table run (
    id          integer primary key,
    stage       text not null,
    version     text not null,
    config_hash text not null,
    key_hash    text,
    started_at  text not null,
    ended_at    text,
    outcome     integer,
    note        text,
    spent       real not null default 0
) strict;

-- One answer of a network, or a piece of a file: where a fact comes from. The body is compressed JSON, cleaned of
-- credentials and names before it gets here; null for a file, whose URL names the lines. A page that brought nothing
-- new is not kept.
create table page (
    id          integer primary key,
    run         integer not null references run (id),
    account     integer references account (id),
    stream      text not null,
    url         text not null,
    fetched_at  text not null,
    sha256      text not null,
    body        blob,
    api_version text
) strict;
create unique index page_once on page (account, stream, url, sha256);

-- A walk that has begun and not ended: what is needed to go on.
create table walk (
    account integer not null references account (id),
    stream  text not null,
    since   text,
    newest  text,
    resume  text,
    primary key (account, stream)
) strict;

-- Posts met on a walk that reads a span anew, until it ends: what was there before and is not among them, is missing.
create table seen (
    account   integer not null references account (id),
    stream    text not null,
    native_id text not null,
    primary key (account, stream, native_id)
) strict, without rowid;

-- Up to where a stream is complete; moves only when a walk has been finished.
create table bookmark (
    account      integer not null references account (id),
    stream       text not null,
    since        text,
    run          integer not null references run (id),
    completed_at text not null,
    primary key (account, stream)
) strict;

-- A span known not to have been seen, and why. closed_by: the run that could look after all.
create table gap (
    id        integer primary key,
    account   integer not null references account (id),
    stream    text,
    reason    text not null,
    detail    text not null default '',
    since     text,
    until     text,
    run       integer not null references run (id),
    closed_by integer references run (id)
) strict;
create unique index gap_once on gap (account, coalesce(stream, ''), reason, coalesce(since, ''))
    where closed_by is null;

-- What a network said of the account itself: settings, counts. A row only on change.
create table about (
    account integer not null references account (id),
    page    integer not null references page (id),
    facts   text not null,
    primary key (account, page)
) strict;

-- Anything written. account is whose wall it stands on; observation is how it was last seen.
create table post (
    id          integer primary key,
    account     integer not null references account (id),
    native_id   text not null,
    thread      text not null,
    parent      text,
    author      text,
    by_agency   integer,
    created_at  text not null,
    kind        text not null,
    permalink   text,
    observation integer not null,
    unique (account, native_id)
) strict;
create index post_time on post (account, created_at);

-- What a post looked like on one page; a row only on change. text null: gone, or dropped when its time was up
-- (expired 1).
create table observation (
    id            integer primary key,
    post          integer not null references post (id),
    page          integer not null references page (id),
    text          text,
    client        text,
    counts        text not null default '{}',
    reply_setting text,
    expired       integer not null default 0
) strict;
create unique index observation_once on observation (post, page);

-- A classifier's label for a post, or for the whole wall (post null). A row only on change; current marks the newest.
create table verdict (
    id         integer primary key,
    run        integer not null references run (id),
    account    integer not null references account (id),
    post       integer references post (id),
    classifier text not null,
    version    text not null,
    label      text not null,
    value      text not null default '{}',
    current    integer not null default 1
) strict;
create unique index verdict_of_post on verdict (post, classifier) where current = 1 and post is not null;
create unique index verdict_of_wall on verdict (account, classifier) where current = 1 and post is null;

-- The rules, as the classifiers that judged last had them: what a finding's code means, in words.
create table rule (
    code        text primary key,
    classifier  text not null,
    name        text not null,
    weight      real not null,
    message     text not null,
    explanation text not null
) strict;

-- A rule that fired, and what it saw.
create table finding (
    verdict  integer not null references verdict (id),
    rule     text not null,
    weight   real not null,
    evidence text not null default '{}',
    primary key (verdict, rule)
) strict, without rowid;

-- Up to where an account has been classified, by which versions and as of when. waits_until: when it has to be looked
-- at again though nothing is new, since an answer becomes late or a sign grows old.
create table judged (
    account     integer primary key references account (id),
    changed     integer not null,
    classifiers text not null,
    as_of       text not null,
    waits_until text not null
) strict;

-- Lines of imported files that could not be read. Their numbers only: what they say is not kept.
create table quarantine (
    run    integer not null references run (id),
    file   text not null,
    line   integer not null,
    reason text not null,
    primary key (run, file, line)
) strict, without rowid;

-- Posts as last seen.
create view current_post as
select post.id, post.account, account.agency, account.network, account.handle, post.native_id, post.thread, post.parent,
       post.author, post.by_agency, post.created_at, post.kind, post.permalink,
       observation.text, observation.client, observation.counts, observation.reply_setting
from post
join account on account.id = post.account
join observation on observation.id = post.observation;

-- The verdicts in force.
create view current_verdict as
select verdict.id, verdict.account, account.network, account.handle, verdict.post, post.native_id, verdict.classifier,
       verdict.version, verdict.label, verdict.value
from verdict
join account on account.id = verdict.account
left join post on post.id = verdict.post
where verdict.current = 1;

-- The accounts that the register still names: what figures are counted over.
create view listed_account as
select id, agency, network, handle, role, valid_from, valid_to from account where dropped_at is null;

-- The agencies' own posts with their label: what the autogenerated share is counted from. to_others: a reply to
-- somebody else, not a continuation of an own thread.
create view own_post as
select post.id, post.account, post.created_at, post.kind, verdict.label as autogenerated,
       post.kind = 'comment' and coalesce(above.by_agency, 0) = 0 as to_others
from post
join listed_account on listed_account.id = post.account
left join post as above on above.account = post.account and above.native_id = post.parent
left join verdict on verdict.post = post.id and verdict.classifier = 'autogenerated' and verdict.current = 1
where post.by_agency = 1;

-- Visitors' questions and what became of them: what answer rates and response times are counted from. Questions
-- deleted before being answered are excluded from those that wait.
create view question as
select post.id, post.account, post.created_at,
       question.label as question, json_extract(question.value, '$.score') as score,
       answer.label as answer,
       json_extract(answer.value, '$.response_minutes') as response_minutes,
       json_extract(answer.value, '$.office_minutes') as office_minutes
from verdict as question
join post on post.id = question.post
join listed_account on listed_account.id = post.account
left join verdict as answer on answer.post = post.id and answer.classifier = 'answer' and answer.current = 1
join observation on observation.id = post.observation
where question.classifier = 'question' and question.label in ('question', 'uncertain') and question.current = 1
and (observation.text is not null or observation.expired = 1 or answer.label in ('answered', 'answered_late'));

-- What could not be seen, as far as it is still so.
create view open_gap as
select gap.id, account.agency, account.network, account.handle, gap.account, gap.stream, gap.reason, gap.detail,
       gap.since, gap.until, run.started_at as noticed_at
from gap
join listed_account as account on account.id = gap.account
join run on run.id = gap.run
where gap.closed_by is null;

-- When each account was last read to the end.
create view coverage as
select account.id as account, account.network, account.handle,
       max(bookmark.completed_at) as last_read,
       (select min(created_at) from post where post.account = account.id) as first_post,
       (select max(created_at) from post where post.account = account.id) as last_post
from account
left join bookmark on bookmark.account = account.id
group by account.id;

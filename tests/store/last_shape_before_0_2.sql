-- The shape of the databases that versions before 0.2.0 made, with a row of each kind that matters.
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE TABLE agency (
    id         text primary key,
    name       text not null,
    kind       text,
    valid_from text,
    valid_to   text,
    succeeds   text not null default '[]'
) strict;
CREATE TABLE account (
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
    changed    integer not null default 0, closing_reason text, alternative_channel text, goes_by text, renamed_at text,
    unique (network, handle)
) strict;
CREATE INDEX account_agency on account (agency);
CREATE TABLE run (
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
CREATE TABLE page (
    id          integer primary key,
    run         integer not null references run (id),
    account     integer references account (id),
    stream      text not null,
    url         text not null,
    fetched_at  text not null,
    sha256      text not null,
    body        blob,
    api_version text
, token_kind text) strict;
CREATE TABLE walk (
    account integer not null references account (id),
    stream  text not null,
    since   text,
    newest  text,
    resume  text,
    primary key (account, stream)
) strict;
CREATE TABLE seen (
    account   integer not null references account (id),
    stream    text not null,
    native_id text not null,
    primary key (account, stream, native_id)
) strict, without rowid;
CREATE TABLE bookmark (
    account      integer not null references account (id),
    stream       text not null,
    since        text,
    run          integer not null references run (id),
    completed_at text not null,
    primary key (account, stream)
) strict;
CREATE TABLE gap (
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
CREATE UNIQUE INDEX gap_once on gap (account, coalesce(stream, ''), reason, coalesce(since, ''))
    where closed_by is null;
CREATE TABLE post (
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
CREATE INDEX post_time on post (account, created_at);
CREATE TABLE observation (
    id            integer primary key,
    post          integer not null references post (id),
    page          integer not null references page (id),
    text          text,
    client        text,
    counts        text not null default '{}',
    reply_setting text,
    expired       integer not null default 0
, hidden integer) strict;
CREATE UNIQUE INDEX observation_once on observation (post, page);
CREATE TABLE verdict (
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
CREATE UNIQUE INDEX verdict_of_post on verdict (post, classifier) where current = 1 and post is not null;
CREATE UNIQUE INDEX verdict_of_wall on verdict (account, classifier) where current = 1 and post is null;
CREATE TABLE rule (
    code        text primary key,
    classifier  text not null,
    name        text not null,
    weight      real not null,
    message     text not null,
    explanation text not null
) strict;
CREATE TABLE finding (
    verdict  integer not null references verdict (id),
    rule     text not null,
    weight   real not null,
    evidence text not null default '{}',
    primary key (verdict, rule)
) strict, without rowid;
CREATE TABLE judged (
    account     integer primary key references account (id),
    changed     integer not null,
    classifiers text not null,
    as_of       text not null,
    waits_until text not null
) strict;
CREATE VIEW open_gap as
select gap.id, account.agency, account.network, account.handle, gap.account, gap.stream, gap.reason, gap.detail,
       gap.since, gap.until, run.started_at as noticed_at
from gap
join listed_account as account on account.id = gap.account
join run on run.id = gap.run
where gap.closed_by is null;
CREATE VIRTUAL TABLE "observation_fts" USING FTS5 (
    "text",
    tokenize='unicode61',
    content="observation"
);
CREATE UNIQUE INDEX page_once on page (account, stream, url, sha256, coalesce(token_kind, ''));
CREATE TABLE review (
    id           integer primary key,
    account      integer not null references account (id),
    post         integer references post (id),
    classifier   text not null,
    label        text not null,
    said         text,
    answered_at  text,
    reviewer     text not null,
    note         text,
    reviewed_at  text not null,
    until        text,
    withdrawn_at text
) strict;
CREATE UNIQUE INDEX review_once on review (account, coalesce(post, 0), classifier) where withdrawn_at is null;
CREATE INDEX review_of_post on review (post, classifier);
CREATE TABLE draw (
    post       integer not null references post (id),
    classifier text not null,
    said       text not null,
    primary key (post, classifier)
) strict, without rowid;
CREATE VIEW current_review as
select id, account, post, classifier, label, said, answered_at, reviewer, note, reviewed_at, until
from review
where withdrawn_at is null
and (until is null or until > (select coalesce(max(as_of), '') from judged))
and (classifier <> 'answer' or label in ('answered', 'answered_late')
     or said is (select verdict.label from verdict
                 where verdict.post = review.post and verdict.classifier = review.classifier and verdict.current = 1));
CREATE VIEW checked as
select draw.post, draw.classifier, draw.said, review.label
from draw
join verdict on verdict.post = draw.post and verdict.classifier = draw.classifier and verdict.current = 1
left join current_review as review on review.post = draw.post and review.classifier = draw.classifier
where verdict.label = draw.said;
CREATE VIEW current_verdict as
select verdict.id, verdict.account, account.network, account.handle, verdict.post, post.native_id, verdict.classifier,
       verdict.version, coalesce(review.label, verdict.label) as label, verdict.label as said, verdict.value,
       review.id as review
from verdict
join account on account.id = verdict.account
left join post on post.id = verdict.post
left join current_review as review on review.post is verdict.post and review.classifier = verdict.classifier
     and review.account = verdict.account
where verdict.current = 1
union all
select null, review.account, account.network, account.handle, review.post, post.native_id, review.classifier,
       null, review.label, null, '{}', review.id
from current_review as review
join account on account.id = review.account
left join post on post.id = review.post
where not exists (select 1 from verdict where verdict.post = review.post and verdict.classifier = review.classifier
                  and verdict.current = 1)
and not exists (select 1 from verdict where verdict.post is null and review.post is null
                and verdict.account = review.account and verdict.classifier = review.classifier
                and verdict.current = 1);
CREATE VIEW own_post as
select post.id, post.account, post.created_at, post.kind, coalesce(review.label, verdict.label) as autogenerated,
       post.kind = 'comment' and coalesce(above.by_agency, 0) = 0 as to_others
from post
join listed_account on listed_account.id = post.account
left join post as above on above.account = post.account and above.native_id = post.parent
left join verdict on verdict.post = post.id and verdict.classifier = 'autogenerated' and verdict.current = 1
left join current_review as review on review.post = post.id and review.classifier = 'autogenerated'
where post.by_agency = 1;
CREATE TABLE about (
    id            integer primary key,
    account       integer not null references account (id),
    page          integer not null references page (id),
    facts         text not null,
    first_seen_at text not null,
    last_seen_at  text not null
) strict;
CREATE INDEX about_account on about (account, id);
CREATE TABLE wall_look (
    id           integer primary key,
    account      integer not null references account (id),
    question     text not null,
    seen         text not null,
    observed_at  text not null,
    observer     text not null,
    signed_in    text not null,
    file         text,
    sha256       text,
    note         text,
    run          integer references run (id),
    withdrawn_at text
) strict;
CREATE UNIQUE INDEX wall_look_once on wall_look (account, question, observed_at, observer) where withdrawn_at is null;
CREATE VIEW current_post as
select post.id, post.account, account.agency, account.network, account.handle, post.native_id, post.thread, post.parent,
       post.author, post.by_agency, post.created_at, post.kind, post.permalink,
       observation.text, observation.client, observation.counts, observation.reply_setting, observation.hidden
from post
join account on account.id = post.account
join observation on observation.id = post.observation;
CREATE VIEW listed_account as
select id, agency, network, handle, role, valid_from, valid_to, closing_reason, alternative_channel
from account where dropped_at is null;
CREATE VIEW wall_span as
select verdict.account, account.network, account.handle, substr(verdict.classifier, 6) as wall, span.key as place,
       json_extract(span.value, '$.label') as label,
       json_extract(span.value, '$.first') as first_seen, json_extract(span.value, '$.last') as last_seen
from verdict
join account on account.id = verdict.account
join json_each(verdict.value, '$.spans') as span
where verdict.current = 1 and verdict.post is null;
CREATE VIEW wall_evidence as
select verdict.id as verdict, verdict.account, account.network, account.handle, substr(verdict.classifier, 6) as wall,
       finding.rule, finding.weight, finding.evidence,
       coalesce(json_extract(finding.evidence, '$.source'), page.stream) as source,
       coalesce(json_extract(finding.evidence, '$.endpoint'), iif(page.url like 'http%',
                substr(page.url, 1, instr(page.url || '?', '?') - 1), page.url)) as endpoint,
       coalesce(json_extract(finding.evidence, '$.token'), page.token_kind) as token_kind,
       coalesce(json_extract(finding.evidence, '$.api_version'), page.api_version) as api_version,
       coalesce(json_extract(finding.evidence, '$.seen'), page.fetched_at) as seen_at
from verdict
join account on account.id = verdict.account
join finding on finding.verdict = verdict.id
left join post on post.account = verdict.account and post.native_id = json_extract(finding.evidence, '$.post')
left join page on page.id = (select observation.page from observation where observation.post = post.id
                             order by observation.id limit 1)
where verdict.current = 1 and verdict.post is null;
CREATE INDEX verdict_run on verdict (run);
CREATE INDEX verdict_past on verdict (post, classifier) where current = 0;
CREATE VIEW verdict_news as
select verdict.id, verdict.run, verdict.account, verdict.post, verdict.classifier, verdict.label,
       (select past.label from verdict as past
        where past.post = verdict.post and past.classifier = verdict.classifier and past.current = 0
        and past.label <> verdict.label order by past.id desc limit 1) as was
from verdict
where verdict.current = 1 and verdict.post is not null and verdict.classifier in ('question', 'answer');
CREATE VIEW wall_news as
select verdict.run, verdict.account, account.network, account.handle, substr(verdict.classifier, 6) as wall, verdict.label,
       (select past.label from verdict as past
        where past.account = verdict.account and past.classifier = verdict.classifier and past.post is null
        and past.current = 0 order by past.id desc limit 1) as was
from verdict
join account on account.id = verdict.account
where verdict.current = 1 and verdict.post is null and verdict.classifier like 'wall.%';
CREATE INDEX observation_gone on observation (id) where text is null and expired = 0;
CREATE VIEW own_post_language as
select post.id, post.account, post.created_at, coalesce(review.label, verdict.label) as language
from verdict
join post on post.id = verdict.post
join listed_account on listed_account.id = post.account
left join current_review as review on review.post = post.id and review.classifier = 'language'
where verdict.classifier = 'language' and verdict.current = 1 and post.by_agency = 1 and post.kind <> 'share';
CREATE VIEW signed_reply as
select post.account, post.created_at, json_extract(finding.evidence, '$.signature') as signature
from post
join listed_account on listed_account.id = post.account
join verdict on verdict.post = post.id and verdict.classifier = 'autogenerated' and verdict.current = 1
join finding on finding.verdict = verdict.id and finding.rule = 'AUT022'
where post.by_agency = 1 and post.kind = 'comment';
CREATE VIEW coverage as
select account.id as account, account.network, account.handle,
       max(bookmark.completed_at) as last_read,
       (select min(created_at) from post where post.account = account.id) as first_post,
       (select max(created_at) from post where post.account = account.id) as last_post,
       (select created_at from post where post.account = account.id and post.by_agency = 1
        order by created_at desc limit 1) as last_own
from account
left join bookmark on bookmark.account = account.id
group by account.id;
CREATE TABLE quarantine (
    run    integer not null references run (id),
    file   text not null,
    line   integer not null,
    reason text not null,
    primary key (run, file, line, reason)
) strict, without rowid;
CREATE TABLE forgotten (
    network text not null,
    name    text not null,
    primary key (network, name)
) strict, without rowid;
CREATE TABLE missing (
    post  integer primary key references post (id),
    since text not null
) strict;
CREATE TABLE met (
    post       integer not null references post (id),
    stream     text not null,
    token_kind text,
    primary key (post, stream)
) strict, without rowid;
CREATE TABLE thread (
    account       integer not null references account (id),
    native_id     text not null,
    changed_at    text,
    read_of       text,
    refused_since text,
    primary key (account, native_id)
) strict, without rowid;
CREATE TABLE version (
    account   integer not null references account (id),
    native_id text not null,
    first     text not null,
    primary key (account, native_id)
) strict, without rowid;
CREATE TABLE account_name (
    account integer not null references account (id),
    handle  text not null collate nocase,
    primary key (account, handle)
) strict, without rowid;
CREATE VIEW question as
with asked as (
    select verdict.post, coalesce(review.label, verdict.label) as label,
           iif(review.label = 'question', 1.0, json_extract(verdict.value, '$.score')) as score
    from verdict
    left join current_review as review on review.post = verdict.post and review.classifier = 'question'
    where verdict.classifier = 'question' and verdict.label in ('question', 'uncertain') and verdict.current = 1
    union all
    select post, label, iif(label = 'question', 1.0, null)
    from current_review as review
    where classifier = 'question'
    and not exists (select 1 from verdict where verdict.post = review.post and verdict.classifier = 'question'
                    and verdict.label in ('question', 'uncertain') and verdict.current = 1)
)
select post.id, post.account, post.created_at, asked.label as question, asked.score,
       coalesce(review.label, answer.label) as answer,
       review.answered_at,
       case when review.answered_at is not null
            then (strftime('%s', review.answered_at) - strftime('%s', post.created_at)) / 60.0
            when coalesce(review.label, answer.label) = answer.label
            then json_extract(answer.value, '$.response_minutes') end as response_minutes,
       case when review.answered_at is null and coalesce(review.label, answer.label) = answer.label
            then json_extract(answer.value, '$.office_minutes') end as office_minutes,
       case when coalesce(review.label, answer.label) = answer.label and answer.label in ('answered', 'answered_late')
            then coalesce(json_extract(answer.value, '$.set_phrase'), 0) end as set_phrase,
       case when coalesce(review.label, answer.label) = answer.label and answer.label in ('answered', 'answered_late')
            then coalesce(json_extract(answer.value, '$.referral'), 0) end as referral
from asked
join post on post.id = asked.post
join listed_account on listed_account.id = post.account
left join verdict as answer on answer.post = post.id and answer.classifier = 'answer' and answer.current = 1
left join current_review as review on review.post = post.id and review.classifier = 'answer'
where asked.label in ('question', 'uncertain')
and (coalesce(review.label, answer.label) in ('answered', 'answered_late')
     or post.observation not in (select id from observation where text is null and expired = 0));
insert into _sqlite_migrations (migration_set, name, applied_at) values ('soma_audit', 'm001_schema', '2026-03-01');
insert into _sqlite_migrations (migration_set, name, applied_at) values ('soma_audit', 'm002_token_kind', '2026-03-01');
insert into _sqlite_migrations (migration_set, name, applied_at) values ('soma_audit', 'm003_review', '2026-03-01');
insert into _sqlite_migrations (migration_set, name, applied_at) values ('soma_audit', 'm004_written_language', '2026-03-01');
insert into _sqlite_migrations (migration_set, name, applied_at) values ('soma_audit', 'm005_walls', '2026-03-01');
insert into _sqlite_migrations (migration_set, name, applied_at) values ('soma_audit', 'm006_news', '2026-03-01');
insert into _sqlite_migrations (migration_set, name, applied_at) values ('soma_audit', 'm007_quick', '2026-03-01');
insert into _sqlite_migrations (migration_set, name, applied_at) values ('soma_audit', 'm008_quarantine', '2026-03-01');
insert into _sqlite_migrations (migration_set, name, applied_at) values ('soma_audit', 'm009_forgotten', '2026-03-01');
insert into _sqlite_migrations (migration_set, name, applied_at) values ('soma_audit', 'm010_missing', '2026-03-01');
insert into _sqlite_migrations (migration_set, name, applied_at) values ('soma_audit', 'm011_names', '2026-03-01');
insert into _sqlite_migrations (migration_set, name, applied_at) values ('soma_audit', 'm012_answer_kinds', '2026-03-01');
insert into agency (id, name) values ('a', 'A');
insert into account (id, agency, network, handle, role, closing_reason) values (1, 'a', 'twitter', 'a', 'dialogue', 'why');
insert into run (id, stage, version, config_hash, started_at) values (1, 'collect', '0.1.0', 'x', '2026-03-01T05:17:00Z');
insert into page (id, run, account, stream, url, fetched_at, sha256, token_kind) values (1, 1, 1, 'timeline', 'u', '2026-03-01T05:17:00Z', 'x', 'app');
insert into post (id, account, native_id, thread, by_agency, author, created_at, kind, observation) values (1, 1, '1', '1', 1, 'a', '2026-03-01T05:00:00Z', 'post', 1);
insert into observation (id, post, page, text, hidden) values (1, 1, 1, 'Hei', 0);
insert into verdict (run, account, post, classifier, version, label) values (1, 1, 1, 'autogenerated', '1', 'manual');

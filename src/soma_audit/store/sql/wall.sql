-- Walls with their history: m005 makes these tables, and the views anew that have to tell more.

alter table about rename to about_before;
-- What a network said of the account itself, such as settings and counts, from when it first said so until it last did.
-- A row only on change; one that says again what was said before another one is a row of its own.
create table about (
    id            integer primary key,
    account       integer not null references account (id),
    page          integer not null references page (id),
    facts         text not null,
    first_seen_at text not null,
    last_seen_at  text not null
) strict;
insert into about (account, page, facts, first_seen_at, last_seen_at)
select before.account, before.page, before.facts, page.fetched_at,
       iif(before.page = max(before.page) over (partition by before.account, page.stream),
           max(page.fetched_at, coalesce(bookmark.completed_at, '')), page.fetched_at)
from about_before as before
join page on page.id = before.page
left join bookmark on bookmark.account = before.account and bookmark.stream = page.stream
order by before.page;
drop table about_before;
create index about_account on about (account, id);

-- What a person saw of a wall with their own eyes: who looked, when, as whom, and a file that shows it (its name and its
-- hash; the file itself stays with whoever looked). withdrawn_at: it was a mistake.
create table wall_look (
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
create unique index wall_look_once on wall_look (account, question, observed_at, observer) where withdrawn_at is null;

alter table account add column closing_reason text;
alter table account add column alternative_channel text;
alter table observation add column hidden integer;

drop view current_post;
-- Posts as last seen. hidden: the agency has hidden it from the public (null: not told).
create view current_post as
select post.id, post.account, account.agency, account.network, account.handle, post.native_id, post.thread, post.parent,
       post.author, post.by_agency, post.created_at, post.kind, post.permalink,
       observation.text, observation.client, observation.counts, observation.reply_setting, observation.hidden
from post
join account on account.id = post.account
join observation on observation.id = post.observation;

drop view listed_account;
-- The accounts that the register still names: what figures are counted over.
create view listed_account as
select id, agency, network, handle, role, valid_from, valid_to, closing_reason, alternative_channel
from account where dropped_at is null;

-- How each wall stood from when to when: what timelines are drawn from. last_seen null: it still stands so.
create view wall_span as
select verdict.account, account.network, account.handle, substr(verdict.classifier, 6) as wall, span.key as place,
       json_extract(span.value, '$.label') as label,
       json_extract(span.value, '$.first') as first_seen, json_extract(span.value, '$.last') as last_seen
from verdict
join account on account.id = verdict.account
join json_each(verdict.value, '$.spans') as span
where verdict.current = 1 and verdict.post is null;

-- What each wall's label rests on, and where that was seen: through which endpoint, with whose token, by which version of
-- the network's interface. Evidence that names a post was seen where that post was first seen.
create view wall_evidence as
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

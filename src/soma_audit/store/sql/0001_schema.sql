-- The database of soma-audit. Times are ISO-8601 UTC text, native ids are text, JSON is text.
-- Nothing here names a visitor: authors are keyed hashes, and so are @mentions inside texts.
--
-- Tables first, each with its indexes; then the views, which figures are read from.

-- A public body, with the dates it existed. kind is what it is counted among; null: the register does not know it.
-- website: where its own site begins; region: by which bodies of a kind may be grouped, such as a county.
create table agency (
    id         text primary key,
    name       text not null,
    kind       text,
    valid_from text,
    valid_to   text,
    succeeds   text not null default '[]',
    website    text,
    region     text
) strict;

-- An agency's presence on one network. changed moves whenever something about the account is written, so that classify
-- knows what is news. closing_reason, alternative_channel: the agency's own words about a closed wall. goes_by: the name
-- by which the network knows the account, where the register still has another one; renamed_at: since when that is known.
-- declared: how the agency says that it runs the account, such as who is responsible and its opening hours.
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
    closing_reason text,
    alternative_channel text,
    goes_by    text,
    renamed_at text,
    declared   text not null default '{}',
    unique (network, handle)
) strict;

create index account_agency on account (agency);

-- An agency's presence on a network where nothing is collected, by the register. dropped_at: it is no longer named there.
create table channel (
    agency     text not null references agency (id),
    network    text not null,
    handle     text not null collate nocase,
    evidence   text,
    valid_from text,
    valid_to   text,
    dropped_at text,
    primary key (network, handle)
) strict, without rowid;

-- A page of an agency's site, or one that its register declares, as it was last looked at. what: front, contact, guidelines,
-- moderation_rules or personal_data_notice. outcome: read, or why not, told in detail. read_at: when it was last read, and
-- sha256 the hash of its text then, which is not kept; changed_at: since when it says what it says, as far as is known.
create table web_page (
    agency        text not null references agency (id),
    what          text not null,
    url           text not null,
    looked_at     text not null,
    outcome       text not null,
    detail        text not null default '',
    read_at       text,
    etag          text,
    last_modified text,
    sha256        text,
    changed_at    text,
    primary key (agency, what, url)
) strict, without rowid;

-- An account that a page of an agency's site links to. rel_me: the link says that it is the site's own.
create table site_link (
    agency        text not null references agency (id),
    url           text not null,
    network       text not null,
    handle        text not null collate nocase,
    rel_me        integer not null,
    first_seen_at text not null,
    last_seen_at  text not null,
    primary key (agency, url, network, handle)
) strict, without rowid;

-- An account elsewhere that goes by an agency's name and is not in the register, as its network's own search found it. why:
-- same-name, similar-name or same-handle. Only for people to look at: it is counted nowhere.
create table lookalike (
    agency        text not null references agency (id),
    network       text not null,
    handle        text not null collate nocase,
    why           text not null,
    first_seen_at text not null,
    last_seen_at  text not null,
    primary key (agency, network, handle)
) strict, without rowid;

-- Names that an account has had, or goes by now, beside the register's: whoever writes to one of them writes to the agency.
create table account_name (
    account integer not null references account (id),
    handle  text not null collate nocase,
    primary key (account, handle)
) strict, without rowid;

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

-- Up to which report somebody has been mailed what is new, of an agency or (no name) of all: what did not arrive is told
-- by the next mail. The address is a hash. run: null before the first mail, if there was no report.
create table mailed (
    address text not null,
    agency  text not null,
    run     integer references run,
    primary key (address, agency)
) strict, without rowid;

-- A month's figures as the public site shows them: counted once, when the month had settled, and shown so ever after.
create table published (
    month   text primary key,
    figures text not null
) strict, without rowid;

-- A published figure that was found to be otherwise when it was counted again. agency: all:KIND for all of a kind.
create table correction (
    month      text not null references published,
    agency     text not null,
    figure     text not null,
    was        text not null,
    found      text not null,
    noticed_on text not null
) strict;

-- One answer of a network, or a piece of a file: where a fact comes from. The body is compressed JSON, cleaned of
-- credentials and names before it gets here; null for a file, whose URL names the lines. A page that brought nothing
-- new is not kept. token_kind: in whose name it was asked for, which decides what an empty answer means.
create table page (
    id          integer primary key,
    run         integer not null references run (id),
    account     integer references account (id),
    stream      text not null,
    url         text not null,
    fetched_at  text not null,
    sha256      text not null,
    body        blob,
    api_version text,
    token_kind  text
) strict;

create unique index page_once on page (account, stream, url, sha256, coalesce(token_kind, ''));

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

-- How far the comments under a post have been read. changed_at: when something changed there by the network's last word, or
-- how many replies it counts, where it tells no time; read_of: what that was when they were read to the end.
-- refused_since: they could not be read; asked for until they can.
create table thread (
    account       integer not null references account (id),
    native_id     text not null,
    changed_at    text,
    read_of       text,
    refused_since text,
    primary key (account, native_id)
) strict, without rowid;

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

create index about_account on about (account, id);

-- Anything written. account is whose wall it stands on; observation is how it was last seen. language: as its author's
-- program declared it (null: not declared), which is often wrong.
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
    language    text,
    unique (account, native_id)
) strict;

create index post_time on post (account, created_at);

create index post_own on post (account, created_at) where by_agency = 1;

-- Ids that posts got when they were edited, where each version has one of its own: whoever replied to a later version
-- replied to the post.
create table version (
    account   integer not null references account (id),
    native_id text not null,
    first     text not null,
    primary key (account, native_id)
) strict, without rowid;

-- What a post looked like on one page; a row only on change. text null: gone, or dropped when its time was up or its
-- author was erased (expired 1).
create table observation (
    id            integer primary key,
    post          integer not null references post (id),
    page          integer not null references page (id),
    text          text,
    client        text,
    counts        text not null default '{}',
    reply_setting text,
    expired       integer not null default 0,
    hidden        integer
) strict;

create unique index observation_once on observation (post, page);

-- Looks at posts that are gone, few among many: those who ask for questions need not read every text.
create index observation_gone on observation (id) where text is null and expired = 0;

-- On which streams a network has shown a post, and in whose name it was asked last. Only there can a post be missing, and
-- only from an answer to the same kind of token, or to the Page's own: others may be shown less. Comments: always `comments`.
create table met (
    post       integer not null references post (id),
    stream     text not null,
    token_kind text,
    primary key (post, stream)
) strict, without rowid;

-- Posts that a network did not show where they stood, or said are not there. Only when that is so again 20 hours later are
-- they gone: one odd answer destroys nothing. A post that is met again is taken off this list.
create table missing (
    post  integer primary key references post (id),
    since text not null
) strict;

-- Posts, and visitors under their pseudonyms, that a network says are gone: a file that is imported later may hold their
-- words still. Only the names; nothing of what they said.
create table forgotten (
    network text not null,
    name    text not null,
    primary key (network, name)
) strict, without rowid;

-- Visitors, under their pseudonyms, who have asked that what they wrote be erased: whatever comes of theirs later is kept
-- without its words, and no text or page that names them keeps the name.
create table erased (
    network   text not null,
    name      text not null,
    erased_at text not null,
    primary key (network, name)
) strict, without rowid;

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

-- What is held to be a question, perhaps: most visitors' posts are none, and need not be looked at.
create index verdict_asked on verdict (post)
where current = 1 and classifier = 'question' and label in ('question', 'uncertain');

-- Verdicts in the order in which they came, and those that are no longer in force.
create index verdict_run on verdict (run);

create index verdict_past on verdict (post, classifier) where current = 0;

-- A rule that fired, and what it saw.
create table finding (
    verdict  integer not null references verdict (id),
    rule     text not null,
    weight   real not null,
    evidence text not null default '{}',
    primary key (verdict, rule)
) strict, without rowid;

-- The rules, as the classifiers that judged last had them: what a finding's code means, in words.
create table rule (
    code        text primary key,
    classifier  text not null,
    name        text not null,
    weight      real not null,
    message     text not null,
    explanation text not null
) strict;

-- Up to where an account has been classified, by which versions and as of when. waits_until: when it has to be looked
-- at again though nothing is new, since an answer becomes late or a sign grows old.
create table judged (
    account     integer primary key references account (id),
    changed     integer not null,
    classifiers text not null,
    as_of       text not null,
    waits_until text not null
) strict;

-- What a person said of a verdict after looking, or knowing better ("answered by phone"); it overrules it. post null: of
-- the whole wall. said: the machine's label then (null: none). answered_at: when, if the person knows. until null: for
-- good. Only one is in force on the same thing: a newer one withdraws the older. Kept when posts are purged.
create table review (
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

create unique index review_once on review (account, coalesce(post, 0), classifier) where withdrawn_at is null;

create index review_of_post on review (post, classifier);

-- Who sees to a post that waits, as people said it. forwarded_on: the day on which it was passed on to another body, which
-- leaves it waiting. Only one is in force on a post: a newer one withdraws the older.
create table assignment (
    id           integer primary key,
    post         integer not null references post (id),
    who          text,
    forwarded_on text,
    note         text,
    reviewer     text not null,
    assigned_at  text not null,
    withdrawn_at text
) strict;

create unique index assignment_once on assignment (post) where withdrawn_at is null;

create index assignment_of_post on assignment (post);

-- Randomly sampled posts for a person to check, with the label that the machine gave them. Precision is measured on these
-- only: left to themselves, people review what looks wrong.
create table draw (
    post       integer not null references post (id),
    classifier text not null,
    said       text not null,
    primary key (post, classifier)
) strict, without rowid;

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

-- Lines of imported files, or posts in them, that could not be read. Their numbers only: what they say is not kept.
create table quarantine (
    run    integer not null references run (id),
    file   text not null,
    line   integer not null,
    reason text not null,
    primary key (run, file, line, reason)
) strict, without rowid;

-- What could not be seen, as far as it is still so.
create view open_gap as
select gap.id, account.agency, account.network, account.handle, gap.account, gap.stream, gap.reason, gap.detail,
       gap.since, gap.until, run.started_at as noticed_at
from gap
join listed_account as account on account.id = gap.account
join run on run.id = gap.run
where gap.closed_by is null;

-- The reviews in force, as of the last classifying. That a question was not answered holds only as long as the machine
-- sees what it saw then: an answer may come later.
create view current_review as
select id, account, post, classifier, label, said, answered_at, reviewer, note, reviewed_at, until
from review
where withdrawn_at is null
and (until is null or until > (select coalesce(max(as_of), '') from judged))
and (classifier <> 'answer' or label in ('answered', 'answered_late')
     or said is (select verdict.label from verdict
                 where verdict.post = review.post and verdict.classifier = review.classifier and verdict.current = 1));

-- Who sees to which post now, and which were forwarded.
create view current_assignment as
select id, post, who, forwarded_on, note, reviewer, assigned_at
from assignment
where withdrawn_at is null;

-- Drawn posts of which the machine still says what it said, with what a person says (null: not checked yet): what
-- measured precision is counted from.
create view checked as
select draw.post, draw.classifier, draw.said, review.label
from draw
cross join verdict on verdict.post = draw.post and verdict.classifier = draw.classifier and verdict.current = 1
left join current_review as review on review.post = draw.post and review.classifier = draw.classifier
where verdict.label = draw.said;

-- The verdicts in force. label is a person's, where there is a review; said is the machine's, null if it has none.
create view current_verdict as
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

-- The agencies' own posts with their label in force: what the autogenerated share is counted from. to_others: a reply
-- to somebody else, not a continuation of an own thread.
create view own_post as
select post.id, post.account, post.created_at, post.kind, coalesce(review.label, verdict.label) as autogenerated,
       post.kind = 'comment' and coalesce(above.by_agency, 0) = 0 as to_others
from post
join listed_account on listed_account.id = post.account
left join post as above on above.account = post.account and above.native_id = post.parent
left join verdict on verdict.post = post.id and verdict.classifier = 'autogenerated' and verdict.current = 1
left join current_review as review on review.post = post.id and review.classifier = 'autogenerated'
where post.by_agency = 1;

-- Posts as last seen. hidden: the agency has hidden it from the public (null: not told).
create view current_post as
select post.id, post.account, account.agency, account.network, account.handle, post.native_id, post.thread, post.parent,
       post.author, post.by_agency, post.created_at, post.kind, post.permalink,
       observation.text, observation.client, observation.counts, observation.reply_setting, observation.hidden,
       post.language
from post
join account on account.id = post.account
join observation on observation.id = post.observation;

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
where verdict.current = 1 and verdict.post is null and verdict.classifier like 'wall.%';

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
cross join account on account.id = verdict.account
cross join finding on finding.verdict = verdict.id
left join post on post.account = verdict.account and post.native_id = json_extract(finding.evidence, '$.post')
left join page on page.id = (select observation.page from observation where observation.post = post.id
                             order by observation.id limit 1)
where verdict.current = 1 and verdict.post is null and verdict.classifier like 'wall.%';

-- Each question or answer whose label is not what it was, with what it was before (null: it had none): what is told as new
-- since an earlier report.
create view verdict_news as
select verdict.id, verdict.run, verdict.account, verdict.post, verdict.classifier, verdict.label,
       (select past.label from verdict as past
        where past.post = verdict.post and past.classifier = verdict.classifier and past.current = 0
        and past.label <> verdict.label order by past.id desc limit 1) as was
from verdict
where verdict.current = 1 and verdict.post is not null and verdict.classifier in ('question', 'answer');

-- Each wall whose label is not what it was, with what it was before.
create view wall_news as
select verdict.run, verdict.account, account.network, account.handle, substr(verdict.classifier, 6) as wall, verdict.label,
       (select past.label from verdict as past
        where past.account = verdict.account and past.classifier = verdict.classifier and past.post is null
        and past.current = 0 order by past.id desc limit 1) as was
from verdict
join account on account.id = verdict.account
where verdict.current = 1 and verdict.post is null and verdict.classifier like 'wall.%';

-- Each verdict on an account as a whole that is not what it was, with what it was before (null: it had none).
create view account_news as
select verdict.run, verdict.account, account.network, account.handle, verdict.classifier, verdict.label, verdict.value,
       (select past.label from verdict as past
        where past.account = verdict.account and past.classifier = verdict.classifier and past.post is null
        and past.current = 0 order by past.id desc limit 1) as was
from verdict
join account on account.id = verdict.account
where verdict.current = 1 and verdict.post is null and verdict.classifier not like 'wall.%';

-- The agencies' own posts with the language they are written in, by the label in force: what the nynorsk share is counted
-- from.
create view own_post_language as
select post.id, post.account, post.created_at, coalesce(review.label, verdict.label) as language
from verdict
join post on post.id = verdict.post
join listed_account on listed_account.id = post.account
left join current_review as review on review.post = post.id and review.classifier = 'language'
where verdict.classifier = 'language' and verdict.current = 1 and post.by_agency = 1 and post.kind <> 'share';

-- The agencies' own posts with what each is for, by the label in force: what the use of a channel is counted from.
create view own_post_use as
select post.id, post.account, post.created_at, coalesce(review.label, verdict.label) as label
from verdict
join post on post.id = verdict.post
join listed_account on listed_account.id = post.account
left join current_review as review on review.post = post.id and review.classifier = 'use'
where verdict.classifier = 'use' and verdict.current = 1 and post.by_agency = 1 and post.kind <> 'share';

-- The replies of agencies to others, with who signed them, as the rules for autogenerated posts saw it.
create view signed_reply as
select post.account, post.created_at, json_extract(finding.evidence, '$.signature') as signature
from post
join listed_account on listed_account.id = post.account
join verdict on verdict.post = post.id and verdict.classifier = 'autogenerated' and verdict.current = 1
join finding on finding.verdict = verdict.id and finding.rule = 'AUT022'
where post.by_agency = 1 and post.kind = 'comment';

-- When each account was last read to the end, and what is held of it.
create view coverage as
select account.id as account, account.network, account.handle,
       max(bookmark.completed_at) as last_read,
       (select min(created_at) from post where post.account = account.id) as first_post,
       (select max(created_at) from post where post.account = account.id) as last_post,
       (select created_at from post where post.account = account.id and post.by_agency = 1
        order by created_at desc limit 1) as last_own
from account
left join bookmark on bookmark.account = account.id
group by account.id;

-- Visitors' questions and what became of them, by the labels in force: what answer rates and response times are counted
-- from. Questions deleted before being answered are excluded. answered_at: a person knows when; one who only
-- knows that it was answered leaves no time. set_phrase, referral: 1 if the answer is one, null if a person knows better.
create view question as
select post.id, post.account, post.created_at, coalesce(said.label, asked.label) as question,
       iif(said.label = 'question', 1.0, json_extract(asked.value, '$.score')) as score,
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
from post
join listed_account on listed_account.id = post.account
left join verdict as asked indexed by verdict_asked on asked.post = post.id and asked.classifier = 'question'
     and asked.current = 1 and asked.label in ('question', 'uncertain')
left join current_review as said on said.post = post.id and said.classifier = 'question'
left join verdict as answer on answer.post = post.id and answer.classifier = 'answer' and answer.current = 1
left join current_review as review on review.post = post.id and review.classifier = 'answer'
where coalesce(said.label, asked.label) in ('question', 'uncertain')
and (coalesce(review.label, answer.label) in ('answered', 'answered_late')
     or post.observation not in (select id from observation where text is null and expired = 0));

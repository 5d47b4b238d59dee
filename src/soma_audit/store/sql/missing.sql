-- What the networks say of posts besides how they look: m010 makes these.

-- Posts that a network did not show where they stood, or said are not there. Only when that is so again 20 hours later are
-- they gone: one odd answer destroys nothing. A post that is met again is taken off this list.
create table missing (
    post  integer primary key references post (id),
    since text not null
) strict;

-- On which streams a network has shown a post, and in whose name it was asked last. Only there can a post be missing, and
-- only from an answer to the same kind of token, or to the Page's own: others may be shown less. Comments: always `comments`.
create table met (
    post       integer not null references post (id),
    stream     text not null,
    token_kind text,
    primary key (post, stream)
) strict, without rowid;
insert into met (post, stream, token_kind)
select observation.post, iif(post.kind = 'comment', 'comments', page.stream), max(page.token_kind)
from observation
join page on page.id = observation.page
join post on post.id = observation.post
where page.stream in ('timeline', 'visitor_posts', 'comments')
group by 1, 2;

-- How far the comments under a post have been read. changed_at: when the network last said that something changed there;
-- read_of: what that was when they were read to the end. refused_since: they could not be read; asked for until they can.
create table thread (
    account       integer not null references account (id),
    native_id     text not null,
    changed_at    text,
    read_of       text,
    refused_since text,
    primary key (account, native_id)
) strict, without rowid;

-- Ids that posts got when they were edited, where each version has one of its own: whoever replied to a later version
-- replied to the post.
create table version (
    account   integer not null references account (id),
    native_id text not null,
    first     text not null,
    primary key (account, native_id)
) strict, without rowid;

-- The agencies' own posts with the language they are written in: what the nynorsk share is counted from.
create view own_post_language as
select own_post.id, own_post.account, own_post.created_at, verdict.label as language
from own_post
join verdict on verdict.post = own_post.id and verdict.classifier = 'language' and verdict.current = 1
where own_post.kind <> 'share';

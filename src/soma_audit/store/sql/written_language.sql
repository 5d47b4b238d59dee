-- The agencies' own posts with the language they are written in, by the label in force: what the nynorsk share is counted
-- from.
create view own_post_language as
select own_post.id, own_post.account, own_post.created_at, coalesce(review.label, verdict.label) as language
from own_post
join verdict on verdict.post = own_post.id and verdict.classifier = 'language' and verdict.current = 1
left join current_review as review on review.post = own_post.id and review.classifier = 'language'
where own_post.kind <> 'share';

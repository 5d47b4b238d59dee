-- What kind of answer a question got, beside what became of it: m012.

drop view question;
-- Visitors' questions and what became of them, by the labels in force: what answer rates and response times are counted
-- from. Questions deleted before being answered are excluded. answered_at: a person knows when; one who only
-- knows that it was answered leaves no time. set_phrase, referral: 1 if the answer is one, null if a person knows better.
create view question as
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

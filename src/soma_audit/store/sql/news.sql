-- What is new since a report: m006 makes these, by which it is found quickly.

-- Verdicts in the order in which they came, and those that are no longer in force.
create index verdict_run on verdict (run);
create index verdict_past on verdict (post, classifier) where current = 0;

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

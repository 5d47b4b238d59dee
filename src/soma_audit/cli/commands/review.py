"""`soma-audit review`: a person's word on a verdict."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from soma_audit.cli.options import Moment, as_of_option, json_option, login_name, settings
from soma_audit.errors import InvalidInputError
from soma_audit.labels import ACCOUNT_VERDICTS, CHECKED, LABELS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from soma_audit.audit.settings import Settings
    from soma_audit.store import Store
    from soma_audit.store.posts.rows import PostRow
    from soma_audit.store.reviews import ReviewRow

ANSWERED = ("answered", "answered_late")
ALONE = ("post", "label", "classifier", "note", "until", "answered_at", "withdraw", "sample")
"""What a sheet says by itself."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a review is about: a post, or (`post` None) a whole account, its walls and its life."""

    name: str
    account: int
    post: PostRow | None
    classifiers: tuple[str, ...]
    """What can be said of it."""

    @property
    def number(self) -> int | None:
        """The post's row."""
        return None if self.post is None else self.post.id


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewOptions:
    """What is said, of which post, or asked for."""

    post: str | None
    label: str | None
    classifier: str | None
    note: str | None
    reviewer: str | None
    until: datetime | None
    answered_at: datetime | None
    withdraw: bool
    sample: int | None
    sheet: Path | None
    as_of: datetime | None
    as_json: bool


@click.command()
@settings()
@as_of_option
@json_option
@click.argument("post", required=False)
@click.argument("label", required=False)
@click.option(
    "--classifier",
    type=click.Choice(list(LABELS)),
    metavar="NAME",
    help=f"Which verdict is meant, where LABEL does not tell: {', '.join(LABELS)}.",
)
@click.option("--note", metavar="TEXT", help="Why, for your colleagues; leave out names of visitors.")
@click.option("--reviewer", metavar="WHO", help="Who says so (default: your login name).")
@click.option("--until", type=Moment(), help="After this time the rules' own verdict counts again.")
@click.option("--at", "answered_at", type=Moment(), help="When it was answered, if you know.")
@click.option(
    "--withdraw", is_flag=True, help="Take back what was said; the rules' own verdict counts again."
)
@click.option(
    "--sample",
    type=click.IntRange(1, 1000),
    metavar="NUMBER",
    help="Draw so many posts at random for you to check: needs --classifier.",
)
@click.option(
    "--from",
    "sheet",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Take in a filled-in worklist (.xlsx or CSV), as `report --list waiting --output w.xlsx` writes it.",
)
def review(settings: Settings, **given: Any) -> None:  # noqa: ANN401 - click passes anything
    """Record that a verdict is right or wrong: POST is LABEL. Without both, list what has been recorded.

    POST is its id, network/account/id, or the address it is read at; network/account is the whole account: its walls and
    its life. Your word counts in every figure from the next report on. How often the rules are right is measured on
    randomly sampled posts (--sample) only, since people look at what seems wrong: check all that are drawn, the right
    ones too.

    \b
    Examples:
      soma-audit review twitter/lysdep_eks/1900000000000000003 manual
      soma-audit review facebook/lekedep.eks/5204_70388 answered --at 2010-11-15T14:10:00+01:00 --note "by telephone"
      soma-audit review --sample 20 --classifier question
      soma-audit review --from waiting.xlsx
    """
    options = ReviewOptions(**given)
    post, label = options.post, options.label
    if options.sheet is not None:
        from soma_audit.cli.commands.review_sheet import take_in

        lonely = [name for name in ALONE if getattr(options, name)]
        if lonely:
            raise InvalidInputError("--from takes what is said from the sheet; leave the rest out.")
        take_in(settings, options.sheet, options.reviewer, options.as_of, as_json=options.as_json)
    elif options.sample is not None:
        _sample(settings, options, options.sample)
    elif post is None:
        _list(settings, options)
    elif label is None and not options.withdraw:
        raise InvalidInputError(
            f"Say what {post} is, such as `manual` or `answered`, or --withdraw what was said."
        )
    else:
        _say(settings, options, post, label or "")


# --- saying -----------------------------------------------------------------------------------------------------


def _say(settings: Settings, options: ReviewOptions, post: str, label: str) -> None:
    from soma_audit.audit.lock import locked

    now = settings.as_of(options.as_of)
    with locked(settings.database), settings.open() as store:
        subject = _find(store, post)
        if options.withdraw:
            _withdraw(store, subject, options, now)
            return
        label = label.lower()
        classifier = _classifier(subject, label, options.classifier)
        _check_times(settings, subject, label, options, now)
        if classifier == "answer":
            _check_question(store, subject)
        store.reviews.add_review(
            subject.account,
            subject.number,
            classifier,
            label,
            reviewer=options.reviewer or login_name("--reviewer"),
            reviewed_at=now,
            note=settings.masked(options.note),
            until=options.until,
            answered_at=options.answered_at,
        )
        said = [
            r for r in store.reviews.reviews_on(subject.account, subject.number) if r.classifier == classifier
        ]
        alone = (
            label == "question"
            and subject.number
            and store.reviews.label_of(subject.number, "answer") is None
        )
    if options.as_json:
        _print_json({"reviews": [row._asdict() for row in said]})
        return
    for row in said:
        click.echo(f"{subject.name}: {_clean(review_line(row))}")
    if alone:
        click.echo(
            "The next run looks for an answer to it. If you know of one, say that too: `answered` or `unanswered`."
        )


def _find(store: Store, name: str) -> Subject:
    found = store.figures.posts_named(name)
    if len(found) > 1:
        raise InvalidInputError(f"More than one post is called {name}. Name one of them:", map(_place, found))
    if found:
        kinds = ("autogenerated", "language", "use") if found[0].by_agency else ("question", "answer")
        return Subject(_place(found[0]), found[0].account, found[0], kinds)
    account = store.register.account_named(name)
    if account is None or account.id is None:
        raise InvalidInputError(
            f"No post {name!r} is held. Give its id, network/account/id, or its address; network/account is a wall."
        )
    return Subject(str(account), account.id, None, ACCOUNT_VERDICTS)


def _classifier(subject: Subject, label: str, given: str | None) -> str:
    fitting = [name for name in subject.classifiers if label in LABELS[name] and given in {None, name}]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise InvalidInputError(
            f"{label!r} can be said of more than one thing here. Say which:",
            (f"--classifier {name}" for name in fitting),
        )
    whose = (
        "the wall"
        if subject.post is None
        else "an own post"
        if subject.post.by_agency
        else "a visitor's post"
    )
    raise InvalidInputError(
        f"{label!r} is not a label{f' of --classifier {given}' if given else ''} for {subject.name}, {whose}. Possible labels:",
        (f"{name}: {', '.join(LABELS[name])}" for name in subject.classifiers),
    )


def _check_times(
    settings: Settings, subject: Subject, label: str, options: ReviewOptions, now: datetime
) -> None:
    """Refuse times that cannot be meant."""
    from soma_audit.store.connection import read_time

    until, at = options.until, options.answered_at
    if until is not None and until <= now:
        raise InvalidInputError(f"--until {until:%Y-%m-%d %H:%M} UTC is over already.")
    if at is None:
        return
    asked = read_time(subject.post.created_at) if subject.post is not None else None
    if label not in ANSWERED or asked is None:
        raise InvalidInputError(
            "--at is when a question was answered; say so with `answered` or `answered_late`."
        )
    if not asked <= at <= now:
        raise InvalidInputError(
            f"--at must lie between the question, {asked:%Y-%m-%d %H:%M}, and now, {now:%Y-%m-%d %H:%M} (both UTC)."
        )
    fits = ANSWERED[settings.config.office().minutes(asked, at) > settings.config.norm_minutes()]
    if label != fits:
        raise InvalidInputError(
            f"At that time the answer was {'late' if label == 'answered' else 'in time'}: say {fits}."
        )


def _check_question(store: Store, subject: Subject) -> None:
    if subject.number is not None and store.reviews.label_of(subject.number, "question") in {None, "none"}:
        raise InvalidInputError(
            f"{subject.name} is not held to be a question, so it is in no figure. If it is one, say that first:",
            [f"soma-audit review {shlex.quote(subject.name)} question"],
        )


def _withdraw(store: Store, subject: Subject, options: ReviewOptions, now: datetime) -> None:
    said = [
        row
        for row in store.reviews.reviews_on(subject.account, subject.number)
        if options.classifier in {None, row.classifier} and options.label in {None, row.label}
    ]
    if not said:
        raise InvalidInputError(
            f"Nothing of that kind has been said of {subject.name}. `soma-audit review` lists what has."
        )
    if len(said) > 1:
        raise InvalidInputError(
            f"More than one thing has been said of {subject.name}. Say which to take back:",
            (f"--classifier {row.classifier}" for row in said),
        )
    store.reviews.withdraw_review(subject.account, subject.number, said[0].classifier, now)
    if options.as_json:
        _print_json({"withdrawn": said[0]._asdict()})
    else:
        click.echo(f"{subject.name}: taken back, the rules' own verdict counts again ({said[0].classifier}).")


# --- listing ----------------------------------------------------------------------------------------------------


def _list(settings: Settings, options: ReviewOptions) -> None:
    lonely = [
        name for name in ("note", "reviewer", "until", "answered_at", "withdraw") if getattr(options, name)
    ]
    if lonely:
        raise InvalidInputError(
            "Name the post: `soma-audit review POST LABEL`, or `soma-audit review POST --withdraw`."
        )
    with settings.open() as store:
        said = [row for row in store.reviews.reviews() if options.classifier in {None, row.classifier}]
    if options.as_json:
        _print_json({"reviews": [row._asdict() for row in said]})
    elif not said:
        click.echo("No review is in force. `soma-audit review POST LABEL` makes one.")
    for row in () if options.as_json else said:
        click.echo(_clean(f"{_review_place(row)}: {review_line(row)}"))


def review_line(row: ReviewRow) -> str:
    """Return a review as one line."""
    before = (
        "confirmed"
        if row.label == row.said
        else f"instead of {row.said}"
        if row.said
        else "where the rules said nothing"
    )
    parts = [
        f"{row.classifier}: {row.label} ({before}), says {row.reviewer} on {row.reviewed_at[:10]}",
        f"answered {row.answered_at}" if row.answered_at else "",
        f"until {row.until}" if row.until else "",
        f"“{row.note}”" if row.note else "",
    ]
    return ", ".join(part for part in parts if part)


# --- drawing ----------------------------------------------------------------------------------------------------


def _sample(settings: Settings, options: ReviewOptions, number: int) -> None:
    from soma_audit.audit.lock import locked
    from soma_audit.report.text import in_english

    classifier = options.classifier
    if options.post is not None:
        raise InvalidInputError("--sample draws posts by itself; leave the post out.")
    if classifier is None or classifier not in CHECKED:
        raise InvalidInputError(
            "Name a classifier to sample. Walls are not sampled: there are few enough to check them all.",
            (f"--classifier {name}" for name in CHECKED),
        )
    with locked(settings.database), settings.open() as store:
        drawn = [
            (
                row,
                in_english(store.figures.reasons_on(row.id, classifier)),
                _command(settings, row, CHECKED[classifier]),
            )
            for row in store.reviews.draw(classifier, CHECKED[classifier], number)
        ]
    if options.as_json:
        posts = [{**plain_post(row), "reasons": why, "confirm": todo} for row, why, todo in drawn]
        _print_json({"classifier": classifier, "label": CHECKED[classifier], "posts": posts})
        return
    click.echo(_clean("\n".join(_sheet(drawn, classifier))))


def _sheet(drawn: list[tuple[PostRow, tuple[str, ...], str]], classifier: str) -> Iterator[str]:
    label = CHECKED[classifier]
    others = [name for name in LABELS[classifier] if name != label]
    if not drawn:
        yield f"Every post that the rules call {label} has been reviewed."
        return
    yield f"Posts that the rules call {label}, randomly sampled. Check each, the right ones too. The command below a post"
    yield f"says that it is right; if it is not, put what it is in place of the last word: {', '.join(others)}."
    for number, (row, why, command) in enumerate(drawn, 1):
        yield f"\n{number}. {_place(row)}, {row.created_at}" + (f", {row.permalink}" if row.permalink else "")
        yield f"   “{' '.join((row.text or '').split())}”"
        yield from (f"   - {reason}" for reason in why)
        yield f"   {command}"


def _command(settings: Settings, row: PostRow, label: str) -> str:
    """Write the command that confirms a label, for the same database."""
    words = ["soma-audit", "review", _place(row), label]
    file = settings.config_file
    if file is not None and file != Path("config.toml").absolute():
        words[2:2] = ["--config", str(file)]
    if settings.database != settings.config.path(settings.config.database):
        words[2:2] = ["--db", str(settings.database)]
    return shlex.join(words)


# --- small things -----------------------------------------------------------------------------------------------


def _place(row: PostRow) -> str:
    return f"{row.network}/{row.handle}/{row.native_id}"


def _review_place(row: ReviewRow) -> str:
    return "/".join(part for part in (row.network, row.handle, row.post) if part)


def plain_post(row: PostRow) -> dict[str, object]:
    """Return a post for machines: where it stands, and what it says."""
    return {
        "network": row.network,
        "handle": row.handle,
        "native_id": row.native_id,
        "created_at": row.created_at,
        "permalink": row.permalink,
        "text": row.text,
    }


def _clean(text: str) -> str:
    from soma_audit.report.text import clean

    return clean(text)


def _print_json(found: dict[str, object]) -> None:
    click.echo(json.dumps(found, ensure_ascii=False, indent=1))

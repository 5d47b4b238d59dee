"""The report's numbers, counted by hand on a small database whose verdicts are given."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from small_database import OFFICE
from soma_audit.classify.rule import own, visitor
from soma_audit.model import (
    Account,
    Agency,
    Channel,
    Declared,
    Finding,
    Gap,
    Kind,
    Page,
    Role,
    Stream,
    Verdict,
)
from soma_audit.report.figures import DIFI_2010, figures
from soma_audit.report.figures.frame import Frame
from soma_audit.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from soma_audit.model import Post
    from soma_audit.report.figures.conduct import Conduct
    from soma_audit.report.figures.model import AccountLine, Figures

AS_OF = datetime(2026, 4, 1, 6, 0, tzinfo=UTC)
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
READ = AS_OF - timedelta(hours=2)
DAY = 24 * 60


class Town:
    """Agencies with accounts, whose posts and verdicts a test gives."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.pages = 0
        with store.run("collect", config_hash="x", clock=lambda: AS_OF):
            pass

    def register(self, *accounts: Account, kind: str = "ministry", **agency: Any) -> None:
        agencies = [
            Agency(id=name, name=name.title(), kind=kind, **agency)
            for name in dict.fromkeys(a.agency for a in accounts)
        ]
        self.store.register.save_register(agencies, [*self.store.register.accounts(), *accounts], AS_OF)

    def account(self, network: str, handle: str) -> Account:
        found = self.store.register.account(network, handle)
        assert found is not None
        return found

    def wrote(self, where: str, *posts: Post, read: bool = True, **verdicts: list[Verdict]) -> None:
        """Add posts and verdicts to an account (`network/handle`)."""
        account = self.account(*where.split("/"))
        self.pages += 1
        page = Page(
            account=account,
            stream=Stream.TIMELINE,
            url=f"https://api.example/{self.pages}",
            fetched_at=AS_OF,
            body=b"{}",
            resume=None,
        )
        self.store.posts.add_page(1, account, page, posts)
        if read:
            self.store.walks.finish_walk(1, account, Stream.TIMELINE, None, READ)
        judgements = {name.replace("wall_", "wall."): ("1", found) for name, found in verdicts.items()}
        self.store.verdicts.save_verdicts(1, account, judgements, classifiers="1", as_of=AS_OF)

    def figures(self, **frame: Any) -> Figures:
        settings: dict[str, Any] = {
            "title": "T",
            "notice": None,
            "as_of": AS_OF,
            "since": None,
            "until": None,
            "days": 90,
            "office": OFFICE,
            "norm_minutes": 480.0,
            **frame,
        }
        return figures(self.store.figures, Frame(**settings))

    def line(self, handle: str, **frame: Any) -> AccountLine:
        lines = [a for g in self.figures(**frame).groups for agency in g.agencies for a in agency.accounts]
        return next(a for a in lines if a.handle == handle)

    def conduct(self, handle: str = "a", **frame: Any) -> Conduct:
        return self.line(handle, **frame).conduct


def account(agency: str, network: str = "twitter", **more: Any) -> Account:
    return Account(agency=agency, network=network, handle=more.pop("handle", agency), **more)


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with Store(tmp_path / "a.db", create=True) as store:
        yield Town(store)


def asked(*fates: tuple[str, float | None]) -> dict[str, Any]:
    """Write a question a fate: an answer's label, and the minutes to the answer."""
    return {
        "question": [Verdict(str(n), "question", {"form": True, "score": 0.8}) for n in range(len(fates))],
        "answer": [
            Verdict(
                str(n),
                label,
                {"due_at": "2026-04-01T14:00:00Z"}
                if minutes is None
                else {"response_minutes": minutes, "office_minutes": minutes / 2},
            )
            for n, (label, minutes) in enumerate(fates)
        ],
    }


def questions(number: int, at: float = 0) -> list[Post]:
    return [visitor("Når?", n, at=at) for n in range(number)]


def own_posts(*labels: str, replies: int = 0, first: int = 100) -> tuple[list[Post], list[Verdict]]:
    """Write own posts with their labels; the first few of them as replies to visitors."""
    posts = [own("x", first + n, at=n, under=999 if n < replies else None) for n in range(len(labels))]
    return posts, [Verdict(p.native_id, label) for p, label in zip(posts, labels, strict=True)]


# --- what the agency writes ---------------------------------------------------------------------------------------


def test_the_automatic_share_leaves_out_what_could_not_be_decided(town: Town) -> None:
    town.register(account("a"))
    posts, labels = own_posts(*["autogenerated"] * 6, *["manual"] * 4, *["uncertain"] * 3)
    town.wrote("twitter/a", *posts, own("RT", 1, kind=Kind.SHARE), autogenerated=labels)
    conduct = town.conduct()
    assert (conduct.posts, conduct.shares) == (13, 1)
    assert (conduct.autogenerated.numerator, conduct.autogenerated.denominator) == (6, 10)
    assert (conduct.autogenerated.share, conduct.autogenerated.left_out) == (0.6, 3)


def test_the_nynorsk_share_counts_only_what_is_surely_one_or_the_other(town: Town) -> None:
    town.register(account("a"))
    posts, labels = own_posts(*["nn"] * 4, *["nb"] * 8, *["undecided"] * 5, "en")
    town.wrote("twitter/a", *posts, language=labels)
    nynorsk = town.conduct().nynorsk
    assert (nynorsk.numerator, nynorsk.denominator, nynorsk.left_out) == (4, 12, 5)


def test_a_reply_to_others_is_one_and_going_on_in_an_own_thread_is_none(town: Town) -> None:
    town.register(account("a"))
    town.wrote(
        "twitter/a", visitor("Når?", 1), own("I dag", 2, under=1), own("Nytt", 3), own("Mer", 4, under=3)
    )
    assert (town.conduct().posts, town.conduct().replies) == (3, 1)


@pytest.mark.parametrize(
    ("automatic", "manual", "replies", "clearly"),
    [
        pytest.param(8, 2, 0, True, id="a large share and no dialogue"),
        pytest.param(10, 0, 0, True, id="all of it"),
        pytest.param(7, 3, 0, False, id="not so large a share"),
        pytest.param(8, 2, 1, False, id="one reply to others"),
        pytest.param(9, 0, 0, None, id="too few posts to say"),
    ],
)
def test_an_account_is_clearly_autogenerated_by_both_of_difi_s_signs(
    town: Town, automatic: int, manual: int, replies: int, *, clearly: bool | None
) -> None:
    town.register(account("a"))
    posts, labels = own_posts(*["manual"] * manual, *["autogenerated"] * automatic, replies=replies)
    town.wrote("twitter/a", *posts, autogenerated=labels)
    assert town.conduct().clearly_autogenerated is clearly


def test_an_agency_s_accounts_are_judged_together(town: Town) -> None:
    town.register(account("a"), account("a", "facebook"))
    for network in ("twitter", "facebook"):
        posts, labels = own_posts(*["autogenerated"] * 5)
        town.wrote(f"{network}/a", *posts, autogenerated=labels)
    (agency,) = town.figures().groups[0].agencies
    assert [a.conduct.clearly_autogenerated for a in agency.accounts] == [None, None]
    assert agency.conduct.clearly_autogenerated is True
    assert agency.conduct.posts == 10


# --- questions and answers ----------------------------------------------------------------------------------------

FATES = (
    *[("answered", 60.0)] * 4,
    *[("answered_late", 3000.0)] * 2,
    *[("unanswered", None)] * 4,
    *[("pending", None)] * 2,
    *[("unknown", None)] * 3,
)


def test_the_answer_rate_is_of_questions_whose_time_has_run_out_and_whose_replies_were_read(
    town: Town,
) -> None:
    town.register(account("a"))
    town.wrote("twitter/a", *questions(len(FATES)), **asked(*FATES))
    conduct = town.conduct()
    assert (conduct.questions, conduct.pending, conduct.unknown) == (15, 2, 3)
    assert (conduct.answered.numerator, conduct.answered.denominator) == (6, 10)
    assert (conduct.in_time.numerator, conduct.in_time.denominator) == (4, 10)
    assert (conduct.answered.share, conduct.answered.left_out) == (0.6, 5)


def test_what_only_may_be_a_question_is_counted_apart(town: Town) -> None:
    town.register(account("a"))
    town.wrote(
        "twitter/a",
        *questions(2),
        question=[Verdict("0", "uncertain"), Verdict("1", "none")],
        answer=[Verdict("0", "unanswered")],
    )
    conduct = town.conduct()
    assert (conduct.questions, conduct.maybe_questions, conduct.answered.denominator) == (0, 1, 0)


def test_whoever_perhaps_waits_comes_in_a_list_of_its_own(town: Town) -> None:
    town.register(account("a"))
    town.wrote(
        "twitter/a",
        *questions(4),
        question=[
            Verdict("0", "question", {"score": 0.8}),
            Verdict("1", "uncertain", {"score": 0.3}),
            Verdict("2", "uncertain", {"score": 0.25}),
            Verdict("3", "none", {"score": 0.1}),
        ],
        answer=[Verdict("0", "unanswered"), Verdict("1", "unanswered"), Verdict("2", "answered")],
    )
    found = town.figures()
    assert [(line.post, line.certainty) for line in found.waiting] == [("0", "likely")]
    assert [(line.post, line.certainty) for line in found.perhaps] == [("1", "perhaps")]
    assert (found.waiting_total, found.perhaps_total) == (1, 1)


@pytest.mark.parametrize(
    ("rules", "person", "waiting", "perhaps"),
    [
        pytest.param("uncertain", "question", ["0"], [], id="surely"),
        pytest.param("question", "uncertain", [], ["0"], id="only perhaps"),
        pytest.param("uncertain", "none", [], [], id="not at all"),
        pytest.param("none", "uncertain", [], ["0"], id="perhaps, though no rule saw it"),
    ],
)
def test_a_person_s_word_moves_a_post_between_the_steps_for_good(
    town: Town, rules: str, person: str, waiting: list[str], perhaps: list[str]
) -> None:
    town.register(account("a"))
    fate = [Verdict("0", "unanswered")]
    town.wrote("twitter/a", *questions(1), question=[Verdict("0", rules, {"score": 0.3})], answer=fate)
    town.store.reviews.add_review(1, 1, "question", person, reviewer="kari", reviewed_at=AS_OF)
    for version in ("1", "2"):
        judged = {"question": (version, [Verdict("0", rules, {"score": 0.3})]), "answer": (version, fate)}
        town.store.verdicts.save_verdicts(
            1, town.account("twitter", "a"), judged, classifiers=version, as_of=AS_OF
        )
        found = town.figures()
        assert [line.post for line in found.waiting] == waiting
        assert [line.post for line in found.perhaps] == perhaps


def test_answers_are_counted_by_kind_where_they_were_read(town: Town) -> None:
    town.register(account("a"))
    times = {"response_minutes": 9.0, "office_minutes": 9.0}
    town.wrote(
        "twitter/a",
        *questions(12),
        question=[Verdict(str(n), "question", {"score": 0.8}) for n in range(12)],
        answer=[
            Verdict("0", "answered", {**times, "set_phrase": True}),
            Verdict("1", "answered_late", {**times, "set_phrase": True, "referral": True}),
            *(Verdict(str(n), "answered", times) for n in range(2, 11)),
            Verdict("11", "unanswered"),
        ],
    )
    conduct = town.conduct()
    assert (conduct.set_phrases.numerator, conduct.set_phrases.denominator) == (2, 11)
    assert (conduct.referrals.numerator, conduct.referrals.denominator) == (1, 11)


def test_a_question_that_was_not_looked_into_is_unknown(town: Town) -> None:
    town.register(account("a"))
    town.wrote("twitter/a", *questions(1), question=asked(("unknown", None))["question"])
    assert (town.conduct().unknown, town.conduct().answered.left_out) == (1, 1)


def test_the_median_keeps_the_unanswered_in_until_they_were_last_read(town: Town) -> None:
    town.register(account("a"))
    waited = (READ - MONDAY).total_seconds() / 60
    town.wrote("twitter/a", *questions(3), **asked(("answered", 60), ("unanswered", None), ("pending", None)))
    conduct = town.conduct()
    assert (conduct.calendar.questions, conduct.calendar.answered) == (3, 1)
    assert (conduct.calendar.median, conduct.calendar.more_than) == (None, waited)
    assert conduct.office.more_than == OFFICE.minutes(MONDAY, READ)


def test_the_median_counts_on_the_calendar_and_in_office_hours(town: Town) -> None:
    town.register(account("a"))
    town.wrote("twitter/a", *questions(3), **asked(("answered", 60), ("answered", 100), ("unanswered", None)))
    assert (town.conduct().calendar.median, town.conduct().office.median) == (100, 50)


def test_what_is_unknown_is_in_no_median(town: Town) -> None:
    town.register(account("a"))
    town.wrote("twitter/a", *questions(2), **asked(("answered", 60), ("unknown", None)))
    assert (town.conduct().calendar.questions, town.conduct().calendar.median) == (1, 60)


def test_who_only_publishes_promised_no_answer(town: Town) -> None:
    town.register(account("a", role=Role.BROADCAST))
    town.wrote("twitter/a", *questions(20), **asked(*[("unanswered", None)] * 20))
    answered = town.conduct().answered
    assert (answered.share, answered.reason) == (None, "publishes only, by its own declaration")


def test_an_agency_s_answer_rate_is_that_of_its_accounts_that_promised_one(town: Town) -> None:
    town.register(account("a"), account("a", "facebook", role=Role.BROADCAST))
    town.wrote("twitter/a", *questions(10), **asked(*[("answered", 60.0)] * 10))
    town.wrote("facebook/a", *questions(20), **asked(*[("unanswered", None)] * 20))
    (agency,) = town.figures().groups[0].agencies
    assert (agency.conduct.answered.numerator, agency.conduct.answered.denominator) == (10, 10)
    assert agency.conduct.questions == 30


# --- what people say ----------------------------------------------------------------------------------------------


def said(town: Town, post: str, classifier: str, label: str, at: datetime | None = None) -> None:
    row = town.store.figures.posts_named(post)[0]
    town.store.reviews.add_review(
        row.account, row.id, classifier, label, reviewer="kari", reviewed_at=AS_OF, answered_at=at
    )


def test_answered_by_telephone_nobody_knows_when_counts_and_is_in_no_median(town: Town) -> None:
    town.register(account("a"))
    town.wrote("twitter/a", *questions(2), **asked(("answered", 60), ("unanswered", None)))
    said(town, "1", "answer", "answered")
    conduct = town.conduct()
    assert (conduct.answered.numerator, conduct.answered.denominator) == (2, 2)
    assert (conduct.calendar.questions, conduct.office.questions, conduct.calendar.median) == (1, 1, 60)
    assert town.figures().waiting_total == 0


def test_answered_at_a_known_time_counts_on_the_calendar_and_in_office_hours(town: Town) -> None:
    town.register(account("a"))
    town.wrote("twitter/a", *questions(1), **asked(("unanswered", None)))
    said(town, "0", "answer", "answered_late", MONDAY + timedelta(days=1))
    conduct = town.conduct()
    assert (conduct.calendar.median, conduct.office.median) == (DAY, 480)
    assert (conduct.answered.numerator, conduct.in_time.numerator) == (1, 0)


def test_what_a_person_calls_a_question_is_one_and_what_became_of_it_is_not_known(town: Town) -> None:
    town.register(account("a"))
    town.wrote("twitter/a", *questions(1), question=[Verdict("0", "none")])
    said(town, "0", "question", "question")
    assert (town.conduct().questions, town.conduct().unknown) == (1, 1)


def test_an_overruled_post_leaves_the_automatic_share_and_the_list(town: Town) -> None:
    town.register(account("a"))
    posts, labels = own_posts(*["autogenerated"] * 10)
    town.wrote("twitter/a", *posts, autogenerated=labels)
    said(town, "100", "autogenerated", "manual")
    assert town.conduct().autogenerated.numerator == town.figures().flagged_total == 9
    assert "100" not in [line.post for line in town.figures().flagged]


def test_a_wall_that_a_person_has_looked_at_says_so(town: Town) -> None:
    town.register(account("a", "facebook"))
    town.wrote("facebook/a", own("x", 1), wall_posting=[Verdict(None, "unknown")])
    number = town.account("facebook", "a").id
    assert number is not None
    town.store.reviews.add_review(number, None, "wall.posting", "closed", reviewer="kari", reviewed_at=AS_OF)
    posting = town.line("a").posting
    assert (posting.label, posting.reasons) == ("closed", ("A person has looked and says so.",))


def test_how_often_the_rules_are_right_is_measured_on_drawn_posts(town: Town) -> None:
    town.register(account("a"))
    town.wrote("twitter/a", *questions(20), **asked(*[("unanswered", None)] * 20))
    assert town.figures().measured == ()
    for n, row in enumerate(town.store.reviews.draw("question", "question", 15)):
        if n < 12:
            said(town, row.native_id, "question", "none" if n < 3 else "uncertain" if n == 3 else "question")
    (measured,) = town.figures().measured
    right = measured.right
    assert (measured.classifier, measured.label, measured.unchecked) == ("question", "question", 3)
    assert (right.numerator, right.denominator, right.left_out) == (8, 11, 1)
    assert right.share is not None
    assert right.low is not None
    assert right.low < right.share


# --- nothing to count ---------------------------------------------------------------------------------------------


def test_where_nothing_was_asked_or_written_there_is_no_rate_but_a_reason(town: Town) -> None:
    town.register(account("a"))
    conduct = town.conduct()
    assert [
        (r.share, r.denominator, r.reason) for r in (conduct.autogenerated, conduct.answered, conduct.in_time)
    ] == [
        (None, 0, "no posts that could be judged"),
        (None, 0, "no questions whose time has run out"),
        (None, 0, "no questions whose time has run out"),
    ]
    assert (conduct.answered.low, conduct.answered.high) == (None, None)
    assert (conduct.calendar.median, conduct.calendar.more_than) == (None, None)


def test_an_empty_database_has_no_figures_and_no_groups(town: Town) -> None:
    found = town.figures()
    assert (found.groups, found.posts_held, found.last_collected) == ((), 0, None)
    assert found.baseline == DIFI_2010


# --- the window ---------------------------------------------------------------------------------------------------


def test_the_window_is_whole_days_of_local_time_back_from_now(town: Town) -> None:
    found = town.figures(days=7)
    assert found.window_from == datetime(
        2026, 3, 24, 23, 0, tzinfo=UTC
    )  # midnight in Oslo, before summer time
    assert (found.window_to, found.window_note) == (AS_OF, None)


@pytest.mark.parametrize(
    ("since", "until", "counted"),
    [
        pytest.param(0, 1, 1, id="its first moment is in"),
        pytest.param(-1, 0, 0, id="its last moment is out"),
        pytest.param(1, 2, 0, id="after it"),
    ],
)
def test_a_window_has_its_first_moment_and_not_its_last(
    town: Town, since: int, until: int, counted: int
) -> None:
    town.register(account("a"))
    town.wrote("twitter/a", visitor("Når?", 0), own("x", 1), **asked(("unanswered", None)))
    window: dict[str, Any] = {
        "since": MONDAY + timedelta(minutes=since),
        "until": MONDAY + timedelta(minutes=until),
    }
    conduct = town.conduct(**window)
    assert (conduct.posts, conduct.questions) == (counted, counted)


def test_a_reply_after_the_window_still_answers(town: Town) -> None:
    town.register(account("a"))
    town.wrote("twitter/a", *questions(1), **asked(("answered_late", 20 * DAY)))
    assert town.conduct(since=MONDAY, until=MONDAY + timedelta(days=1)).answered.numerator == 1


def test_where_nothing_is_recent_all_that_is_held_is_reported_and_it_says_so(town: Town) -> None:
    town.register(account("a"))
    town.wrote("twitter/a", own("x", 1, at=-400 * DAY), own("y", 2, at=-390 * DAY))
    found = town.figures()
    assert found.window_from == MONDAY - timedelta(days=400)
    assert found.window_to == MONDAY - timedelta(days=390) + timedelta(seconds=1)
    assert found.window_note == "Nothing held is from the last 90 days, so this covers everything held."
    assert town.conduct().posts == 2


def test_a_window_that_was_asked_for_is_kept_even_if_it_holds_nothing(town: Town) -> None:
    town.register(account("a"))
    town.wrote("twitter/a", own("x", 1, at=-400 * DAY))
    assert town.figures(since=MONDAY).window_note is None


# --- accounts -----------------------------------------------------------------------------------------------------


def test_an_account_that_writes_is_active(town: Town) -> None:
    town.register(account("a"))
    town.wrote("twitter/a", own("x", 1))
    assert town.line("a").state == "active"


def test_an_account_that_shares_is_active(town: Town) -> None:
    town.register(account("a"))
    town.wrote("twitter/a", own("RT", 1, kind=Kind.SHARE))
    assert town.line("a").state == "active"


def test_an_account_that_wrote_nothing_for_90_days_is_quiet_whoever_else_writes_there(town: Town) -> None:
    town.register(account("a"))
    town.wrote("twitter/a", own("x", 1, at=-91 * DAY), visitor("Er det noen her?", 2, at=5 * DAY))
    assert town.line("a").state == "quiet"


def test_in_a_short_window_silence_is_not_counted_anew(town: Town) -> None:
    town.register(account("a"))
    town.wrote("twitter/a", own("x", 1), visitor("Hei", 2, at=29 * DAY))
    assert town.line("a", days=3).state == "active"


def test_an_account_of_which_nothing_was_read_is_unread_and_not_quiet(town: Town) -> None:
    town.register(account("a"))
    assert town.line("a").state == "unread"


def test_an_account_that_was_read_and_is_empty_is_quiet(town: Town) -> None:
    town.register(account("a"))
    town.wrote("twitter/a")
    assert town.line("a").state == "quiet"


@pytest.mark.parametrize("reason", ["suspended", "deactivated", "protected", "unpublished", "not_found"])
def test_an_account_that_cannot_be_seen_at_all_says_why(town: Town, reason: str) -> None:
    town.register(account("a"))
    town.wrote("twitter/a", own("x", 1))
    town.store.walks.add_gap(1, town.account("twitter", "a"), Gap(stream=None, reason=reason))
    assert town.line("a").state == reason


def test_a_night_without_the_network_does_not_change_what_an_account_is(town: Town) -> None:
    town.register(account("a"))
    town.wrote("twitter/a", own("x", 1))
    town.store.walks.add_gap(1, town.account("twitter", "a"), Gap(stream=None, reason="unreachable"))
    assert town.line("a").state == "active"


@pytest.mark.parametrize(("until", "state"), [(date(2026, 3, 31), "retired"), (date(2026, 4, 1), "active")])
def test_an_account_is_retired_after_its_last_day(town: Town, until: date, state: str) -> None:
    town.register(account("a", valid_to=until))
    town.wrote("twitter/a", own("x", 1))
    assert town.line("a").state == state


def test_a_retired_account_is_listed_and_not_counted(town: Town) -> None:
    town.register(account("a", valid_to=date(2026, 3, 31)))
    town.wrote("twitter/a", own("x", 1))
    (group,) = town.figures().groups
    assert (group.on_twitter.numerator, group.on_twitter.denominator) == (0, 1)
    assert group.agencies[0].conduct.posts == 0
    assert group.agencies[0].accounts[0].conduct.posts == 1


def test_an_account_that_the_register_dropped_is_not_listed(town: Town) -> None:
    town.register(account("a"), account("b"))
    town.store.register.save_register([], [town.account("twitter", "a")], AS_OF)
    assert [len(a.accounts) for a in town.figures().groups[0].agencies] == [1, 0]


def test_an_account_that_the_register_dropped_is_in_no_list_and_no_total(town: Town) -> None:
    town.register(account("a"))
    town.wrote("twitter/a", *questions(1), **asked(("unanswered", None)))
    town.store.walks.add_gap(1, town.account("twitter", "a"), Gap(stream=None, reason="suspended"))
    town.store.register.save_register([], [], AS_OF)
    found = town.figures()
    assert (found.waiting, found.waiting_total, found.gaps) == ((), 0, ())


def test_an_account_tells_its_address_its_wall_and_when_it_was_read(town: Town) -> None:
    town.register(account("a", "facebook"))
    town.wrote("facebook/a", own("x", 1), wall_posting=[Verdict(None, "closed")])
    line = town.line("a")
    assert (line.url, line.last_read) == ("https://www.facebook.com/a", READ)
    assert (line.posting.label, line.commenting.label) == ("closed", "unknown")
    assert (line.first_post, line.last_post) == (MONDAY, MONDAY)


# --- groups -------------------------------------------------------------------------------------------------------


def test_a_group_counts_agencies_not_accounts(town: Town) -> None:
    town.register(
        account("a"),
        account("a", handle="a2"),
        account("a", "facebook"),
        account("b"),
        account("c", "facebook"),
    )
    town.wrote("facebook/a", wall_posting=[Verdict(None, "open")])
    town.wrote("facebook/c", wall_posting=[Verdict(None, "moderated")])
    (group,) = town.figures().groups
    counted = [(r.numerator, r.denominator) for r in (group.on_twitter, group.on_facebook, group.open_walls)]
    assert counted == [(2, 3), (2, 3), (1, 2)]


def test_a_group_is_counted_on_every_network_in_one_order_and_so_are_its_accounts(town: Town) -> None:
    names = ("mastodon", "bluesky", "twitter", "facebook")
    town.register(*(account("a", network) for network in names), account("b", "bluesky"))
    town.register(account("c", "mastodon", handle="c@social.example"), kind="agency")
    agencies, ministries = sorted(town.figures().groups, key=lambda group: str(group.kind))
    found = [(on.network, on.numerator, on.denominator) for on in ministries.presence]
    assert found == [("facebook", 1, 2), ("twitter", 1, 2), ("bluesky", 2, 2), ("mastodon", 1, 2)]
    assert [line.network for line in ministries.agencies[0].accounts] == [n for n, _, _ in found]
    assert [(on.network, on.numerator) for on in agencies.presence] == [("mastodon", 1)]
    assert (ministries.has_pages, agencies.has_pages) == (True, False)
    assert (agencies.on_facebook.numerator, agencies.on_twitter.numerator) == (0, 0)


def test_queries_count_every_network_that_somebody_is_on(town: Town) -> None:
    town.register(account("a", "bluesky"), account("a"), kind="agency")
    queries = {query.name: query for query in town.figures().queries}
    assert {"twitter", "bluesky"} <= queries.keys()
    assert not {"facebook", "mastodon", "open-walls"} & queries.keys()
    assert queries["bluesky"].title == "Agencies on Bluesky"
    assert tuple(town.store.execute(queries["bluesky"].sql).fetchone()) == queries["bluesky"].values == (1,)


def test_an_agency_without_any_account_is_counted(town: Town) -> None:
    town.store.register.save_register([Agency(id="d", name="D", kind="ministry")], [], AS_OF)
    (group,) = town.figures().groups
    assert (group.on_twitter.numerator, group.on_twitter.denominator) == (0, 1)


@pytest.mark.parametrize(
    ("valid", "counted"),
    [
        ({"valid_to": date(2026, 3, 31)}, 0),
        ({"valid_to": date(2026, 4, 1)}, 1),
        ({"valid_from": date(2026, 4, 1)}, 1),
        ({"valid_from": date(2026, 4, 2)}, 0),
    ],
)
def test_only_agencies_that_exist_on_the_day_are_counted(
    town: Town, valid: dict[str, Any], counted: int
) -> None:
    town.register(account("a"), **valid)
    assert sum(len(g.agencies) for g in town.figures().groups) == counted


def test_ministries_come_first_and_unknown_kinds_last(town: Town) -> None:
    town.register(account("a"), kind="agency")
    town.register(account("b"), kind="ministry")
    town.store.register.take_in("twitter", "ukjent")
    assert [g.kind for g in town.figures().groups] == ["ministry", "agency", None]


def test_clearly_autogenerated_is_counted_among_agencies_that_could_be_judged(town: Town) -> None:
    town.register(account("a"), account("b"), account("c"))
    for handle, label in (("a", "autogenerated"), ("b", "manual")):
        posts, labels = own_posts(*[label] * 10)
        town.wrote(f"twitter/{handle}", *posts, autogenerated=labels)
    rate = town.figures().groups[0].clearly_autogenerated
    assert (rate.numerator, rate.denominator, rate.left_out) == (1, 2, 1)


def test_a_group_s_conduct_is_the_sum_of_its_agencies(town: Town) -> None:
    town.register(account("a"), account("b"))
    for handle in ("a", "b"):
        posts, labels = own_posts("autogenerated", "manual", replies=1)
        fates = asked(("answered", 60), ("unanswered", None))
        town.wrote(f"twitter/{handle}", *posts, *questions(2), autogenerated=labels, **fates)
    conduct = town.figures().groups[0].conduct
    assert (conduct.posts, conduct.replies, conduct.questions) == (4, 2, 4)
    assert (conduct.answered.numerator, conduct.answered.denominator) == (2, 4)
    assert (conduct.autogenerated.numerator, conduct.autogenerated.denominator) == (2, 4)


# --- lists --------------------------------------------------------------------------------------------------------


def test_the_worklist_has_what_waits_with_how_long_and_why(town: Town) -> None:
    town.register(account("a"))
    town.wrote("twitter/a", *questions(3), **asked(("unanswered", None), ("answered", 60), ("pending", None)))
    found = town.figures()
    assert [(w.post, w.label) for w in found.waiting] == [("0", "unanswered"), ("2", "pending")]
    assert found.waiting_total == 2
    assert (found.waiting[0].score, found.waiting[0].office_minutes) == (0.8, OFFICE.minutes(MONDAY, AS_OF))


@pytest.mark.parametrize("signature", ["*AB", "^AB", "/AB", "- AB"])
def test_the_worklist_says_who_usually_answers(town: Town, signature: str) -> None:
    town.register(account("a"))
    replies = [own("Ja.", n, under=1) for n in range(101, 104)]
    signed = (Finding("AUT022", -4.0, {"signature": signature}),)
    labels = [Verdict(reply.native_id, "manual", {}, signed) for reply in replies]
    town.wrote("twitter/a", *questions(1), *replies, autogenerated=labels, **asked(("unanswered", None)))
    assert [line.usually for line in town.figures().waiting] == ["AB"]


def test_flagged_posts_are_listed_and_counted(town: Town) -> None:
    town.register(account("a"))
    posts, labels = own_posts("autogenerated", "manual")
    town.wrote("twitter/a", *posts, autogenerated=labels)
    found = town.figures()
    assert ([f.post for f in found.flagged], found.flagged_total) == (["100"], 1)


def test_what_could_not_be_seen_is_said_in_sentences(town: Town) -> None:
    town.register(account("a"))
    town.store.walks.add_gap(
        1, town.account("twitter", "a"), Gap(stream=Stream.VISITOR_POSTS, reason="permission")
    )
    (gap,) = town.figures().gaps
    assert gap.sentence == "visitor posts: the network refused: the token lacks a permission"
    assert town.line("a").gaps == (gap.sentence,)


# --- walls --------------------------------------------------------------------------------------------------------


def stood(*spans: tuple[str, str, str | None]) -> dict[str, Any]:
    return {
        "spans": [
            {"label": label, "first": f"{first}T09:00:00Z", **({"last": f"{last}T09:00:00Z"} if last else {})}
            for label, first, last in spans
        ]
    }


CLOSED_IN_MARCH = stood(("open", "2026-02-01", "2026-03-01"), ("closed", "2026-03-03", None))


def page_with(
    town: Town, value: dict[str, Any], *posts: Post, label: str = "closed", **verdicts: Any
) -> AccountLine:
    if town.store.register.account("facebook", "a") is None:
        town.register(account("a", "facebook"))
    town.wrote("facebook/a", *posts, wall_posting=[Verdict(None, label, value)], **verdicts)
    return town.line("a", days=120)


def test_a_wall_tells_since_when_and_how_it_stood_before(town: Town) -> None:
    wall = page_with(town, CLOSED_IN_MARCH, own("x", 1)).posting
    assert wall.since == datetime(2026, 3, 3, 9, tzinfo=UTC)
    assert [(s.label, s.last_seen and s.last_seen.day) for s in wall.spans] == [("open", 1), ("closed", None)]


def test_a_wall_that_is_not_as_it_was_last_seen_has_no_since(town: Town) -> None:
    assert page_with(town, CLOSED_IN_MARCH, own("x", 1), label="unknown").posting.since is None


def test_a_person_s_word_has_no_machine_s_evidence_beside_it(town: Town) -> None:
    page_with(town, CLOSED_IN_MARCH, own("x", 1))
    number = town.account("facebook", "a").id
    assert number is not None
    town.store.reviews.add_review(number, None, "wall.posting", "open", reviewer="kari", reviewed_at=AS_OF)
    wall = town.line("a").posting
    assert (wall.label, wall.since, wall.evidence) == ("open", None, ())


def test_evidence_is_told_with_where_it_was_seen(town: Town) -> None:
    town.store.verdicts.save_rules(
        [("WAL004", "wall.posting", "n", 0.9, "A visitor posted on {day}.", "Sees it.")]
    )
    town.store.verdicts.save_rules([("WAL002", "wall.posting", "n", 1.0, "Closed ({seen:.10}).", "Sees it.")])
    told = {
        "seen": "2026-03-09T05:00:00Z",
        "source": "settings",
        "endpoint": "https://graph.example/1/settings",
        "token": "page",
        "api_version": "v26.0",
    }
    findings = (
        Finding("WAL002", 1.0, told),
        Finding("WAL004", 0.9, {"post": "2", "day": "2026-03-02"}),
    )
    town.register(account("a", "facebook"))
    town.wrote(
        "facebook/a", visitor("Hei", 2), wall_posting=[Verdict(None, "closed", CLOSED_IN_MARCH, findings)]
    )
    settings, post = town.line("a").posting.evidence
    assert (settings.sentence, settings.source, settings.endpoint) == (
        "Closed (2026-03-09).",
        "settings",
        "https://graph.example/1/settings",
    )
    assert (settings.token, settings.api_version, settings.seen_at) == (
        "page",
        "v26.0",
        datetime(2026, 3, 9, 5, tzinfo=UTC),
    )
    assert (post.sentence, post.source) == ("A visitor posted on 2026-03-02.", "timeline")
    assert (post.endpoint, post.seen_at) == ("https://api.example/1", AS_OF)


def test_questions_and_answers_are_counted_for_as_long_before_a_change_as_after_it(town: Town) -> None:
    at = [-40 * DAY, -29 * DAY, -20 * DAY, 5 * DAY, 20 * DAY]  # from Monday, the 2nd of March
    posts = [visitor("Når?", n, at=minutes) for n, minutes in enumerate(at)]
    fates = asked(
        *[
            ("answered", 60.0),
            ("answered", 60.0),
            ("unanswered", None),
            ("unanswered", None),
            ("unanswered", None),
        ]
    )
    (change,) = page_with(town, CLOSED_IN_MARCH, *posts, **fates).changes
    assert (change.wall, change.was, change.label) == ("posting", "open", "closed")
    assert change.before is not None
    assert change.after is not None
    assert change.before.until - change.before.since == change.after.until - change.after.since
    assert change.after.until == READ  # how long it has been looked at since
    answered = [
        (s.questions, s.answered.numerator, s.answered.denominator) for s in (change.before, change.after)
    ]
    assert answered == [(2, 1, 2), (2, 0, 2)]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (stood(("open", "2026-02-01", "2026-03-01"), ("closed", "2026-03-30", None)), [("closed", False)]),
        (stood(("open", "2024-02-01", "2024-03-01"), ("closed", "2024-03-03", None)), []),
        (stood(("open", "2026-02-01", "2026-03-01"), ("unknown", "2026-03-03", None)), []),
        (stood(("open", "2026-02-01", None)), []),
        ({}, []),
    ],
    ids=[
        "too fresh to compare",
        "more than a year ago",
        "to what is not known",
        "no change",
        "nothing known",
    ],
)
def test_which_changes_are_told(town: Town, value: dict[str, Any], told: list[tuple[str, bool]]) -> None:
    changes = page_with(town, value, own("x", 1, at=-60 * DAY)).changes
    assert [(c.label, c.before is not None) for c in changes] == told


def test_pages_of_which_nobody_knows_are_counted_apart(town: Town) -> None:
    town.register(account("a", "facebook"), account("b", "facebook"), account("c", "facebook"))
    town.wrote("facebook/a", wall_posting=[Verdict(None, "open")])
    town.wrote("facebook/b", wall_posting=[Verdict(None, "closed")])
    (group,) = town.figures().groups
    assert (group.open_walls.numerator, group.open_walls.denominator, group.walls_unknown) == (1, 3, 1)


def test_the_register_s_reason_stands_beside_the_wall(town: Town) -> None:
    town.register(account("a", "facebook", closing_reason="Personvern", alternative_channel="post@a.example"))
    line = town.line("a")
    assert (line.closing_reason, line.alternative_channel) == ("Personvern", "post@a.example")


# --- channels -----------------------------------------------------------------------------------------------------------


def lives(label: str) -> list[Verdict]:
    """Write a verdict on how an account lives."""
    return [Verdict(None, label, {"since": None, "successor": None, "farewell": None})]


@pytest.mark.parametrize(
    ("label", "last_own", "asked_since"),
    [
        ("dormant", 2.5, 3),
        ("closed", 4.5, 1),
        ("lost", 60, 0),
        ("dormant", None, 6),
        ("active", 2.5, None),
        ("unknown", None, None),
    ],
)
def test_questions_after_the_last_sign_are_counted_where_an_account_was_left(
    label: str, last_own: float | None, asked_since: int | None, town: Town
) -> None:
    town.register(account("a"), account("b"))
    posts = [visitor("Når?", n, at=n) for n in range(6)]
    if last_own is not None:
        posts.append(own("Ha det!", 9, at=last_own))
    for name in "ab":
        town.wrote(f"twitter/{name}", *posts, **asked(*[("unanswered", None)] * 6), life=lives(label))
    found = [town.line(name).life for name in "ab"]
    assert [life and life.asked_since for life in found] == [asked_since] * 2


def test_the_last_sign_is_a_fact_whatever_a_person_says_of_the_account(town: Town) -> None:
    town.register(account("a"))
    posts = [*(visitor("Når?", n, at=n) for n in range(6)), own("Ha det!", 9, at=3)]
    town.wrote("twitter/a", *posts, **asked(*[("unanswered", None)] * 6), life=lives("active"))
    town.store.execute(
        "insert into review (account, classifier, label, said, reviewer, reviewed_at)"
        " values (1, 'life', 'dormant', 'active', 'NN', '2026-03-02T10:00:00Z')"
    )
    life = town.line("a").life
    assert life is not None
    assert (life.label, life.asked_since, life.last_sign) == (
        "dormant",
        3,
        datetime(2026, 3, 2, 9, 3, tzinfo=UTC),
    )


def test_questions_outside_the_declared_hours_are_counted(town: Town) -> None:
    hours = Declared(hours="mon-fri 10:02-15:45")
    town.register(account("a", declared=hours), account("b", declared=Declared(unit="Presse")))
    for name in "ab":
        posts = [visitor("Når?", n, at=n) for n in range(6)]
        town.wrote(f"twitter/{name}", *posts, **asked(*[("unanswered", None)] * 6))
    told = [town.line(name).declared for name in "ab"]
    assert [line and line.outside_hours for line in told] == [2, None]


@pytest.mark.parametrize(
    ("since", "until", "is_told"),
    [
        (None, None, True),
        (date(2026, 4, 1), date(2026, 4, 1), True),
        (None, date(2026, 3, 31), False),
        (date(2026, 4, 2), None, False),
    ],
)
def test_a_channel_elsewhere_is_told_while_it_is_in_use(
    since: date | None, until: date | None, *, is_told: bool, town: Town
) -> None:
    channel = Channel(agency="a", network="instagram", handle="etaten", valid_from=since, valid_to=until)
    town.register(account("a"))
    town.store.register.save_register([], town.store.register.accounts(), AS_OF, channels=[channel])
    (agency,) = town.figures().groups[0].agencies
    assert [line.url for line in agency.elsewhere] == ["https://www.instagram.com/etaten/"] * is_told


@pytest.mark.parametrize(
    ("opened", "valid_from", "began"),
    [
        ("2011-05-01", date(2012, 1, 1), (date(2011, 5, 1), "network")),
        (None, date(2012, 1, 1), (date(2012, 1, 1), "register")),
        (None, None, (date(2026, 3, 2), "first_post")),
        ("a while ago", date(2012, 1, 1), (date(2012, 1, 1), "register")),
        ("0001-01-01", date(1850, 1, 1), (date(2026, 3, 2), "first_post")),
        ("2999-01-01", None, (date(2026, 3, 2), "first_post")),
    ],
)
def test_an_account_began_when_its_network_says_so_or_the_register_or_its_first_post(
    opened: str | None, valid_from: date | None, began: tuple[date, str], town: Town
) -> None:
    town.register(account("a", valid_from=valid_from))
    town.wrote("twitter/a", own("x", 1), life=lives("active"))
    if opened:
        town.store.execute(
            "insert into about (account, page, facts, first_seen_at, last_seen_at) values (1, 1, ?, ?, ?)",
            (json.dumps({"opened": opened}), "2026-03-02T09:00:00Z", "2026-03-02T09:00:00Z"),
        )
    life = town.line("a").life
    assert life is not None
    assert (life.began, life.began_by) == began

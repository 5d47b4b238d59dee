"""What an agency uses its channel for: each of its own posts is judged by what it does, and by which words that shows.

Every sign speaks for one label; the weights of those seen add up, and the label with the greatest sum is given. It is
`uncertain` when no sign is seen, or when another label comes within half a point: then the signs contradict each other.
No mix of labels is better than another: an agency decides what its channel is for.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, Any

from soma_audit.classify.use import informing, inviting, occasions, recruiting, serving
from soma_audit.classify.use.subject import Index, Phrases, Subject, laid_open
from soma_audit.model import Finding, Kind, Verdict
from soma_audit.networks import NETWORKS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from soma_audit.classify.rule import Rule
    from soma_audit.model import Wall

    _Sign = tuple[str, tuple[tuple[str, object], ...]]

SIGNS: dict[str, tuple[Rule[Subject], ...]] = {
    "informs": (informing.tells_something, informing.news, informing.event),
    "invites_input": (
        *(inviting.consultation, inviting.opinion_wanted, inviting.survey),
        inviting.form_link,
    ),
    "serves": (serving.said_to_somebody, serving.steps, serving.contact),
    "listens": (inviting.reports_back,),
    "recruits": (recruiting.vacancy, recruiting.job_portal),
    "ceremonial": (
        *(occasions.greeting, occasions.mourning, occasions.thanks),
        *(occasions.only_courtesy, occasions.visit_or_ceremony),
    ),
    "other": (occasions.pastime, occasions.hardly_anything),
}
"""Which label each rule speaks for, in the order of the rules' codes."""
LEAD = 0.5
"""By how much a label's signs must outweigh those of every other."""

_RULES: tuple[Rule[Subject], ...] = tuple(rule for rules in SIGNS.values() for rule in rules)
_INDEX = Index(
    table
    for module in (informing, inviting, serving, recruiting, occasions)
    for table in vars(module).values()
    if isinstance(table, Phrases)
)
_ANYWHERE = (
    serving.steps,
    serving.contact,
    occasions.greeting,
    occasions.mourning,
    occasions.hardly_anything,
)
_IN_REPLIES = (serving.said_to_somebody, occasions.only_courtesy)
_WITH_LINK = (inviting.form_link, recruiting.job_portal)
_WORDLESS = (*_IN_REPLIES, *_WITH_LINK, informing.tells_something, occasions.hardly_anything)
_WEIGHTS = {rule.code: rule.weight for rule in _RULES}
_SPEAKS_FOR = {rule.code: label for label, rules in SIGNS.items() for rule in rules}

_ASKED = {
    (reply, linked, worded): tuple(
        (rule.code, rule.check)
        for rule in _RULES
        if (rule in _ANYWHERE or (rule in _IN_REPLIES) == reply)
        and (linked or rule not in _WITH_LINK)
        and (worded or rule in _WORDLESS)
    )
    for reply, linked, worded in product((False, True), repeat=3)
}
"""The rules that concern a post: in a reply, hardly any word but those of service and courtesy tells what it is for."""


_NO_VALUE: Mapping[str, object] = {}


@lru_cache(maxsize=4096)
def _judged(seen: tuple[_Sign, ...]) -> tuple[str, tuple[Finding, ...]]:
    """Return the label and its findings. Most posts show one sign or two, and those that show the same share them."""
    signs = tuple(Finding(code, _WEIGHTS[code], dict(evidence)) for code, evidence in seen)
    return label(signs), signs


def label(signs: Sequence[Finding]) -> str:
    """Return the label for which the signs weigh most, or `uncertain` if none leads clearly."""
    sums: dict[str, float] = {}
    for sign in signs:
        speaks_for = _SPEAKS_FOR[sign.rule]
        sums[speaks_for] = sums.get(speaks_for, 0.0) + sign.weight
    if len(sums) == 1:
        return next(iter(sums))
    first, second = sorted((*sums.values(), 0.0, 0.0))[:-3:-1]
    return max(sums, key=lambda name: sums[name]) if first - second >= LEAD else "uncertain"


class UseClassifier:
    """Judges the agency's own posts and replies, not what it shares of others'."""

    name = "use"
    version = "1"
    rules: Sequence[Rule[Any]] = _RULES

    def judge(self, wall: Wall) -> Iterator[Verdict]:
        """Yield a verdict for every own post that has a text."""
        posts = [p for p in wall.posts if p.by_agency and p.kind is not Kind.SHARE and p.text is not None]
        continues = NETWORKS[wall.account.network].own_replies_continue
        own = frozenset(p.native_id for p in posts) if continues else frozenset()
        for post in posts:
            see = laid_open(post, _INDEX, own, wall.handles)
            asked = _ASKED[see.reply, see.linked, bool(see.found)]
            seen = [
                (code, tuple(found.items())) for code, check in asked if (found := check(see)) is not None
            ]
            given, signs = _judged(tuple(seen))
            yield Verdict(post.native_id, given, _NO_VALUE, signs)


USE = UseClassifier()

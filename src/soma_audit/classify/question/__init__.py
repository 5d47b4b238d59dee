"""QUE…: does a visitor wait for something from the agency: an answer, help or a deed, with a question mark or without?

Two judgements apart. `form`: a question stands there, marked or not. `score`: how probably its author waits, from where
the post stands, the question's form and what else is said. Weights are fitted (`weights`), none is felt.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from soma_audit.classify.question import words as qw
from soma_audit.classify.question.doubts import DOUBTS
from soma_audit.classify.question.requests import REQUESTS
from soma_audit.classify.question.shape import Place, Shape, shape_of
from soma_audit.classify.rule import alone, findings, own, rule, visitor, wall_of
from soma_audit.classify.weights import FIT, probability
from soma_audit.model import Account, Kind, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from soma_audit.classify.rule import Rule
    from soma_audit.model import Wall

    Evidence = Mapping[str, object] | None

QUESTION_FROM, UNCERTAIN_FROM = 1 / 3, 0.2
"""Whoever waits with one chance in three is worth two readings in vain; below one in five the list would be all noise."""

# --- where it stands: the share that waits is another in each place -------------------------------------------------

_FACEBOOK = Account(agency="eksempeletaten", network="facebook", handle="eksempeletat", native_id="100")
_UNDER = (own("Ny ordning fra mandag."), visitor("Gjelder den alle?", 2, under=1))
_ON_WALL = wall_of([visitor("Når åpner dere?")], account=_FACEBOOK)


@rule(
    "QUE034",
    message="It is written to the agency.",
    hits=(*alone("@eksempeletat når åpner dere?", "Hei @noenandre @eksempeletat når åpner dere?"), _ON_WALL),
    misses=(*alone("Når åpner @eksempeletat?", "@noenandre når åpner @eksempeletat?"), _UNDER),
)
def written_to_the_agency(asked: Shape) -> Evidence:
    """Sees a post that begins by addressing the agency's account, or stands on its wall. Most who write so want something; some only want to be heard."""
    return {} if asked.place is Place.TO_AGENCY else None


@rule(
    "QUE035",
    message="It stands under the agency's post.",
    hits=(_UNDER,),
    misses=((visitor("Ny ordning!"), visitor("Gjelder den alle?", 2, under=1)), _ON_WALL),
)
def under_the_agency_s_post(asked: Shape) -> Evidence:
    """Sees a comment on one of the agency's own posts. Few comments want anything from it; most are opinions."""
    return {} if asked.place is Place.UNDER else None


@rule(
    "QUE036",
    message="It is part of somebody else's conversation.",
    hits=(
        *alone("@noenandre når åpner dere?"),
        (visitor("Stengt igjen"), visitor("Hvorfor det?", 2, under=1)),
    ),
    misses=(*alone("@eksempeletat når åpner dere?", "Hva sier @noenandre?"), _UNDER),
)
def part_of_a_conversation(asked: Shape) -> Evidence:
    """Sees a post that begins by addressing others, or replies to another visitor. Its author waits for them more than for the agency."""
    return {} if asked.place is Place.CONVERSATION else None


@rule(
    "QUE008",
    message="It names an account in passing.",
    hits=alone("Hva sier @noenandre til dette?", "Er det åpent? @eksempeletat"),
    misses=(*alone("@noenandre hva mener du?", "Hva koster det @ festivalen?"), _UNDER),
)
def names_an_account(asked: Shape) -> Evidence:
    """Sees a mention in a post that neither begins by addressing anybody nor stands under another. It may be meant for the named; mostly it is about them."""
    return {} if asked.place is Place.NAMED else None


# --- the question ---------------------------------------------------------------------------------------------------


@rule(
    "QUE001",
    message="It carries a question mark.",
    hits=alone("Gjelder fristen også studenter?", "Stengt i dag ?"),
    misses=alone("Se https://example.org/sok?q=frist her", "Fristen er i morgen."),
)
def question_mark(asked: Shape) -> Evidence:
    """Sees a question mark outside links. Most questions carry one, but so do irony, quotes and headlines, so alone it is not enough."""
    return {"marks": len(asked.marks)} if asked.marks else None


@rule(
    "QUE002",
    message="“{word}” stands where it asks.",
    hits=alone(
        "Hvor finner jeg skjemaet",
        "Kva tid opnar kontoret",
        "Ka du meine med det",
        "When does the office open",
        "Lurer på om fristen er flyttet.",
        "Noen som vet når de åpner",
    ),
    misses=alone(
        "Jeg vet hvor skjemaet er",
        "Når jeg kommer hjem, ser jeg på det",
        "Hvor fint dette ble!",
        "What a day",
        "Dere lurer på hvorfor folk er sinte.",
    ),
)
def question_word(asked: Shape) -> Evidence:
    """Sees a question word with the word order of a question behind it, or a phrase that asks, such as `lurer på om`. Half of those who forget the mark are found by it; a heading such as `how to apply` is left out, and sometimes one slips through."""
    word = asked.phrase if asked.word is None else asked.pieces.lower[asked.word]
    return None if word is None else {"word": word}


@rule(
    "QUE003",
    message="“{word}” stands before its subject, as in a question.",
    hits=alone("Kan dere forlenge fristen", "Hei, er det åpent i dag", "Is the form available in English"),
    misses=alone(
        "Har vært på kontoret i dag",
        "Nå er det åpent igjen",
        "Have a nice day",
    ),
)
def verb_before_subject(asked: Shape) -> Evidence:
    """Sees a clause that begins with its verb. Conditions (`kommer du, så …`), commands and dropped subjects look alike and are left out where the rest shows them; short ones can fool it."""
    return None if asked.verb is None else {"word": asked.pieces.lower[asked.verb]}


@rule(
    "QUE054",
    message="It asks in somebody else's conversation.",
    hits=alone("@noenandre når åpner dere?"),
    misses=alone("@eksempeletat når åpner dere?", "@noenandre de åpner klokka ni."),
)
def asks_in_a_conversation(asked: Shape) -> Evidence:
    """Sees a question mark in somebody else's conversation. There only a question waits for a reply; to an agency other things do as well."""
    return {} if asked.marks and asked.place is Place.CONVERSATION else None


@rule(
    "QUE006",
    message="The question addresses its reader: “{word}”.",
    hits=alone("Når åpner dere?", "Do you have the form?"),
    misses=alone("Når åpner kontoret?", "Dere er flinke. Når åpner kontoret?"),
)
def addresses_its_reader(asked: Shape) -> Evidence:
    """Sees `du`, `dere`, `dykk`, `you` inside the question: it is put to somebody. `Du` can also mean anyone."""
    if asked.pieces.known.isdisjoint(qw.YOU):
        return None
    word = next((w for w in asked.question if w in qw.YOU), None)
    return None if word is None else {"word": word}


@rule(
    "QUE009",
    message="The post ends with its question.",
    hits=alone(
        "Vi har ventet i uker. Når kommer svaret?", "Er det åpent? https://example.org/a", "Når åpner dere"
    ),
    misses=alone("Når kommer svaret? Dette er for dårlig.", "Er det åpent i dag."),
)
def ends_with_question(asked: Shape) -> Evidence:
    """Sees that nothing but links, names and signs follows the last mark: the writer stops and waits. Teasers end so too."""
    lower = asked.pieces.lower
    if asked.marks:
        return None if any(piece[0].isalpha() for piece in lower[asked.marks[-1] + 1 :]) else {}
    at = asked.word if asked.word is not None else asked.verb
    return None if at is None or any(piece[0] in ".!…\n" for piece in lower[at:]) else {}


@rule(
    "QUE014",
    message="It asks what its reader means or knows: “{words}”.",
    hits=alone("Hva mener dere med dette?", "Do you know when it opens?"),
    misses=alone("Hva mener han med dette?", "You know it is closed, why ask?"),
)
def asks_what_you_mean(asked: Shape) -> Evidence:
    """Sees a verb of meaning or knowing put to the reader. Now and then it is a reproach (`hva tror du`)."""
    lower = asked.pieces.lower
    if asked.pieces.known.isdisjoint(qw.MEANING):
        return None
    for at in range(1, len(lower)):
        verb, person = lower[at - 1], lower[at]
        if verb in qw.MEANING and verb not in qw.ENGLISH_MEANING and person in qw.READER:
            return {"words": f"{verb} {person}"}
        if person in qw.ENGLISH_MEANING and verb in qw.READER and at > 1 and lower[at - 2] in qw.AUXILIARIES:
            return {"words": f"{verb} {person}"}
    return None


@rule(
    "QUE015",
    message="The question follows up what was said: “{word} …”.",
    hits=alone("Men gjelder det studenter?", "But why is it closed?"),
    misses=alone("Gjelder det studenter?", "Stengt, men hvorfor?"),
)
def follows_up(asked: Shape) -> Evidence:
    """Sees the question begin with `men`, `but`, `and`: part of a conversation, and the next turn is the other's. Indignation begins so too."""
    if not asked.marks or asked.pieces.known.isdisjoint(qw.FOLLOWING):
        return None
    first = next((w for w in asked.question if w[0].isalpha()), "")
    return {"word": first} if first in qw.FOLLOWING else None


@rule(
    "QUE016",
    message="It addresses an account at its question mark.",
    hits=alone("Når åpner dere, @noenandre?", "Er det åpent? @noenandre"),
    misses=alone("@noenandre når åpner dere?", "Er det åpent? Det sa @noenandre i går."),
)
def addresses_an_account(asked: Shape) -> Evidence:
    """Sees an account mentioned right at the question mark. Some only want the other to see it."""
    if not asked.marks or "@" not in asked.text:
        return None
    lower, at = asked.pieces.lower, asked.marks[-1]
    behind = at + 1 < len(lower) and all(piece[0] == "@" for piece in lower[at + 1 :])
    return {} if behind or lower[at - 1][0] == "@" else None


RULES: tuple[Rule[Shape], ...] = tuple(
    sorted(
        (
            *(written_to_the_agency, under_the_agency_s_post, part_of_a_conversation),
            *(
                names_an_account,
                question_mark,
                question_word,
                verb_before_subject,
                asks_in_a_conversation,
                addresses_its_reader,
            ),
            *(ends_with_question, asks_what_you_mean, follows_up, addresses_an_account),
            *(*REQUESTS, *DOUBTS),
        ),
        key=lambda r: r.code,
    )
)


class Question:
    """Judges each visitor's post: does its author wait for something?"""

    name = "question"
    version = f"3.{FIT}"
    rules: Sequence[Rule[Shape]] = RULES

    def judge(self, wall: Wall) -> Iterator[Verdict]:
        """Yield one verdict a visitor's post that can be read."""
        own_posts = frozenset(p.native_id for p in wall.posts if p.by_agency)
        for post in wall.posts:
            if post.by_agency is not True and post.text is not None and post.kind is not Kind.SHARE:
                yield _decide(shape_of(post, post.text, wall, own_posts))


def _decide(asked: Shape) -> Verdict:
    found = findings(RULES, asked)
    score = round(probability("question", found), 3)
    label = "question" if score >= QUESTION_FROM else "uncertain" if score >= UNCERTAIN_FROM else "none"
    return Verdict(asked.post.native_id, label, {"form": asked.form, "score": score}, found)


QUESTION = Question()

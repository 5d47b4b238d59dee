"""QUE…: does this visitor's post ask the agency something that expects an answer?

Two judgements apart. `form`: a question stands there, marked or not. `score`: how surely it expects an answer, which
speaking to somebody raises and rhetoric, quotes, headlines and shouting (`question_doubts`) lower.
"""

from __future__ import annotations

import re
from math import exp
from typing import TYPE_CHECKING

from soma_audit.classify import question_words as qw
from soma_audit.classify.question_doubts import DOUBTS, alone
from soma_audit.classify.question_shape import Asked, look
from soma_audit.classify.rule import findings, own, rule, visitor
from soma_audit.model import Kind, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from soma_audit.classify.rule import Rule
    from soma_audit.model import Finding, Wall

    Evidence = Mapping[str, object] | None

QUESTION_FROM, UNCERTAIN_FROM = 0.5, 0.3
_NO_QUESTION: Mapping[str, object] = {"form": False, "score": 0.0}
_BASE = -1.75
"""The log-odds of an answer being expected before any sign: most that looks like a question expects none."""

_REQUEST = re.compile(
    r"\b(?:vennligst|vær så snill|ver så snill|snälla|please|pls|plz|kindly"
    r"|(?:kan|kunne|vil|kunde) (?:dere|dokker|dykk|ni|du|noen|nokon|någon|jeg få|eg få|vi få) (?!tenke|forstå|se |tro )"
    r"|(?:can|could|would|will) (?:you|u|someone|anyone|somebody|anybody|i get|i have)"
    r"|hjelp(?:e)? (?:meg|oss)|hjälp mig|help (?:me|us)|svar (?:meg|oss|takk)|forklar\w*|explain)\b"
)

_CLEARING = re.compile(
    r"\b(?:(?:vil|skal) det(?:te)? (?:da )?si|bet(?:yr|yder) det(?:te)?|does (?:this|that|it) mean)\b"
)


@rule(
    "QUE001",
    weight=0.9,
    message="It carries a question mark.",
    hits=alone("Gjelder fristen også studenter?", "Stengt i dag ?"),
    misses=alone("Se https://example.org/sok?q=frist her", "Fristen er i morgen."),
)
def question_mark(asked: Asked) -> Evidence:
    """Sees a question mark outside links. Most questions carry one, but so do irony, quotes and headlines, so alone it is not enough."""
    return {"marks": len(asked.marks)} if asked.marks else None


@rule(
    "QUE002",
    weight=0.55,
    message="“{word}” stands where it asks.",
    hits=alone(
        "Hvor finner jeg skjemaet",
        "Kva tid opnar kontoret",
        "Ka du meine med det",
        "When does the office open",
    ),
    misses=alone(
        "Jeg vet hvor skjemaet er",
        "Når jeg kommer hjem, ser jeg på det",
        "Hvor fint dette ble!",
        "What a day",
    ),
)
def question_word(asked: Asked) -> Evidence:
    """Sees a question word with the word order of a question behind it. Half of those who forget the mark are found by it; a heading such as `how to apply` and an indirect question are left out, and sometimes one slips through."""
    return None if asked.word is None else {"word": asked.pieces.lower[asked.word]}


@rule(
    "QUE003",
    weight=0.65,
    message="“{word}” stands before its subject, as in a question.",
    hits=alone("Kan dere forlenge fristen", "Hei, er det åpent i dag", "Is the form available in English"),
    misses=alone(
        "Kommer du sent, så ring oss",
        "Har vært på kontoret i dag",
        "Nå er det åpent igjen",
        "Have a nice day",
    ),
)
def verb_before_subject(asked: Asked) -> Evidence:
    """Sees a clause that begins with its verb. Conditions (`kommer du, så …`), commands and dropped subjects look alike and are left out where the rest shows them; short ones can fool it."""
    return None if asked.verb is None else {"word": asked.pieces.lower[asked.verb]}


@rule(
    "QUE004",
    weight=1.2,
    message="It asks in words: “{words}”.",
    hits=alone(
        "Lurer på om fristen er flyttet.", "Noen som vet når de åpner", "I would like to know when you open."
    ),
    misses=alone(
        "Dere lurer på hvorfor folk er sinte.", "Noen dager er bedre enn andre.", "I know when you open."
    ),
)
def asks_in_words(asked: Asked) -> Evidence:
    """Sees phrases that ask without the shape of a question. They are polite and nearly always meant; told of others (`mange lurer på`) they are not, and not all such tellings are known."""
    return None if asked.phrase is None else {"words": asked.phrase}


@rule(
    "QUE005",
    weight=0.5,
    message="It asks for something to be done: “{words}”.",
    hits=alone("Kan dere sende meg skjemaet?", "Could you explain the new rule?"),
    misses=alone("Kan man søke på nett?", "Could this be true?"),
)
def request(asked: Asked) -> Evidence:
    """Sees a request to whoever reads: it wants a deed or a reply. A sneer can be dressed as one (`kan du slutte`)."""
    if asked.pieces.known.isdisjoint(qw.REQUEST_WORDS):
        return None
    found = _REQUEST.search(" ".join(asked.pieces.lower))
    return {"words": found[0].strip()} if found else None


@rule(
    "QUE006",
    weight=0.35,
    message="The question speaks to its reader: “{word}”.",
    hits=alone("Når åpner dere?", "Do you have the form?", "Korleis gjer de dette?"),
    misses=alone("Når åpner kontoret?", "Dere er flinke. Når åpner kontoret?"),
)
def speaks_to_you(asked: Asked) -> Evidence:
    """Sees `du`, `dere`, `dykk`, `you` inside the question: it is put to somebody. `Du` can also mean anyone."""
    nynorsk = "de" in asked.pieces.known and not asked.pieces.known.isdisjoint(qw.NYNORSK)
    if not nynorsk and asked.pieces.known.isdisjoint(qw.YOU):
        return None
    word = next((w for w in asked.asked_words() if w in qw.YOU or (nynorsk and w == "de")), None)
    return None if word is None else {"word": word}


@rule(
    "QUE007",
    weight=0.8,
    message="It is put to the agency itself: {how}.",
    hits=(
        *alone("@eksempeletat når åpner dere?"),
        (own("Ny ordning fra mandag."), visitor("Gjelder den alle?", 2, under=1)),
    ),
    misses=(
        *alone("@noenandre når åpner dere?"),
        (visitor("Ny ordning!"), visitor("Gjelder den alle?", 2, under=1)),
    ),
)
def to_the_agency(asked: Asked) -> Evidence:
    """Sees the agency's name in the text, or that the post stands under one of its own. Who writes to it wants it to read; it may still only be named in anger."""
    if asked.to_agency:
        return {"how": "it stands under its post"}
    if "@" in asked.text and any(p[1:] in asked.handles for p in asked.pieces.lower if p[0] == "@"):
        return {"how": "it names its account"}
    return None


@rule(
    "QUE008",
    weight=0.6,
    message="It calls on somebody by name ({mentions}).",
    hits=alone("@noenandre hva mener du?", "Hva sier @noenandre til dette?"),
    misses=alone("Hva mener dere?", "Hva koster det @ festivalen?"),
)
def calls_on_somebody(asked: Asked) -> Evidence:
    """Sees a mention of an account: the question has an addressee. A mention can also be a thank-you or a dig."""
    mentions = sum(piece[0] == "@" for piece in asked.pieces.lower) if "@" in asked.text else 0
    return {"mentions": mentions} if mentions else None


@rule(
    "QUE009",
    weight=0.6,
    message="The post ends with its question.",
    hits=alone(
        "Vi har ventet i uker. Når kommer svaret?", "Er det åpent? https://example.org/a", "Når åpner dere"
    ),
    misses=alone("Når kommer svaret? Dette er for dårlig.", "Er det åpent i dag."),
)
def ends_with_question(asked: Asked) -> Evidence:
    """Sees that nothing but links, names and signs follows the last mark: the writer stops and waits. Teasers end so too."""
    lower = asked.pieces.lower
    if asked.marks:
        return None if any(piece[0].isalpha() for piece in lower[asked.marks[-1] + 1 :]) else {}
    at = asked.word if asked.word is not None else asked.verb
    return None if at is None or any(piece[0] in ".!…\n" for piece in lower[at:]) else {}


@rule(
    "QUE010",
    weight=0.5,
    message="It asks {questions} times.",
    hits=alone("Når åpner dere? Og hvor?", "Er den åpen? Hva koster det? Takk."),
    misses=alone("Når åpner dere???", "Når åpner dere? Takk."),
)
def asks_more_than_once(asked: Asked) -> Evidence:
    """Sees several questions in one post: who asks on wants to know. A tirade may do the same."""
    return {"questions": len(asked.marks)} if len(asked.marks) > 1 else None


@rule(
    "QUE011",
    weight=0.8,
    message="The question offers a choice: “{word}”.",
    hits=alone("Gjelder det studenter eller alle?", "Is it Monday or Tuesday?"),
    misses=alone("Det er fint, eller?", "Studenter eller alle, det er det samme. Er det åpent?"),
)
def offers_a_choice(asked: Asked) -> Evidence:
    """Sees two alternatives: they want one of them for an answer. Irony offers false ones."""
    if not (asked.marks or asked.shaped) or asked.pieces.known.isdisjoint(qw.OR):
        return None
    word = next((w for w in asked.asked_words()[:-1] if w in qw.OR), None)
    return None if word is None else {"word": word}


@rule(
    "QUE012",
    weight=0.45,
    message="It is brief: {words} words.",
    hits=alone("Når åpner dere?", "Is it open today?"),
    misses=alone(
        "Jeg har lest hele saken to ganger nå og skjønner ikke hvorfor dere gjør det?",
        "@noenandre hele saken er lest to ganger nå, men hvorfor gjør dere det på denne måten?",
    ),
)
def brief(asked: Asked) -> Evidence:
    """Sees a short post: who only asks, asks. A short sneer is as short."""
    if len(asked.pieces.lower) > 24:
        return None
    said = sum(piece[0].isalpha() for piece in asked.pieces.lower)
    return {"words": said} if said <= 10 else None


@rule(
    "QUE013",
    weight=0.3,
    message="It wants to be sure: “{word}”.",
    hits=alone("Har dere en kilde til dette?", "Is this confirmed?", "Stemmer det at kontoret flytter?"),
    misses=alone("Har dere kart til dette?", "Det stemmer. Når åpner dere?"),
)
def wants_to_be_sure(asked: Asked) -> Evidence:
    """Sees the question ask for a source, a proof or a confirmation: something to answer. A doubter may not want it."""
    if asked.pieces.known.isdisjoint(qw.SURE):
        return None
    word = next((w for w in asked.asked_words() if w in qw.SURE), None)
    return None if word is None else {"word": word}


@rule(
    "QUE014",
    weight=0.6,
    message="It asks what its reader means or knows: “{words}”.",
    hits=alone("Hva mener dere med dette?", "Do you know when it opens?", "Vil det si at dere stenger?"),
    misses=alone("Hva mener han med dette?", "You know it is closed, why ask?"),
)
def asks_what_you_mean(asked: Asked) -> Evidence:
    """Sees a verb of meaning or knowing put to the reader, or `does that mean`. Now and then it is a reproach (`hva tror du`)."""
    lower = asked.pieces.lower
    if asked.pieces.known.isdisjoint(qw.MEANING | qw.CLEARING):
        return None
    for at in range(1, len(lower)):
        if lower[at - 1] in qw.MEANING and lower[at] in qw.READER and lower[at - 1] not in qw.ENGLISH_MEANING:
            return {"words": f"{lower[at - 1]} {lower[at]}"}
        if (
            lower[at] in qw.ENGLISH_MEANING
            and lower[at - 1] in qw.READER
            and at > 1
            and lower[at - 2] in qw.AUXILIARIES
        ):
            return {"words": f"{lower[at - 1]} {lower[at]}"}
    cleared = _CLEARING.search(" ".join(lower)) if asked.marks else None
    return {"words": cleared[0]} if cleared else None


@rule(
    "QUE015",
    weight=0.5,
    message="The question follows up what was said: “{word} …”.",
    hits=alone("Men gjelder det studenter?", "But why is it closed?"),
    misses=alone("Gjelder det studenter?", "Stengt, men hvorfor?"),
)
def follows_up(asked: Asked) -> Evidence:
    """Sees the question begin with `men`, `but`, `and`: part of a talk, and its next turn is the other's. Indignation begins so too."""
    if not asked.marks or asked.pieces.known.isdisjoint(qw.FOLLOWING):
        return None
    first = next((w for w in asked.asked_words() if w[0].isalpha()), "")
    return {"word": first} if first in qw.FOLLOWING else None


@rule(
    "QUE016",
    weight=0.7,
    message="It turns to a name at the mark.",
    hits=alone("Når åpner dere, @noenandre?", "Er det åpent? @noenandre"),
    misses=alone("@noenandre når åpner dere?", "Er det åpent? Det sa @noenandre i går."),
)
def turns_to_a_name(asked: Asked) -> Evidence:
    """Sees an account called on right at the question mark. Some only want the other to see it."""
    if not asked.marks or "@" not in asked.text:
        return None
    lower, at = asked.pieces.lower, asked.marks[-1]
    behind = at + 1 < len(lower) and all(piece[0] == "@" for piece in lower[at + 1 :])
    return {} if behind or lower[at - 1][0] == "@" else None


@rule(
    "QUE033",
    weight=0.2,
    message="It tells what only its reader can confirm: “{words}”.",
    hits=alone("Så dere stenger i dag", "Dere har ikke hørt noe om dette", "Kontoret er åpent i dag eller"),
    misses=alone("Så kommer jeg i dag", "Dere har ikke ansvar her.", "Eller så kommer jeg i morgen"),
)
def tells_to_be_confirmed(asked: Asked) -> Evidence:
    """Sees a statement about what its reader means, knows or has seen, or one left open with `eller` or `vel`. In speech these ask; in anger they only accuse."""
    return None if asked.told is None else {"words": asked.told}


RULES: tuple[Rule[Asked], ...] = (
    question_mark,
    question_word,
    verb_before_subject,
    asks_in_words,
    request,
    speaks_to_you,
    to_the_agency,
    calls_on_somebody,
    ends_with_question,
    asks_more_than_once,
    offers_a_choice,
    brief,
    wants_to_be_sure,
    asks_what_you_mean,
    follows_up,
    turns_to_a_name,
    *DOUBTS,
    tells_to_be_confirmed,
)


class Question:
    """Judges each visitor's post: is a question there, and does it expect an answer?"""

    name = "question"
    version = "2"
    rules: Sequence[Rule[Asked]] = RULES

    def judge(self, wall: Wall) -> Iterator[Verdict]:
        """Give one verdict a visitor's post that can be read."""
        own_posts = frozenset(p.native_id for p in wall.posts if p.by_agency)
        for post in wall.posts:
            if post.by_agency is not True and post.text is not None and post.kind is not Kind.SHARE:
                asked = look(post, post.text, wall, own_posts)
                yield _decide(asked) if asked else Verdict(post.native_id, "none", _NO_QUESTION)


def _decide(asked: Asked) -> Verdict:
    found = findings(RULES, asked)
    score = _score(found)
    label = "question" if score >= QUESTION_FROM else "uncertain" if score >= UNCERTAIN_FROM else "none"
    return Verdict(asked.post.native_id, label, {"form": True, "score": score}, found)


def _score(found: Sequence[Finding]) -> float:
    return round(1 / (1 + exp(-_BASE - sum(finding.weight for finding in found))), 3)


QUESTION = Question()

"""Signs that nothing is expected in return: rhetoric, jokes, anger, talk about others. Each lowers the score of `question`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from soma_audit.classify.question import words as qw
from soma_audit.classify.rule import alone, rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from soma_audit.classify.question.shape import Shape
    from soma_audit.classify.rule import Rule

    Evidence = Mapping[str, object] | None

_FACES = frozenset("😂🤣😏🙄😜😉🤔🤬")
_LONG = 50
_MEANT_LONG = "Vi har sett det samme hvert eneste år, og ingenting blir bedre av det. " * 4


@rule(
    "QUE037",
    message="It begins by addressing {accounts} accounts.",
    hits=alone("@eksempeletat @noenandre når åpner dere?"),
    misses=alone("@eksempeletat når åpner @noenandre?", "Når åpner @noenandre @eksempeletat?"),
)
def addresses_several(asked: Shape) -> Evidence:
    """Sees several accounts addressed at the beginning: a conversation of many, where nobody in particular is asked. Some just add a witness."""
    return {"accounts": len(asked.leading)} if len(asked.leading) > 1 else None


@rule(
    "QUE047",
    message="It asks and shouts at the same time: “{mark}”.",
    hits=alone("Når skal dere våkne?!", "What is this!?"),
    misses=alone("Når skal dere våkne??", "Våkn opp! Når åpner dere?"),
)
def asks_and_shouts(asked: Shape) -> Evidence:
    """Sees “?!”: disbelief, which wants no answer. Some are just in a hurry."""
    mark = next((asked.pieces.lower[at] for at in asked.marks if "!" in asked.pieces.lower[at]), None)
    return {"mark": mark.strip()} if mark else None


@rule(
    "QUE019",
    message="It is angry: “{word}”.",
    hits=alone("Hva faen driver dere med?", "This is unacceptable"),
    misses=alone("Hva driver dere med?", "Hvorfor er dette så dyrt?"),
)
def angry(asked: Shape) -> Evidence:
    """Sees a word of abuse or disgust. An angry question is still a question, and enough other signs keep it one."""
    if asked.pieces.known.isdisjoint(qw.ANGER):
        return None
    return {"word": next(w for w in asked.pieces.lower if w in qw.ANGER)}


@rule(
    "QUE020",
    message="It laughs or muses: “{sign}”.",
    hits=alone("Skal dere ha ferie igjen? haha", "Ny app igjen? 😂"),
    misses=alone("Skal dere ha ferie igjen?", "Kommer det en ny app? 😊"),
)
def laughs(asked: Shape) -> Evidence:
    """Sees laughter, a wink or a musing face: a joke or a thought aloud. People also laugh out of politeness."""
    if not asked.pieces.known.isdisjoint(qw.LAUGHTER):
        return {"sign": next(w for w in asked.pieces.lower if w in qw.LAUGHTER)}
    if asked.text.isascii() or _FACES.isdisjoint(asked.text):
        return None
    return {"sign": next(sign for sign in asked.text if sign in _FACES)}


@rule(
    "QUE025",
    message="It seeks agreement: “{word}”.",
    hits=alone("Det går bra, ikke sant?", "You are closed again, right?", "Det må vel være lov?"),
    misses=alone("Er det sant?", "Stemmer ikke dette, eller?", "Eller?"),
)
def seeks_agreement(asked: Shape) -> Evidence:
    """Sees a tag behind a statement, or `vel` in it: it wants a nod. Some tags do ask for confirmation."""
    if not asked.marks or asked.verb is not None:
        return None
    said = asked.question
    if len(said) > 2 and said[-1] in qw.TAGS:
        return {"word": said[-1]}
    return {"word": "vel"} if "vel" in said and asked.word is None else None


@rule(
    "QUE028",
    message="The question is about others: “{word}”.",
    hits=alone("Skal de aldri lære?", "Why do people believe them?"),
    misses=alone("Når kommer svaret?", "Har dere hørt fra dem?", "Kva gjer de med dette?"),
)
def speaks_of_others(asked: Shape) -> Evidence:
    """Sees the question talk about people or about us all, and to nobody: onlookers among themselves. One may well ask an agency about others."""
    if not asked.marks or asked.pieces.known.isdisjoint(qw.OTHERS) or not qw.YOU.isdisjoint(asked.question):
        return None
    others = qw.OTHERS if asked.pieces.known.isdisjoint(qw.NYNORSK) else qw.OTHERS - {"de"}
    word = next((w for w in asked.question if w in others), None)
    return None if word is None else {"word": word}


@rule(
    "QUE048",
    message="It asks in the negative: “{word}”.",
    hits=alone("Har dere ikke lært?", "Isn't that obvious?"),
    misses=alone("Har dere åpent?", "Jeg har ikke lært det. Har dere?"),
)
def asks_in_the_negative(asked: Shape) -> Evidence:
    """Sees *not* in the last question: it mostly tells what its writer thinks. A few ask so out of politeness."""
    if not asked.marks or asked.pieces.known.isdisjoint(qw.NEGATIONS):
        return None
    word = next((w for w in asked.question if w in qw.NEGATIONS), None)
    return None if word is None else {"word": word}


@rule(
    "QUE029",
    message="It trails off in dots.",
    hits=alone("Stengt igjen... er det noe nytt?", "Hvem skulle trodd det ..?"),
    misses=alone("Stengt igjen. Er det noe nytt?", "Er det åpent kl. 9.30?"),
)
def trails_off(asked: Shape) -> Evidence:
    """Sees dots: a hint or a mood, more than a wish to know. Many end any sentence so."""
    return {} if asked.marks and (".." in asked.text or "…" in asked.text) else None


@rule(
    "QUE053",
    message="It asks {questions} times.",
    hits=alone("Er det åpent? Når? Og for hvem?"),
    misses=alone("Når åpner dere? Og for hvem?", "Når åpner dere???"),
)
def asks_again_and_again(asked: Shape) -> Evidence:
    """Sees more than two questions: a tirade. Some have many things to ask."""
    return {"questions": len(asked.marks)} if len(asked.marks) > 2 else None


@rule(
    "QUE049",
    message="It carries a link.",
    hits=alone("Får vi nye regler? https://example.org/a"),
    misses=alone("Får vi nye regler?"),
)
def carries_a_link(asked: Shape) -> Evidence:
    """Sees a link: most who link something show it around. Some show what they ask about."""
    return {} if len(asked.post.text or "") != len(asked.text) else None


@rule(
    "QUE050",
    message="It is long: {words} words.",
    hits=alone(_MEANT_LONG),
    misses=alone("Når åpner dere? Jeg har ventet lenge."),
)
def runs_long(asked: Shape) -> Evidence:
    """Sees more than fifty words: an opinion is laid out. A complicated case takes many words too."""
    if len(asked.pieces.lower) <= _LONG:
        return None
    words = sum(piece[0].isalpha() for piece in asked.pieces.lower)
    return {"words": words} if words > _LONG else None


DOUBTS: tuple[Rule[Shape], ...] = (
    *(addresses_several, asks_and_shouts, angry, laughs, seeks_agreement, speaks_of_others),
    *(asks_in_the_negative, trails_off, carries_a_link, runs_long, asks_again_and_again),
)

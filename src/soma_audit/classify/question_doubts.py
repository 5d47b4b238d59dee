"""Signs that a question expects no answer: rhetoric, quotes, headlines, jokes, anger.

Each lowers the score that `question` gives; none takes the question's form away.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from soma_audit.classify import question_words as qw
from soma_audit.classify.rule import rule, visitor

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from soma_audit.classify.question_shape import Asked
    from soma_audit.classify.rule import Example, Rule

    Evidence = Mapping[str, object] | None

_QUOTED = re.compile(r"[\"«“][^\"«“»”]*[\"»”]")
_FACES = frozenset("😂🤣😏🙄😜😉🤔🤬")
_TURNS = re.compile(
    r"\b(?:(?:hvem|kven|who|vem) (?:bryr se?i?g|cares|the hell|needs)|(?:hvem|kven) (?:hadde|skulle) tr(?:odd|udd)"
    r"|h?[vk]v?a er vitsen|i (?:alle dager|all verden|svarte|h[eæ]lvete|himmelens navn)|hva (?:faen|pokker)"
    r"|wh(?:at|y) the (?:hell|heck|fuck)|how (?:dare|stupid|dumb)|er det (?:noe |noko |så )?rart"
    r"|(?:hvor|kor) (?:dum|teit|frekk|blind|naiv)\w*|why am i not surprised|siden når|sidan når|since when|guess what"
    r"|(?:seriøst|seriously|really|srsly) \?"
    r"|(?:hva|kva|ka) (?:skjedde|skjedde det|har skjedd|hendte) med|what(?:ever)? happened to|(?:går|gjekk|gikk) det an \?)"
)


def alone(*texts: str) -> Sequence[Example]:
    """Make each text an example of its own."""
    return tuple((visitor(text),) for text in texts)


@rule(
    "QUE017",
    weight=-0.75,
    message="The mark stands behind a statement.",
    hits=alone("Så dette kaller dere service?", "Dette er altså ny politikk?"),
    misses=alone("Kaller dere dette service?", "Åpent i dag?"),
)
def statement_with_mark(asked: Asked) -> Evidence:
    """Sees a mark behind a clause that is not built as a question. It mostly doubts or sneers; some ask so in earnest, and a few words (`åpent i dag?`) nearly always do."""
    if not asked.marks or asked.shaped:
        return None
    return {} if len(asked.asked_words()) > 3 else None


@rule(
    "QUE018",
    weight=-1.1,
    message="It shouts: “{mark}”.",
    hits=alone("Når skal dere våkne?!", "Skam dere! Hvem bestemte dette?"),
    misses=alone("Når åpner dere?", "Hei! Når åpner dere?"),
)
def shouts(asked: Asked) -> Evidence:
    """Sees an exclamation mark: feeling, more than a wish to know. A greeting or a thank-you may carry one; at the beginning and the end that is let pass."""
    if "!" not in asked.text:
        return None
    for at, piece in enumerate(asked.pieces.lower):
        if "!" in piece and not _courteous(asked.pieces.lower, at):
            return {"mark": piece[:3].strip()}
    return None


def _courteous(lower: list[str], at: int) -> bool:
    """Whether all words before a mark, back to the mark before, only greet or thank."""
    while at and lower[at - 1][0].isalnum():
        at -= 1
        if lower[at] not in qw.COURTESY:
            return False
    return at < len(lower) and lower[at] in qw.COURTESY


@rule(
    "QUE019",
    weight=-0.9,
    message="It abuses: “{word}”.",
    hits=alone("Hva faen driver dere med?", "Are you stupid?"),
    misses=alone("Hva driver dere med?", "Hvorfor er dette så dårlig?"),
)
def abuses(asked: Asked) -> Evidence:
    """Sees an abusive word. An angry question is still a question, and enough other signs keep it one."""
    if asked.pieces.known.isdisjoint(qw.ABUSE):
        return None
    return {"word": next(w for w in asked.pieces.lower if w in qw.ABUSE)}


@rule(
    "QUE020",
    weight=-0.6,
    message="It laughs or muses: “{sign}”.",
    hits=alone("Skal dere ha ferie igjen? haha", "Ny app igjen? 😂"),
    misses=alone("Skal dere ha ferie igjen?", "Kommer det en ny app? 😊"),
)
def laughs(asked: Asked) -> Evidence:
    """Sees laughter, a wink or a musing face: the question may be a joke or a thought aloud. People also laugh out of politeness."""
    if not asked.pieces.known.isdisjoint(qw.LAUGHTER):
        return {"sign": next(w for w in asked.pieces.lower if w in qw.LAUGHTER)}
    if asked.text.isascii() or _FACES.isdisjoint(asked.text):
        return None
    return {"sign": next(sign for sign in asked.text if sign in _FACES)}


@rule(
    "QUE021",
    weight=-1.0,
    message="The question is somebody else's: it stands in quotation marks.",
    hits=alone("«Hvem skal betale?» spurte hun.", 'He said "who are you?" and left'),
    misses=alone("Hva betyr «karantene»?", "«Karantene», hva er det?"),
)
def quoted_question(asked: Asked) -> Evidence:
    """Sees that every question mark stands inside quotation marks. Who quotes tells; one may still ask what was meant."""
    return {} if asked.marks and "?" not in _QUOTED.sub(" ", asked.text) else None


@rule(
    "QUE022",
    weight=-1.0,
    message="It reads as a headline with its link.",
    hits=alone(
        "Får vi nye regler? https://example.org/a", "Hvem vinner valget? Les mer: https://example.org/a"
    ),
    misses=alone(
        "Har dere nye regler? https://example.org/a", "@noenandre får vi nye regler? https://example.org/a"
    ),
)
def headline_and_link(asked: Asked) -> Evidence:
    """Sees a question with a link and no addressee: the answer is behind the link. Somebody may link what the question is about."""
    full = asked.post.text or ""
    if len(full) == len(asked.text) or "@" in asked.text or asked.to_agency:
        return None
    return {} if asked.pieces.known.isdisjoint(qw.YOU) else None


@rule(
    "QUE023",
    weight=-1.5,
    message="The text is passed on from somebody else.",
    hits=alone("RT @noenandre: Når åpner dere?", "Bra spurt RT @noenandre: Når åpner dere?"),
    misses=alone("@noenandre når åpner dere?", "Når åpner ART-senteret?"),
)
def passed_on(asked: Asked) -> Evidence:
    """Sees the old sign for sharing. The question is another's; a comment before it may be the writer's own."""
    return {} if asked.passed_on else None


@rule(
    "QUE024",
    weight=-0.35,
    message="It goes on for {words} words after its last question.",
    hits=alone(
        "Hvem tror på dette? Vi har sett det samme hvert eneste år og ingenting blir bedre.",
        "Why? Because it has been the same every year and nobody has done a thing.",
    ),
    misses=alone(
        "Når åpner dere? Takk for hjelpen.",
        "Vi har sett det samme hvert eneste år og ingenting blir bedre. Hvorfor?",
    ),
)
def goes_on(asked: Asked) -> Evidence:
    """Sees much said after the question: the writer gives the answer, or only led up to an opinion. Some explain why they ask."""
    if not asked.marks:
        return None
    left = sum(piece[0].isalpha() for piece in asked.pieces.lower[asked.marks[-1] + 1 :])
    return {"words": left} if left > 8 else None


@rule(
    "QUE025",
    weight=-0.6,
    message="It seeks agreement: “{word}”.",
    hits=alone("Det går bra, ikke sant?", "You are closed again, right?", "Det må vel være lov?"),
    misses=alone("Er det sant?", "Stemmer ikke dette, eller?", "Eller?"),
)
def seeks_agreement(asked: Asked) -> Evidence:
    """Sees a tag behind a statement, or `vel` in it: it wants a nod. Some tags do ask for confirmation."""
    if not asked.marks or asked.verb is not None:
        return None
    said = asked.asked_words()
    if len(said) > 2 and said[-1] in qw.TAGS:
        return {"word": said[-1]}
    return {"word": "vel"} if "vel" in said and asked.word is None else None


@rule(
    "QUE026",
    weight=-1.0,
    message="It is a turn of speech that expects no answer: “{words}”.",
    hits=alone("Hvem bryr seg om dette?", "Hva i alle dager er dette?", "Since when is that news?"),
    misses=alone("Hvem har ansvaret for dette?", "Er det sant at de rydder alle dager?"),
)
def turn_of_speech(asked: Asked) -> Evidence:
    """Sees well-known rhetorical questions. The list is short, and someone can ask with them in earnest."""
    if asked.pieces.known.isdisjoint(qw.TURN_WORDS):
        return None
    found = _TURNS.search(" ".join(asked.pieces.lower))
    return {"words": found[0]} if found else None


@rule(
    "QUE027",
    weight=-0.9,
    message="It announces something: “{word}”.",
    hits=alone("Hvordan spare strøm? Webinar i morgen kl. 9.", "Do you want to win? Register now"),
    misses=alone("Hvordan sparer jeg strøm?", "Er det åpent for alle i morgen?"),
)
def announces(asked: Asked) -> Evidence:
    """Sees a call to come, read or sign up: the question is bait. Somebody may ask about an event by the same words."""
    if not asked.marks or asked.pieces.known.isdisjoint(qw.ANNOUNCING):
        return None
    return {"word": next(w for w in asked.pieces.lower if w in qw.ANNOUNCING)}


@rule(
    "QUE028",
    weight=-0.35,
    message="The question speaks of others: “{word}”.",
    hits=alone("Skal de aldri lære?", "Why do people believe them?"),
    misses=alone("Når kommer svaret?", "Har dere hørt fra dem?", "Kva gjer de med dette?"),
)
def speaks_of_others(asked: Asked) -> Evidence:
    """Sees the question talk about people or about us all, and to nobody: talk among onlookers. One may well ask an agency about others."""
    if not asked.marks or asked.pieces.known.isdisjoint(qw.OTHERS):
        return None
    said = asked.asked_words()
    if not qw.YOU.isdisjoint(said):
        return None
    others = qw.OTHERS if asked.pieces.known.isdisjoint(qw.NYNORSK) else qw.OTHERS - {"de"}
    word = next((w for w in said if w in others), None)
    return None if word is None else {"word": word}


@rule(
    "QUE029",
    weight=-0.6,
    message="It trails off in dots.",
    hits=alone("Stengt igjen... er det noe nytt?", "Hvem skulle trodd det ..?"),
    misses=alone("Stengt igjen. Er det noe nytt?", "Er det åpent kl. 9.30?"),
)
def trails_off(asked: Asked) -> Evidence:
    """Sees dots: a hint or a mood, more than a wish to know. Many end any sentence so."""
    if ".." not in asked.text and "…" not in asked.text:
        return None
    return {} if asked.marks else None


@rule(
    "QUE030",
    weight=-0.6,
    message="It supposes: “{word}”.",
    hits=alone("Burde vi ikke heller bygge vei?", "Why would anyone believe that?"),
    misses=alone("Burde dere ikke åpne i dag?", "Would you send me the form?"),
)
def supposes(asked: Asked) -> Evidence:
    """Sees `would`, `should`, `burde`, `ville` put to nobody: the question weighs an opinion. One may ask so what a rule would mean."""
    if not asked.marks or asked.pieces.known.isdisjoint(qw.SUPPOSING):
        return None
    said = asked.asked_words()
    if not qw.ASKED_TO.isdisjoint(said):
        return None
    word = next((w for w in said if w in qw.SUPPOSING), None)
    return None if word is None else {"word": word}


@rule(
    "QUE031",
    weight=-0.6,
    message="It suggests: “{word} …”.",
    hits=alone("Kanskje noen skulle rydde der?", "Maybe they should try it themselves?"),
    misses=alone("Kan det kanskje bli åpent?", "Kanskje. Når åpner dere?"),
)
def suggests(asked: Asked) -> Evidence:
    """Sees a statement with `kanskje` or `maybe` before its mark: a suggestion or a dig, thrown out. Some do want to hear whether it holds."""
    if not asked.marks or asked.shaped or asked.pieces.known.isdisjoint(qw.PERHAPS):
        return None
    begun = [asked.pieces.lower[head] for head in asked.pieces.heads]
    word = next((w for w in (*begun, *asked.asked_words()) if w in qw.PERHAPS), None)
    return None if word is None else {"word": word}


@rule(
    "QUE032",
    weight=-0.5,
    message="It answers itself: “{word} …”.",
    hits=alone("Blir det bedre? Nei.", "Tror du på dette? Da er du naiv.", "Why? Because they can."),
    misses=alone("Blir det bedre? Takk.", "Nei. Blir det bedre?", "Blir det bedre? Ja eller nei?"),
)
def answers_itself(asked: Asked) -> Evidence:
    """Sees the last question followed by an answer or a conclusion: it was asked to lead up to it. Some only guess, and would like to know."""
    if not asked.marks:
        return None
    lower, at = asked.pieces.lower, asked.marks[-1]
    word = asked.pieces.ahead(at + 1)
    return {"word": word} if word in qw.ANSWERING and lower[at] == "?" else None


DOUBTS: tuple[Rule[Asked], ...] = (
    statement_with_mark,
    shouts,
    abuses,
    laughs,
    quoted_question,
    headline_and_link,
    passed_on,
    goes_on,
    seeks_agreement,
    turn_of_speech,
    announces,
    speaks_of_others,
    trails_off,
    supposes,
    suggests,
    answers_itself,
)

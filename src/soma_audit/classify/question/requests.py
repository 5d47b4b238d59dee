"""Signs that something is wanted, with or without a question: *please*, *help*, a case of the writer's own, a fault."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from soma_audit.classify.question import words as qw
from soma_audit.classify.question.shape import Place
from soma_audit.classify.rule import alone, rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from soma_audit.classify.question.shape import Shape
    from soma_audit.classify.rule import Rule

    Evidence = Mapping[str, object] | None

_DIGIT = re.compile(r"\d")
_ANYONE = re.compile(
    r"\b(?:(?:noen|nogen|nokon|nokre|någon|några|noken|nån|nåen|nåken|nokken|andre|andra)(?: andre| her| her ute| der ute)* (?:som|der)\b(?= \w)"
    r"|(?:er|finnes|finst|findes|fins|finns) (?:det|der) (?:noen|nogen|nokon|någon|andre)"
    r"|any ?(?:one|body|1)(?: else| here| out there)?\b(?= (?!can do|but|is|was)\w))"
)
_FAULT = re.compile(
    r"\b(?:(?:not|never|no longer|stopped|cannot|cant|can't|won't|doesn't|doesnt|didn't|isn't|ikke|ikkje|inte|aldri|aldrig|slutta|sluttet|sluttede)"
    r" (?:\w+ ){0,2}?(?:work\w*|load\w*|open\w*|let\w*|respond\w*|receiv\w*|get|got|able|allow\w*|log|access|find|show\w*|arriv\w*|connect\w*"
    r"|fungerer|fungerar|virker|verkar|virka|funke\w*|fått|fick|fået|motta\w*|åpne\w*|opne\w*|laste\w*|komm\w*|finner|finn|får|svar\w*|inn|dukka|dukket)"
    r"|(?:virker|virkar|verkar|fungerer|fungerar|funker|funkar|går|åpner|åpnar|opnar|laster|kommer|kjem|får|finner|finn|svarer|svarar) (?:\w+ ){0,2}?(?:ikke|ikkje|inte)"
    r"|unable to|failed to|fails to|errors?|broken|broke|crash\w*|bugs?|glitch\w*|stuck|hacked|locked out|(?:is|are|went) down|missing|lost|disappeared"
    r"|gone|problems?|problemer|problemar|issues?|trouble|ute av drift|er nede|nede igjen|ødelagt|i stykker|feilmelding|feil|trasig|fel|fejl|trøbbel|krøll"
    r"|krasj\w*|borte|forsv[iu]nn\w*|forsvundet|mangler|manglar|saknas|låst|sperret)\b"
)


@rule(
    "QUE039",
    message="It asks whether anybody knows: “{words}”.",
    hits=alone(
        "Noen som vet når de åpner?", "Er der nogen der har prøvet det?", "Anyone know when they open?"
    ),
    misses=alone("Noen dager er bedre enn andre.", "Anyone can do that."),
)
def asks_anyone(asked: Shape) -> Evidence:
    """Sees *does anyone*, `noen som`, `er det noen`. It is nearly always meant, though seldom for the agency alone."""
    if asked.pieces.known.isdisjoint(qw.ANY):
        return None
    found = _ANYONE.search(" ".join(asked.pieces.lower))
    return {"words": found[0]} if found else None


@rule(
    "QUE040",
    message="It begins with a greeting: “{word}”.",
    hits=alone("Hei, skjemaet mitt er borte", "@eksempeletat Hello, my form is gone"),
    misses=alone("Skjemaet mitt er borte", "Jeg skal si hei til dem"),
)
def greets(asked: Shape) -> Evidence:
    """Sees a greeting at the beginning: who greets turns to somebody. Advertisers do it as well."""
    if asked.pieces.known.isdisjoint(qw.GREETINGS):
        return None
    said = [piece for piece in asked.pieces.lower if piece[0].isalnum()]
    word = next((w for w in said[:2] if w in qw.GREETINGS), None)
    return None if word is None else {"word": word}


@rule(
    "QUE041",
    message="It says please: “{word}”.",
    hits=alone("Please open earlier", "Vennligst send meg skjemaet"),
    misses=alone("We are pleased", "Vi sender skjemaet"),
)
def says_please(asked: Shape) -> Evidence:
    """Sees *please* and its like: a request. Campaigners use it too."""
    return _first_of(qw.PLEADING, asked)


@rule(
    "QUE042",
    message="It asks for help: “{word}”.",
    hits=alone("Jeg trenger hjelp med skjemaet", "Can somebody help me"),
    misses=alone("Jeg fant skjemaet selv", "So helpful"),
)
def asks_for_help(asked: Shape) -> Evidence:
    """Sees a word of help, support or advice. Thanks for help carry it as well."""
    return _first_of(qw.HELP, asked)


@rule(
    "QUE044",
    message="Its writer wants, needs, tries or waits for something: “{word}”.",
    hits=alone("Jeg trenger et nytt pass", "I tried to log in all day", "Jeg venter på vedtaket"),
    misses=alone("De trenger et nytt tak", "I have a new passport"),
)
def wants_something(asked: Shape) -> Evidence:
    """Sees a verb of wanting, needing, trying or waiting together with the first person. Opinions on what one would like look the same."""
    return None if asked.pieces.known.isdisjoint(qw.FIRST_PERSON) else _first_of(qw.WANTING, asked)


@rule(
    "QUE045",
    message="It mentions something people have pending with an office: “{word}”.",
    hits=alone("Søknaden min er borte", "I got no reset email", "Hvor blir utbetalingen av"),
    misses=alone("Statsråden er borte", "I got no sleep"),
)
def mentions_a_case(asked: Shape) -> Evidence:
    """Sees what people have pending with an office or a shop: an application, an account, a payment, a form, a call. News and jokes name them too."""
    return _first_of(qw.CASE, asked)


@rule(
    "QUE051",
    message="It reports a fault to the agency.",
    hits=alone("@eksempeletat innlogginga virker ikke", "@eksempeletat I never got my reset mail"),
    misses=alone("@noenandre innlogginga virker ikke", "@eksempeletat innlogginga virker fint"),
)
def reports_a_fault(asked: Shape) -> Evidence:
    """Sees words of what is broken, missing or does not come, in a post written to the agency. Who reports a fault waits for its mending; some only vent."""
    told = asked.place is Place.TO_AGENCY and _FAULT.search(" ".join(asked.pieces.lower))
    return {} if told else None


@rule(
    "QUE046",
    message="It gives a number.",
    hits=alone("Bussen kl. 9 kom aldri", "I have waited for 3 weeks"),
    misses=alone("Bussen kom aldri", "I have waited for weeks"),
)
def gives_a_number(asked: Shape) -> Evidence:
    """Sees a number outside links and names: a time, a version, a sum. Who has a matter of their own is exact; so are those who argue with statistics."""
    # Which number it is, is nobody's business: it may be a telephone's.
    return {} if _DIGIT.search(asked.text) and any(map(_numbered, asked.pieces.lower)) else None


def _numbered(piece: str) -> bool:
    return piece[0] != "@" and _DIGIT.search(piece) is not None


def _first_of(sought: frozenset[str], asked: Shape) -> Evidence:
    if asked.pieces.known.isdisjoint(sought):
        return None
    return {"word": next(w for w in asked.pieces.lower if w in sought)}


REQUESTS: tuple[Rule[Shape], ...] = (
    *(
        asks_anyone,
        greets,
        says_please,
        asks_for_help,
        wants_something,
        mentions_a_case,
        gives_a_number,
    ),
    reports_a_fault,
)

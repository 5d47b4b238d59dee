"""What a question looks like: the order of its words, the phrases that ask, and a post with all of it found.

A clause asks when a question word or a verb stands at its head, before its subject (`behind_leads` gives the heads), or
when it holds words that ask anywhere; and when no other mark than `?` closes it. Nothing here decides: it describes a
post, and the rules of `question` judge the description.
"""

from __future__ import annotations

import re
from enum import Enum, auto
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from soma_audit.classify.question import words as qw
from soma_audit.classify.question.pieces import Words, closing, is_open, words
from soma_audit.classify.text import without_links
from soma_audit.networks import NETWORKS

if TYPE_CHECKING:
    from soma_audit.model import Post, Wall

_NAME_ENDINGS = ("en", "ens", "ene", "ets", "ane", "na", "er", "ar", "or")
"""How definite nouns and plurals end."""
_MORE_ENDINGS = dict.fromkeys(qw.MODALS, "et") | dict.fromkeys(("har", "hadde"), "e")
"""The same where the verb before rules out participles, or infinitives."""
_VERB_ENDINGS = ("r", "te", "de", "ga", "ka", "sa", "ta", "na")
"""How Nordic verbs end that no list has."""


def asking_word(text: Words) -> int | None:
    """Return where a question word asks: at the head of a clause, or anywhere with the word order of a question."""
    if text.known.isdisjoint(qw.QUESTION_WORDS):
        return None
    for start in text.behind_leads(qw.LEADS):
        led = text.lower[start] in qw.PREPOSITIONS and text.ahead(start + 1) in qw.NORDIC_WH  # `på kva måte`
        if _begins_question(text, start + led) and is_open(text, start + led):
            return start + led
    return next((at for at in range(len(text.lower)) if _inverts(text, at) and is_open(text, at)), None)


def _begins_question(text: Words, at: int) -> bool:
    word, after = text.lower[at], text.ahead(at + 1)
    if word in qw.ENGLISH_WHERE:
        return not after or "'" in word or after in qw.AUXILIARIES
    if word in qw.ENGLISH_WH:
        return after not in {"a", "an", "to"}  # `what a day`, `how to apply`
    return word in qw.UNINVERTED_WH or (word in qw.NORDIC_WH and after not in qw.PRONOUNS)


def _inverts(text: Words, at: int) -> bool:
    """Return whether the verb comes before its subject behind a question word."""
    word = text.lower[at]
    if word not in qw.QUESTION_WORDS:
        return False
    reach = range(at + 1, at + (2 if word in qw.WHEN else 5))
    if word in qw.NORDIC_WH:
        surely = word not in qw.WHEN and text.ahead(at + 1) in qw.FINITE
        return surely or _subject_follows(text, reach, qw.FINITE, qw.SUBJECTS)
    return _subject_follows(text, reach[:1], qw.AUXILIARIES, qw.ENGLISH_SUBJECTS) or (
        _subject_follows(text, reach, qw.AUXILIARIES, qw.PERSONS)
    )


def _subject_follows(text: Words, places: range, verbs: frozenset[str], subjects: frozenset[str]) -> bool:
    for place in places:
        word = text.ahead(place)
        if not word:
            return False
        if word in verbs and text.ahead(_behind_particles(text, place + 1)) in subjects:
            return True
    return False


def _behind_particles(text: Words, at: int) -> int:
    while text.ahead(at) in qw.PARTICLES:
        at += 1
    return at


def verb_first(text: Words) -> int | None:
    """Return where a verb stands before its subject at the head of a clause, or asks anywhere: `do you`, `vet du hva`."""
    for at in text.behind_leads(qw.VERB_LEADS):
        first = _english_verb_first(text, at) or _nordic_verb_first(text, at) or _marked_verb_first(text, at)
        if first and is_open(text, at):
            return at
    if text.known.isdisjoint(qw.SPOKEN_TO | qw.DIRECT):
        return None
    for at, (verb, person) in enumerate(pairwise(text.lower)):
        if person in qw.SPOKEN_TO and (verb in qw.KNOWING or verb == "har"):
            found = _asks_what_you_know(text, at, verb)
        else:
            found = person in qw.DIRECT and verb in qw.TO_YOU
        if found and is_open(text, at):
            return at
    return None


def _asks_what_you_know(text: Words, at: int, verb: str) -> bool:
    """Return whether `veit du` goes on with what is known, or `har du` with what was seen."""
    place = _behind_particles(text, at + 2)
    place += text.ahead(place) == "aldri"
    return text.ahead(place) in (qw.EXPERIENCED if verb == "har" else qw.SOMETHING)


def _nordic_verb_first(text: Words, at: int) -> bool:
    verb, place = text.lower[at], _behind_particles(text, at + 1)
    subject = text.ahead(place)
    if verb in qw.COPULAS:
        return subject in qw.SUBJECTS or _names_something(text, place, verb)
    looks_so = verb in qw.FINITE or (verb not in qw.NOT_A_VERB and verb.endswith(_VERB_ENDINGS))
    return subject in qw.NOMINATIVES and looks_so


def _names_something(text: Words, at: int, verb: str) -> bool:
    """Return whether a name, a definite noun or a plural stands at a place."""
    word = text.ahead(at)
    if not word:
        return at < len(text.lower) and text.lower[at][0] == "@"
    written = text.written[at]
    named = written[0].isupper() and not written.isupper()
    return len(word) > 2 and (named or word.endswith((*_NAME_ENDINGS, _MORE_ENDINGS.get(verb, "en"))))


def _english_verb_first(text: Words, at: int) -> bool:
    verb, subject = text.lower[at], text.ahead(at + 1)
    if verb not in qw.AUXILIARIES:
        return False
    if verb in qw.PERSONAL or subject in qw.ENGLISH_SUBJECTS:
        return subject in (qw.PERSONS if verb in qw.PERSONAL else qw.ENGLISH_SUBJECTS)
    written = text.written[at + 1] if len(subject) > 2 else "-"
    return (written[0].isupper() and not written.isupper()) or written[-1] == "s"


def _marked_verb_first(text: Words, at: int) -> bool:
    """Return whether a clause with a question mark begins with a verb and goes on: less is needed there."""
    verb, subject = text.lower[at], text.ahead(_behind_particles(text, at + 1))
    asks = verb in qw.AUXILIARIES or verb in qw.COPULAS or (verb in qw.FINITE and subject in qw.SUBJECTS)
    return asks and subject != "" and closing(text, at) == "?"


_PHRASE = re.compile(
    r"(?<!dere )(?<!\bdu )(?<!folk )(?<!mange )(?<!som )(?<!han )(?<!hun )\b(?:"
    r"(?:lure[r]?|lurar|undre[rs]?|undrar|undrast|wonder(?:s|ing)?|curious|nysgjerrig) (?:\w+ ){0,2}?"
    r"(?:på|hva|kva|ka|om|hvor\w*|kor\w*|kvifor|vad|hur|varför|when|why|what|how|if|where|whether|who)"
    r"|(?:noen|nokon|nokre|nokken|nån|nåen|nåken|någon|nogen|noken)(?: her| andre| der ute)?"
    r"(?:(?: som| der)? (?:vet|veit|vét|husker|hugsar|kjenner til|ved)| som (?:har|kan))"
    r"|(?:would|wd|'d) (?:like|love) to know|(?<!all )(?:i|we|just) (?:want|need|like) to (?:know|ask)|(?:have|got) a (?:\w+ )?question"
    r"|help (?:please|pls|plz)|tell me (?:what|how|why|when|where|who|if)"
    r"|(?:anyone|anybody|any1) (?:know|knows|have|got|seen|wanna|want|up for|heard)"
    r")\b"
)


def asking_phrase(text: Words) -> str | None:
    """Return words that ask without the shape of a question: `lurer på om`, `noen som vet`, `would like to know`."""
    if text.known.isdisjoint(qw.PHRASE_WORDS):
        return None
    if found := _PHRASE.search(" ".join(text.lower)):
        return found[0]
    return next((text.lower[at] for at in text.behind_leads(qw.LEADS) if _asks_anyone(text, at)), None)


def _asks_anyone(text: Words, at: int) -> bool:
    """Return whether `noen …`, `any …` or `enn …` at the head of a clause asks."""
    word, after = text.lower[at], text.ahead(at + 1)
    if word == "enn":
        return after not in ("", "så") and is_open(text, at)
    if word == "any":
        return after not in qw.ANY_STATES and text.known.isdisjoint(qw.BE)
    return bool(after) and word in (qw.ENGLISH_ANYONE if after not in qw.ANYONE_ASKS else qw.ANYONE)


# --- statements that ask: told to the one who knows, so that they want a yes or a no -----------------------------------


def asks_by_stating(text: Words) -> bool:
    """Return whether it is a statement that only its reader can confirm: `så du mener …`, `det er vel stengt nå`."""
    if text.known.isdisjoint(qw.STATING):
        return False
    return _tells_the_reader(text) or _presumes(text) or _leaves_open(text)


def _tells_the_reader(text: Words) -> bool:
    """Return whether it says what its reader means, knows or has seen: `så du …`, `du har ikke hørt …`."""
    readers = qw.SPOKEN_TO if text.known.isdisjoint(qw.NYNORSK) else qw.SPOKEN_TO | {"de"}
    for at in text.behind_leads(qw.VERB_LEADS):
        word, verb, third = text.lower[at], text.ahead(at + 1), text.ahead(at + 3)
        denies = word in readers and text.ahead(at + 2) in qw.NEVER
        recalls = verb in qw.KNOWING or (verb == "kan" and third in qw.KNOWING)
        sees = verb in {"har", "hadde"} and third in qw.EXPERIENCED_ANY
        concludes = word in {"så", "so"} and verb in readers
        if (concludes or (denies and (recalls or sees))) and is_open(text, at):
            return True
    return False


def _presumes(text: Words) -> bool:
    """Return whether `vel` presumes something: behind a modal verb, behind a verb and its subject, or of the past."""
    for at, word in enumerate(text.lower):
        if word == "vel" and at:
            before, first = text.ahead(at - 1), text.ahead(at - 2) if at > 1 else ""
            subject = before in qw.PRONOUNS and before not in qw.MYSELF and first in qw.FINITE
            past = before in qw.PAST and first == "det"
            if (before in qw.MODALS or subject or past) and is_open(text, at):
                return True
    return False


def _leaves_open(text: Words) -> bool:
    """Return whether a last `eller`, or two halves without a verb, leave the choice to the reader."""
    lower = text.lower
    if "eller" not in text.known:
        return False
    end = len(lower) - 1
    while end > 2 and lower[end] in qw.OPEN_ENDS:
        end -= 1
    if end > 2 and lower[end] == "eller" and lower[end - 1][0].isalpha():
        return True
    at = lower.index("eller")
    brief = 0 < at < end and sum(piece[0].isalpha() for piece in lower) < 8
    return brief and text.known.isdisjoint(qw.FINITE) and is_open(text, at)


# --- a post with all of it ---------------------------------------------------------------------------------------------


class Place(Enum):
    """Where a visitor's post stands, seen from the agency."""

    TO_AGENCY = auto()
    """It begins by addressing the agency, or stands on its wall."""
    UNDER = auto()
    """Under one of the agency's own posts."""
    CONVERSATION = auto()
    """It begins by addressing others, or replies to another visitor."""
    NAMED = auto()
    """It names the agency, or somebody, in passing."""
    ELSEWHERE = auto()
    """It names nobody."""


class Shape(NamedTuple):
    """A visitor's post with what its rules look at, found once for all of them."""

    post: Post
    text: str
    """Without links."""
    pieces: Words
    place: Place
    leading: list[str]
    """The accounts that it begins by addressing, without the sign, in lower case."""
    marks: list[int]
    """Where question marks stand."""
    word: int | None
    """Where a question word asks."""
    verb: int | None
    """Where a verb stands before its subject."""
    phrase: str | None
    """The words that ask without the shape of a question."""
    question: list[str]
    """The words of the last question; none where nothing asks."""
    form: bool
    """Whether a question stands there."""


def shape_of(post: Post, text: str, wall: Wall, own_posts: frozenset[str]) -> Shape:
    """Return what the rules look at in a visitor's post."""
    bare = without_links(text)
    pieces = words(bare)
    marks = [at for at, piece in enumerate(pieces.lower) if "?" in piece] if "?" in bare else []
    word, verb, phrase = asking_word(pieces), verb_first(pieces), asking_phrase(pieces)
    shaped = word is not None or verb is not None or phrase is not None
    passed_on = "RT" in pieces.written  # another's words: a question only when marked and built as one
    form = (shaped and bool(marks)) if passed_on else shaped or bool(marks) or asks_by_stating(pieces)
    leading = _leading(pieces.lower) if "@" in bare else []
    named = any(piece[0] == "@" for piece in pieces.lower)
    place = _place(post, leading, wall, own_posts, named=named)
    question = _last_question(pieces.lower, marks, word, verb)
    return Shape(post, bare, pieces, place, leading, marks, word, verb, phrase, question, form)


def _leading(lower: list[str]) -> list[str]:
    """Return the accounts addressed before anything but a greeting is said."""
    names: list[str] = []
    for piece in lower:
        if piece[0] == "@":
            names.append(piece[1:])
        elif piece[0].isalnum() and (names or piece not in qw.GREETINGS):
            break
    return names


def _place(post: Post, leading: list[str], wall: Wall, own_posts: frozenset[str], *, named: bool) -> Place:
    if post.parent in own_posts:
        return Place.UNDER
    if not wall.handles.isdisjoint(leading):
        return Place.TO_AGENCY
    if leading or post.parent is not None:
        return Place.CONVERSATION
    # Where there is no wall to write on, a post is found because it names the agency.
    if NETWORKS[wall.account.network].visitors_wall:
        return Place.TO_AGENCY
    return Place.NAMED if named else Place.ELSEWHERE


def _last_question(lower: list[str], marks: list[int], word: int | None, verb: int | None) -> list[str]:
    if not marks:
        at = word if word is not None else verb
        return [] if at is None else lower[at:]
    end = start = marks[-1]
    while start and lower[start - 1][0] not in ".!?…\n":
        start -= 1
    return lower[start:end]

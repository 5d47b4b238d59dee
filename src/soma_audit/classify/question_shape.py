"""What a question looks like: the order of its words, the phrases that ask, and a post with all of it found.

Nothing here decides: it describes a post, and the rules of `question` judge the description.
"""

from __future__ import annotations

import re
from enum import Enum, auto
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from soma_audit.classify import question_words as qw
from soma_audit.classify.language import unlinked
from soma_audit.classify.question_pieces import Words, closing, is_open, words
from soma_audit.classify.question_told import asking_statement

if TYPE_CHECKING:
    from soma_audit.model import Post, Wall


def asking_word(text: Words) -> int | None:
    """Find a question word with the word order of a question behind it; give its place."""
    if text.known.isdisjoint(qw.QUESTION_WORDS):
        return None
    for start in text.behind_leads(qw.LEADS):
        led = text.lower[start] in qw.PREPOSITIONS and text.ahead(start + 1) in qw.NORDIC_WH
        at = start + led
        word = text.lower[at]
        if word in qw.QUESTION_WORDS and _begins_question(text, at, word) and is_open(text, at):
            return at
    for at, word in enumerate(text.lower):
        if word in qw.QUESTION_WORDS and _inverts(text, at, word) and is_open(text, at):
            return at
    return None


def _inverts(text: Words, at: int, word: str) -> bool:
    """Whether the verb comes before its subject behind a question word: that asks anywhere in a text."""
    if at and text.ahead(at - 1) in qw.NO_QUESTION_BEFORE:
        return False
    reach = at + (2 if word in qw.WHEN or word == "which" else 5)
    if word in qw.NORDIC_WH or word in qw.WHEN:
        settled = word not in qw.DOUBTFUL_WH or (at > 0 and text.lower[at - 1] == ",")
        if text.ahead(at + 1) in qw.FINITE and settled and word not in qw.WHEN:
            return True
        return _subject_follows(text, range(at + 1, reach), qw.FINITE, qw.SUBJECTS)
    return _subject_follows(text, range(at + 1, at + 2), qw.AUXILIARIES, qw.ENGLISH_SUBJECTS) or (
        _subject_follows(text, range(at + 1, reach), qw.AUXILIARIES, qw.PERSONS)
    )


def _subject_follows(text: Words, places: range, verbs: frozenset[str], subjects: frozenset[str]) -> bool:
    """Whether a verb with its subject behind it stands at one of the places, before any other subject."""
    for place in places:
        word = text.ahead(place)
        if word in verbs and text.ahead(_behind_particles(text, place + 1)) in subjects:
            return True
        if not word or word in qw.PRONOUNS:
            return False
    return False


def _begins_question(text: Words, at: int, word: str) -> bool:
    """Whether a question word at the beginning of a clause asks, and is not the subject of a longer sentence."""
    after = text.ahead(at + 1)
    if word in qw.WHEN or word == "kvar":  # kvar is *each*, too
        return after in qw.FINITE or (word == "kvar" and after in qw.SPOKEN_TO | {"de"})
    if word in qw.ENGLISH_WHERE:
        return not after or "'" in word or after in qw.AUXILIARIES or after in qw.CHAT
    if word in qw.EXCLAIMED and after not in qw.FINITE and closing(text, at) == "!":
        return False
    return (
        _begins_english(text, at, word, after)
        if word in qw.ENGLISH_WH
        else _begins_nordic(text, at, word, after)
    )


def _begins_nordic(text: Words, at: int, word: str, after: str) -> bool:
    if after in qw.PRONOUNS:
        return word in qw.DIALECT_WH or (word in qw.NYNORSK_WH and after not in qw.SPEAKERS)
    admires = word in qw.EXCLAIMED and after not in qw.FINITE and text.ahead(at + 2) in qw.PRONOUNS
    admires = admires and closing(text, at) != "?"
    return after not in qw.SUBJECT_RELATIVE and not admires


def _begins_english(text: Words, at: int, word: str, after: str) -> bool:
    if word == "which":
        return at == 0 or text.lower[at - 1][0] in ".!?\n"
    if not after or after in qw.CHAT or "'" in word:
        return True
    if word == "how":
        return after in qw.HOW
    if after in qw.ENGLISH_CLAUSE or (word == "what" and after in qw.HEADING):
        return False
    if word not in qw.HEADLINE_WH or after in qw.AUXILIARIES or closing(text, at) == "?":
        return True
    return after == "not" or (word != "why" and not text.written[at + 1].istitle())


def _behind_particles(text: Words, at: int) -> int:
    while text.ahead(at) in qw.PARTICLES:
        at += 1
    return at


def verb_first(text: Words) -> int | None:
    """Find a verb that stands before its subject where a clause begins, and not as a condition; give its place."""
    for at in text.behind_leads(qw.VERB_LEADS):
        word = text.lower[at]
        first = (word in qw.AUXILIARIES and _auxiliary_first(text, at, word)) or _nordic_first(text, at, word)
        if first and is_open(text, at) and not _conditional(text, at):
            return at
    return _asks_you(text)


def _asks_you(text: Words) -> int | None:
    """Find `do you`, `vet du`, `, is it`: they ask wherever they stand."""
    lower = text.lower
    if text.known.isdisjoint(qw.ASKED) or text.known.isdisjoint(qw.ASKING_YOU):
        return None
    for at, (verb, person) in enumerate(pairwise(lower)):
        before = lower[at - 1] if at else ""
        if person in qw.SPOKEN_TO and (verb in qw.KNOWING or verb == "har"):
            found = before not in qw.TOPICS and _asks_what_you_know(text, at, verb)
        elif person in qw.SPOKEN_TO and verb in qw.OPINION:
            found = before not in qw.UNASKED and not _conditional(text, at)
        elif person in qw.DIRECT and verb in qw.TO_YOU:
            found = before not in qw.NO_QUESTION_BEFORE and (
                verb in qw.AUXILIARIES or text.ahead(at + 2) != ""
            )
        else:
            found = before == "," and verb in qw.AUXILIARIES and person in qw.PERSONS
        if found and is_open(text, at):
            return at
    return None


def _asks_what_you_know(text: Words, at: int, verb: str) -> bool:
    """Whether `veit du` goes on with what is known, or `har du` with what was seen."""
    place = _behind_particles(text, at + 2)
    place += text.ahead(place) == "aldri"
    return text.ahead(place) in (qw.EXPERIENCED if verb == "har" else qw.SOMETHING)


def _nordic_first(text: Words, at: int, word: str) -> bool:
    place = _behind_particles(text, at + 1)
    if word in qw.COPULAS:
        return _copula_first(text, at, place)
    subject = text.ahead(place)
    if subject in qw.MYSELF and word in qw.REPORTING:
        return False
    if subject in qw.SUBJECTS and word in qw.FINITE and closing(text, at) == "?":
        return True
    nominative = subject in qw.NOMINATIVES or (subject == "de" and not text.known.isdisjoint(qw.NYNORSK))
    return nominative and _verb_of(text, at, subject)


def _verb_of(text: Words, at: int, subject: str) -> bool:
    """Whether the word before a subject is a verb that asks, and does not only tell who spoke."""
    word, before = text.lower[at], text.lower[at - 1]
    if subject in qw.SPOKEN_TO and (word in qw.OPINION or word in qw.REPORTING):
        return at == text.heads[0] or before[0] == "@" or before.isalnum()
    if word in qw.FINITE:
        return word not in qw.REPORTING or at == text.heads[0]
    return word not in qw.NOT_A_VERB and word.endswith(qw.VERB_ENDINGS)


def _copula_first(text: Words, at: int, place: int) -> bool:
    """Whether a subject stands at a place behind `er`, `kan`, `har`; before a mark, what shows no other reading is one."""
    subject = text.ahead(place)
    if text.lower[at] == "e" and text.ahead(place + 1) in qw.FINITE:  # a hesitation: `e det er`
        return False
    if subject in qw.SUBJECTS:
        return subject + text.ahead(place + 1) not in qw.NO_ASKING
    return _names(text, place, text.lower[at]) or (subject not in qw.STATING and closing(text, at) == "?")


def _names(text: Words, at: int, verb: str) -> bool:
    """Whether a name, a definite noun or a plural stands at a place."""
    word = text.ahead(at)
    if not word:
        return at < len(text.lower) and text.lower[at][0] == "@"
    if len(word) < 3 or word in qw.NO_NOUN:
        return False
    if verb in qw.ANY_SUBJECT:
        return word not in qw.NOT_A_VERB
    endings = qw.NOUN_ENDINGS.get(verb, qw.DEFINITE)
    return (text.written[at][0].isupper() and not text.written[at].isupper()) or word.endswith(endings)


def _conditional(text: Words, at: int) -> bool:
    """Whether the clause goes on as in `kommer du, så …`: then it was a condition."""
    lower = text.lower
    found = False
    believed = lower[at] in qw.OPINION and lower[at + 1] in qw.SPOKEN_TO
    for place in range(at + 2, min(at + 40, len(lower) - 1)):
        piece = lower[place]
        if piece[0] in ".!?\n…" or place in text.heads:
            return found and "?" not in piece
        anew = place > at + 2 and not believed and piece != lower[at] and _begins_anew(text, place)
        again = piece == "," and lower[place + 1] == lower[at]
        found = found or anew or again or _concludes(text, place)
    return found


def _concludes(text: Words, at: int) -> bool:
    """Whether `så` or a comma with a verb behind it begins the second half of a condition."""
    piece, after = text.lower[at], text.lower[at + 1]
    return piece in qw.THEN and (
        after in qw.FINITE or after in qw.THEN or (piece != "," and text.ahead(at + 2) in qw.PRONOUNS)
    )


def _begins_anew(text: Words, at: int) -> bool:
    """Whether a second verb stands before its subject, with nothing that would make it a second question."""
    lower = text.lower
    return lower[at] in qw.FINITE and lower[at + 1] in qw.PRONOUNS and lower[at - 1] not in qw.ASKING_AGAIN


def _auxiliary_first(text: Words, at: int, word: str) -> bool:
    subject = text.ahead(at + 1)
    if word in qw.PERSONAL:
        return subject in qw.PERSONS
    if subject and closing(text, at) == "?":
        return True
    if at and text.lower[at - 1][0] == "@" and subject not in qw.PERSONS:
        return False
    if subject in qw.ENGLISH_SUBJECTS:
        return True
    if len(subject) < 3 or subject in qw.NO_NOUN or subject.endswith(("ing", "ed")):
        return False
    written = text.written[at + 1]
    named = written[0].isupper() and not written.isupper()
    return (
        named
        or written[-1] == "s"
        or (at == 0 and word in qw.PRESENT and subject not in qw.NO_ENGLISH_SUBJECT)
    )


_ANYONE = "(?:noen|nokon|nokre|nokken|nån|nåen|nåken|någon|nogen|noken)"
_PHRASE = re.compile(
    r"(?<!dere )(?<!\bdu )(?<!folk )(?<!mange )(?<!som )(?<!han )(?<!hun )\b(?:"
    r"(?:lure[r]?|lurar|undre[rs]?|undrar|undrast|wonder(?:s|ing)?|curious|nysgjerrig) (?:\w+ ){0,2}?(?:på|hva|kva|ka|om|hvor\w*|kor\w*|kvifor|vad|hur|varför|when|why|what|how|if|where|whether|who)"
    rf"|{_ANYONE}(?: her| andre| der ute)?(?: som| der)? (?:vet|veit|vét|husker|hugsar|kjenner til|ved)|{_ANYONE}(?: her| andre| der ute)? som (?:har|kan)"
    r"|(?:er|e|är) det (?:mulig|mogleg|mogeleg|möjligt|muligt|lov)|går det an å"
    r"|(?:vil|ville|skulle|kunne|ønsker|ynskjer) (?:gjerne |gjerna |jo |like å |ha ){0,3}(?:vite|visst|vita|veta|vide)"
    r"|(?:would|wd|'d) (?:like|love) to know|(?<!all )(?:i|we|just) (?:want|need|like) to (?:know|ask)"
    r"|(?:please|pls|plz) (?:\w+ )?(?:help|advise|explain|clarify|confirm)|help (?:please|pls|plz)|tell me (?:what|how|why|when|where|who|if)"
    r"|har (?:et|eit|ett|en) (?:\w+ )?(?:spørsmål|spm|fråga|spørgsmål)|(?:have|got) a (?:\w+ )?question"
    r"|(?:anyone|anybody|any1) (?:know|knows|have|got|seen|wanna|want|up for|heard)"
    r"|(?:hva|kva|ka) med (?!å)"
    r")\b"
)


def asking_phrase(text: Words) -> str | None:
    """Find words that ask without the shape of a question: `lurer på om`, `noen som vet`, `would like to know`."""
    if text.known.isdisjoint(qw.PHRASE_WORDS):
        return None
    if found := _PHRASE.search(" ".join(text.lower)):
        return found[0]
    return next(
        (text.lower[at] for at in text.behind_leads(qw.LEADS) if _asks_anyone(text, at)),
        None,
    )


def _asks_anyone(text: Words, at: int) -> bool:
    """Whether `noen …`, `any …` or `enn …` at the beginning of a clause asks."""
    word, after = text.lower[at], text.ahead(at + 1)
    if word == "enn":
        return after not in ("", "så") and is_open(text, at)
    if word in qw.ENGLISH_ANYONE and after not in qw.ANYONE_STATES:
        return True
    if word == "any" and after not in qw.ANY_STATES:
        return text.known.isdisjoint(qw.BE)
    return word in qw.ANYONE and after in qw.ANYONE_ASKS


class Place(Enum):
    """Where a visitor's post stands, seen from the agency."""

    TO_AGENCY = auto()
    """It begins by calling on the agency, or stands on its wall."""
    UNDER = auto()
    """Under one of the agency's own posts."""
    TALK = auto()
    """It begins by calling on others, or replies to another visitor."""
    ELSEWHERE = auto()
    """It merely names the agency, or nobody."""


class Asked(NamedTuple):
    """A visitor's post with what its rules look at, found once for all of them."""

    post: Post
    text: str
    """Without links."""
    pieces: Words
    place: Place
    leading: list[str]
    """The accounts that it begins by calling on, without the sign, in lower case."""
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


def look(post: Post, text: str, wall: Wall, own_posts: frozenset[str]) -> Asked:
    """Return what the rules look at in a visitor's post."""
    bare = unlinked(text)
    pieces = words(bare)
    marks = [at for at, piece in enumerate(pieces.lower) if "?" in piece] if "?" in bare else []
    word, verb, phrase = asking_word(pieces), verb_first(pieces), asking_phrase(pieces)
    shaped = word is not None or verb is not None or phrase is not None
    passed_on = "RT" in pieces.written  # another's words: a question only when marked and built as one
    form = (
        (shaped and bool(marks))
        if passed_on
        else shaped or bool(marks) or asking_statement(pieces) is not None
    )
    leading = _leading(pieces.lower) if "@" in bare else []
    place = _place(post, leading, wall, own_posts)
    question = _last_question(pieces.lower, marks, word, verb)
    return Asked(post, bare, pieces, place, leading, marks, word, verb, phrase, question, form)


def _leading(lower: list[str]) -> list[str]:
    """Give the accounts called on before anything but a greeting is said."""
    names: list[str] = []
    for piece in lower:
        if piece[0] == "@":
            names.append(piece[1:])
        elif piece[0].isalnum() and (names or piece not in qw.GREETINGS):
            break
    return names


def _place(post: Post, leading: list[str], wall: Wall, own_posts: frozenset[str]) -> Place:
    if post.parent in own_posts:
        return Place.UNDER
    if not wall.handles.isdisjoint(leading):
        return Place.TO_AGENCY
    if leading or post.parent is not None:
        return Place.TALK
    # On X a post is found because it names the agency; on Facebook because it was put on the agency's wall.
    return Place.TO_AGENCY if wall.account.network == "facebook" else Place.ELSEWHERE


def _last_question(lower: list[str], marks: list[int], word: int | None, verb: int | None) -> list[str]:
    if not marks:
        at = word if word is not None else verb
        return [] if at is None else lower[at:]
    end = start = marks[-1]
    while start and lower[start - 1][0] not in ".!?…\n":
        start -= 1
    return lower[start:end]

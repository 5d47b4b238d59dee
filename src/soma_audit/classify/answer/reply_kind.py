"""What kind of reply it is: a machine's, which is no answer; a set phrase or a referral, which are answers and marked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from soma_audit.classify.rule import own, rule, visitor
from soma_audit.classify.text import signature, without_links

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from soma_audit.classify.answer.reply import Candidate
    from soma_audit.classify.rule import Rule
    from soma_audit.model import Post

    Evidence = Mapping[str, object]

TEMPLATE_TIMES = 5
"""A reply given this often in the same words to different threads is a set phrase."""
AT_ONCE = 2.0
"""Minutes in which hardly anybody reads a question and answers it."""
_NUMBER = re.compile(r"\d{2,}")
_SENTENCE_END = re.compile(r"[.!?\n]+")
_SAYS_SO = re.compile(
    r"\b(?:auto-?(?:svar|reply|matiskt? (?:svar|melding|meddelande|besked|generert|genererat|utsendt))"
    r"|(?:dette|det|detta) (?:er|är) (?:et|eit|en|ein|ett) automati\w+|automatic(?:ally generated)? (?:reply|response|message)"
    r"|this is an automat\w+|do not reply to this|ikke svar på denne)\b",
    re.IGNORECASE,
)
_RECEIVED = re.compile(
    r"\b(?:(?:takk|tak|tack) for (?:din|di|deres|dykkar|jeres|ditt|er) (?:henvendelse|henvending|førespurnad|melding|meddelande|fråga|besked|mail|e-?post)"
    r"|(?:vi har|har) (?:mottatt|motteke|modtaget|mottagit|fått) (?:din|di|deres|ditt)"
    r"|we(?:'ve| have) (?:received|got) your|(?:thank you|thanks) for (?:contacting|your (?:message|enquiry|inquiry|request|email)))\b",
    re.IGNORECASE,
)
_LATER = re.compile(
    r"\b(?:så snart|så fort|snarest|fortløpende|fortløpande|kommer tilbake|kjem attende|vender tilbage|återkommer|besvares|besvarer|behandles"
    r"|(?:svarer|svarar) (?:deg|dere|dig|innen|inom|inden|på)|tar kontakt|as soon as|shortly|get back to|be in touch|will (?:reply|respond|answer)"
    r"|within \d|(?:innen|inom|inden) \d)\b",
    re.IGNORECASE,
)
_REFERRAL = re.compile(
    r"\b(?:(?:ring|kontakt|spør|tips)(?:e|er)? (?!deg|du|jeg|eg|meg|gjerne|igjen)\w+|(?:ta|tar) (?:gjerne )?kontakt|(?:henvend|vend) deg til"
    r"|(?:send|skriv)(?:e|er)? (?:oss|til(?! meg)|en|ein|e-?post|mail|dm|melding)"
    r"|(?:call|contact|e-?mail|message|dm|ask) (?:us|our|the|your|them)|reach out to|get in touch"
    r"|(?:send|drop|shoot|give) (?:us|me) (?:an? |your )?(?:dm|message|e-?mail|call|note|pm|direct message))\b",
    re.IGNORECASE,
)

_ASK = visitor("Når åpner søknadsfristen?", 1)

# --- replies that are no answers ----------------------------------------------------------------------------------


@rule(
    "ANS005",
    weight=-1.0,
    message="The reply says that it is an automatic one, or only that the message has come in: no answer.",
    hits=[
        [_ASK, own("Takk for din henvendelse. Vi svarer så snart vi kan.", 2, at=1, under=1)],
        [_ASK, own("Dette er et automatisk svar.", 2, at=1, under=1)],
    ],
    misses=[
        [_ASK, own("Takk for spørsmålet! Fristen er 1. mars.", 2, at=30, under=1)],
        [_ASK, own("Takk for din henvendelse. Fristen er 1. mars.", 2, at=30, under=1)],
        [_ASK, own("Takk for din henvendelse. Vi sjekker og kommer tilbake. /Kari", 2, at=30, under=1)],
    ],
)
def automatic_reply(c: Candidate) -> Evidence | None:
    """Sees a reply that calls itself automatic, or says nothing but that the message has come in, unsigned.

    Wrong when a person writes just that, and forgets the signature.
    """
    text = c.reply.text or ""
    return {} if _SAYS_SO.search(text) or (_RECEIVED.search(text) and _is_receipt(text)) else None


def _is_receipt(text: str) -> bool:
    """Return whether an unsigned reply says nothing but that the message has come in and will be answered."""
    said = [sentence for sentence in _SENTENCE_END.split(text) if len(sentence.split()) > 2]
    return not signature(text) and all(_RECEIVED.search(s) or _LATER.search(s) for s in said)


def _same_words(
    times: int, minutes: float = 1, *, apart: float = 1, ending: str = "", asked: str = "Når er fristen?"
) -> list[Post]:
    asks = [visitor(asked, n, at=apart * n, author=f"v-{n:012}") for n in range(1, times + 1)]
    reply = f"Se nettsidene våre for mer informasjon.{ending}"
    return asks + [own(reply, 100 + n, at=apart * n + minutes, under=n) for n in range(1, times + 1)]


@rule(
    "ANS006",
    weight=-1.0,
    message="The agency gave the same reply in {threads} threads within the hour, here after {minutes} minutes: a machine's, and no answer.",
    hits=[_same_words(TEMPLATE_TIMES)],
    misses=[
        _same_words(TEMPLATE_TIMES - 1),
        _same_words(TEMPLATE_TIMES, minutes=9),
        _same_words(TEMPLATE_TIMES, apart=60),
        _same_words(TEMPLATE_TIMES, ending=" *AB"),
        _same_words(TEMPLATE_TIMES, ending=" Sak 4411.", asked="Hva skjer med sak 4411?"),
    ],
)
def same_words_at_once(c: Candidate) -> Evidence | None:
    """Sees a reply faster than one can read, in words that went to many within the same hour, without signature or number of the question.

    The same words signed, after a while or over weeks are a person's ready-made answer, and count as one. Wrong when
    somebody sits ready and does not sign.
    """
    if c.within_the_hour < TEMPLATE_TIMES or c.minutes > AT_ONCE:
        return None
    text = c.reply.text or ""
    numbers = set(_NUMBER.findall(without_links(text)))
    if signature(text) or not numbers.isdisjoint(_NUMBER.findall(without_links(c.question.text or ""))):
        return None
    return {"threads": c.within_the_hour, "minutes": round(c.minutes, 1)}


# --- what kind of answer it is ------------------------------------------------------------------------------------


@rule(
    "ANS009",
    weight=0.0,
    message="The answer sends the visitor on to somebody: “{words}”.",
    hits=[[_ASK, own("Hei! Ta kontakt med søknadskontoret.", 2, at=30, under=1)]],
    misses=[[_ASK, own("Hei! Den åpner 1. mars.", 2, at=30, under=1)]],
)
def referral(c: Candidate) -> Evidence | None:
    """Sees words that send the asker to another place or channel. That is an answer, and marked as what it is.

    Wrong when the contact is only an offer beside the answer.
    """
    found = _REFERRAL.search(c.reply.text or "")
    return {"words": found[0]} if found else None


@rule(
    "ANS014",
    weight=0.0,
    message="The answer is a set phrase: the agency gave it in {threads} threads.",
    hits=[_same_words(TEMPLATE_TIMES, minutes=9), _same_words(TEMPLATE_TIMES, ending=" *AB")],
    misses=[_same_words(TEMPLATE_TIMES - 1, minutes=9)],
)
def set_phrase(c: Candidate) -> Evidence | None:
    """Sees an answer in words that went to many, names, numbers, links and signatures aside. It is an answer, and marked as what it is.

    Wrong when the same short answer was right for all of them.
    """
    return {"threads": c.same_words} if c.same_words >= TEMPLATE_TIMES else None


DISQUALIFYING: Sequence[Rule[Candidate]] = (automatic_reply, same_words_at_once)
MARKS: Mapping[str, Rule[Candidate]] = {"referral": referral, "set_phrase": set_phrase}
"""What kind of answer it is, by the name that the verdict's value has for it."""

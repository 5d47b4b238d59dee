"""Text made comparable, cut into words, and which language it is in."""

from __future__ import annotations

import re

_URL = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_LEADING_MENTIONS = re.compile(r"^[\s.]*(?:@[\w-]+[\s,:]*)+")
_MENTION = re.compile(r"@[\w-]+")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_FOLD = re.compile(r"[^\w<>@]+")
_WORD = re.compile(r"[^\W\d_]+")


def unlinked(text: str) -> str:
    """Leave out links, so that a `?` inside one asks nothing."""
    return _URL.sub(" ", text) if "://" in text or "www." in text.lower() else text


def plain(text: str) -> str:
    """Leave out links, the mentions a reply begins with and hash signs, and fold spaces."""
    return " ".join(_LEADING_MENTIONS.sub("", unlinked(text)).replace("#", "").split())


def comparable(text: str) -> str:
    """Give the form under which the same text is found elsewhere: links, mentions and numbers masked, the rest folded."""
    masked = _MENTION.sub("<@>", _URL.sub("<url>", text.lower()))
    return _FOLD.sub(" ", _NUMBER.sub("<n>", masked)).strip()


# --- which language -----------------------------------------------------------------------------------------------


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_FAMILIES = {
    "no": _words("""
        og det som er på til av den for med har kan skal vil må så men eller om at de ikke jeg hva noe fra også blir var når ut opp inn meg deg seg oss
        vi du han hun ein eit ikkje eg kva dei ho frå vert vere etter mot ved før enn her der nå no bare berre alle hvor kor
        af noget hvad ud op mig dig sig nu efter bliver blev været meget nogen et en min din vores jer lige kun
    """),
    "sv": _words("""
        och det som är på till av den för med har kan ska vill måste så men eller om att de inte jag vad något från också blir var när ut upp in mig dig
        sig oss vi du han hon en ett mot vid före än här där nu bara alla hur efter finns inga någon några många mycket din min era dom blev varit
    """),
    "en": _words("""
        the and of to that is was are be have has had do does did not you i it he she they we this with for your my can will there were about at by from
        or as but if what who why how when just so all me our their his her an would should could been more than out up no get like know it's don't i'm
    """),
    "se": _words("""
        mun mii movt manne dat dán leat lea ja go maid sii galgá galget dahje muhto ovdal maŋŋá buot eai leamaš leai šaddá sámi sámegiella olbmot jagi dás das
        ahte juo fal goas gos oktan dego dál lei sámediggi davvi eanet oassi olu leaba ledje ožžot giela giella
    """),
}
"""Common words of each family; bokmål, nynorsk and Danish are told apart afterwards."""
_LETTERS = {"sv": frozenset("äö"), "no": frozenset("æø")}

_NOT_NYNORSK = _words("""
    bare ble blir dager dem dere deres en finnes flere fra gjør gjøre hjem hun hva hvem hver hvert hvilke hvilken hvilket
    hvor hvordan hvorfor ikke jeg kommer mens mer mye noe noen også sammen selv sier uten være vært
""")
"""Words that bokmål and Danish have and nynorsk has not."""
_NYNORSK = _words("""
    berre byrjar dei deira difor dykk dykkar eg eigen einskild eit fleire frå gjere gjev høyrer ikkje kjem korleis kva kvar
    kvart kven kvifor medan meir mykje noko nokon nokre noreg saman seier sjølv utan vart vere vert verte
    vore ynskjer òg
""")
"""Words that only nynorsk has."""
_BOKMAAL_ENDINGS = ("lig", "lige", "het", "heten", "else", "elsen")
_NYNORSK_ENDINGS = ("leg", "lege", "heit", "heita", "ane", "leik")
_NORWEGIAN = _words("""
    av blitt deg hjelp hva inn jobb meg mye noe noen nå opp seg uke ut veldig vært etter
""")
"""Words that tell Norwegian of either form from Danish."""
_DANISH = _words("""
    af altid arbejde blev blevet bliver efter havde hvad hvornår jer jeres kun lige mellem mig dig sig meget noget nogle nu
    op siger sådan ud uden været
""")
"""Words that only Danish has."""
_DIALECT = _words("""
    d dokker dæ dåkker e ej hu inkje itj itje itte jæ ka kem koffor kordan koss kæm mæ nokka nokken nåkka sjø ska sku sæ te
    va æ æg
""")
"""Words of no written norm: a text with them is neither bokmål nor nynorsk."""


def language(text: str) -> str | None:
    """Say which of nb, nn, da, sv, en and se a text is in; None when it is short, mixed or bears too few marks.

    Bokmål and nynorsk share most words: each needs two that the other lacks, and nynorsk none of the other's.
    """
    lower = plain(text).lower()
    known = set(_WORD.findall(lower))
    counts = sorted(((len(known & words), name) for name, words in _FAMILIES.items()), reverse=True)
    (most, family), (next_most, _) = counts[:2]
    foreign = any(not letters.isdisjoint(lower) for name, letters in _LETTERS.items() if name != family)
    if foreign or most < 2 or most <= next_most + 1:
        return None
    return _norwegian(known) if family == "no" else family


def _norwegian(known: set[str]) -> str | None:
    """Tell bokmål, nynorsk and Danish apart by the words each has alone."""
    danish, norwegian = len(known & _DANISH), len(known & _NORWEGIAN)
    if danish >= 2 and not norwegian:
        return "da"
    if danish or not known.isdisjoint(_DIALECT):
        return None
    bokmaal = len(known & _NOT_NYNORSK) + sum(
        word.endswith(_BOKMAAL_ENDINGS) for word in known if len(word) > 5
    )
    nynorsk = len(known & _NYNORSK) + sum(word.endswith(_NYNORSK_ENDINGS) for word in known if len(word) > 5)
    if nynorsk >= 2 and not bokmaal:
        return "nn"
    return "nb" if 2 * bokmaal + norwegian >= 4 and bokmaal and not nynorsk else None

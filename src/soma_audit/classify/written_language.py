"""Which written language an agency's own post is in, and by which words that shows.

Bokmål and nynorsk share most of their words, and by law state bodies owe both their share: a post counts as one of them
only by words that the other has not. A short or mixed post stays undecided, as often the one as the other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from soma_audit.classify.rule import Rule, findings, own, rule
from soma_audit.classify.text import plain, word_set
from soma_audit.model import Kind, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from soma_audit.model import Wall

    Evidence = Mapping[str, object]

_WORD = re.compile(r"[^\W\d_]+")
_LONG = 5
"""Only longer words than this are told by their endings."""


_FAMILIES = {
    "no": word_set("""
        og det som er på til av den for med har kan skal vil må så men eller om at de ikke jeg hva noe fra også blir var når ut opp inn meg deg seg oss
        vi du han hun ein eit ikkje eg kva dei ho frå vert vere etter mot ved før enn her der nå no bare berre alle hvor kor
        af noget hvad ud op mig dig sig nu efter bliver blev været meget nogen et en min din vores jer lige kun
    """),
    "sv": word_set("""
        och det som är på till av den för med har kan ska vill måste så men eller om att de inte jag vad något från också blir var när ut upp in mig dig
        sig oss vi du han hon en ett mot vid före än här där nu bara alla hur efter finns inga någon några många mycket din min era dom blev varit
    """),
    "en": word_set("""
        the and of to that is was are be have has had do does did not you i it he she they we this with for your my can will there were about at by from
        or as but if what who why how when just so all me our their his her an would should could been more than out up no get like know it's don't i'm
    """),
    "se": word_set("""
        mun mii movt manne dat dán leat lea ja go maid sii galgá galget dahje muhto ovdal maŋŋá buot eai leamaš leai šaddá sámi sámegiella olbmot jagi dás das
        ahte juo fal goas gos oktan dego dál lei sámediggi davvi eanet oassi olu leaba ledje ožžot giela giella
    """),
}
"""Common words of each family; bokmål, nynorsk and Danish are told apart afterwards."""
_DECLARED = {**dict.fromkeys(("no", "nb", "nn", "da"), "no"), "sv": "sv", "en": "en", "se": "se"}
"""The family of each language that an author may declare. `no` does not say which Norwegian."""
_LETTERS = {"sv": frozenset("äö"), "no": frozenset("æø")}

_NOT_NYNORSK = word_set("""
    bare ble blir dager dem dere deres en finnes flere fra gjør gjøre hjem hun hva hvem hver hvert hvilke hvilken hvilket
    hvor hvordan hvorfor ikke jeg kommer mens mer mye noe noen også sammen selv sier uten være vært
""")
"""Words that bokmål and Danish have and nynorsk has not."""
_NYNORSK = word_set("""
    berre byrjar dei deira difor dykk dykkar eg eigen einskild eit fleire frå gjere gjev høyrer ikkje kjem korleis kva kvar
    kvart kven kvifor medan meir mykje noko nokon nokre noreg saman seier sjølv utan vart vere vert verte
    vore ynskjer òg
""")
"""Words that only nynorsk has."""
_BOKMAAL_ENDINGS = ("lig", "lige", "het", "heten", "else", "elsen")
_NYNORSK_ENDINGS = ("leg", "lege", "heit", "heita", "ane", "leik")
_NORWEGIAN = word_set("""
    av blitt deg hjelp hva inn jobb meg mye noe noen nå opp seg uke ut veldig vært etter
""")
"""Words that tell Norwegian of either form from Danish."""
_DANISH = word_set("""
    af altid arbejde blev blevet bliver efter havde hvad hvornår jer jeres kun lige mellem mig dig sig meget noget nogle nu
    op siger sådan ud uden været
""")
"""Words that only Danish has."""
_DIALECT = word_set("""
    d dokker dæ dåkker e ej hu inkje itj itje itte jæ ka kem koffor kordan koss kæm mæ nokka nokken nåkka sjø ska sku sæ te
    va æ æg
""")
"""Words of no written norm: a text with them is neither bokmål nor nynorsk."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What a text shows of its language."""

    family: str | None
    """`no` (with Danish), `sv`, `en` or `se`; None: it does not show."""
    common: frozenset[str] = frozenset()
    """Common words of that family."""
    bokmaal: frozenset[str] = frozenset()
    """Words that nynorsk has not."""
    nynorsk: frozenset[str] = frozenset()
    """Words that bokmål has not."""
    norwegian: frozenset[str] = frozenset()
    """Words that Danish has not."""
    danish: frozenset[str] = frozenset()
    """Words that Norwegian has not."""
    dialect: frozenset[str] = frozenset()
    """Words of no written norm."""
    declared: str | None = None
    """What the author's program declared, where the words do not show another family of languages."""


def signs(text: str, declared: str | None = None) -> Signs:
    """Return the words by which a text's language shows; what its author declared counts like one word more."""
    lower = plain(text).lower()
    known = frozenset(_WORD.findall(lower))
    found = {name: known & words for name, words in _FAMILIES.items()}
    if (supposed := _DECLARED.get(declared or "")) is not None and found[supposed]:
        found[supposed] |= {f"({declared})"}
    (family, common), (_, next_common) = sorted(found.items(), key=lambda item: (len(item[1]), item[0]))[
        :-3:-1
    ]
    foreign = any(not letters.isdisjoint(lower) for name, letters in _LETTERS.items() if name != family)
    if foreign or len(common) < 2 or len(common) <= len(next_common) + 1:
        return Signs(None)
    common -= {f"({declared})"}
    said = declared if family == supposed else None
    if family != "no":
        return Signs(family, common, declared=said)
    long = [word for word in known if len(word) > _LONG]
    return Signs(
        family,
        common,
        bokmaal=known & _NOT_NYNORSK | {word for word in long if word.endswith(_BOKMAAL_ENDINGS)},
        nynorsk=known & _NYNORSK | {word for word in long if word.endswith(_NYNORSK_ENDINGS)},
        norwegian=known & _NORWEGIAN,
        danish=known & _DANISH,
        dialect=known & _DIALECT,
        declared=said,
    )


def language(found: Signs) -> str | None:
    """Return which of nb, nn, da, sv, en and se it is; None when a text is short, mixed or bears too few signs.

    Bokmål and nynorsk each need two words that the other lacks, and none of the other's; Danish two words of its own.
    What the author declared is as good as one of the two, and never enough alone.
    """
    if found.family != "no":
        return found.family
    if len(found.danish) + (found.declared == "da") >= 2 and found.danish and not found.norwegian:
        return "da"
    if found.danish or found.dialect:
        return None
    if len(found.nynorsk) + (found.declared == "nn") >= 2 and found.nynorsk and not found.bokmaal:
        return "nn"
    enough = 2 * len(found.bokmaal) + len(found.norwegian) + 2 * (found.declared == "nb") >= 4
    return "nb" if enough and found.bokmaal and not found.nynorsk else None


# --- the rules ----------------------------------------------------------------------------------------------------

_NB = [own("Jeg vet ikke hvordan dere gjør det, men hun sier at noen har vært her.")]
_NN = [own("Eg veit ikkje korleis de gjer det, men ho seier at nokon har vore her.")]
_DA = [own("Vi siger det nu igen: noget af det arbejde blev der altid brug for.")]
_SV = [own("Jag vet inte vad de ska göra åt det, men du kan fråga när som helst.")]
_EN = [own("I do not know what they are going to do about it, but you can ask them.")]


def _listed(words: frozenset[str]) -> Evidence | None:
    return {"words": ", ".join(sorted(words)[:6])} if words else None


@rule(
    "LAN001",
    weight=1.0,
    message="It has words that bokmål has and nynorsk has not: {words}.",
    hits=[_NB],
    misses=[_NN],
)
def bokmaal_words(found: Signs) -> Evidence | None:
    """Sees words and endings of bokmål. Danish shares many of them."""
    return _listed(found.bokmaal)


@rule(
    "LAN002",
    weight=1.0,
    message="It has words that nynorsk has and bokmål has not: {words}.",
    hits=[_NN],
    misses=[_NB],
)
def nynorsk_words(found: Signs) -> Evidence | None:
    """Sees words and endings of nynorsk. Wrong when a nynorsk name or title stands in a bokmål text."""
    return _listed(found.nynorsk)


@rule(
    "LAN003",
    weight=1.0,
    message="It has words that Danish has and Norwegian has not: {words}.",
    hits=[_DA],
    misses=[_NB],
)
def danish_words(found: Signs) -> Evidence | None:
    """Sees Danish words. Wrong when a Danish name or quotation stands in a Norwegian text."""
    return _listed(found.danish)


@rule(
    "LAN004",
    weight=-1.0,
    message="It has words of no written norm: {words}.",
    hits=[[own("Æ veit ikkje ka dokker meiner, men det er greit for oss at de kjem.")]],
    misses=[_NB, _NN],
)
def dialect_words(found: Signs) -> Evidence | None:
    """Sees dialect spelling, which is neither bokmål nor nynorsk."""
    return _listed(found.dialect)


@rule(
    "LAN005",
    weight=1.0,
    message="Its common words are those of another language: {words}.",
    hits=[_SV, _EN, [own("Mun in dieđe maid sii leat dahkan, muhto dat lea buorre.")]],
    misses=[_NB, _DA],
)
def other_common_words(found: Signs) -> Evidence | None:
    """Sees the most frequent words of Swedish, English or Northern Sami. Wrong when a text only quotes."""
    return _listed(found.common) if found.family not in {None, "no"} else None


@rule(
    "LAN006",
    weight=0.5,
    message="Its author's program declares it to be in {declared}.",
    hits=[[own("Høyringa varer til fredag, seier dei.", language="nn")]],
    misses=[_NN, [own("Jag vet inte vad de ska göra åt det.", language="nn")]],
)
def declared_by_its_author(found: Signs) -> Evidence | None:
    """Sees what the author's program declared, which is often wrong: it counts like one word, and never alone."""
    return {"declared": found.declared} if found.declared else None


_RULES: Sequence[Rule[Signs]] = (
    bokmaal_words,
    nynorsk_words,
    danish_words,
    dialect_words,
    other_common_words,
    declared_by_its_author,
)


class LanguageClassifier:
    """Judges the agency's own posts, not what it passes on: those are what the law on language asks about."""

    name = "language"
    version = "2"
    rules: Sequence[Rule[Any]] = _RULES

    def judge(self, wall: Wall) -> Iterator[Verdict]:
        """Judge every own post that has a text."""
        for post in wall.posts:
            if post.by_agency and post.kind is not Kind.SHARE and post.text is not None:
                found = signs(post.text, post.language)
                yield Verdict(post.native_id, language(found) or "undecided", {}, findings(_RULES, found))


LANGUAGE = LanguageClassifier()

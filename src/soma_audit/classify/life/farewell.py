"""The words by which an account takes leave, in Norwegian, Swedish, Danish and English.

Four kinds of sentence count, each of which must speak of the account itself, or of the network that it stands on: an
office, a road or a minister may be closed, left or gone as well.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from soma_audit.classify.life.successor import with_addresses_marked
from soma_audit.classify.life.words import NAMED, NETWORK, network_named, sentences

if TYPE_CHECKING:
    from collections.abc import Iterator

    from soma_audit.model import Post

_PLACE = rf"(?:{NETWORK}(?![-\s]*(?:comments|messages|messenger|kommentar))|(?:denne|den her|den här|this) (?:kanal|plat)\w+)"
_NOUN = r"(?:konto(?:en|t)?|profil(?:en)?|kanal(?:en)?|account|profile|channel|twitter|facebook-?(?:sid[ea]n?|page))"
_PAGE = r"(?:sid[ea]n?|page)"
_OURS = r"(?:denne|den her|det här|den här|vår|vårt|vores|this|our)"
_NET = rf"(?:{NETWORK}[-\s]?)?"
_ACCOUNT = (
    rf"(?:\b{_OURS} (?:gamle |gamla |old )?{_NET}{_NOUN}|\b{NETWORK}[-\s]?(?:konto\w*|profil\w*|sid[ea]n?|account|page|profile)"
    rf"|\bkonto(?:en|t) (?:vår|på {NETWORK})|^konto(?:en|t)|\bour {_NET}page)\b"
)
"""The account itself; `kontoen` alone may be one at a bank, and a page without more one on the web."""
_ANY_PAGE = rf"(?:{_ACCOUNT}|\b{_OURS} {_PAGE}\b)"
_NO_LONGER = (
    r"(?:(?:ikke|ikkje) lenge?r|ikke længere|inte längre|no longer|not any ?more"
    r"|(?:ikke|ikkje|inte|not)(?= (?:i|in) (?:aktiv )?(?:bruk|brug|use)\b))\b"
)
_USED = (
    r"\b(?:i bru[kg]|aktiv|o?pp?dater|uppdater|overvå|betjen|bemann|bemand|bevak|moderer|bruk|brug|använd|nytt|benytt|active"
    r"|monitor|updat|used?|in use|maintain|staffed|manned)\w*"
)
_DOES = (
    r"(?:aktive?|aktiva|active|post\w*|tweet\w*|publiser\w*|publicer\w*|present|å finne|til stede|use|using)"
)
_WE = r"\b(?:vi|me|we)\b(?:['’](?:re|ve|ll))?"
_BETWEEN = (
    r"(?:(?:er|blir|bliver|vert|vil|bli|har|blitt|är|kommer|att|is|are|will|be|has|been|being|skal|ska|skall|nå|no|nu|now"
    r"|i dag|idag|today|snart|soon|derfor|permanently|fra|frå|från|from|den|\d{1,2}\.?"
    r"|(?:jan|feb|mar|apr|ma[ijy]|jun|jul|aug|sep|o[kc]t|nov|de[sc])\w*) ){1,6}"
)
_END = (
    r"(?:avslutt\w*|avsluta[rs]?|avslutats?|afslutte\w*|avvikl\w*|avveckl\w*|steng(?:e|er|es|jer|jast|t)|stäng(?:er|s|a|t|d)"
    r"|slette[rs]?t?|deaktiver\w*|lukke[rst]?|nedl(?:egge|ægge)\w*|nedlagt|nedlagd|l(?:egge?|ægge|ägge?)[rs]?(?: (?:vi|me|nå|no|nu))*"
    r" ne[dr]|lag(?:t|de|ts) ne[dr]|clos(?:ed?|es|ing)|delet(?:ed?|ing)|deactivat\w*|retir\w*|archived|discontinu\w*"
    r"|shut(?:ting)? down|arkiver\w*)"
)
_HELPED = (
    r"(?: (?:har|skal|ska|vil|kommer|kjem|til|å|at|att|nå|no|nu|now|have|are|will|be|going|to|også|also|derfor|dermed|therefore"
    r"|dessverre|tyvärr|unfortunately|officially|today|i dag|idag|decided|oss|for|valgt|valt|bestemt|besluttet|beslutat|beslutta))"
    r"{0,6}"
)
"""What may stand between *we* and what we do. Anybody else there is whom the sentence is about."""
_LEAVE = r"(?:forlat\w*|forl[eè]t\w*|lämna[rt]?|forlad\w*|leav(?:e|ing)|left|quit(?:ting)?)"
_APART = {
    r"(?:slut(?:t?er|te|tet|tar|ta|ar)|stop\w*)": r"(?:på|(?:med )?(?:(?:å|at|att) )?(?:bruk|brug|använd|using|post\w* (?:på|on)"
    r"|publi[sc]er\w* på)\w*)",
    r"(?:si|seie|säge|sige|ta)(?:e?r)?": r"(?:farvel|adjø|adjö|ha det|hej ?då)(?: (?:til|till|med))?",
    r"trekk?e?r?": r"oss (?:ut )?(?:av|fra|frå)",
}
"""Verbs of leaving in two parts, between which *we* may stand."""


def _apart(between: str) -> str:
    return "|".join(f"{first}{between} {second}" for first, second in _APART.items())


_FOLLOW_US = (
    r"(?:følge?r?|følg?j|följ|follow|finne?r?|finn|hittar?|find) (?:(?:du|dere|dykk|ni|i) )?(?:oss|os|us)\b"
)
_INSTEAD = (
    r"\b(?:heller|hellre|hellere|i ?stede[tn]|istedenfor|i staden|i ?stället|instead|f(?:ra|rå|rom) n(?:å|o|ow) (?:av|on)"
    r"|från och med nu|fr[ae]m(?:over|adrettet))\b"
)
_MARK = r"@"
"""Where an account is named, by its handle or its address."""

NOT_USED, ENDS, LEAVES, ELSEWHERE_NOW = "not_used", "ends", "leaves", "elsewhere"
_WORDS = {
    NOT_USED: rf"{_ANY_PAGE}(?=.{{0,60}}{_USED}).{{0,40}}?\b{_NO_LONGER}|{_WE}(?: \w+){{0,2}} {_NO_LONGER}(?: {_DOES})?"
    rf"(?: (?:on|på|at|i))? (?:{_ACCOUNT}|{_PLACE}|here\b|her\b|här\b)",
    ENDS: rf"\b{_END}\b(?: \w+){{0,2}}? {_ACCOUNT}|{_ACCOUNT} (?:{_BETWEEN}{_END}\b|{_END}\b(?<=s)|(?:legges|lægges|läggs) ne[dr])",
    LEAVES: rf"(?:{_WE}{_HELPED} (?:{_LEAVE}|{_apart('')})|\b{_LEAVE} (?:vi|me)\b|\b(?:{_apart(' (?:vi|me)')}))"
    rf"(?: (?:nå|no|nu|now|derfor|også|officially))? {_PLACE}"
    rf"|(?:{_END}).{{0,20}}\b(?:tilstedeværelse|nærvær|aktivitet|närvaro|presence)\w* (?:på|on) {_PLACE}",
    ELSEWHERE_NOW: rf"(?:{_WE}|{_ACCOUNT})(?: \w+){{0,2}}? (?:flytt|mov(?:e|ing))\w*(?: \w+){{0,2}}? (?:til|till|to)"
    rf" (?:{_MARK}|{NETWORK}|(?:\w+ ){{0,2}}?(?:nye?|nytt|new) {_NET}(?:konto|account))"
    rf"|(?:\b{_FOLLOW_US}(?=.{{0,80}}{_INSTEAD})|{_INSTEAD}.{{0,40}}?\b{_FOLLOW_US}).{{0,60}}?(?:{_MARK}|\b{NETWORK})",
}
FAREWELLS = {kind: re.compile(words, re.IGNORECASE) for kind, words in _WORDS.items()}
"""What each kind of farewell looks like within a sentence."""

_NOT_MEANT = re.compile(
    r"^(?:if|hvis|dersom|om|should)\b|\?$|\b(?:vurder|overvei|överväg|overvej|consider|kanskje|maybe)\w*"
    r"|\b(?:helg|ferie|semest|påsk|natt|kveld|weekend|holiday|vacation|døgn|kontortid|arbeidstid|kommentar|comment|vedlikehold"
    r"|midlertid|mellombels|tillfällig|temporar|maintenance)\w*|\bjul(?:en|a)?\b|24/7|\b(?:office hours|until|inntil)\b",
    re.IGNORECASE,
)
"""A sentence that only wonders, or speaks of a pause."""
_NEGATED = re.compile(
    r"\b(?:ikke|ikkje|inte|not|never|aldri)\b(?! (?:lenge?r|længere|längre|any|i |in ))", re.IGNORECASE
)
_OF_OTHERS = re.compile(
    r"\b(?:falsk|fake|svind|scam|phish|hack|impersonat|bedrager)\w*|\but(?:gir|ger) s[ei]g", re.IGNORECASE
)
"""A warning of an account that somebody else has made."""


@dataclass(frozen=True, slots=True)
class Farewell:
    """An own post in which an account takes leave."""

    post: Post
    kinds: frozenset[str]
    """How it does, as keys of `FAREWELLS`."""


def kinds_of(text: str, network: str) -> frozenset[str]:
    """Return the ways in which a text takes leave of its account on a network; none for any other text."""
    if _OF_OTHERS.search(text):
        return frozenset()
    return frozenset(_kinds(with_addresses_marked(text), network))


def _kinds(text: str, network: str) -> Iterator[str]:
    for sentence in sentences(text):
        if _NOT_MEANT.search(sentence):
            continue
        for kind, words in FAREWELLS.items():
            found = words.search(sentence)
            if found and not _negated(found) and _of_here(kind, found[0], network):
                yield kind


def _negated(found: re.Match[str]) -> bool:
    """Return whether words of farewell are denied; `not … any more` and `not in use` are farewells."""
    return any(no.end() <= found.end() for no in _NEGATED.finditer(found.string, found.start()))


def _of_here(kind: str, words: str, network: str) -> bool:
    """Return whether this network is left, not another one: agencies tell on all of theirs which one they leave."""
    named = {network_named(found) for found in NAMED.findall(words)}
    if kind == ELSEWHERE_NOW:
        return _MARK in words or named != {network}
    return not named or network in named

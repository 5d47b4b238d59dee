"""Signs that a post serves somebody: rules USE021 to USE023."""

from __future__ import annotations

from typing import TYPE_CHECKING

from soma_audit.classify.rule import own, rule, visitor
from soma_audit.classify.use.subject import Phrases

if TYPE_CHECKING:
    from collections.abc import Mapping

    from soma_audit.classify.use.subject import Subject

    Evidence = Mapping[str, object] | None

_ASKED = visitor("Hvor finner jeg skjemaet?")
_SEEN: Evidence = {}
"""The evidence of rules that say all they saw in their message; one for all posts, as most of them carry it."""
STEPS = Phrases("""
    slik/slik/såleis/sådan/sådan/her/så søker*/søkjer*/gjør*/gjer*/finner*/finn*/melder*/bestiller*/betaler*/får*/kan*/leverer*/fornyer*/klager*/klagar*/ansøger*/søger*/gør* du/dere/man/de
    så här* ansöker/gör/anmäler/söker/hittar/betalar/bokar/loggar du/ni/man
    hvordan/korleis/hur/hvordan søker*/søkjer*/gjør*/melder*/får*/bestiller*/ansöker*/gör*/søger*/ansøger*/gør*/klager* du/man/jeg/eg
    du kan/må/finner/finn/skal/hittar/måste/finder søke*/søkje*/melde*/bestille*/finne*/klage*/sende*/logge*/levere*/ringe*/kontakte*/skjemaet*/ansöka*/anmäla*/hitta*/boka*/ansøge*/finde*/ringa*/kontakta*
    fyll/fyller/udfyld ut/inn/i/ skjema*/skjemaet*/blanketten*/skemaet*
    fyll ut/i/inn skjemaet*/skjema*/blanketten*
    udfyld skemaet/blanketten/formularen
    søk/søke/ansök/ansøg innen/innan/senast/senest/nå/nu/no/her/om
    søknadsfrist/søknadsfristen/ansøgningsfrist/ansøgningsfristen/ansökningstid/ansökningstiden
    sjekk/logg/log/kolla om/inn/ind/om du*/på*
    how to apply*/report*/file*/get*/request*/register*/renew*/pay*/find*/prepare*/enroll*/vote*
    here's how/where you*/to*
    learn/find out how*/where* to/you
    find out if* you
    see if you qualify*
    you can/may report*/apply*/file*/find*/call*/request*/submit*/check*/get*/pay*/also*/visit*
    apply/file/enroll online/now/today/here/for/by/at
    report/renew/check/pay/request online/now/today/here
    report it/a/an/any/them/problem/problems/potholes/non
    are/if you eligible*/need/qualify
    check if/to/your see*/you*/eligibility*/status*
    need to report*/file*/apply*/pay*/renew*/find*/get* a/an/your/help
    need help/assistance with/finding/paying/in
    looking for a*/help*/new*/free*/affordable*/housing*/child*
    get help/free/prepared/screened/assistance
""")
"""Words of how something is done: the step to take, where to apply, what to fill in."""
CONTACT = Phrases("""
    ring/kontakt/ringe/kontakte/kontakta/ringa oss/os/kommunen/legevakt/legevakten/vår/vårt/kundtjänst/kundeservice
    ta/tag/ta gjerne/gärna/gerne/ kontakt/kontakta med oss*/os*
    send oss/os/en/ein/ett e/epost/mejl/mail/melding/meddelande/besked/dm
    åpningstid/åpningstider/åpningstidene/opningstid/opningstider/öppettid/öppettider/öppettiderna/åbningstid/åbningstider/åbningstiderne
    telefonnummer/telefontid/telefontider/kundesenter/kundetorg/servicetorg/servicetorget/kundtjänst/kontaktcenter/borgerservice
    call/text/dial/phone 311/911/us/them/the/our/your/1/212/for/or
    or/to/please call/text/dial/dm
    contact/email/e us/them/your/our/the/mail
    dm us/me/your/name/details/the/this/name
    direct message/messages
    phone number
    hotline/helpline/helpdesk
    opening/office/business/visiting hours
    open until/till/til/daily/weekdays/from/24
    visit/go/head/stop your/to/a/any local*/nearest*
    in person
    online at
    <phone>
    311 app/online
""")
"""Words of whom to call, where to go and when it is open."""


@rule(
    "USE021",
    weight=2,
    message="It is said to somebody.",
    hits=[
        [_ASKED, own("Det finner du under Min side.", 2, under=1)],
        [own("@v-aaaaaaaaaaaa Det finner du under Min side.")],
    ],
    misses=[
        [own("Vi svarer på alle spørsmål")],
        [own("@eksempeletat Satsene gjelder fra mandag.")],
        [own("Satsene er klare"), own("De gjelder fra mandag.", 2, under=1)],
    ],
)
def said_to_somebody(see: Subject) -> Evidence:
    """Sees a reply to a visitor, or a post that begins with a name. Wrong for small talk, unless its words show that."""
    return _SEEN if see.linked or len(see.words) > 1 else None


@rule(
    "USE022",
    weight=2,
    message="It shows what to do: “{words}”.",
    hits=[
        [own("Slik søker du om barnehageplass")],
        [own("Slik søkjer du om barnehageplass")],
        [own("Så här ansöker du om plats")],
        [own("Sådan ansøger du om plads")],
        [own("Learn how to apply for a place")],
    ],
    misses=[[own("Flere søker om barnehageplass")], [own("More people apply")]],
)
def steps(see: Subject) -> Evidence:
    """Sees words of how something is done or applied for. Wrong where news is told as *how the new rule works*."""
    return STEPS.seen(see)


@rule(
    "USE023",
    weight=1.5,
    message="It tells where help is to be had: “{words}”.",
    hits=[
        [own("Nye åpningstider i juli: 10 til 14")],
        [own("Kontakt oss på chat mellom 9 og 15")],
        [own("Questions about parking? Call 311 at any hour")],
    ],
    misses=[[own("Butikken åpner i juli")], [own("They call it a good year")]],
)
def contact(see: Subject) -> Evidence:
    """Sees whom to call, where to go and when it is open. Wrong for news that ends with the press officer's number."""
    return CONTACT.seen(see)

"""Signs that a post informs: rules USE001 to USE003."""

from __future__ import annotations

from typing import TYPE_CHECKING

from soma_audit.classify.rule import own, rule, visitor
from soma_audit.classify.use.subject import Phrases

if TYPE_CHECKING:
    from collections.abc import Mapping

    from soma_audit.classify.use.subject import Subject

    Evidence = Mapping[str, object] | None

_LINK = "https://etat.example/1"
_ASKED = visitor("Hvor finner jeg skjemaet?")
_SEEN: Evidence = {}
"""The evidence of rules that say all they saw in their message; one for all posts, as most of them carry it."""
NEWS = Phrases("""
    pressemelding/pressemeldingen/pressemeldinga/pressmeddelande/pressmeddelandet/pressemeddelelse/pressemeddelelsen
    nyhet/nyheter/nyhende/nyhed/nyheder/nyhetsbrev/nyhetsbrevet/nyhendebrev/nyhedsbrev
    ny/nye/nytt/nya/nyt rapport*/rapporter*/rettleiar*/veileder*/veiledning*/retningslinjer*/regler*/reglar*/forskrift*/strategi*/tall*/tal*/vägledning*/vejledning*/statistikk*/statistik*
    legger/legg/la/lade/lägger/lægger fram/frem
    lanserer/lanserar/lancerer/offentliggjør/offentleggjer/offentliggör/offentliggøres/publiserer/publiserar/publicerar
    er/blir/vert/holder/är/bliver stengt*/stengd*/stängt*/stängd*/lukket*/lukka*/avlyst*/innstilt*/inställt*/aflyst*
    vedtatt/vedtatte/vedteke/vedtekne/vedtaget/regjeringen/regjeringa/regeringen/stortinget/riksdagen/folketinget
    trer/trår/træder i kraft*
    varsel/varslar/varsler/farevarsel/advarsel/advarer/åtvarar/varning/varnar/varnas/advarselen
    beredskap/evakuert/evakuerast/evakueras/evakueret
    trafikkulykke/trafikkulykken/trafikkuhell/trafikkulukke/trafikolycka/trafikuheld/ulykke/ulykken/ulukke/olycka/brann/brand/brannen
    melding/meldt/meldinger om
    pågrepet/pågripen/gripen/anholdt/anmeldt/meld/savnet/sakna/saknad/forsvundet/fornærmede/mistenkt/mistenkte/etterforskning/etterforskes
    nødetatene/nødetater/politiet/brannvesen/brannvesenet/räddningstjänsten/redningsmandskab
    press release/releases
    breaking/update/alert/alerts/advisory/warning/newsletter/announcement
    announces/announced/announcing/launches/launched/unveils/releases/released/publishes/published/condemns
    new report*/rules*/guidance*/study*/law*/data*/program*/policy*/figures*/initiative*
    is/are/remain/will in* effect*
    is/are/remain/remains/be closed*/suspended*/cancelled*/canceled*/postponed*
    investigation/investigating/arrested/evacuated
    on scene
""")
"""Words of news, of warnings and of what has happened."""
EVENTS = Phrases("""
    arrangement/arrangementet/seminar/seminaret/webinar/webinaret/webbinarium/konferanse/konferansen/konferens/konferensen/konference/konferencen/fagdag/frukostmøte/frokostmøte/frukostseminarium/pressekonferanse/pressekonferansen/presskonferens/pressemøde/pressträff
    meld/meld deg på*/anmäl/tilmeld
    påmelding/påmeldinga/påmeldingen/anmälan/tilmelding
    direktesendt/direktesending/sender/sendes/sendast/sänds/livesänds direkte/live
    følg/følgje/følg/se/sjå/følg oss direkte*
    velkommen/velkomen/välkommen/velkommen til/til
    åpent/ope/öppet/åbent møte/hus/hus/møde
    join us/our/the/them/him/her
    come/stop/swing by*/out*/meet*/learn*/join*
    tune in
    watch live
    live on/at/now/from
    rsvp/webinar/webinars/seminar/workshop/workshops/festival/concert/parade/exhibition/livestream
    register/registration/rsvp here/now/today/at
    sign up* to/today/here/now/at/for
    this/next/on weekend*/saturday*/sunday*/monday*/tuesday*/wednesday*/thursday*/friday*
    tonight/tomorrow/tmrw/tmw
    begins/starts/opens/open tomorrow*/today*/this*/on*/at*
    free/upcoming event*/events*/class*/classes*/tour*/tours*/concert*/movies*/workshop*/admission*
    take place/places
    hosts/hosting/kicks off
""")
"""Words of what one may come to or watch."""


@rule(
    "USE001",
    weight=1,
    message="It tells something, and to nobody in particular.",
    hits=[[own("Trafikken går som normalt igjen")], [own(f"Satser {_LINK}")]],
    misses=[[own("Hurra for våren!")], [_ASKED, own("Det finner du under Min side.", 2, under=1)]],
)
def tells_something(see: Subject) -> Evidence:
    """Sees a post with a link, a longer one, or one of three words and more that ends neither in a question nor in a shout.

    What an agency says to nobody in particular mostly informs, so this is the weakest of all signs. Wrong for chatter
    in plain sentences.
    """
    told = see.linked or len(see.words) >= 10 or (len(see.words) >= 3 and not see.text.endswith(("?", "!")))
    return _SEEN if told else None


@rule(
    "USE002",
    weight=1.5,
    message="It has a word of news or of a warning: “{words}”.",
    hits=[
        [own("Pressemelding: Nye satser fra mandag")],
        [own("Ny rettleiar om støy er ute")],
        [own("Gult farevarsel for vind i fjellet")],
        [own("Ny vägledning om buller är publicerad")],
        [own("The bridge is closed until Monday")],
    ],
    misses=[[own("Vi snakker om vinden i fjellet")], [own("Døren er rød")]],
)
def news(see: Subject) -> Evidence:
    """Sees words of news, publications, warnings and incidents. Wrong where such a word is only mentioned."""
    return NEWS.seen(see)


@rule(
    "USE003",
    weight=2,
    message="It has words of something to come to or to watch: “{words}”.",
    hits=[
        [own("Velkommen til frokostmøte på tirsdag")],
        [own("Anmäl dig till webbinariet, webinar på fredag")],
        [own("Join us for a free tour of the old harbour")],
    ],
    misses=[[own("Møtet i går varte lenge")], [own("She will join another office")]],
)
def event(see: Subject) -> Evidence:
    """Sees words of seminars, open days and broadcasts, and of signing up for them. Wrong where one is looked back on."""
    return EVENTS.seen(see)

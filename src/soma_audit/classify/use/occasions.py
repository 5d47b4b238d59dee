"""Signs that a post is ceremonial, or posted for its own sake: rules USE051 to USE062."""

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
GREETINGS = Phrases("""
    gratulerer/gratulerar/gratulera/gratulere/grattis/tillykke/gratulasjon/gratulasjoner/gratulationer/hurra
    god/gledelig/gledeleg/god/glædelig jul*/påske*/pinse*/helg*/sommer*/sommar*/vinterferie*/høstferie*/17*/nyttår*
    godt/gott/godt nyttår*/nytt*/nytår*
    glad påsk/midsommar/sommar/påske/nationaldag
    ha en/ei/et fin*/god*/riktig*/fortreffelig* helg/dag/kveld/uke/sommer/natt/17
    ha en/ei fin*/god*/strålende* sommer/helg/feiring/påske/jul/dag/natt/vakt
    nasjonaldagen/nationaldagen/grundlovsdag/grunnlovsdag/grunnlovsdagen/frigjøringsdagen/samefolkets/samenes/verdensdagen/kvinnedagen/kvinnodagen/kvindernes
    god natt/morgen/morgon/kveld
    congrats/congratulations/congratulates/congratulate/congratulating/hbd/kudos
    happy birthday*/new*/holidays*/thanksgiving*/easter*/halloween*/hanukkah*/chanukah*/diwali*/eid*/independence*/father's*/mother's*/fathers*/mothers*/valentine's*/st*/anniversary*/pride*/kwanzaa*/labor*/memorial*/veterans*/lunar*/earth*/retirement*/passover*
    merry christmas
    season's greetings
    good luck/morning/night
    best wishes/of
    wishes/wishing/wish you/all/everyone/them/a/our/and happy/safe/very/good/all/a/speedy
    well deserved/done
    proud of/to our/our/celebrate/honor/of/recognize
    welcome to the/our team/newest/family
    earthday/happynewyear/happythanksgiving/happyholidays/happybirthday/happyhalloween/merrychristmas/happyfathersday/happymothersday/happyvalentinesday/julyfourth/congratulations
    celebrates/celebrated/graduates/graduation/graduating/promoted/promotion/sworn
""")
"""Words of greetings, congratulations and days that are kept."""
MOURNING = Phrases("""
    kondolerer/kondolerar/kondolanser/kondolanse/kondolencer/minnes/minnest/mindes/minneord/minnemarkering/minnemarkeringen/minnestund/minneshögtid/mindehøjtidelighed
    våre/vår/våra/vores tanker*/tankar*/medfølelse*/medkänsla* går/er/til
    hvil/kvil/vila/hvil i fred*/frid*
    hedrer/hedrar/ærer
    flagg/flagget/flaggene/flag/flaggar/flagger/flaggas på halv/halvt/halve
    condolences/mourns/mourn/mourning/remembering/remembers/remembrance/neverforget/rip
    memorial service/ceremony
    never forget
    rest in peace
    honors/honoring/honours/honouring/commemorates/commemorate/commemorating/commemoration/tribute/honored
    moment of silence
    line/lines of duty
    made the ultimate* sacrifice
    thoughts and prayers/are
    our/your prayers/hearts/thoughts
    half staff/mast
    in memory*/honor* of
""")
"""Words of condolence and remembrance."""
THANKS = Phrases("""
    takk/tusen/hjertelig/hjarteleg/stor/mange til/takk/for
    tack/stort/tusen till/tack/för/alla
    tak/tusind/stort/mange til/tak/for
    thank you/to/all
    thanks for/so/again/everyone/all
    thanks to all*/everyone*/our*/the*
    grateful/appreciate/appreciates/gratitude
""")
"""Words of thanks."""
PICTURES = Phrases("""
    bilder/bilete/biletar/billeder/foto/bildene/bileta fra/frå/från/fra
    besøker/besøkte/vitjar/vitja/besöker/besökte/besøgte/besøger
    hyggelig/hyggeleg/fint/kjekt/trevligt/fornemt/celebert besøk*/besök*/besøg*/vitjing*
    fikk/fekk/fick/fik vi besøk*/besök*/besøg*/vitjing*
    på besøk*/besök*/besøg* hos
    photos/photo/pics/pictures/images/highlights from/at
    more/great photos/pics/pictures/photo
    joined us/by/commissioner/chief/mayor/members/today
    joins/attended/attends
    ribbon/pictured/poses/selfie
    cut/cutting/cuts the ribbon
    at today's*/yesterday's*/tonight's* ceremony
    ceremony
    funeral for/of
    with/w commissioner*/chief*/mayor* at
""")
"""Words of visits, ceremonies and the pictures taken there."""
COURTESY = frozenset(
    {
        "takk",
        "tusen",
        "tack",
        "tak",
        "tusind",
        "thanks",
        "thank",
        "thx",
        "welcome",
        "velkommen",
        "bra",
        "hyggelig",
    }
    | {
        "fint",
        "flott",
        "supert",
        "kjempebra",
        "artig",
        "koselig",
        "hyggeleg",
        "selv",
        "sjølv",
        "lige",
        "måte",
    }
    | {
        "great",
        "awesome",
        "love",
        "cheers",
        "pleasure",
        "enjoy",
        "glad",
        "beautiful",
        "nice",
        "wow",
        "agree",
        "agreed",
    }
    | {"amazing", "cool", "fun", "good", "happy", "hope", "morning", "perfect", "gorgeous", "likewise", "yay"}
)
"""Words of courtesy, of which a short reply may consist."""
SERVICE = frozenset(
    {
        "dm",
        "message",
        "messages",
        "please",
        "call",
        "check",
        "contact",
        "report",
        "replied",
        "reply",
        "send",
        "email",
    }
    | {
        "ring",
        "kontakt",
        "melding",
        "vennligst",
        "sjekk",
        "sjekker",
        "svarer",
        "videre",
        "vidare",
        "ser",
        "sender",
    }
    | {
        "kontakta",
        "meddelande",
        "besked",
        "kollar",
        "undersöker",
        "undersøger",
        "skickar",
        "svarar",
        "mail",
        "mejl",
    }
)
"""Words of what is done about something, by which even a short polite reply serves."""
PASTIMES = Phrases("""
    tbt/throwback/throwbackthursday/flashback/flashbackfriday/fbf/photooftheday
    photo/picture of the day
    dagens bilde*/bilete*/foto*/sitat*/quiz*/vits*/bild*/billede*
    quiz/quizen/quizzen/trivia/vits/gåte
    fun/true fact/facts/story
    funfact
    quote/word of the day*/week*
    follow/like us*/@ on/at
    follow us/our
    følg/följ/følgje oss/os
    that's/it's all for
""")
"""Words of what is posted for its own sake: a throwback, a quiz, a fact, a word on the account itself."""


@rule(
    "USE051",
    weight=2.5,
    message="It greets or congratulates: “{words}”.",
    hits=[
        [own("Gratulerer med dagen, alle sammen!")],
        [own("God jul!")],
        [own("Glad midsommar!")],
        [own("Tillykke med prisen!")],
        [own("Happy birthday to the old bridge!")],
    ],
    misses=[[own("Julen varer til påske")], [own("People are happy with the bridge")]],
)
def greeting(see: Subject) -> Evidence:
    """Sees greetings, congratulations and days that are kept. Wrong where a greeting only opens news or an invitation."""
    return GREETINGS.seen(see)


@rule(
    "USE052",
    weight=3,
    message="It mourns or remembers: “{words}”.",
    hits=[
        [own("Vi kondolerer, og flagger på halv stang")],
        [own("I dag minnes vi de som falt")],
        [own("Rest in peace, old friend")],
    ],
    misses=[[own("Husk å flagge på søndag")], [own("Remember the milk")]],
)
def mourning(see: Subject) -> Evidence:
    """Sees condolences and remembrance. Wrong for news of a memorial as a place."""
    return MOURNING.seen(see)


@rule(
    "USE053",
    weight=2.5,
    message="It thanks: “{words}”.",
    hits=[
        [own("Tusen takk til alle som møtte opp")],
        [own("Tack till alla som kom")],
        [own("Tak til alle, der kom")],
        [own("Thank you to all who came")],
    ],
    misses=[[own("Det går bra, takk")], [_ASKED, own("Takk for at du sier fra, vi ser på det.", 2, under=1)]],
)
def thanks(see: Subject) -> Evidence:
    """Sees thanks in what is said to nobody in particular: in a reply they are but manners. Wrong for thanks in passing."""
    return THANKS.seen(see)


@rule(
    "USE054",
    weight=4,
    message="It is a short reply out of courtesy: “{word}”.",
    hits=[
        [visitor("Dere er flinke!"), own("Så hyggelig, takk!", 2, under=1)],
        [own("@v-aaaaaaaaaaaa You're welcome!")],
    ],
    misses=[
        [own("Så hyggelig, takk!")],
        [_ASKED, own(f"Takk for at du spør, se {_LINK}", 2, under=1)],
    ],
)
def only_courtesy(see: Subject) -> Evidence:
    """Sees a reply of at most ten words with one of courtesy, but no link, number, question or word of what is being done.

    Wrong for a very short answer that is polite.
    """
    if see.linked or len(see.words) > 10 or "?" in see.text:
        return None
    found = next((word for word in see.words if word in COURTESY), None)
    busy = not SERVICE.isdisjoint(see.words) or any(word.isdigit() for word in see.words)
    return None if found is None or busy else {"word": found}


@rule(
    "USE055",
    weight=2.5,
    message="It shows a visit or a ceremony: “{words}”.",
    hits=[
        [own("Bilder fra åpningen i går")],
        [own("Statsråden besøkte Røros i går")],
        [own("See more photos from the opening")],
    ],
    misses=[[own("Kameraet tar bilder av veien")], [own("Photos cost nothing")]],
)
def visit_or_ceremony(see: Subject) -> Evidence:
    """Sees pictures of occasions, visits and ceremonies. Wrong where a visit is the news, such as of an inspection."""
    return PICTURES.seen(see)


@rule(
    "USE061",
    weight=3,
    message="It is posted for its own sake: “{words}”.",
    hits=[[own("Dagens quiz: hvor er denne broen?")], [own("The old bridge in 1930 #tbt")]],
    misses=[[own("Dagens møte er avlyst")], [own("The old bridge was built in 1930")]],
)
def pastime(see: Subject) -> Evidence:
    """Sees throwbacks, quizzes, facts for fun and words on the account itself. Wrong where a quiz teaches."""
    return PASTIMES.seen(see)


@rule(
    "USE062",
    weight=1,
    message="It says hardly anything.",
    hits=[[own("Hmm …")], [own("@v-aaaaaaaaaaaa 👍")]],
    misses=[[own("Broen er åpen igjen")], [own(f"Broen {_LINK}")]],
)
def hardly_anything(see: Subject) -> Evidence:
    """Sees a post of two words at most, or a reply of one, without a link. Wrong for a short answer such as `Ja`."""
    return _SEEN if len(see.words) < (2 if see.reply else 3) and not see.linked else None

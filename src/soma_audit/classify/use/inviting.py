"""Signs that a post invites input, or tells what came of it: rules USE011 to USE014 and USE031."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from soma_audit.classify.rule import own, rule, visitor
from soma_audit.classify.use.subject import Phrases, link_to

if TYPE_CHECKING:
    from collections.abc import Mapping

    from soma_audit.classify.use.subject import Subject

    Evidence = Mapping[str, object] | None

_LINK = "https://etat.example/1"
_ASKED = visitor("Hvor finner jeg skjemaet?")
CONSULTATIONS = Phrases("""
    høring/høringen/høringa/høringer/høringsnotat/høringsnotatet/høringsforslag/høringsfrist/høringsfristen/høringssvar/høringsuttalelse/høringsuttalelser/høringsrunde/høringsmøte
    høyring/høyringa/høyringar/høyringsnotat/høyringsnotatet/høyringsforslag/høyringsfrist/høyringsfristen/høyringssvar/høyringsfråsegn/høyringsrunde/høyringsmøte
    remiss/remissen/remisser/remissvar/remisstid/samråd/samrådet/samrådsmöte
    høringsperiode/høringsperioden/høringsparter/høringsmateriale/borgermøde/borgermødet
    innspill/innspel/innspillsmøte/innspelsmøte/innspillet/innspelet/synspunkter/synspunkt/synpunkter/høringsinnspill/medborgardialog/medborgardialogen/folkemøte/folkemøtet
    merknader/merknadar/kommentarer/kommentarar/kommentarer til utkastet*
    public hearing/hearings/comment/comments/consultation/consultations/input/engagement
    consultation/consultations/rulemaking
    open for/to comment*/comments*/consultation*/input*
    comment/comments period
    submit/send/share/give/provide your/us/a comment*/comments*/feedback*/ideas*/idea*/views*/input*/suggestions*/nomination*/nominations*
    town hall/halls
    request for comments*/information*/input*
    visioning/scoping session/sessions/meeting/meetings
""")
"""Words of hearings and consultations."""
OPINIONS = Phrases("""
    hva/kva mener*/synes*/syns*/tenker*/tror*/meiner*/tykkjer*/synest*/tenkjer*/trur* du/dere/de/dykk
    hva/kva er ditt*/dine* favoritt/ønske/ønsker/tips/råd
    vad/hvad tycker*/tänker*/anser*/synes*/mener*/tænker* du/ni/i
    si/sei/sig/säg din/di/jeres mening*/meining*
    fortell/fortel/berätta/berättar/fortæl oss*/til/os*/för
    gi/gje/ge/giv oss/os dine*/din*/jeres* tilbakemelding/tilbakemeldinger/mening/synspunkter/synpunkter/feedback/innspill/innspel/input
    del/dela/dele dine/din/dina/jeres erfaringer/erfaringar/erfarenheter/tanker/tankar/ideer/idear/idéer/mening/meninger
    vi vil/ønsker/vill gjerne/gärna/å høre*/høyre*/höra* fra/frå/från deg/dere/dig/er/jer
    vi vil gjerne/gärna/å/så høre*/høyre*/höra*
    stem/stemme/stemm/röst/rösta på* din/ditt
    what do you* think/like/love/want/want
    what/what's would/is your* favorite/favourite/idea
    what's your* favorite/favourite/idea
    which/what one/ones/park/photo/name is/do/are/should your/you/we
    tell/show/let us what/how/why/your/where/which
    let us know* what/how/why/your/where/which/in
    share/post/send your photos/photo/ideas/thoughts/story/stories/memories/views/pictures/pics/opinion/questions
    have/make/had your say/voice
    make/let your voice heard*
    we want/would/need to/like/love to hear* from
    we want/would/need to/like/love hear* from
    hear from you
    vote for/on
    weigh/chime in
    your/you opinion/thoughts
    submit/tweet/send/post us/ your/ questions*/feedback*
    ask us
    ask a question
    nominate
""")
"""Words that ask readers for their opinion, their ideas or their questions."""
SURVEYS = Phrases("""
    spørreundersøkelse/spørreundersøkelsen/spørjeundersøking/spørjeundersøkinga/brukerundersøkelse/brukarundersøking/innbyggerundersøkelse/innbyggerundersøkelsen/innbyggjarundersøking
    enkät/enkäten/enkäter/spørgeskema/spørgeskemaet/spørgeskemaundersøgelse/brugerundersøgelse/medborgarundersökning
    svar/svare/ta/svara/deltag/delta/deltak på/i undersøkelsen*/undersøkelse*/undersøkinga*/undersökningen*/undersøgelsen*
    take/complete/answer/fill our/the/this/out/a/short survey*/poll*/questionnaire*/surveys*
    our/this/online/short/quick/brief/minute survey*/poll*/questionnaire*
""")
"""Words that ask readers to answer a survey."""
REPORTS_BACK = Phrases("""
    takk for innspill*/innspillene*/innspel*/innspela*/innspelet*/innspillet*/høringssvar*/høringssvarene*/høyringssvar*/tilbakemeldingene*/tilbakemeldingane*/svarene*/svara*/kommentarene*/spørsmålene*
    takk for alle/de/dei/gode/mange/svar innspill*/innspillene*/innspel*/innspela*/høringssvar*/høyringssvar*/tilbakemeldinger*/tilbakemeldingar*/tilbakemeldingene*/tilbakemeldingane*/svarene*/svara*/spørsmålene*/spørsmåla*
    takk for alle de/dei/gode/mange innspill*/innspillene*/innspel*/innspela*/tilbakemeldingene*/tilbakemeldingane*/svarene*/svara*/spørsmålene*
    tack för era/alla/dina/ synpunkter*/svar*/förslag*/kommentarer*/remissvar*/frågor*
    tack för alla era* synpunkter/svar/förslag/kommentarer/frågor
    tak for jeres/alle/de/dine input*/svar*/kommentarer*/forslag*/høringssvar*/spørgsmål*
    tak for alle jeres* input/svar/kommentarer/forslag/spørgsmål
    dere/de/du/dykk/ni/i/folk/mange spurte/spurde/spør/frågade/frågar/spurgte/spørger vi*
    dere/ni ba/bad/bed om*
    dere/ni/i/de sa/sade/sagde vi*
    etter/efter høringen*/høringa*/høyringa*/høyringen*/høringsrunden*/høyringsrunden*/remissen*/remissrundan*/samrådet*/innspillsmøtet*/innspelsmøtet*/folkemøtet*/borgermødet*
    basert/bygger/byggjer/baserat/baseret på innspill*/innspillene*/innspel*/innspela*/høringssvarene*/synpunkter*/synpunkterna*/tilbakemeldinger*/tilbakemeldingar*/input*/høringssvar*
    har lest/lese/läst/læst/hørt/høyrt/hört/lyttet/lytta/lyssnat innspillene*/innspela*/svarene*/svara*/synpunkterna*/høringssvarene*/på*/til*
    oppsummering/samandrag/sammendrag/sammanställning/opsamling av/på/af innspillene*/innspela*/høringen*/høyringa*/svarene*/svara*/synpunkterna*/høringssvarene*
    resultatet/resultatene/resultata/resultaten/resultaterne av/fra/frå/från/af høringen*/høyringa*/undersøkelsen*/undersøkinga*/enkäten*/undersökningen*/undersøgelsen*/spørreundersøkelsen*/spørgeskemaet*/remissen*
    thank/thanks you/for for/your/all your/all/the/to feedback*/input*/comments*/suggestions*/responses*/ideas*/suggestion*
    thank you for all* your/the feedback/input/comments/suggestions/ideas
    thanks/thank for/you the/for feedback/input/comments/suggestions/sharing
    you/y'all/many/some asked*/requested* we/us/for/and/about
    you said* we
    you spoke* we
    we heard/listened/hear you*/to*/your*
    based on your*/public*/community* feedback/input/comments/suggestions
    thanks to your* feedback/input/comments/suggestions/votes
    in response to your*/public*/community*/feedback*/comments*
    results of the/our survey*/poll*/vote*/consultation*/hearing*
    the/your/our results* are in
    here/here's is/are/what what/the you told*/said*/heard*
    here's/is what you told*/said*
    what we heard
    summary of comments*/responses*/feedback*/input*
""")
"""Words that tell what came of readers' questions, votes and comments."""
_FORM = re.compile(
    r"https?://(?:www\.)?((?:forms\.gle|docs\.google\.com/forms|forms\.office\.com|forms\.microsoft\.com|nettskjema\.no"
    r"|(?:\w+\.)?surveymonkey\.com|(?:\w+\.)?typeform\.com|(?:\w+\.)?questback\.com|(?:\w+\.)?netigate\.net|(?:\w+\.)?webropol\w*\.com"
    r"|(?:\w+\.)?surveyxact\.(?:dk|no)|(?:\w+\.)?citizenspace\.com|hoering(?:sportalen)?\.dk|hoeringsportalen\.dk))"
)


@rule(
    "USE011",
    weight=4,
    message="It has words of a hearing or a consultation: “{words}”.",
    hits=[
        [own(f"Forslag til ny havnelov er på høring. Frist 1. juni {_LINK}")],
        [own("Framlegget er på høyring, og alle kan sende innspel")],
        [own("Förslaget är på remiss till den 1 juni")],
        [own("The draft is open for comments until 1 June")],
    ],
    misses=[
        [own("Ny havnelov trer i kraft 1. juni")],
        [_ASKED, own("Høringen finner du på nettsidene våre.", 2, under=1)],
    ],
)
def consultation(see: Subject) -> Evidence:
    """Sees words of hearings, consultations and input, such as `høring`, `innspill`, `remiss`, *public comment*.

    Wrong where a hearing is only mentioned, or is one before a court or a parliament.
    """
    return CONSULTATIONS.seen(see)


@rule(
    "USE012",
    weight=4,
    message="It asks readers what they think or know: “{words}”.",
    hits=[
        [own("Hva mener du om den nye parken?")],
        [own("Kva meiner du om den nye parken?")],
        [own("Vad tycker du om den nya parken?")],
        [own("Hvad synes du om den nye park?")],
        [own("Tell us what you miss in your park")],
    ],
    misses=[[own("Ministeren sier hva hun mener")], [own("We tell everybody about it")]],
)
def opinion_wanted(see: Subject) -> Evidence:
    """Sees a call for opinions, ideas, questions or votes, such as `hva mener du` or *tell us what*.

    Wrong where the question only leads to what the agency says itself.
    """
    return OPINIONS.seen(see)


@rule(
    "USE013",
    weight=4,
    message="It asks readers to answer a survey: “{words}”.",
    hits=[
        [own("Svar på undersøkelsen om busstilbudet")],
        [own("Fyll i enkäten om bussarna")],
        [own("Please take our survey about the buses")],
    ],
    misses=[
        [own("En undersøkelse viser at flere tar bussen")],
        [own("A survey shows that more take the bus")],
    ],
)
def survey(see: Subject) -> Evidence:
    """Sees words of a survey to be answered. Wrong where its results are published in the same words."""
    return SURVEYS.seen(see)


@rule(
    "USE014",
    weight=4,
    message="It links to a form for questions: {host}",
    hits=[[own("Si det her https://nettskjema.no/a/1")], [own("Say it here https://forms.gle/1")]],
    misses=[[own(f"Si det her {_LINK}")], [_ASKED, own("Her: https://nettskjema.no/a/1", 2, under=1)]],
)
def form_link(see: Subject) -> Evidence:
    """Sees a link to a service for questionnaires or hearings. Wrong for a form by which people sign up or order."""
    return link_to(_FORM, see)


@rule(
    "USE031",
    weight=6,
    message="It tells what came of what people said: “{words}”.",
    hits=[
        [own("Takk for innspillene! Nå endrer vi planen")],
        [own("De spurde, vi svarar: derfor er brua stengd")],
        [own("Tack för era synpunkter, nu ändrar vi planen")],
        [own("Tak for jeres input, nu ændrer vi planen")],
        [own("You asked for more benches, and here they are")],
    ],
    misses=[
        [own("Send oss innspill innen 1. juni")],
        [own("Takk for en fin dag i Bergen")],
        [visitor("Flere benker!"), own("Takk for innspillet, vi ser på det.", 2, under=1)],
    ],
)
def reports_back(see: Subject) -> Evidence:
    """Sees thanks for input, `dere spurte, vi svarer`, *you asked, we*, or what a hearing led to.

    Nothing is said of replies, which thank everybody for writing. Wrong where thanks are given and nothing is told, or
    a survey's results concern something else.
    """
    return REPORTS_BACK.seen(see)

"""The words a question is made of, in bokmål, nynorsk, dialect, Danish, Swedish and English.

All languages stand together: a short post's language is too uncertain to choose a list by it. Lists are sorted.
"""

from __future__ import annotations

from soma_audit.classify.text import word_set

# --- question words -----------------------------------------------------------------------------------------

NORDIC_WH = word_set("""
    hossen hossn hur hva hvad hvaffor hvafor hvem hvilke hvilken hvilket hvor hvordan hvordån
    hvorfor hvorhen hvorhenne hvorledes hvormye hvorn hvornår hvorvidt håffer håffår høss høssen ka
    kaffor kafor kafør katid ke keffer kefør kelles kem koffer koffor koffør kofor kolles kollesj kor
    kordan kordæn korfor korleis korr korsen koss kossen kossn kva kvar kven kvifor kåffår kæ kæm
    når nårtid när vad varför varifrån vem vilka vilken vilket åffer åfførr åssen åssn
""")
"""Words that begin a question unless a clause is built on them (`hva som`, `hvor fint`)."""
UNINVERTED_WH = word_set("""
    hossen hossn håffer høssen ka kaffor kafør ke keffer kefør kelles kem koffer koffor koffør kofor
    kolles kor kordan korleis korr korsen koss kossen kossn kva kvar kven kvifor kåffår kæ kæm åffer
    åssen åssn
""")
"""Dialects and spoken nynorsk ask with these without inversion too: `ka du meine`, `kva du kallar det`."""
PREPOSITIONS = word_set("av etter for frå fra i med om på til under ved")
"""These may stand before a question word: `på kva måte`."""
WHEN = word_set("katid när når nårtid")
"""Question words that more often mean *while* or *as soon as*: their verb must come next."""
ENGLISH_WH = word_set("""
    how how'd how's hows wat what what're what's whats which who who'd who's whom whos whose wht why
    why's whys wot wtf wut
""")
ENGLISH_WHERE = word_set("were's when when's whens wher where where's wheres whr")
"""These open a subordinate clause more often than a question."""

# --- verbs --------------------------------------------------------------------------------------------------

FINITE = word_set("""
    baserer begynner behöver betyr ble blei blev bli blir bliver bodde bor borde brukar bruker
    brukte budde bur burde byrjar bör bør dreg dreiv driv driver e er fant fekk fer fick fik fikk
    findes finn finner finnes finns fins finst foregår forklarer fungerer får fær fôr ga gav gick
    gik gikk gir gjaldt gjekk gjeld gjelder gjer gjev gjorde gjær gjør går gör gør ha hadde hade har
    hedder heiter heitte held het heter holder hugsar husker hände händer hører hørte høyrde høyrer
    jer jobbar jobber kalla kallast kallest kan kjem kjenner kjæm kjører klarar klarer kom kommer
    kosta kostar koster kostet kunne køyrer lager lever leverer leverte lige ligg ligger likar liker
    lyt lå låg mein meiner meinte menar mener mente må måtte opnar reiste sa sade sei seier sender
    sendte ser sier siger sit sitter ska skal skall skil skjedde skjer sku skuldast skulle slit
    sluttar slutter speler spiller starter stemmer stenger stengjer stig sto stod står synes synest
    syns synst säger såg søker søkjer søv ta tar tek tenker tenkjer tenkte tok trekk treng trenger
    trodde tror trudde trur tycker tyder tänker tænker va var vart ved veit velger verkar vert verte
    vet vil vill ville vinn vinner virker visste är åpner æ ønsker ønskjer
""")
"""Finite Nordic verbs so common that a place behind a question word says *question*."""
COPULAS = word_set("""
    blei blev blir bliver borde burde bör bør e er fanns fekk fikk findes finnes finns fins finst får
    fær gik gikk gjekk gjeld gjelder gäller går ha hadde hade har händer kan kjem kjæm kom kommer kostar
    koster kunde kunne ligg ligger låg må måste måtte ska skal skjedde skjer skulle stemmer sto stod
    står va var vart verkar vert vil ville virker är
""")
"""Verbs behind which any subject asks; behind others `det` may be what is done to."""
MODALS = word_set("bør får gjelder gäller kan kommer kunne må måste ska skal skulle vil ville")
"""Verbs behind which a neuter noun is a subject, since no participle follows them."""
AUXILIARIES = word_set("""
    ain't aint am are aren't arent can can't cant could couldn't couldnt did didn't didnt do does
    doesn't doesnt don't dont had hadn't has hasn't hasnt have haven't havent is isn't isnt may might
    must r shall should shouldn't shouldnt was wasn't wasnt were weren't werent will won't wont would
    wouldn't wouldnt
""")
PERSONAL = word_set("do don't dont had have may might")
"""Auxiliaries that command before anything but a person: `do it now`."""
TO_YOU = word_set("""
    are can could did do does has have hugsar hugse huskar husker is kjenner minns r veit vet will would
""")
"""Verbs that ask wherever they stand before `you` or `du`."""
KNOWING = word_set("hugsar hugse huskar husker kjenner minnest minns veit vet vett")
"""Verbs of knowing and remembering; with `du` behind them and `kva`, `om`, `noko` next they ask anywhere."""
EXPERIENCED = word_set("""
    fått gjort hatt høyrt hørt lest lese prøvd sett sjett tenkt vore vært
""")
"""What one has seen or done: `har du høyrt` asks anywhere."""
SOMETHING = word_set("""
    at den det dette ei ein en et eit forskjell hva hvem hvor hvordan hvorfor ka kem kor korleis koss kva kvar kven kvifor når noe
    noen noko nokon nokre nokka nokken om
""")
"""What is known or remembered."""
NOT_A_VERB = word_set("""
    af alle alt and anten as at att av bare because berre blant bra but by både da de dei den denne der
    dere dersom dess desto det dette digg digger dritt du dykk då efter eftersom eg eller elskar elsker
    enn enten etter faen finn fint flott for forbanna fordi forrige fra from frå från fuck få för følg
    før gi gje gjer gjør godt gratulerer greit gå hallo han hatar hater hei heisann her ho hold hos how
    hugs hun husk hva hvem hver hvilken hvis hvor håpar håpe håper hæ hør høyr i if ikke ikkje imens in
    ingen innan ja jada jau jeg jepp jo joda ka ke kem kjære kom kor kva kvar kven la lat les likar like
    liker me med mellom men mens mon mot nei neida neste no noen när nå når och också of og også oja ok
    okay om on or over prøv på rart ring saknar savner se selv selvom send ser siden since sist siste
    sjekk sjå sjølv sjølvom skriv slutt snakker som spør start stem støtter synd synes synest syns så ta
    takk tenk than that the these this til tja to trass tror trur under unner utan uten ved veit vent
    verken vet vi viss vist what when where while who why with yes åja òg ønsker
""")
"""Words before a subject that are no verb, or a verb that commands or whose subject was dropped."""
MEANING = word_set("""
    know mean meiner mener oppfatter saying synes synest syns tenker tenkjer think tror trur tycker
    tänker veit vet
""")
"""Verbs of meaning and knowing."""
ENGLISH_MEANING = word_set("know mean saying think")


# --- subjects -----------------------------------------------------------------------------------------------

NOMINATIVES = word_set("""
    dei dere dokk dokker du dykk dåkker eg han ho hon hun jag jeg man ni noen nogen nokon någon vi
""")
"""Subjects that show, behind any first word, that this word is a verb."""
PRONOUNS = word_set("""
    de dei den dere det dokk dokker du dykk dåkker eg han ho hon hun jag jeg man me ni vi
""")
"""Subjects that make a clause of what a question word begins: `hva du sa`."""
SUBJECTS = word_set("""
    alle andre begge d de dei dem den denna denne dere deres dessa desse det detta dette di dig disse
    dokk dokker dom du dykk dykkar dykkars dåkk dåkker dæm døkk e' eg ein ej en folk han heile hele hin
    ho hon hun i ingen it's jag jeg jei jer jæ man me min mine mitt ni noe noen nogen nogle nokka nokken
    noko nokon nåen någon några nåkka nåkken nån nånn slike sånne u vi vår våre ya ye æ æg
""")
"""What may stand behind a verb as the one who does it."""
ENGLISH_SUBJECTS = word_set("""
    a all an any any1 anybody anyone anything everybody everyone he her his i it my nobody one our
    people she somebody someone something that the their there these they things this those u ur we
    y'all ya yall ye you your
""")
PERSONS = word_set("""
    any1 anybody anyone he i it my our people she there they this u we y'all ya yall you
""")
DIRECT = word_set("any1 anybody anyone dere dokker du dykk ni somebody someone u ya you")
"""Who is spoken to, or anyone at all."""
READER = word_set("de dere dokker du dykk ni u you")
YOU = word_set("""
    deg dere deres di dig din dine ditt dokk dokker du dykk dykkar dåkk dåkker dæ døkk era ert jer jeres
    ni u ur y'all ya yall ye you your yours
""")
"""All forms of the one spoken to."""
MYSELF = word_set("e eg ej jeg æ")
"""The one who speaks: nobody asks what oneself thinks."""
NYNORSK = word_set("""
    berre dei dykk dykkar eg frå ho ikkje kor korleis kva kven kvifor meir noko nokon nokre seier veit vart
""")
"""With one of these in the text, `de` speaks to its readers, and is not *they*."""
SPOKEN_TO = word_set("dere dokker dokk du dykk dåkker ni")
"""Who is spoken to in Nordic languages, as the one who does it."""
OTHERS = word_set("""
    de dei dem everyone folk han he ho hun man media oss our people politikarar politikere she them
    they us vi we
""")
"""Those spoken of."""
ANYONE = word_set("""
    any1 anybody anyone noen nogen noken nokken nokon nokre nåen någon nåken nån somebody someone
""")
ENGLISH_ANYONE = word_set("any1 anybody anyone somebody someone")
ANYONE_ASKS = word_set("andre der her som tips")
"""Behind *anyone* these ask: `noen som vet`."""
ANY_STATES = word_set("and body kind more of one or other time way")
BE = word_set("are is must should was were will would")
"""With one of these `any …` is part of a sentence."""

# --- places -------------------------------------------------------------------------------------------------

LEADS = word_set("""
    ah aha akkurat alltså also altså and anyway beklager btw but cool da damn dear derfor dessuten e
    egentlig eh ehm eller em enn for forresten fråga fy gud haha hallo hallå hei heisann hej hello
    herregud hey hi hm hmm hmmm huff hæ ja jada jaha jammen jaså jau javel jo joda just jøss kjære
    lmao lol meh men mm nah nei nej nice no now nå næ och og oh oi oj ok okay okei omg or please pls
    plz ps q question right samt sir so sorry spm spør spørsmål så then tja uh um undrar unnskyld
    vel well wow yeah yes å åh æ æh øh
""")
"""Words that may stand before a question without being part of it."""
VERB_LEADS = word_set("""
    ah aha akkurat alltså altså and anyway beklager btw but cool damn dear e egentlig eh ehm eller
    em forresten fråga haha hallo hallå hei heisann hej hello herregud hey hi hm hmm hmmm huff hæ ja
    jada jaha jammen jaså jau javel jo joda kjære lmao lol m men mm nah nei nice now och og oh oi oj
    ok okay okei omg or please pls plz question right so sorry spm spørsmål then tja uh um unnskyld
    vel well wow yeah yes å åh æh øh
""")
"""The same before a verb: without `så`, `da` and `nå`, behind which a statement has its verb first too."""
TURNS = word_set("but eller men or so")
"""Words that turn to something new, so that a question may begin behind them without a mark."""
PARTICLES = word_set("""
    bare berre da då egentleg egentlig eigentleg ikje ikke ikkj ikkje inte itj itje kje no not nå også
    så vel verkeleg virkelig òg
""")
"""May stand between verb and subject."""
NEVER = word_set("aldri ikke ikkje")
PAST = word_set("ble blei hadde kunne måtte var vart")
OPEN_ENDS = word_set("da då hva ikke ikkje kva noe noko sånn sånt slikt")
"""What may follow a last `eller`."""

# --- what the signs look for --------------------------------------------------------------------------------

PHRASE_WORDS = word_set("""
    an enn any any1 anybody anyone ask curious fråga help hva hvad ka know kva lov lurar lure lurer mogeleg mogleg mulig muligt möjligt noen
    nogen noken nokken nokon nokre nysgjerrig nån nåen nåken någon please pls plz question spm spørgsmål spørsmål tell undrar undrast undrer
    undres veta vide visst vita vite wonder wondering wonders
""")
"""One of these stands in every phrase that asks."""
FOLLOWING = word_set("and but men og så")
"""How a question takes up what was said."""
TAGS = word_set("""
    correct da då eh eller huh hva hæ ikke ikkje innit no ok okay right sant vel yeah å
""")
"""Tags behind a statement."""
LAUGHTER = word_set("haha hahah hahaha hahahaha hehe hehehe lmao lmfao lol lool rofl xd")

# --- what is wanted -------------------------------------------------------------------------------------------------

ANY = word_set("""
    andra andre any anybody anyone any1 noen nogen noken nokken nokon nokre någon några nån nåen nåken
""")
GREETINGS = word_set("dear goddag hallo hallå hei heisann hej hello hey hi hiya kjære")
PLEADING = word_set("kindly please pls plz snälla venligst vennligst vänligen ver-så-snill")
HELP = word_set("""
    advice advise assist assistance bistand bistå help helping hjelp hjelpe hjelpa hjälp hjälpa hjælp hjælpe råd support
""")
FIRST_PERSON = word_set("""
    eg ej i i'd i'll i'm i've im ive jag jeg me meg mi mig min mina mine mit mitt my oss our us vi vores vår vårt våre vi we æ æg
""")
WANTING = word_set("""
    ge gi give giv gje send sende skicka
    behöver forsøker forsøkt försöker försökt need needs prøver prøvd prøvde prøvet treng trenger tried try trying want wanted wants ønsker ønskjer
    önskar like vil vill would ville vente venta ventar ventede venter ventet väntar väntat wait waited waiting
""")
"""Verbs of wanting, needing, trying and waiting, and of what is to be given."""
CASE = word_set("""
    abonnement account accounts afgørelse ansökan ansökt ansøgning ansøgningen app appen application appointment beslut bestilling bestilt
    bestilte beställning beställt betale betalt biljett biljetten bill billet billett billetten billing blanket blankett booked booking
    bought brev brevet card charge charged delivered delivery e-post email emailed emails epost faktura fakturaen innlogging invoice klage
    konto kontoen kortet kvittering levering log logge logged logget login lösenord mail mailed message messaged nettsida nettsiden order
    ordered package paid paket paketet pakke pakken parcel passet passord passordet passport password payment purchased receipt refund
    refusjon regning regningen reservation ringde ringede ringt ringte räkning sagsnummer saksnummer site skema skemaet skjema skjemaet
    subscription søknad søknaden søkt søkte ticket tickets transaction udbetaling update upload utbetaling utbetalingen utbetalning vedtak
    vedtaket website ärende ärendet
""")
"""What people have pending with an office or a shop."""
ANGER = word_set("""
    awful bullshit crap disappointed disgrace disgraceful disgusting drittsekk dumb dust elendig faen fan fanden fuck fucked fucking håpløs håpløst
    hate helvete hykler hyklere hælvete idiot idioter idiotisk idiots joke jævla jævlar jævlig jævlige klovn klovner korrupte latterlig liar liars løgner
    løgnere moron morons pakk pathetic pinlig ridiculous rude shame shit skam skammelig skandale skandaløst stupid terrible tragisk tulling
    tullinger udugelig unacceptable uacceptabelt uakseptabelt useless worst wtf
""")
NEGATIONS = word_set("""
    ain't aren't can't didn't doesn't don't ej ikke ikkje ikkj inte isn't isnt itj ikkje not wasn't won't wouldn't
""")

# --- together ----------------------------------------------------------------------------------------------------

EXPERIENCED_ANY = EXPERIENCED | word_set("noe noen nokka nokken noko nokon nokre nåkka nåken")
STATING = NEVER | {"eller", "so", "så", "vel"}
"""One of these stands in every statement that asks."""
QUESTION_WORDS = NORDIC_WH | WHEN | ENGLISH_WH | ENGLISH_WHERE
OPENERS = QUESTION_WORDS | (FINITE - {"finn", "vart"}) | AUXILIARIES | ANYONE | {"any"}
"""Words whose sudden capital shows that a question may begin."""
OPENING = word_set("""
    bra dessuten fint gjerne godt greit greitt herleg herlig kanskje klart kun likevel merkeleg merkelig rar rart selvfølgelig
    selvsagt sjølvsagt snodig ueinig uenig verkar veldig virker
""")
"""Words that begin a sentence and are nobody's name."""
COMMON = LEADS | SUBJECTS | ENGLISH_SUBJECTS | NOT_A_VERB | OPENERS | OPENING
"""Words whose capital shows that a clause begins; a name's shows nothing."""
STARTERS = TURNS | OPENERS

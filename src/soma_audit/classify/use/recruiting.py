"""Signs that a post recruits: rules USE041 and USE042."""

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
VACANCIES = Phrases("""
    ledig/ledige stilling/stillinger/stillingar/jobb/jobber/jobbar/job/tjänst/tjänster
    stilling/stillinger/stillingar ledig/ledige/som
    stillingsannonse/stillingsannonser/stillingsutlysning/jobbannonse/jobannonce/stillingsopslag/jobopslag/platsannons/platsannonser
    søk/søke/sök/søg jobb*/jobben*/jobbet*/stilling*/stillingen*/stillinga*/tjänsten*/stillingen*/job*/jobbet*
    vi søker*/søkjer*/söker*/søger* en/ein/ei/et/eit/ett/ny/nye/nya/flere/fleire/fler/flere/deg/dig/medarbeider/medarbeidere/rådgiver
    vi ansetter*/anställer*/ansætter*/rekrutterer*/rekryterar*/tilset*
    bli/bliv vår*/vores* nye/nya/nye kollega/kollegaer/rådgiver/medarbejder
    ny/nye/nya kollega*/kolleger*/kollegaer*/kollegor*/kollegaen*
    jobbe/jobba/arbeide/arbeta/arbejde/jobb for/hos/med/i oss*/os*
    trainee/traineeprogram/traineeprogrammet/traineer/lærling/lærlinger/lærlingar/lærlingplass/lærlingeplass/lærlingeplads/studentpraktikant/praktikplats/praktikplads/sommerjobb/sommarjobb/sommarjobba/sommerjob
    vikar/sommervikar/sommarvikar/sommervikarer/deltidsstilling/fast søkes*/søkjast*/sökes*/søges*
    we're/are/now hiring
    hiring/vacancy/vacancies/recruiting/recruitment/internship/internships/apprenticeship/apprenticeships/traineeship/jobseekers
    job fair/opening/openings/opportunity/opportunities/posting/postings/vacancy/listings/seekers/search
    open positions*/position*
    apply for/to a/the/our/an/be/ job*/jobs*/position*/positions*/role*/firefighter*/officer*/internship*/exam*
    apply to be*/become* a/an/our
    join our team*/staff*/ranks*
    work for/with us
    career/careers/employment opportunity/opportunities/fair
    want to become*/be* a/an firefighter/emt/paramedic/lifeguard/officer/ranger/teacher
    take/taking/register/filing the exam/test
    exam application/registration/filing
    nowhiring/jobbhososs
    seasonal job*/jobs*/position*/positions*/staff*
    looking for a/ jobs*/job*/work*/employment*
    fellowship/fellowships
    poll worker/workers
""")
"""Words of vacancies, training places and those sought for them."""
_JOBS = re.compile(
    r"https?://(?:www\.)?((?:arbeidsplassen\.nav\.no|jobbnorge\.no|finn\.no/job|karrierestart\.no|\w+\.webcruiter\.(?:no|com)|\w+\.easycruit\.com"
    r"|(?:\w+\.)?varbi\.com|arbetsformedlingen\.se/platsbanken|(?:\w+\.)?teamtailor\.com|jobindex\.dk|job\.jobnet\.dk|(?:\w+\.)?hr-manager\.net"
    r"|linkedin\.com/jobs|governmentjobs\.com|usajobs\.gov|civilservicejobs\.service\.gov\.uk|(?:\w+\.)?smartrecruiters\.com)"
    r"|[^\s/]{1,100}/(?:\S{0,200}/)?(?:ledige?-stillinge?r?|stillinger|lediga-jobb|jobs?|careers?|vacancies)(?=[/?#\s]|$))"
)


@rule(
    "USE041",
    weight=4,
    message="It has words of a vacancy: “{words}”.",
    hits=[
        [own("Ledig stilling: rådgiver i Bergen")],
        [own("Vi søkjer ein rådgjevar i Bergen")],
        [own("Vi söker en handläggare")],
        [own("Vi søger en ny kollega")],
        [own("We're hiring in Bergen")],
    ],
    misses=[
        [own("Flere får jobb i Bergen")],
        [_ASKED, own("Vi søker en rådgiver, se nettsidene.", 2, under=1)],
    ],
)
def vacancy(see: Subject) -> Evidence:
    """Sees words of vacancies, training places and recruitment. Wrong for help with finding work elsewhere."""
    return VACANCIES.seen(see)


@rule(
    "USE042",
    weight=4,
    message="It links to where vacancies are published: {host}",
    hits=[
        [own("Bli med oss https://www.jobbnorge.no/1")],
        [own("Work here https://etat.example/en/vacancies/1")],
    ],
    misses=[[own(f"Bli med oss {_LINK}")], [own("Numbers https://etat.example/jobs-report")]],
)
def job_portal(see: Subject) -> Evidence:
    """Sees a link to a job portal, or to a page of vacancies. Shortened links hide it."""
    return link_to(_JOBS, see)

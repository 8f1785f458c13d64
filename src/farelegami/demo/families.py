"""Invented families: registered, welcomed and read together with, through the services."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID

from farelegami.cases.models import Case
from farelegami.cases.rules.assessments import RESOURCE_MAP, Moment, Respondent
from farelegami.cases.rules.phases import FindingKind, PhaseMove
from farelegami.cases.rules.referrals import Channel, Source
from farelegami.cases.rules.teamwork import DiaryKind
from farelegami.cases.services.assessments import confirm_assessment, take_assessment
from farelegami.cases.services.cases import (
    Intake,
    add_finding,
    move_case,
    note_first_meeting,
    take_in_charge,
)
from farelegami.cases.services.diaries import write_diary
from farelegami.cases.services.referrals import ReferralDraft, note_attempt, receive_referral
from farelegami.demo.names import Invented, Names
from farelegami.demo.stories import NEEDS
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.people.models import Person
from farelegami.people.rules.households import HouseholdRole
from farelegami.people.rules.persons import Level
from farelegami.people.rules.privacy import Manner
from farelegami.people.services.households import add_member
from farelegami.people.services.persons import PersonDraft, register_person
from farelegami.people.services.privacy import record_notice


@dataclass(slots=True)
class Family:
    """A household in charge: adults first, then the others."""

    case: Case
    adults: list[Person]
    others: list[Person]


def moment_of(day: date, hour: int = 10) -> datetime:
    """Return an hour of a day in Italy."""
    return datetime.combine(day, time(hour), tzinfo=clock.ROME)


def welcome(
    random: Random,
    names: Names,
    worker: Actor,
    *,
    district_id: int,
    programme_id: UUID,
    town: str,
    day: date,
    adults: int,
    children: int,
    ages: tuple[int, int],
    map_items: Sequence[str],
) -> Family:
    """Return a family referred, met and analysed from `day` on, ready for co-design."""
    origin = names.origin()
    surname = names.surname(origin[0])
    first = names.person(origin, surname, random.choice("FFM"))
    reason = random.choice(NEEDS)
    with clock.at(moment_of(day)):
        referral = receive_referral(
            worker,
            ReferralDraft(
                given_name=first.given_name,
                family_name=surname,
                municipality_id=town,
                reason=reason,
                source=random.choice(tuple(Source)),
                channel=Channel.PHONE,
                phone=names.phone(),
                person_informed=True,
            ),
        )
    with clock.at(moment_of(day + timedelta(days=random.randint(1, 9)))):
        note_attempt(worker, referral.pk, channel=Channel.PHONE, reached=True)
        case = take_in_charge(
            worker,
            referral.pk,
            Intake(
                programme_id=programme_id,
                person=_draft(random, names, first, town, ages, day),
                notice=Manner.READ_ALOUD,
                language=first.language,
            ),
        )
    people = [case.contact]
    with clock.at(moment_of(day + timedelta(days=10))):
        people += _others(random, names, worker, case, first, town, adults, children, day)
        _analyse(random, worker, case, reason, map_items, people)
    grown = people[: max(1, adults)]
    return Family(case, grown, people[len(grown) :])


def _draft(
    random: Random, names: Names, who: Invented, town: str, ages: tuple[int, int], day: date
) -> PersonDraft:
    languages: Mapping[str, Level] = {}
    if who.language != "it":
        languages = {
            who.language: Level.NATIVE,
            "it": random.choice((Level.A2, Level.B1)),
        }
    return PersonDraft(
        given_name=who.given_name,
        family_name=who.family_name,
        birth_date=names.birth(*ages, day),
        birth_place_code=who.born_in,
        sex=who.sex,
        preferred_language=who.language,
        languages=languages,
        municipality_id=town,
        phone=names.phone(),
    )


def _others(
    random: Random, names: Names, worker: Actor, case: Case, first: Invented, town: str,
    adults: int, children: int, day: date,
) -> list[Person]:  # fmt: skip
    origin = (first.origin, first.language, first.born_in)
    surname = first.family_name
    found = []
    for index in range(adults - 1 + children):
        grown = index < adults - 1
        who = names.person(origin, surname, random.choice("FM"))
        draft = PersonDraft(
            given_name=who.given_name,
            family_name=surname,
            birth_date=names.birth(*((24, 60) if grown else (1, 16)), day),
            sex=who.sex,
            preferred_language=who.language,
            municipality_id=town,
        )
        person = register_person(worker, case.district_id, draft).person
        role = HouseholdRole.ADULT if grown else HouseholdRole.CHILD
        add_member(worker, case.household_id, person.pk, role, day=clock.today())
        if grown:
            record_notice(worker, person.pk, language=who.language, how=Manner.READ_ALOUD)
        found.append(person)
    return found


def _analyse(
    random: Random, worker: Actor, case: Case, reason: str, items: Sequence[str],
    people: Sequence[Person],
) -> None:  # fmt: skip
    move_case(worker, case.pk, PhaseMove.START_ANALYSIS)
    note_first_meeting(worker, case.pk, day=clock.today())
    add_finding(worker, case.pk, kind=FindingKind.NEED, area="lavoro", text=reason)
    add_finding(
        worker, case.pk, kind=FindingKind.RESOURCE, area="cosa_so_fare",
        text=random.choice(("Sa cucinare per tanti.", "È puntuale e precisa.", "Parla tre lingue.")),
    )  # fmt: skip
    assessment = take_assessment(
        worker, case.pk, person_id=people[0].pk, instrument=RESOURCE_MAP, moment=Moment.T0,
        respondent=Respondent.TOGETHER, answers={item: random.randint(1, 4) for item in items},
        taken_on=clock.today(),
    )  # fmt: skip
    confirm_assessment(worker, assessment.pk)
    write_diary(
        worker, case.pk, kind=DiaryKind.VISIT, happened_on=clock.today(),
        text="Primo incontro a casa. La famiglia racconta volentieri, chiede tempi chiari.",
    )  # fmt: skip
    move_case(worker, case.pk, PhaseMove.START_CODESIGN)
    case.refresh_from_db()

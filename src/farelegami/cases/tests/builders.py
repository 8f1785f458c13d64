"""A family, a referral, a case, and the people who work on it."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from farelegami.access.models import Account
from farelegami.access.tests.builders import an_actor as an_account
from farelegami.cases.models import Case, Referral
from farelegami.cases.queries.instruments import instrument_for
from farelegami.cases.rules.assessments import RESOURCE_MAP, Moment, Respondent
from farelegami.cases.rules.phases import FindingKind, PhaseMove
from farelegami.cases.rules.referrals import Channel, Source
from farelegami.cases.services.assessments import confirm_assessment, take_assessment
from farelegami.cases.services.cases import (
    add_finding,
    move_case,
    note_first_meeting,
    open_case,
)
from farelegami.cases.services.referrals import (
    ReferralDraft,
    note_attempt,
    receive_referral,
)
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor, Role
from farelegami.network.models import Organisation
from farelegami.network.rules import DataCapacity, OrganisationKind
from farelegami.network.services import OrganisationDraft, register_organisation, write_role
from farelegami.people.rules.households import HouseholdRole
from farelegami.people.rules.privacy import Manner
from farelegami.people.services.households import form_household
from farelegami.people.services.persons import PersonDraft, register_person
from farelegami.people.services.privacy import record_notice
from farelegami.programmes.models import Programme
from farelegami.programmes.tests.builders import a_programme, some_territory

CREMONA, CREMA = 1901, 1902
TOWNS = {CREMONA: "019036", CREMA: "019035"}
A_MORNING = datetime(2026, 3, 2, 10, tzinfo=clock.ROME)


def a_worker(district_id: int = CREMONA, name: str = "Anna Prova") -> Actor:
    """Return a social worker of a district."""
    some_territory()
    return an_account(Role.SOCIAL_WORKER, district_id=district_id, name=name)


def a_coordinator(district_id: int = CREMONA) -> Actor:
    """Return the coordinator of a district."""
    some_territory()
    return an_account(Role.COORDINATOR, district_id=district_id, name="Carla Prova")


def a_body(district_id: int = CREMONA, name: str = "Cooperativa di prova") -> Organisation:
    """Return an organisation of the network of a district, its part in the data written."""
    draft = OrganisationDraft(name=name, kind=OrganisationKind.COOPERATIVE)
    coordinator = a_coordinator(district_id)
    body = register_organisation(coordinator, district_id, draft)
    write_role(
        coordinator,
        body.pk,
        DataCapacity.PROCESSOR,
        subject="percorsi",
        document_reference="nomina 3/2026",
        starts_on=clock.today(),
    )
    return body


def a_referent(body: Organisation, name: str = "Ines Prova", email: str = "") -> Actor:
    """Return somebody who answers for an organisation."""
    actor = an_account(Role.HOST, organisation_id=body.pk, name=name)
    Account.objects.filter(pk=actor.account_id).update(email=email)
    return actor


def a_draft(**changes: Any) -> ReferralDraft:
    """Return a referral as a school tells it."""
    draft = ReferralDraft(
        given_name="Sara",
        family_name="Prova",
        municipality_id=TOWNS[CREMONA],
        reason="È sola con due bambini piccoli e vorrebbe lavorare.",
        source=Source.SCHOOL,
        channel=Channel.PHONE,
        phone="0372 000001",
    )
    return replace(draft, **changes)


def a_referral(actor: Actor, **changes: Any) -> Referral:
    """Return a referral received by the actor."""
    return receive_referral(actor, a_draft(**changes))


def a_contacted_referral(actor: Actor) -> Referral:
    """Return a referral whose person has been spoken with."""
    return note_attempt(actor, a_referral(actor).pk, channel=Channel.PHONE, reached=True)


def a_person(actor: Actor, district_id: int = CREMONA, name: str = "Sara") -> UUID:
    """Return a person registered by the actor."""
    draft = PersonDraft(given_name=name, family_name="Prova", birth_date=date(1994, 5, 1))
    return register_person(actor, district_id, draft).person.pk


def a_case(actor: Actor, district_id: int = CREMONA) -> Case:
    """Return a case just opened, with the actor as its manager."""
    programme = Programme.objects.filter(code="farelegami").first() or a_programme()
    person = a_person(actor, district_id)
    household = form_household(
        actor, district_id, members=[(person, HouseholdRole.ADULT)], day=clock.today()
    )
    return open_case(actor, household_id=household.pk, contact_id=person, programme_id=programme.pk)


def some_answers(level: int = 3) -> dict[str, int]:
    """Return the same level for every area of the Mappa."""
    return {item.code: level for item in instrument_for(RESOURCE_MAP).items}


def a_map(actor: Actor, case: Case, moment: Moment = Moment.T0, level: int = 3) -> UUID:
    """Return a Mappa delle risorse of the contact, not confirmed."""
    return take_assessment(
        actor,
        case.pk,
        person_id=case.contact_id,
        instrument=RESOURCE_MAP,
        moment=moment,
        respondent=Respondent.TOGETHER,
        answers=some_answers(level),
        taken_on=clock.today(),
    ).pk


def an_analysed_case(actor: Actor, district_id: int = CREMONA) -> Case:
    """Return a case whose first analysis lacks nothing."""
    case = a_case(actor, district_id)
    record_notice(actor, case.contact_id, language="it", how=Manner.PAPER)
    move_case(actor, case.pk, PhaseMove.START_ANALYSIS)
    note_first_meeting(actor, case.pk, day=clock.today())
    add_finding(actor, case.pk, kind=FindingKind.NEED, area="lavoro", text="un lavoro")
    add_finding(actor, case.pk, kind=FindingKind.RESOURCE, area="cosa_so_fare", text="cucina bene")
    confirm_assessment(actor, a_map(actor, case))
    return case


def a_case_in_codesign(actor: Actor, district_id: int = CREMONA) -> Case:
    """Return a case ready to have its pact written."""
    case = an_analysed_case(actor, district_id)
    return move_case(actor, case.pk, PhaseMove.START_CODESIGN)

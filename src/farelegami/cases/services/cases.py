"""Taking a family in charge, reading its situation with it, moving from phase to phase."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction

from farelegami.audit.rules import Facts, Verb
from farelegami.audit.services import record, record_read
from farelegami.cases.models import Case, Finding, ManagerPeriod
from farelegami.cases.permissions import may_open_case, may_write_case
from farelegami.cases.queries.cases import (
    CASE,
    CaseFile,
    case_for,
    contents_of,
    facts_of,
    substitutes_of,
)
from farelegami.cases.queries.referrals import referral_for
from farelegami.cases.rules.phases import (
    AlreadyInCharge,
    CaseClosed,
    FindingKind,
    Phase,
    PhaseMove,
    check_meeting_day,
    check_ready,
    moved,
)
from farelegami.cases.rules.referrals import ReasonNeeded
from farelegami.cases.services.referrals import accepted
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotAllowed, NotFound, SentAlready
from farelegami.kernel.ids import new_id
from farelegami.people.queries.households import household_for, households_of, members_of
from farelegami.people.queries.persons import person_for
from farelegami.people.rules.households import HouseholdRole
from farelegami.people.rules.privacy import Manner
from farelegami.people.services.households import form_household
from farelegami.people.services.persons import PersonDraft, register_person
from farelegami.people.services.privacy import record_notice
from farelegami.programmes.queries import district_ids, programme_for
from farelegami.storage.once import written_once


@dataclass(frozen=True, slots=True)
class Intake:
    """A first welcome: somebody known already, or to be registered now, and the notice given."""

    programme_id: UUID
    person_id: UUID | None = None
    person: PersonDraft | None = None
    role: HouseholdRole = HouseholdRole.ADULT
    notice: Manner | None = None
    language: str = "it"


@transaction.atomic
def take_in_charge(
    actor: Actor, referral_id: UUID, intake: Intake, *, once: UUID | None = None
) -> Case:
    """Accept a referral, register the person if new, and return the case opened for the household.

    `once` names the act: the same twice opens one case.

    Raises:
        NotFound, NotAllowed: referral, person or programme not visible; not a social worker there.
        ContactFirst, ReferralAlreadyAnswered, AlreadyInCharge: as their names say.
        SentAlready: sent before with other data.
        Refusal: those of `people` for the registration.
    """
    district_id = referral_for(actor, referral_id, for_update=True).district_id
    if once and (opened := Case.objects.filter(pk=once, referral_id=referral_id).first()):
        _check_same(opened, intake)
        return opened
    person_id = intake.person_id
    if person_id is None:
        if intake.person is None:
            raise NotFound
        person_id = register_person(actor, district_id, intake.person).person.pk
    referral = accepted(actor, referral_id, person_id=person_id)
    if intake.notice is not None:
        record_notice(actor, person_id, language=intake.language, how=intake.notice)
    case = open_case(
        actor,
        household_id=_household_of(actor, district_id, person_id, intake.role),
        contact_id=person_id,
        programme_id=intake.programme_id,
        case_id=once,
    )
    case.referral = referral
    case.save(update_fields=["referral"])
    return case


def _check_same(case: Case, intake: Intake) -> None:
    """Refuse an intake that opened this case but says something else now."""
    same = case.programme_id == intake.programme_id
    if intake.person_id is not None:
        same &= case.contact_id == intake.person_id
    elif intake.person is not None:
        contact, told = case.contact, intake.person
        names = (told.given_name.strip(), told.family_name.strip(), told.birth_date)
        same &= (contact.given_name, contact.family_name, contact.birth_date) == names
    if not same:
        raise SentAlready


def _household_of(actor: Actor, district_id: int, person_id: UUID, role: HouseholdRole) -> UUID:
    for household in households_of(person_id):
        return household.id
    today = clock.today()
    return form_household(actor, district_id, members=[(person_id, role)], day=today).pk


@transaction.atomic
def open_case(
    actor: Actor,
    *,
    household_id: UUID,
    contact_id: UUID,
    programme_id: UUID,
    case_id: UUID | None = None,
) -> Case:
    """Open the case of a household, with the actor as its case manager, and return it.

    Raises:
        NotFound, NotAllowed: household, person or programme not visible; no social worker there.
        AlreadyInCharge: the household has an open case.
    """
    household = household_for(actor, household_id)
    # Locked: nobody erases or merges who is being taken in charge.
    contact = person_for(actor, contact_id, for_update=True)
    programme = programme_for(actor, programme_id)
    in_programme = household.district_id in district_ids(programme.pk)
    allowed = in_programme and may_open_case(actor, district_id=household.district_id)
    if not allowed or actor.account_id is None:
        raise NotAllowed
    today = clock.today()
    try:
        with transaction.atomic():
            case = Case.objects.create(
                id=case_id or new_id(),
                district_id=household.district_id,
                household=household,
                contact=contact,
                programme=programme,
                manager_id=actor.account_id,
                opened_on=today,
            )
    except IntegrityError as error:
        raise AlreadyInCharge from error
    ManagerPeriod.objects.create(
        district_id=case.district_id, case=case, account_id=actor.account_id, starts_on=today
    )
    note(actor, Verb.CREATED, case, {"programme": programme.code})
    return case


def note(
    actor: Actor,
    verb: Verb,
    case: Case,
    facts: Facts,
    *,
    kind: str = CASE,
    object_id: UUID | None = None,
) -> None:
    """Write an audit entry about a case for everybody of its household."""
    members = members_of([case.household_id]).get(case.household_id, ())
    record(
        actor,
        verb,
        kind=kind,
        object_id=object_id or case.pk,
        district_id=case.district_id,
        person_ids=[member.person_id for member in members] or [case.contact_id],
        facts=facts,
    )


@transaction.atomic
def read_case(actor: Actor, case_id: UUID, *, purpose: str = "percorso") -> CaseFile:
    """Return everything on a case but its diary, and log the reading (R22).

    Raises:
        NotFound: none the actor may see.
    """
    file = contents_of(case_for(actor, case_id))
    record_read(
        actor,
        kind=CASE,
        object_id=case_id,
        district_id=file.case.district_id,
        person_ids=file.person_ids,
        purpose=purpose,
    )
    return file


def writable_case(actor: Actor, case_id: UUID, *, substitutes_too: bool = True) -> Case:
    """Return an open case the actor may write, locked.

    Raises:
        NotFound, NotAllowed: not visible; neither its manager nor a substitute.
        CaseClosed: it is closed.
    """
    case = case_for(actor, case_id, for_update=True)
    substitutes = substitutes_of(case_id) if substitutes_too else set()
    if not may_write_case(actor, manager_id=case.manager_id, substitutes=substitutes):
        raise NotAllowed
    if not case.is_open:
        raise CaseClosed
    return case


@transaction.atomic
def move_case(actor: Actor, case_id: UUID, move: PhaseMove, *, reason: str = "") -> Case:
    """Move a case to another phase and return it; closing wants a reason.

    Raises:
        NotFound, NotAllowed, CaseClosed: as `writable_case`.
        PhaseRefused: no such way, or only a pact makes this move.
        StillMissing: with the list.
        ReasonNeeded: closing in silence.
    """
    case = writable_case(actor, case_id)
    phase = Phase(case.phase)
    after = moved(phase, move)
    check_ready(phase, move, facts_of(case))
    if move is PhaseMove.CLOSE:
        if not reason.strip():
            raise ReasonNeeded
        return close(actor, case, reason=reason.strip())
    return _entered(actor, case, after)


def close(actor: Actor, case: Case, *, reason: str) -> Case:
    """Close a locked case on today's date, ending the manager's period, and return it."""
    today = clock.today()
    case.closed_on, case.closing_reason = today, reason
    ManagerPeriod.objects.filter(case=case, ends_on__isnull=True).update(ends_on=today)
    return _entered(actor, case, Phase.CLOSED)


def _entered(actor: Actor, case: Case, phase: Phase) -> Case:
    before = case.phase
    case.phase = phase.value
    case.save(update_fields=["phase", "closed_on", "closing_reason"])
    note(actor, Verb.CHANGED, case, {"phase": [before, case.phase]})
    return case


@transaction.atomic
def enter_pact(actor: Actor, case_id: UUID) -> Case:
    """Move a case into its pact, called by the room of pacts at the signature; returns the case.

    A case already in pact stays there: a household may sign a second pact.

    Raises:
        NotFound: no such case.
        PhaseRefused: the case has not come to co-progettazione.
    """
    return _moved_by_pact(actor, case_id, PhaseMove.SIGN_PACT, Phase.IN_PACT)


@transaction.atomic
def leave_pact(actor: Actor, case_id: UUID) -> Case:
    """Move a case to follow-up, called by the room of pacts when its last pact ends.

    Raises:
        NotFound: no such case.
        PhaseRefused: the case is in no pact.
    """
    return _moved_by_pact(actor, case_id, PhaseMove.END_PACT, Phase.FOLLOW_UP)


def _moved_by_pact(actor: Actor, case_id: UUID, move: PhaseMove, already: Phase) -> Case:
    case = Case.objects.select_for_update().filter(pk=case_id).first()
    if case is None:
        raise NotFound
    if case.phase == already:
        return case
    return _entered(actor, case, moved(Phase(case.phase), move))


@transaction.atomic
def note_first_meeting(actor: Actor, case_id: UUID, *, day: date) -> Case:
    """Write down the day of the first meeting with the family and return the case (R7).

    Raises:
        NotFound, NotAllowed, CaseClosed: as `writable_case`.
        MeetingInTheFuture, BeforeTheCase: it has not happened yet; the case was not open yet.
    """
    return _dated(actor, case_id, "first_meeting_on", day)


@transaction.atomic
def note_deep_analysis(actor: Actor, case_id: UUID, *, day: date) -> Case:
    """Write down the day on which the équipe completed the quadro di analisi; return the case.

    Raises:
        NotFound, NotAllowed, CaseClosed: as `writable_case`.
        MeetingInTheFuture, BeforeTheCase: as `note_first_meeting`.
    """
    return _dated(actor, case_id, "deep_analysis_on", day)


def _dated(actor: Actor, case_id: UUID, field: str, day: date) -> Case:
    case = writable_case(actor, case_id)
    check_meeting_day(day, opened_on=case.opened_on, today=clock.today())
    before = getattr(case, field)
    setattr(case, field, day)
    case.save(update_fields=[field])
    note(actor, Verb.CHANGED, case, {field: [str(before) if before else None, str(day)]})
    return case


@transaction.atomic
def add_finding(
    actor: Actor,
    case_id: UUID,
    *,
    kind: FindingKind,
    area: str,
    text: str,
    once: UUID | None = None,
) -> Finding:
    """Add a need, a resource or somebody around the family to its analysis, and return it.

    `once` names the act: the same twice adds one.

    Raises:
        NotFound, NotAllowed, CaseClosed: as `writable_case`.
        ReasonNeeded: nothing was said.
        SentAlready: sent before with other data.
    """
    if not text.strip():
        raise ReasonNeeded
    case = writable_case(actor, case_id)
    finding = Finding(
        id=once or new_id(),
        district_id=case.district_id,
        case=case,
        kind=kind.value,
        area=area,
        text=text.strip(),
        by_id=actor.account_id,
        by_name=actor.name,
    )
    finding, is_new = written_once(finding, of="case_id", sent=("kind", "area", "text"))
    if is_new:
        note(actor, Verb.CREATED, case, {"kind": kind.value, "area": area}, object_id=finding.pk)
    return finding


@transaction.atomic
def remove_finding(actor: Actor, finding_id: UUID) -> Case:
    """Take away something that was read wrongly and return the case.

    Raises:
        NotFound, NotAllowed, CaseClosed: as `writable_case`.
    """
    finding = Finding.objects.filter(pk=finding_id).first()
    if finding is None:
        raise NotFound
    case = writable_case(actor, finding.case_id)
    facts: Facts = {"kind": finding.kind, "area": finding.area}
    finding.delete()
    note(actor, Verb.DELETED, case, facts, object_id=finding_id)
    return case

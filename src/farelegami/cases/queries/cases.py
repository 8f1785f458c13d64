"""Cases: who may see them, the caseload, everything on one page."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from farelegami.cases.models import (
    Assessment,
    Case,
    Finding,
    Handover,
    ManagerPeriod,
    Referral,
    TeamMember,
)
from farelegami.cases.permissions import STAFF
from farelegami.cases.rules.assessments import RESOURCE_MAP, Moment
from farelegami.cases.rules.phases import (
    CaseFacts,
    FindingKind,
    Missing,
    Phase,
    PhaseMove,
    first_meeting_terms,
    moves_from,
    what_is_missing,
)
from farelegami.cases.rules.teamwork import HandoverStage
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor, Role
from farelegami.kernel.errors import NotFound
from farelegami.people.queries.files import notice_given
from farelegami.people.queries.households import Member, members_of
from farelegami.storage.pages import PAGE_SIZE, KeyPage, key_page
from farelegami.storage.prepared import prepared

CASE: Final = "cases.case"


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One line of the caseload; `due_on` is the day by which to meet the family, until one has."""

    id: UUID
    household: str
    contact: str
    phase: str
    phase_label: str
    opened_on: date
    manager: str
    due_on: date | None
    late: bool


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case as its page shows it; the diary is not here."""

    case: Case
    members: Sequence[Member]
    facts: CaseFacts
    missing: Sequence[Missing]
    moves: Sequence[PhaseMove]
    findings: Sequence[Finding]
    assessments: Sequence[Assessment]
    team: Sequence[TeamMember]
    managers: Sequence[ManagerPeriod]
    handovers: Sequence[Handover]

    @property
    def person_ids(self) -> list[UUID]:
        """Whose data these are."""
        return [member.person_id for member in self.members] or [self.case.contact_id]

    @property
    def substitutes(self) -> set[UUID]:
        """The accounts that stand in for the case manager today."""
        return {one.account_id for one in self.team if one.reads_diary and one.account_id}

    @property
    def open_handover(self) -> Handover | None:
        """The passage that waits for an answer."""
        return next((one for one in self.handovers if one.stage == "proposed"), None)


def present_team() -> QuerySet[TeamMember]:
    """Return the invitations that hold today."""
    today = clock.today()
    return TeamMember.objects.filter(
        starts_on__lte=today, ends_on__gte=today, withdrawn_at__isnull=True
    )


def _invited(actor: Actor) -> QuerySet[TeamMember]:
    """The invitations of the actor that hold: to the account, to an organisation of its roles.

    Who was invited as referent of an organisation sees while they are one.
    """
    mine = Q(account_id=actor.account_id, organisation_id__isnull=True)
    if bodies := actor.organisations(*Role):
        through = Q(account_id=actor.account_id) | Q(account_id__isnull=True)
        mine |= Q(through, organisation_id__in=bodies)
    return present_team().filter(mine)


def case_sight(actor: Actor, through: str = "") -> Q:
    """Return the condition under which an actor sees a case, for rows that reach it `through` a
    path such as "case" or "pact__case": rooms above filter by it in one join, without a subquery.

    Those rows have the district of their case as a column of their own. Of the three ways in only
    those are asked for that the actor may have: one alone follows an index, however many the rows.
    """
    if actor.system:
        return Q()
    if actor.account_id is None:
        return Q(pk__in=[])
    path, case_id = (f"{through}__", f"{through}_id") if through else ("", "pk")
    coordinated = actor.districts(Role.COORDINATOR)
    sight = Q(district_id__in=coordinated)
    if worked_in := actor.districts(*STAFF) - coordinated:
        sight |= Q(**{f"{path}manager_id": actor.account_id}, district_id__in=worked_in)
    if actor.invited or actor.organisations(*Role):
        sight |= Q(Exists(_invited(actor).filter(case_id=OuterRef(case_id))))
    return sight


def visible_cases(actor: Actor) -> QuerySet[Case]:
    """The only door to cases: one's own, those one is invited to, the districts one coordinates."""
    return Case.objects.filter(case_sight(actor))


def case_for(actor: Actor, case_id: UUID, *, for_update: bool = False) -> Case:
    """Return a case with its household, contact, manager and programme, locked if asked.

    Raises:
        NotFound: none the actor may see.
    """
    found = _case(actor, case_id, for_update=for_update)
    if not found:
        raise NotFound
    return found[0]


@prepared
def _case(actor: Actor, case_id: UUID, *, for_update: bool) -> QuerySet[Case]:
    rows = visible_cases(actor).select_related(
        "household", "contact", "manager", "programme", "district__province"
    )
    if for_update:
        rows = rows.select_for_update(of=("self",))
    return rows.filter(pk=case_id)


def case_to_write(actor: Actor, case_id: UUID) -> Case:
    """Return a case locked, with its district and province alone. One query.

    Raises:
        NotFound: none the actor may see.
    """
    found = _to_write(actor, case_id)
    if not found:
        raise NotFound
    return found[0]


@prepared
def _to_write(actor: Actor, case_id: UUID) -> QuerySet[Case]:
    rows = visible_cases(actor).select_related("district__province").filter(pk=case_id)
    return rows.defer("closing_reason").select_for_update(of=("self",))


def cases_of_household(actor: Actor, household_ids: Collection[UUID]) -> Sequence[Case]:
    """Return the visible cases of these households, latest first. One query."""
    rows = visible_cases(actor).filter(household_id__in=household_ids)
    return list(rows.select_related("manager").order_by("-id"))


def substitutes_of(case_id: UUID) -> set[UUID]:
    """Return the accounts that stand in for the case manager today. One query."""
    rows = present_team().filter(case_id=case_id, reads_diary=True)
    return {account_id for account_id in rows.values_list("account_id", flat=True) if account_id}


def caseload_page(
    actor: Actor,
    *,
    scope: str = "mine",
    phase: str = "",
    cursor: str = "",
    size: int = PAGE_SIZE,
) -> KeyPage[CaseRow]:
    """Return open cases, latest first, closed ones only when `phase` asks. One query.

    `scope` is "mine", "team" (those one is invited to) or "district" (those one coordinates).
    """
    rows = _in_scope(actor, scope)
    rows = rows.filter(phase=phase) if phase else rows.filter(closed_on__isnull=True)
    page = key_page(
        rows.select_related("household", "contact", "manager", "programme").defer(
            "contact__tax_code", "closing_reason"
        ),
        order=("-id",),
        cursor=cursor,
        size=size,
    )
    today = clock.today()
    return KeyPage([_row(case, today) for case in page.rows], page.next_cursor, page.cursor)


def _in_scope(actor: Actor, scope: str) -> QuerySet[Case]:
    # Each branch follows one index, where the whole of `visible_cases` would need several.
    if actor.account_id is None:
        return Case.objects.none()
    if scope == "district":
        return Case.objects.filter(district_id__in=actor.districts(Role.COORDINATOR))
    if scope == "team":
        return Case.objects.filter(pk__in=_invited(actor).values("case_id"))
    return Case.objects.filter(manager_id=actor.account_id, district_id__in=actor.districts(*STAFF))


def _row(case: Case, today: date) -> CaseRow:
    due_on = None
    if case.first_meeting_on is None and case.is_open:
        due_on, _limit = first_meeting_terms(
            case.opened_on,
            target_days=case.programme.first_meeting_target_days,
            limit_days=case.programme.first_meeting_within_days,
        )
    return CaseRow(
        id=case.pk,
        household=case.household.name,
        contact=case.contact.name,
        phase=case.phase,
        phase_label=case.phase_label,
        opened_on=case.opened_on,
        manager=case.manager.name,
        due_on=due_on,
        late=due_on is not None and due_on < today,
    )


def contents_of(case: Case) -> CaseFile:
    """Return everything on a case already found, for who checks sight and logs. Seven queries."""
    members = members_of([case.household_id]).get(case.household_id, ())
    findings = list(Finding.objects.filter(case=case).order_by("id"))
    assessments = list(
        Assessment.objects.filter(case=case)
        .select_related("person")
        .defer("person__tax_code")
        .order_by("instrument", "person_id", "moment")
    )
    facts = _facts(case, members, findings, assessments)
    phase = Phase(case.phase)
    return CaseFile(
        case=case,
        members=members,
        facts=facts,
        missing=what_is_missing(phase, facts),
        moves=moves_from(phase),
        findings=findings,
        assessments=assessments,
        team=list(
            present_team()
            .filter(case=case)
            .select_related("account", "organisation")
            .order_by("starts_on", "id")
        ),
        managers=list(
            ManagerPeriod.objects.filter(case=case).select_related("account").order_by("-id")
        ),
        handovers=list(
            Handover.objects.filter(case=case)
            .select_related("to_account", "to_organisation", "to_district", "from_account")
            .order_by("-id")
        ),
    )


def facts_of(case: Case) -> CaseFacts:
    """Return what the phases ask of a case. Four queries."""
    members = members_of([case.household_id]).get(case.household_id, ())
    findings = list(Finding.objects.filter(case=case).only("id", "kind"))
    assessments = list(Assessment.objects.filter(case=case))
    return _facts(case, members, findings, assessments)


def _facts(
    case: Case,
    members: Sequence[Member],
    findings: Sequence[Finding],
    assessments: Sequence[Assessment],
) -> CaseFacts:
    adults = [member.person_id for member in members if member.may_hold_a_pact]
    kinds = [finding.kind for finding in findings]
    return CaseFacts(
        adults=len(adults),
        notices_given=len(notice_given(adults)),
        first_meeting_on=case.first_meeting_on,
        needs=kinds.count(FindingKind.NEED),
        resources=kinds.count(FindingKind.RESOURCE),
        first_map_confirmed=any(
            one.instrument == RESOURCE_MAP
            and one.moment == Moment.T0
            and one.confirmed_at is not None
            for one in assessments
        ),
        deep_analysis_on=case.deep_analysis_on,
    )


def waiting_handovers(actor: Actor) -> Sequence[Handover]:
    """Return the passages the actor is asked to answer, nearest term first. One query."""
    return list(
        _asked_of(actor)
        .filter(stage=HandoverStage.PROPOSED.value)
        .select_related("case__household", "from_account")
        .order_by("deadline", "id")
    )


def handover_for(actor: Actor, handover_id: UUID) -> Handover:
    """Return a passage the actor is asked to answer.

    Raises:
        NotFound: none such.
    """
    rows = _asked_of(actor).select_related("case__household", "from_account", "to_organisation")
    handover = rows.filter(pk=handover_id).first()
    if handover is None:
        raise NotFound
    return handover


def _asked_of(actor: Actor) -> QuerySet[Handover]:
    if actor.account_id is None:
        return Handover.objects.none()
    return Handover.objects.filter(
        Q(to_account_id=actor.account_id) | Q(to_organisation_id__in=actor.organisations(*Role))
    )


def crossed_transfer(case: Case) -> Referral | None:
    """Return the transfer by which a case came, if the other district had withdrawn it by then.

    One query at most.
    """
    if case.referral_id is None:
        return None
    rows = Referral.objects.filter(pk=case.referral_id, withdrawn_at__isnull=False)
    return rows.select_related("transfer_from").defer("reason", "answer").first()

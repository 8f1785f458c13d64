"""Inviting to a case for a time, and passing it on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from farelegami.access.queries import grants_on, workers_of
from farelegami.audit.rules import Verb
from farelegami.cases.models import Case, Handover, ManagerPeriod, TeamMember
from farelegami.cases.permissions import may_lead_case
from farelegami.cases.queries.cases import case_for
from farelegami.cases.rules.phases import CaseClosed, Phase, PhaseMove, moved
from farelegami.cases.rules.referrals import ReasonNeeded
from farelegami.cases.rules.teamwork import (
    AlreadyInTheTeam,
    DeadlinePassed,
    DiaryIsForWorkers,
    HandoverAnswered,
    HandoverOpen,
    HandoverStage,
    HandoverToOneself,
    NotASocialWorkerHere,
    NotInTheNetwork,
    SameDistrict,
    check_invitation,
)
from farelegami.cases.services.cases import close, note
from farelegami.cases.services.messages import PROPOSED, WITHDRAWN, Message, send, tell
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor, Role
from farelegami.kernel.errors import NotAllowed, NotFound
from farelegami.kernel.ids import new_id
from farelegami.network.queries import bodies_at_work_in, organisation_for
from farelegami.storage.once import written_once
from farelegami.territory.queries import districts

if TYPE_CHECKING:
    from farelegami.access.models import Account, RoleGrant

TEAM: Final = "cases.team_member"
HANDOVER: Final = "cases.handover"
_ASKED: Final = ("account_id", "organisation_id", "task", "reads_diary", "ends_on")
_PROPOSED: Final = (
    "to_account_id",
    "to_organisation_id",
    "to_district_id",
    "reason",
    "basis",
    "deadline",
)


@dataclass(frozen=True, slots=True)
class Invitation:
    """Who is asked to a case, to do what, until when; a substitute also reads the diary.

    With an account and an organisation a referent of it is asked; with the organisation alone,
    whoever has a role there.
    """

    account_id: UUID | None
    task: str
    ends_on: date
    organisation_id: UUID | None = None
    reads_diary: bool = False


def _led_case(actor: Actor, case_id: UUID) -> Case:
    case = case_for(actor, case_id, for_update=True)
    if not may_lead_case(actor, manager_id=case.manager_id, district_id=case.district_id):
        raise NotAllowed
    if not case.is_open:
        raise CaseClosed
    return case


def colleagues(case: Case, *roles: Role) -> "Sequence[Account]":
    """Return who may be asked to a case: staff of its district with one of `roles`. One query."""
    wanted = roles or (Role.SOCIAL_WORKER, Role.COMMUNITY_MAKER, Role.COORDINATOR)
    return [
        account
        for account in workers_of(case.district_id, *wanted)
        if account.pk != case.manager_id
    ]


def _colleague(case: Case, account_id: UUID, *roles: Role) -> "Account":
    for account in colleagues(case, *roles):
        if account.pk == account_id:
            return account
    raise NotASocialWorkerHere


def bodies(actor: Actor, case: Case) -> "Sequence[RoleGrant]":
    """Return who has a role at an organisation of the network of a case. Two queries."""
    return grants_on(bodies_at_work_in(actor, case.district_id))


def _asked(actor: Actor, case: Case, invitation: Invitation) -> "Sequence[Account]":
    """Return the accounts that an invitation lets in today."""
    if invitation.organisation_id is None:
        roles = (Role.SOCIAL_WORKER,) if invitation.reads_diary else ()
        if invitation.account_id is None:
            raise NotFound
        return [_colleague(case, invitation.account_id, *roles)]
    if invitation.reads_diary:
        raise DiaryIsForWorkers
    found = {
        grant.account_id: grant.account
        for grant in bodies(actor, case)
        if grant.organisation_id == invitation.organisation_id
        and invitation.account_id in {None, grant.account_id}
    }
    if not found:
        raise NotInTheNetwork
    return list(found.values())


def _make_room(case: Case, invitation: Invitation, member_id: UUID) -> None:
    """Put away an invitation that has ended, so that the next one is the only open one."""
    open_ones = TeamMember.objects.filter(case=case, withdrawn_at__isnull=True).exclude(
        pk=member_id
    )
    if invitation.account_id is not None:
        same = open_ones.filter(account_id=invitation.account_id)
    else:
        same = open_ones.filter(account=None, organisation=invitation.organisation_id)
    if same.filter(ends_on__gte=clock.today()).exists():
        raise AlreadyInTheTeam
    same.update(withdrawn_at=clock.now())


@transaction.atomic
def invite(
    actor: Actor, case_id: UUID, invitation: Invitation, *, once: UUID | None = None
) -> TeamMember:
    """Ask a colleague, a referent or an organisation to a case for a time; return the membership.

    `once` names the act: the same twice asks once.

    Raises:
        NotFound, NotAllowed, CaseClosed: not visible; not the one who leads the case; closed.
        InvitationWithoutEnd, AlreadyInTheTeam: as their names say.
        NotASocialWorkerHere: not staff here, or a substitute who is no social worker.
        NotInTheNetwork: an organisation of elsewhere, or without the account that is asked.
        DiaryIsForWorkers: the diary was offered to an organisation.
        SentAlready: sent before with other data.
    """
    case = _led_case(actor, case_id)
    today = clock.today()
    check_invitation(starts_on=today, ends_on=invitation.ends_on)
    asked = _asked(actor, case, invitation)
    member_id = once or new_id()
    _make_room(case, invitation, member_id)
    member = TeamMember(
        id=member_id,
        district_id=case.district_id,
        case=case,
        account_id=invitation.account_id,
        organisation_id=invitation.organisation_id,
        task=invitation.task.strip(),
        reads_diary=invitation.reads_diary,
        starts_on=today,
        ends_on=invitation.ends_on,
        invited_by_id=actor.account_id,
        invited_by_name=actor.name,
    )
    member, is_new = written_once(member, of="case_id", sent=_ASKED)
    if not is_new:
        return member
    note(
        actor,
        Verb.ACCESS,
        case,
        {**_whom(member), "ends_on": str(member.ends_on), "diary": member.reads_diary},
        kind=TEAM,
        object_id=member.pk,
    )
    for account in asked:
        tell(account, _("Un invito in un’équipe"), key=f"{TEAM}.{member.pk}.{account.pk}")
    return member


def _whom(member: TeamMember) -> dict[str, str]:
    named = {"account": member.account_id, "organisation": member.organisation_id}
    return {name: str(pk) for name, pk in named.items() if pk is not None}


@transaction.atomic
def end_invitation(actor: Actor, member_id: UUID) -> TeamMember:
    """Take an invitation back from this moment and return it.

    Raises:
        NotFound, NotAllowed, CaseClosed: as `invite`.
    """
    member = TeamMember.objects.filter(pk=member_id, withdrawn_at__isnull=True).first()
    if member is None:
        raise NotFound
    case = _led_case(actor, member.case_id)
    member.withdrawn_at = clock.now()
    member.save(update_fields=["withdrawn_at"])
    note(
        actor,
        Verb.ACCESS,
        case,
        {**_whom(member), "withdrawn": True},
        kind=TEAM,
        object_id=member.pk,
    )
    return member


@dataclass(frozen=True, slots=True)
class Passage:
    """To whom a case should pass, why, on what ground, and until when an answer is awaited."""

    reason: str
    basis: str
    deadline: date
    to_account_id: UUID | None = None
    to_organisation_id: UUID | None = None
    to_district_id: int | None = None


@transaction.atomic
def propose_handover(
    actor: Actor, case_id: UUID, passage: Passage, *, once: UUID | None = None
) -> Handover:
    """Ask a worker, a body or a district to take a case over; nothing passes yet.

    Returns the proposal.

    `once` names the act: the same twice proposes once.

    Raises:
        NotFound, NotAllowed, CaseClosed: as `invite`; the organisation is not visible.
        ReasonNeeded, DeadlinePassed, HandoverOpen, HandoverToOneself: as their names say.
        NotASocialWorkerHere: the worker is no social worker of the district.
        SameDistrict: the case is in that district.
        PhaseRefused: a case in pact is not closed by passing it to another body or district.
        SentAlready: sent before with other data.
    """
    if not passage.reason.strip() or not passage.basis.strip():
        raise ReasonNeeded
    if passage.deadline < clock.today():
        raise DeadlinePassed
    case = _led_case(actor, case_id)
    receiver = _receiver(actor, case, passage)
    handover = Handover(
        id=once or new_id(),
        district_id=case.district_id,
        case=case,
        from_account_id=case.manager_id,
        to_account_id=passage.to_account_id,
        to_organisation_id=passage.to_organisation_id,
        to_district_id=passage.to_district_id,
        reason=passage.reason.strip(),
        basis=passage.basis.strip(),
        deadline=passage.deadline,
        proposed_at=clock.now(),
    )
    try:
        handover, is_new = written_once(handover, of="case_id", sent=_PROPOSED)
    except IntegrityError as error:
        raise HandoverOpen from error
    if not is_new:
        return handover
    note(
        actor,
        Verb.CREATED,
        case,
        {
            "basis": handover.basis,
            "deadline": str(handover.deadline),
            "to_district": handover.to_district_id,
        },
        kind=HANDOVER,
        object_id=handover.pk,
    )
    if handover.to_district_id is not None:
        _send_proposal(handover, case)
    if receiver is not None:
        tell(receiver, _("Un passaggio attende risposta"), key=f"{HANDOVER}.{handover.pk}")
    return handover


def _send_proposal(handover: Handover, case: Case) -> None:
    """Tell the other district whom to call and why: never the diary nor what was read together."""
    contact, referral = case.contact, case.referral
    limits, body = contact.contact_limits, case.district.lead_body
    why = [
        handover.reason,
        _("In base a: %s") % handover.basis,
        _("Cautele nei contatti: %s") % limits if limits else "",
    ]
    send(
        PROPOSED,
        Message(
            transfer_id=handover.pk,
            from_district=case.district_id,
            to_district=handover.to_district_id or 0,
            at=handover.proposed_at,
            told={
                "given_name": contact.given_name,
                "family_name": contact.family_name,
                "phone": contact.phone or (referral.phone if referral else ""),
                "email": contact.email or (referral.email if referral else ""),
                "contact_hours": contact.contact_hours,
                "municipality": contact.municipality_id or "",
                "reason": "\n\n".join(part for part in why if part),
                "answer_by": handover.deadline.isoformat(),
                "worker": f"{case.manager.name}, {case.district.name}"[:120],
                "worker_contact": ", ".join(filter(None, (body, case.manager.email)))[:120],
            },
        ),
    )


def _receiver(actor: Actor, case: Case, passage: Passage) -> "Account | None":
    if passage.to_district_id is not None:
        if passage.to_district_id == case.district_id:
            raise SameDistrict
        if not districts([passage.to_district_id]):
            raise NotFound
        moved(Phase(case.phase), PhaseMove.CLOSE)
        return None
    if passage.to_account_id is None:
        if passage.to_organisation_id is None:
            raise NotFound
        moved(Phase(case.phase), PhaseMove.CLOSE)
        organisation_for(actor, passage.to_organisation_id)
        return None
    if passage.to_account_id == case.manager_id:
        raise HandoverToOneself
    return _colleague(case, passage.to_account_id, Role.SOCIAL_WORKER)


def locked_handover(handover_id: UUID) -> tuple[Handover, Case]:
    """Return a passage and its case, both locked: the case first, as everywhere.

    Raises:
        NotFound: there is none.
    """
    found = Handover.objects.filter(pk=handover_id).first()
    if found is None:
        raise NotFound
    case = (
        Case.objects.select_for_update(of=("self",)).select_related("manager").get(pk=found.case_id)
    )
    handover = Handover.objects.select_for_update().get(pk=handover_id)
    return handover, case


def is_receiver(actor: Actor, handover: Handover) -> bool:
    """Return whether it is the actor who answers: the worker asked, a referent of the body."""
    if handover.to_account_id is not None:
        return actor.account_id == handover.to_account_id and actor.holds(
            Role.SOCIAL_WORKER, district_id=handover.district_id
        )
    return handover.to_organisation_id in actor.organisations(*Role)


@transaction.atomic
def accept_handover(actor: Actor, handover_id: UUID, *, answer: str = "") -> Handover:
    """Take a case over and return the passage: a worker becomes its manager, a body closes it here.

    Raises:
        NotFound: no such proposal for the actor.
        HandoverAnswered, CaseClosed: as their names say.
    """
    handover, case = _answerable(actor, handover_id)
    if not case.is_open:
        raise CaseClosed
    if handover.to_account_id is not None:
        _pass_to(case, handover.to_account_id)
        TeamMember.objects.filter(
            case=case, account_id=handover.to_account_id, withdrawn_at__isnull=True
        ).update(withdrawn_at=clock.now())
    else:
        moved(Phase(case.phase), PhaseMove.CLOSE)
        close(actor, case, reason=_("Passaggio a un altro ente: %s") % handover.basis)
    return _answer(actor, handover, case, HandoverStage.ACCEPTED, answer)


def _answerable(actor: Actor, handover_id: UUID) -> tuple[Handover, Case]:
    handover, case = locked_handover(handover_id)
    if not is_receiver(actor, handover):
        raise NotFound
    if handover.stage != HandoverStage.PROPOSED:
        raise HandoverAnswered
    return handover, case


def _pass_to(case: Case, account_id: UUID) -> None:
    today = clock.today()
    ManagerPeriod.objects.filter(case=case, ends_on__isnull=True).update(ends_on=today)
    ManagerPeriod.objects.create(
        district_id=case.district_id, case=case, account_id=account_id, starts_on=today
    )
    case.manager_id = account_id
    case.save(update_fields=["manager"])


@transaction.atomic
def decline_handover(actor: Actor, handover_id: UUID, *, answer: str) -> Handover:
    """Refuse a case, saying why, and return the passage; the case stays where it is.

    Raises:
        NotFound, HandoverAnswered: as `accept_handover`.
        ReasonNeeded: in silence.
    """
    if not answer.strip():
        raise ReasonNeeded
    handover, case = _answerable(actor, handover_id)
    return _answer(actor, handover, case, HandoverStage.DECLINED, answer)


@transaction.atomic
def withdraw_handover(actor: Actor, handover_id: UUID) -> Handover:
    """Take a proposal back before it is answered and return it.

    Raises:
        NotFound, NotAllowed, CaseClosed: as `invite`.
        HandoverAnswered: it was answered meanwhile.
    """
    found = Handover.objects.filter(pk=handover_id).first()
    if found is None:
        raise NotFound
    case = _led_case(actor, found.case_id)
    handover = Handover.objects.select_for_update().get(pk=handover_id)
    if handover.stage != HandoverStage.PROPOSED:
        raise HandoverAnswered
    answered = _answer(actor, handover, case, HandoverStage.WITHDRAWN, "")
    if handover.to_district_id is not None and handover.answered_at is not None:
        ids = (handover.pk, case.district_id, handover.to_district_id)
        send(WITHDRAWN, Message(*ids, at=handover.answered_at, told={}))
    return answered


def _answer(
    actor: Actor, handover: Handover, case: Case, stage: HandoverStage, answer: str
) -> Handover:
    handover.stage = stage.value
    handover.answer = answer.strip()
    handover.answered_at = clock.now()
    handover.answered_by_name = actor.name
    handover.save(update_fields=["stage", "answer", "answered_at", "answered_by_name"])
    note(actor, Verb.DECIDED, case, {"stage": stage.value}, kind=HANDOVER, object_id=handover.pk)
    return handover

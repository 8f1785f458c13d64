"""Passing a case on: to a worker, to a body, to another district."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from farelegami.audit.rules import Verb
from farelegami.cases.models import Case, Handover, ManagerPeriod, TeamMember
from farelegami.cases.rules.phases import CaseClosed, Phase, PhaseMove, moved
from farelegami.cases.rules.referrals import ReasonNeeded
from farelegami.cases.rules.teamwork import (
    DeadlinePassed,
    HandoverAnswered,
    HandoverOpen,
    HandoverStage,
    HandoverToOneself,
    SameDistrict,
)
from farelegami.cases.services.cases import close, note
from farelegami.cases.services.messages import PROPOSED, WITHDRAWN, Message, send, tell
from farelegami.cases.services.teams import colleague, led_case
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor, Role
from farelegami.kernel.errors import NotFound, gettext_noop
from farelegami.kernel.ids import new_id
from farelegami.network.queries import organisation_for
from farelegami.storage.once import written_once
from farelegami.territory.queries import districts

if TYPE_CHECKING:
    from farelegami.access.models import Account

HANDOVER: Final = "cases.handover"
_PROPOSED: Final = (
    "to_account_id",
    "to_organisation_id",
    "to_district_id",
    "reason",
    "basis",
    "deadline",
    "family_knows",
)


@dataclass(frozen=True, slots=True)
class Passage:
    """To whom a case should pass, why, on what ground, and until when an answer is awaited."""

    reason: str
    basis: str
    deadline: date
    to_account_id: UUID | None = None
    to_organisation_id: UUID | None = None
    to_district_id: int | None = None
    family_knows: bool = False


@transaction.atomic
def propose_handover(
    actor: Actor, case_id: UUID, passage: Passage, *, once: UUID | None = None
) -> Handover:
    """Ask a worker, a body or a district to take a case over and return the proposal.

    Nothing passes yet. `once` names the act: the same twice proposes once.

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
    case = led_case(actor, case_id)
    receiver = _receiver(actor, case, passage)
    handover, is_new = _proposed(case, passage, once)
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
        tell(
            receiver, gettext_noop("Un passaggio attende risposta"), key=f"{HANDOVER}.{handover.pk}"
        )
    return handover


def _proposed(case: Case, passage: Passage, once: UUID | None) -> tuple[Handover, bool]:
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
        family_knows=passage.family_knows,
        proposed_at=clock.now(),
    )
    try:
        return written_once(handover, of="case_id", sent=_PROPOSED)
    except IntegrityError as error:
        raise HandoverOpen from error


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
                "family_knows": "yes" if handover.family_knows else "",
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
    return colleague(case, passage.to_account_id, Role.SOCIAL_WORKER)


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
    case = led_case(actor, found.case_id)
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

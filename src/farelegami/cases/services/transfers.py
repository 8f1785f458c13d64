"""Cases that pass to another district: what each of the two does when the other's message comes.

Each handler writes in its own district only, in one transaction, and does nothing the second time.
Withdrawal and answer may cross: both districts compare the moments, so both come to the same end.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from farelegami.audit.rules import Facts, Verb
from farelegami.cases.models import Case, Handover, Referral
from farelegami.cases.rules.phases import Phase, PhaseMove, moves_from
from farelegami.cases.rules.referrals import (
    OPEN,
    Channel,
    ReferralMove,
    ReferralStage,
    Source,
    moved,
)
from farelegami.cases.rules.teamwork import HandoverStage, answer_came_first
from farelegami.cases.services.cases import close, note
from farelegami.cases.services.handovers import HANDOVER, locked_handover
from farelegami.cases.services.messages import Message, opened, tell
from farelegami.cases.services.referrals import note_recalled, write_transferred
from farelegami.kernel import clock
from farelegami.kernel.actor import system_actor
from farelegami.kernel.errors import gettext_noop

MESSENGER: Final = system_actor("passaggi fra ambiti")


class NotHereYet(Exception):
    """A withdrawal came before its proposal: the outbox brings it again."""


@transaction.atomic
def receive_transfer(payload: Mapping[str, Any]) -> None:
    """Write the referral of a case that another district proposes to pass."""
    message = opened(payload)
    if Referral.objects.filter(pk=message.transfer_id).exists():
        return
    told = message.told
    write_transferred(
        MESSENGER,
        Referral(
            id=message.transfer_id,
            district_id=message.to_district,
            transfer_from_id=message.from_district,
            answer_by=date.fromisoformat(told["answer_by"]),
            source=Source.DISTRICT.value,
            channel=Channel.DISTRICT.value,
            referrer_name=told["worker"],
            referrer_contact=told["worker_contact"],
            given_name=told["given_name"],
            family_name=told["family_name"],
            phone=told["phone"],
            email=told["email"],
            contact_hours=told["contact_hours"],
            municipality_id=told["municipality"] or None,
            reason=told["reason"],
            # A message sent before this was asked does not say.
            person_informed=bool(told.get("family_knows")),
            received_at=clock.now(),
        ),
    )


@transaction.atomic
def hear_answer(payload: Mapping[str, Any]) -> None:
    """Close the case that the other district accepted, or note that it did not.

    A withdrawal written before the answer stands; one written after it gives way.
    """
    message = opened(payload)
    handover, case = locked_handover(message.transfer_id)
    withdrawn_at = None
    if handover.stage == HandoverStage.WITHDRAWN:
        withdrawn_at = handover.answered_at
    elif handover.stage != HandoverStage.PROPOSED:
        return
    if handover.to_district_id != message.from_district:
        return
    accepted = message.told["outcome"] == HandoverStage.ACCEPTED
    if not answer_came_first(answered_at=message.at, withdrawn_at=withdrawn_at):
        if accepted:
            _tell_of_two_cases(handover, case)
        return
    if accepted:
        _close_here(handover, case)
    handover.stage = (HandoverStage.ACCEPTED if accepted else HandoverStage.DECLINED).value
    handover.answer = message.told["words"]
    handover.answered_at = message.at
    handover.answered_by_name = message.told["by"]
    handover.save(update_fields=["stage", "answer", "answered_at", "answered_by_name"])
    facts: Facts = {"stage": handover.stage, "to_district": handover.to_district_id}
    note(MESSENGER, Verb.DECIDED, case, facts, kind=HANDOVER, object_id=handover.pk)
    subject = gettext_noop("La risposta a un passaggio")
    tell(case.manager, subject, key=f"{HANDOVER}.answer.{handover.pk}")


def _tell_of_two_cases(handover: Handover, case: Case) -> None:
    """Say to who withdrew that the other district had meanwhile opened a case of its own."""
    if handover.answer:
        return
    handover.answer = _("Intanto l’altro ambito ha aperto un percorso suo: sentitevi.")
    handover.save(update_fields=["answer"])
    facts: Facts = {"opened_in": handover.to_district_id}
    note(MESSENGER, Verb.DECIDED, case, facts, kind=HANDOVER, object_id=handover.pk)
    tell(
        case.manager,
        gettext_noop("Due percorsi per una famiglia"),
        key=f"{HANDOVER}.two.{handover.pk}",
    )


def _close_here(handover: Handover, case: Case) -> None:
    """Close a case, unless it was closed or a pact was signed while the answer travelled."""
    if PhaseMove.CLOSE in moves_from(Phase(case.phase)):
        facts = {"district": str(handover.to_district), "basis": handover.basis}
        reason = _("Passaggio a un altro ambito, %(district)s: %(basis)s") % facts
        close(MESSENGER, case, reason=reason)


@transaction.atomic
def take_back(payload: Mapping[str, Any]) -> None:
    """Close the waiting referral of a transfer that was withdrawn.

    One answered before the withdrawal stays as it is; one answered after it keeps its answer and
    shows that the other district had withdrawn.

    Raises:
        NotHereYet: the proposal has not arrived.
    """
    message = opened(payload)
    referral = _transferred(message)
    if referral is None:
        raise NotHereYet
    if referral.withdrawn_at is not None:
        return
    stage = ReferralStage(referral.stage)
    if stage in OPEN:
        referral.stage = moved(stage, ReferralMove.RECALL)
        referral.answered_at = message.at
    elif referral.answered_at is None or answer_came_first(
        answered_at=referral.answered_at, withdrawn_at=message.at
    ):
        return
    elif referral.worker is not None:
        subject = gettext_noop("Un passaggio era stato ritirato")
        tell(referral.worker, subject, key=f"cases.referral.recalled.{referral.pk}")
    referral.withdrawn_at = message.at
    note_recalled(MESSENGER, referral)


def _transferred(message: Message) -> Referral | None:
    rows = Referral.objects.select_for_update(of=("self",)).select_related("worker")
    return rows.filter(pk=message.transfer_id, transfer_from_id=message.from_district).first()

"""Referrals: those of a district for its staff, those one sent for who sent them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from farelegami.cases.models import ContactAttempt, Referral
from farelegami.cases.permissions import SENDERS, STAFF
from farelegami.cases.rules.referrals import (
    OPEN,
    ReferralStage,
    contact_terms,
    is_receipt_code,
)
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotFound
from farelegami.storage.pages import PAGE_SIZE, KeyPage, key_page

REFERRAL: Final = "cases.referral"
_MOST_SENT: Final = 100
_MOST_ERASABLE: Final = 200
_ABOUT_A_YEAR: Final = 365


@dataclass(frozen=True, slots=True)
class ReferralRow:
    """One line of the list: `late` once the day to have called is past and nobody has answered."""

    id: UUID
    code: str
    name: str
    town: str
    source_label: str
    stage: str
    stage_label: str
    urgency: str
    urgency_label: str
    received_on: date
    worker: str
    late: bool


@dataclass(frozen=True, slots=True)
class SentReferral:
    """What who sent a referral may follow: initials and stage, nothing of what was said."""

    code: str
    initials: str
    stage_label: str
    received_on: date


def visible_referrals(actor: Actor) -> QuerySet[Referral]:
    """The only door to referrals: those of the districts one is social worker or coordinator of."""
    return Referral.objects.filter(district_id__in=actor.districts(*STAFF), erased_at=None)


def referral_for(actor: Actor, referral_id: UUID, *, for_update: bool = False) -> Referral:
    """Return a referral, locked if asked.

    Raises:
        NotFound: none the actor may see.
    """
    rows = visible_referrals(actor).select_related(
        "municipality", "organisation", "worker", "transfer_from"
    )
    if for_update:
        rows = rows.select_for_update(of=("self",))
    referral = rows.filter(pk=referral_id).first()
    if referral is None:
        raise NotFound
    return referral


def referrals_page(
    actor: Actor,
    *,
    stages: Sequence[str] = (),
    mine: bool = False,
    district_id: int | None = None,
    received_since: datetime | None = None,
    cursor: str = "",
    size: int = PAGE_SIZE,
) -> KeyPage[ReferralRow]:
    """Return referrals, latest first; without `stages`, those not answered yet. One query."""
    wanted = stages or [stage.value for stage in OPEN]
    rows = visible_referrals(actor).filter(stage__in=wanted)
    if mine:
        rows = rows.filter(worker_id=actor.account_id)
    if district_id is not None:
        rows = rows.filter(district_id=district_id)
    if received_since is not None:
        rows = rows.filter(received_at__gte=received_since)
    page = key_page(
        rows.select_related("municipality", "worker").defer("reason", "answer"),
        order=("-id",),
        cursor=cursor,
        size=size,
    )
    today = clock.today()
    return KeyPage([_row(row, today) for row in page.rows], page.next_cursor, page.cursor)


def _day(moment: datetime) -> date:
    return moment.astimezone(clock.ROME).date()


def _row(referral: Referral, today: date) -> ReferralRow:
    received_on = _day(referral.received_at)
    target, _limit = contact_terms(received_on)
    return ReferralRow(
        id=referral.pk,
        code=referral.code,
        name=referral.name,
        town=referral.municipality.name if referral.municipality else "",
        source_label=referral.source_label,
        stage=referral.stage,
        stage_label=referral.stage_label,
        urgency=referral.urgency,
        urgency_label=referral.urgency_label,
        received_on=received_on,
        worker=referral.worker.name if referral.worker else "",
        late=referral.is_late or (referral.stage == ReferralStage.RECEIVED and target < today),
    )


def sent_referrals(actor: Actor) -> Sequence[SentReferral]:
    """Return what the actor, or their organisation, has sent: newest first. One query."""
    if actor.account_id is None or not actor.holds(*SENDERS):
        return []
    rows = Referral.objects.filter(
        Q(organisation_id__in=actor.organisations(*SENDERS)) | Q(sent_by_id=actor.account_id),
        erased_at=None,
    ).defer("reason", "answer")
    return [
        SentReferral(
            code=row.code,
            initials=f"{row.given_name[:1]}{row.family_name[:1]}".upper(),
            stage_label=row.stage_label,
            received_on=_day(row.received_at),
        )
        for row in rows.order_by("-id")[:_MOST_SENT]
    ]


def receipt_language(code: str) -> str:
    """Return the language in which a receipt is read, empty where the code is of none; says
    nothing of whose it is. One query.
    """
    if not is_receipt_code(code):
        return ""
    return Referral.objects.filter(code=code).values_list("language", flat=True).first() or ""


def attempts_of(referral_id: UUID) -> Sequence[ContactAttempt]:
    """Return the attempts at reaching the person of a visible referral, latest first. One query."""
    return list(ContactAttempt.objects.filter(referral_id=referral_id).order_by("-id"))

"""Refunds: who sees them, what was asked before, which resolution holds on a day."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from farelegami.kernel.actor import Actor
from farelegami.storage.pages import KeyPage, key_page
from farelegami.volunteering.models import Refund, RefundDay, RefundRule, ServiceDay
from farelegami.volunteering.queries.registers import visible_registers
from farelegami.volunteering.rules.covers import Basis
from farelegami.volunteering.rules.refunds import ExpenseKind, Manner, Used

REFUND: Final = "volunteering.refund"


@dataclass(frozen=True, slots=True)
class RefundFile:
    """A refund with the days it is for."""

    refund: Refund
    parts: Sequence[RefundDay]


def visible_refunds(actor: Actor) -> QuerySet[Refund]:
    """Those of the bodies whose register the actor sees."""
    bodies = visible_registers(actor).values("organisation_id")
    return Refund.objects.filter(organisation_id__in=bodies)


def may_open_receipt(actor: Actor, refund_id: UUID) -> bool:
    """Return whether the receipt of a refund opens to the actor. One query."""
    return visible_refunds(actor).filter(pk=refund_id).exists()


def refunds_page(
    actor: Actor, organisation_id: UUID, *, stage: str = "", cursor: str = ""
) -> KeyPage[Refund]:
    """Return a page of the refunds of a body, newest first. One query."""
    rows = visible_refunds(actor).filter(organisation_id=organisation_id)
    if stage:
        rows = rows.filter(stage=stage)
    return key_page(rows, order=("-id",), cursor=cursor)


def refund_file(actor: Actor, organisation_id: UUID, refund_id: UUID) -> RefundFile | None:
    """Return a refund of a body with its days, or None where the actor sees none. Two queries."""
    refund = (
        visible_refunds(actor)
        .select_related("rule", "receipt")
        .filter(organisation_id=organisation_id, pk=refund_id)
        .first()
    )
    if refund is None:
        return None
    parts = refund.parts.select_related("service").order_by("day", "id")
    return RefundFile(refund, list(parts))


def rule_on(organisation_id: UUID, day: date) -> RefundRule | None:
    """Return the resolution that holds for an expense of a day: the newest by then."""
    rows = RefundRule.objects.filter(organisation_id=organisation_id, resolved_on__lte=day)
    return rows.order_by("-resolved_on", "-id").first()


def rules_of(organisation_id: UUID) -> Sequence[RefundRule]:
    """Return the resolutions of a body on refunds, newest first."""
    rows = RefundRule.objects.filter(organisation_id=organisation_id)
    return list(rows.order_by("-resolved_on", "-id"))


def asked_before(
    organisation_id: UUID, person_id: UUID, *, kind: ExpenseKind, days: Collection[date]
) -> Used:
    """Return what was asked for a volunteer in the months of some days, not refused. Two queries."""
    months = Q()
    for year, month in {(day.year, day.month) for day in days}:
        months |= Q(day__year=year, day__month=month)
    rows = RefundDay.objects.filter(
        months, refund__organisation_id=organisation_id, refund__person_id=person_id,
        refund__refused_at=None,
    ).order_by()  # fmt: skip
    by_self = rows.filter(refund__manner=Manner.SELF.value)
    of_kind = rows.filter(refund__kind=kind.value)
    return Used(
        self_by_day=dict(by_self.values_list("day").annotate(Sum("amount_cents"))),
        kind_by_day=dict(of_kind.values_list("day").annotate(Sum("amount_cents"))),
    )


def services_to_refund(
    organisation_id: UUID, person_id: UUID, *, since: date
) -> Sequence[ServiceDay]:
    """Return the days of service of a volunteer since a day, newest first, sixty at most."""
    rows = ServiceDay.objects.filter(
        organisation_id=organisation_id, person_id=person_id, day__gte=since,
        basis=Basis.VOLUNTARY.value, taken_back_at=None,
    )  # fmt: skip
    return list(rows.order_by("-day", "-id")[:60])

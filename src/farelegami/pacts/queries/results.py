"""What pacts add up to by programme and district: counts and sums, never people."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias
from uuid import UUID

from django.db.models import Count, F, Max, Q, QuerySet, Sum

from farelegami.pacts.models import BusinessPlan, HoursEntry, Pact, PactMember, SpendRequest
from farelegami.pacts.rules.money import Spend
from farelegami.pacts.rules.plans import Plan

Cell: TypeAlias = tuple[UUID, int]
_PAID: Final = (str(Spend.PAID), str(Spend.RECONCILED))


@dataclass(slots=True)
class PactResults:
    """One programme in one district: money in cents, time in minutes."""

    pacts: int = 0
    people: int = 0
    households: int = 0
    plans_validated: int = 0
    largest_budget_cents: int = 0
    authorised_cents: int = 0
    paid_cents: int = 0
    minutes_confirmed: int = 0


def results_by_district(programme_ids: Collection[UUID]) -> Mapping[Cell, PactResults]:
    """Return what was reached by (programme, district). Five queries, however many pacts.

    Counted are pacts signed at least once (F1), the distinct people they name (F2), their distinct
    households (P1), validated plans (F4), the largest budget in force (F17).
    """
    found: defaultdict[Cell, PactResults] = defaultdict(PactResults)
    signed = Pact.objects.filter(
        programme_id__in=list(programme_ids), signed_on__isnull=False
    ).order_by()
    for cell, row in _grouped(
        signed,
        "",
        pacts=Count("pk"),
        households=Count("household_id", distinct=True),
        largest_budget_cents=Max("authorised_cents"),
        authorised_cents=Sum("authorised_cents"),
    ):
        for name, value in row.items():
            setattr(found[cell], name, value or 0)
    within = {"pact__in": signed}
    people = PactMember.objects.filter(**within)
    plans = BusinessPlan.objects.filter(**within, stage=Plan.VALIDATED).order_by()
    spends = SpendRequest.objects.filter(**within, stage__in=_PAID).order_by()
    hours = HoursEntry.objects.filter(
        Q(confirmed_at__isnull=False, cancelled_at=None), **within
    ).order_by()
    for rows, name, added in (
        (people, "people", Count("person_id", distinct=True)),
        (plans, "plans_validated", Count("pk")),
        (spends, "paid_cents", Sum(F("document_cents"))),
        (hours, "minutes_confirmed", Sum("minutes")),
    ):
        for cell, row in _grouped(rows, "pact__", **{name: added}):
            setattr(found[cell], name, row[name] or 0)
    return found


def _grouped(
    rows: QuerySet[Any], to_pact: str, **sums: Any
) -> list[tuple[Cell, dict[str, int | None]]]:
    keys = (f"{to_pact}programme_id", f"{to_pact}district_id")
    return [
        ((row.pop(keys[0]), row.pop(keys[1])), row) for row in rows.values(*keys).annotate(**sums)
    ]

"""What pacts received and what came after them, by programme and district: never by person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from farelegami.pacts.models import FollowUp, HoursEntry, Meeting, Pact, PactMember, SpendRequest
from farelegami.pacts.queries.results import Cell
from farelegami.pacts.rules.money import Spend

_DOCUMENTED: Final = tuple(str(s) for s in (Spend.DOCUMENTED, Spend.PAID, Spend.RECONCILED))
_ENDED: Final = Coalesce("closed_on", "interrupted_on")


@dataclass(frozen=True, slots=True)
class Received:
    """Money of some pacts between two days, in cents, and how many pacts it went to."""

    documented_cents: int = 0
    documented_pacts: int = 0
    paid_cents: int = 0
    paid_pacts: int = 0


@dataclass(frozen=True, slots=True)
class Accompanied:
    """Minutes of those who accompany families, noted with meetings, and of how many pacts."""

    minutes: int = 0
    pacts: int = 0


@dataclass(frozen=True, slots=True)
class AskedAfter:
    """How many families were to be asked some months after the closing, answered, are active."""

    due: int = 0
    answered: int = 0
    active: int = 0


def received(seen: Q, since: date, until: date) -> Mapping[Cell, Received]:
    """Return spends documented, by the day of the paper, and paid, by the day of payment. One query."""
    papers = Q(document_date__range=(since, until))
    payments = Q(paid_on__range=(since, until))
    rows = SpendRequest.objects.filter(papers | payments, stage__in=_DOCUMENTED)
    rows = rows.filter(pact__in=Pact.objects.filter(seen)).order_by()
    grouped = rows.values_list("pact__programme_id", "pact__district_id").annotate(
        documented=Sum("document_cents", filter=papers),
        papers_of=Count("pact_id", filter=papers, distinct=True),
        paid=Sum("document_cents", filter=payments),
        paid_of=Count("pact_id", filter=payments, distinct=True),
    )
    return {
        (programme, district): Received(documented or 0, papers_of, paid or 0, paid_of)
        for programme, district, documented, papers_of, paid, paid_of in grouped
    }


def accompanied(seen: Q, since: date, until: date) -> Mapping[Cell, Accompanied]:
    """Return the time noted with meetings held between two days. One query."""
    rows = Meeting.objects.filter(
        pact__in=Pact.objects.filter(seen),
        held_on__range=(since, until),
        worked_minutes__isnull=False,
    ).order_by()
    grouped = rows.values_list("pact__programme_id", "pact__district_id")
    counted = grouped.annotate(Sum("worked_minutes"), Count("pact_id", distinct=True))
    return {
        (programme, district): Accompanied(minutes, pacts)
        for programme, district, minutes, pacts in counted
    }


def confirmed_hours(seen: Q, since: date, until: date) -> QuerySet[HoursEntry]:
    """Return the hours done between two days and confirmed, for the rooms above to add up."""
    return HoursEntry.objects.filter(
        pact__in=Pact.objects.filter(seen),
        done_on__range=(since, until),
        confirmed_at__isnull=False,
        cancelled_at=None,
    )


def asked_after(seen: Q, since: date, until: date) -> Mapping[tuple[UUID, int, int], AskedAfter]:
    """Return follow-ups that fell due, by programme, district and months. One query."""
    rows = FollowUp.objects.filter(
        pact__in=Pact.objects.filter(seen), due_on__range=(since, until)
    ).order_by()
    grouped = rows.values_list("pact__programme_id", "pact__district_id", "months").annotate(
        due=Count("pk"),
        answered=Count("pk", filter=Q(is_still_active__isnull=False)),
        active=Count("pk", filter=Q(is_still_active=True)),
    )
    return {
        (programme, district, months): AskedAfter(due, answered, active)
        for programme, district, months, due, answered, active in grouped
    }


def ended_by_cell(seen: Q, until: date) -> Mapping[Cell, int]:
    """Return how many signed pacts had ended by a day, by programme and district. One query."""
    rows = _ended(seen, until).order_by().values_list("programme_id", "district_id")
    return {(programme, district): n for programme, district, n in rows.annotate(Count("pk"))}


def members_of_ended(seen: Q, until: date) -> QuerySet[PactMember]:
    """Return who is named in pacts that had ended by a day, each with `ended_on`."""
    ended = Coalesce("pact__closed_on", "pact__interrupted_on")
    return PactMember.objects.filter(pact__in=_ended(seen, until)).annotate(ended_on=ended)


def _ended(seen: Q, until: date) -> QuerySet[Pact]:
    rows = Pact.objects.filter(seen, signed_on__isnull=False)
    return rows.annotate(ended_on=_ENDED).filter(ended_on__lte=until)

"""What a pact's accounts add up to, and the figures everybody may read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Q, Sum

from farelegami.kernel.units import Cents, Minutes
from farelegami.pacts.models import HoursEntry, Pact, PactMember, SpendRequest
from farelegami.pacts.rules.money import Purse, Spend
from farelegami.pacts.rules.stages import IN_FORCE


@dataclass(frozen=True, slots=True)
class Money:
    """A pact's money, in cents: each figure holds those after it (R1)."""

    authorised: Cents
    committed: Cents
    documented: Cents
    paid: Cents
    reconciled: Cents

    @property
    def left(self) -> Cents:
        return Cents(self.authorised - self.committed)


@dataclass(frozen=True, slots=True)
class Hours:
    """A pact's give-back, in minutes."""

    agreed: Minutes
    done: Minutes
    confirmed: Minutes

    @property
    def to_confirm(self) -> Minutes:
        return Minutes(self.done - self.confirmed)

    @property
    def left(self) -> Minutes:
        return Minutes(max(0, self.agreed - self.done))


def money_of(purses: Mapping[str, int]) -> Money:
    """Return the cumulative figures of a pact's euro accounts."""
    reconciled = purses.get(Purse.RECONCILED, 0)
    paid = purses.get(Purse.PAID, 0) + reconciled
    documented = purses.get(Purse.DOCUMENTED, 0) + paid
    committed = purses.get(Purse.COMMITTED, 0) + documented
    return Money(
        authorised=Cents(purses.get(Purse.AVAILABLE, 0) + committed),
        committed=Cents(committed),
        documented=Cents(documented),
        paid=Cents(paid),
        reconciled=Cents(reconciled),
    )


def hours_of(purses: Mapping[str, int], promised: int) -> Hours:
    """Return the cumulative figures of a pact's time accounts, beside what was promised."""
    confirmed = purses.get(Purse.CONFIRMED, 0)
    done = purses.get(Purse.DONE, 0) + confirmed
    return Hours(
        agreed=Minutes(promised),
        done=Minutes(done),
        confirmed=Minutes(confirmed),
    )


_SPENT = frozenset({Spend.COMMITTED, Spend.DOCUMENTED, Spend.PAID, Spend.RECONCILED})


def money_spent(authorised: int, spends: Iterable[SpendRequest]) -> Money:
    """Return the same figures from the spends themselves, where a page has them at hand. No query.

    A documented spend counts for what its paper says: the rest is free again. That the ledger
    says the same is proved after every step of `tests/test_machine.py`.
    """
    committed = documented = paid = reconciled = 0
    for spend in spends:
        stage = Spend(spend.stage)
        if stage not in _SPENT:
            continue
        if stage == Spend.COMMITTED:
            committed += spend.amount_cents
            continue
        cents = spend.document_cents or 0
        committed, documented = committed + cents, documented + cents
        paid += cents if stage != Spend.DOCUMENTED else 0
        reconciled += cents if stage == Spend.RECONCILED else 0
    return Money(
        authorised=Cents(authorised),
        committed=Cents(committed),
        documented=Cents(documented),
        paid=Cents(paid),
        reconciled=Cents(reconciled),
    )


def hours_given(promised: int, entries: Iterable[HoursEntry]) -> Hours:
    """Return the same figures from the hours told, cancelled ones left out. No query."""
    done = confirmed = 0
    for entry in entries:
        done += entry.minutes
        confirmed += entry.minutes if entry.confirmed_at else 0
    return Hours(agreed=Minutes(promised), done=Minutes(done), confirmed=Minutes(confirmed))


@dataclass(frozen=True, slots=True)
class PublicFigures:
    """What everybody may read of the pacts: counts, never people."""

    pacts_signed: int
    people: int
    minutes_confirmed: int
    pacts_active: int


def figures(district_ids: Iterable[int] | None = None) -> PublicFigures:
    """Return the figures of signed pacts (F1, F2), everywhere or in some districts. Four queries."""
    pacts = Pact.objects.filter(signed_on__isnull=False)
    if district_ids is not None:
        pacts = pacts.filter(district_id__in=list(district_ids))
    counted = pacts.aggregate(
        signed=Count("pk"), active=Count("pk", filter=Q(stage__in=[str(s) for s in IN_FORCE]))
    )
    people = PactMember.objects.filter(pact__in=pacts).aggregate(
        n=Count("person_id", distinct=True)
    )
    given = HoursEntry.objects.filter(
        pact__in=pacts, confirmed_at__isnull=False, cancelled_at=None
    ).aggregate(n=Sum("minutes"))
    return PublicFigures(
        pacts_signed=counted["signed"],
        people=people["n"],
        minutes_confirmed=given["n"] or 0,
        pacts_active=counted["active"],
    )


def signed_by_district() -> Mapping[int, int]:
    """Return how many pacts were ever signed in each district. One query."""
    rows = Pact.objects.filter(signed_on__isnull=False).order_by().values_list("district_id")
    return dict(rows.annotate(Count("pk")))

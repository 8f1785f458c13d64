"""Lists of pacts, texts, spends and plans, each in a constant number of queries."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Generic, NamedTuple, Protocol, TypeVar
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from farelegami.kernel import clock
from farelegami.kernel.actor import Actor, Role
from farelegami.ledger.queries import balances
from farelegami.pacts.models import (
    BusinessPlan,
    Meeting,
    Pact,
    PactMember,
    PactVersion,
    SpendRequest,
)
from farelegami.pacts.queries.parts import READABLE, statuses_of
from farelegami.pacts.queries.sight import visible_pacts, visible_plans, visible_spends
from farelegami.pacts.queries.sums import Hours, Money, hours_of, money_of
from farelegami.pacts.rules.money import Spend
from farelegami.pacts.rules.stages import OVER, Stage
from farelegami.pacts.rules.terms import Terms, decode
from farelegami.storage.pages import PAGE_SIZE, KeyPage, key_page, page_of, read_id
from farelegami.storage.prepared import prepared


class Listed(NamedTuple):
    """A pact as the caseload tells it: plain values, all of one query."""

    id: UUID
    code: str
    title: str
    stage: str
    district_id: int
    case_id: UUID
    household_id: UUID
    household: str
    pact_type: str
    manager: str
    starts_on: date
    ends_on: date
    created_at: datetime
    next_meeting_by: date | None
    promised_minutes: int
    meeting_id: UUID | None
    open_version_id: UUID | None

    @property
    def meeting_planned(self) -> bool:
        return self.meeting_id is not None

    @property
    def words_open(self) -> bool:
        return self.open_version_id is not None

    @property
    def stage_now(self) -> Stage:
        return Stage(self.stage)


_LISTED: Final = (
    "id", "code", "title", "stage", "district_id", "case_id", "household_id", "household__name",
    "pact_type__name", "case__manager__name", "starts_on", "ends_on", "created_at",
    "next_meeting_by", "promised_minutes", "meeting", "words",
)  # fmt: skip


class _WithPurses(Protocol):
    @property
    def id(self) -> UUID: ...

    @property
    def promised_minutes(self) -> int: ...


PactT = TypeVar("PactT", bound=_WithPurses)


@dataclass(frozen=True, slots=True)
class PactRow(Generic[PactT]):
    """A pact as a list shows it, with what its small wheel needs; `statuses` of results by key."""

    pact: PactT
    money: Money
    hours: Hours
    terms: Terms | None
    statuses: Mapping[str, str]


def pact_rows(
    pacts: Sequence[PactT], purses: Mapping[UUID, Mapping[str, int]] | None = None
) -> list[PactRow[PactT]]:
    """Return rows for pacts already read. Three queries, however many; two if `purses` is known."""
    if not pacts:
        return []
    ids = [pact.id for pact in pacts]
    purses, statuses = purses or balances(ids), statuses_of(ids)
    latest: dict[UUID, str] = {}
    for pact_id, words, signed_on in _words_of(ids):
        # The words in force; before the first signature, the first ones.
        if signed_on is not None or pact_id not in latest:
            latest[pact_id] = words
    return [
        PactRow(
            pact,
            money_of(purses[pact.id]),
            hours_of(purses[pact.id], pact.promised_minutes),
            decode(latest[pact.id]) if pact.id in latest else None,
            statuses[pact.id],
        )
        for pact in pacts
    ]


@prepared
def _words_of(pact_ids: Collection[UUID]) -> QuerySet[PactVersion, tuple[Any, ...]]:
    versions = PactVersion.objects.filter(READABLE, pact_id__in=pact_ids).order_by("number")
    return versions.values_list("pact_id", "terms_json", "signed_on")


def caseload_page(
    actor: Actor,
    *,
    stage: str = "",
    text: str = "",
    mine: bool = False,
    district_id: int | None = None,
    created_since: datetime | None = None,
    cursor: str = "",
    size: int = PAGE_SIZE,
) -> KeyPage[Listed]:
    """Return visible pacts, newest first, filtered. One query.

    Each pact knows whether a meeting is planned (`meeting_planned`) and whether words are being
    written (`words_open`).
    """
    rows = _caseload(
        actor,
        text or None,
        district_id,
        created_since,
        read_id(cursor),
        stage=stage if stage in {str(each) for each in Stage} else "",
        mine=mine,
        size=size + 1,
    )
    listed = [Listed._make(row) for row in rows]
    return page_of(listed, order=("-id",), cursor=cursor, size=size)


@prepared
def _caseload(
    actor: Actor,
    text: str | None,
    district_id: int | None,
    created_since: datetime | None,
    before: UUID | None,
    *,
    stage: str,
    mine: bool,
    size: int,
) -> QuerySet[Pact, tuple[Any, ...]]:
    pacts = visible_pacts(actor)
    if stage:
        pacts = pacts.filter(stage=stage)
    if mine:
        pacts = pacts.filter(case__manager_id=actor.account_id)
    if text is not None:
        pacts = pacts.filter(Q(code__icontains=text) | Q(title__icontains=text))
    if district_id is not None:
        pacts = pacts.filter(district_id=district_id)
    if created_since is not None:
        pacts = pacts.filter(created_at__gte=created_since)
    if before is not None:
        pacts = pacts.filter(id__lt=before)
    pacts = pacts.annotate(
        # Asked for row by row: of whether there is one PostgreSQL would read all there are.
        meeting=Subquery(
            Meeting.objects.filter(
                pact=OuterRef("pk"), held_on=None, missed_on=None, planned_at__gte=clock.now()
            )
            .order_by()
            .values("id")[:1]
        ),
        words=Subquery(
            PactVersion.objects.filter(pact=OuterRef("pk"), signed_on=None, dropped_on=None)
            .order_by()
            .values("id")[:1]
        ),
    )
    return pacts.order_by("-id").values_list(*_LISTED)[:size]


def pacts_of_case(case_ids: Iterable[UUID]) -> Sequence[Pact]:
    """Return the pacts of cases the caller already sees, newest first. One query."""
    return list(
        Pact.objects.filter(case_id__in=list(case_ids)).select_related("pact_type").order_by("-id")
    )


def pacts_of_person(actor: Actor, person_id: UUID) -> Sequence[Pact]:
    """Return the visible pacts that name a person, newest first. One query."""
    named = PactMember.objects.filter(pact=OuterRef("pk"), person_id=person_id)
    return list(
        visible_pacts(actor).filter(Exists(named)).select_related("pact_type").order_by("-id")
    )


def open_pacts(pacts: QuerySet[Pact]) -> QuerySet[Pact]:
    """Return those that are not over."""
    return pacts.exclude(stage__in=[str(stage) for stage in OVER])


def waiting_versions(actor: Actor) -> Sequence[PactVersion]:
    """Return agreed texts that wait for a coordinator's authorisation, oldest first. One query."""
    return list(
        PactVersion.objects.filter(
            pact__district_id__in=actor.districts(Role.COORDINATOR),
            agreed_on__isnull=False,
            authorised_on=None,
            dropped_on=None,
            pact__withdrawn_on=None,
        )
        # Nobody authorises what they wrote or the pact they follow (R2).
        .exclude(created_by_id=actor.account_id)
        .exclude(pact__case__manager_id=actor.account_id)
        .select_related("pact__case__manager", "pact__pact_type", "created_by")
        .order_by("agreed_on", "id")[:50]
    )


def waiting_spends(actor: Actor) -> Sequence[tuple[SpendRequest, Money]]:
    """Return requests a coordinator may decide, with their pact's money, oldest first. Two
    queries.
    """
    spends = list(
        SpendRequest.objects.filter(
            district_id__in=actor.districts(Role.COORDINATOR), stage=Spend.REQUESTED
        )
        .exclude(requested_by_id=actor.account_id)
        .select_related("pact__case__manager", "category", "requested_by")
        .order_by("id")[:50]
    )
    purses = balances({spend.pact_id for spend in spends})
    return [(spend, money_of(purses[spend.pact_id])) for spend in spends]


def spends_page(
    actor: Actor,
    *,
    stage: str = "",
    district_id: int | None = None,
    requested_since: datetime | None = None,
    cursor: str = "",
    size: int = PAGE_SIZE,
) -> KeyPage[SpendRequest]:
    """Return visible spends, newest first. One query."""
    spends = visible_spends(actor).select_related("category")
    if stage:
        spends = spends.filter(stage=stage)
    if district_id is not None:
        spends = spends.filter(district_id=district_id)
    if requested_since is not None:
        spends = spends.filter(requested_at__gte=requested_since)
    return key_page(spends, order=("-id",), cursor=cursor, size=size)


def payments_page(actor: Actor, *, stage: str, cursor: str = "") -> KeyPage[SpendRequest]:
    """Return the spends of a clerk's districts in one stage, oldest first: pact code, supplier,
    amounts, papers, and no story. One query.
    """
    spends = SpendRequest.objects.filter(
        district_id__in=actor.districts(Role.CLERK), stage=stage
    ).select_related("pact", "category", "budget_line")
    return key_page(spends, order=("id",), cursor=cursor)


def plans_page(actor: Actor, *, stage: str = "", cursor: str = "") -> KeyPage[BusinessPlan]:
    """Return visible business plans, newest first. One query."""
    plans = visible_plans(actor).select_related("pact")
    if stage:
        plans = plans.filter(stage=stage)
    return key_page(plans, order=("-id",), cursor=cursor)

"""Reads of pacts: what an actor may see, one page's facts, lists, public figures."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from farelegami.cases.queries.cases import visible_cases
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor, Role
from farelegami.kernel.errors import NotFound
from farelegami.kernel.units import Cents, Minutes
from farelegami.ledger.queries import balances
from farelegami.pacts.models import (
    BusinessPlan,
    FollowUp,
    HoursEntry,
    Meeting,
    Pact,
    PactMember,
    PactVersion,
    ResultProgress,
    Signature,
    SpendRequest,
)
from farelegami.pacts.rules.money import OPEN_SPENDS, Purse, Spend
from farelegami.pacts.rules.stages import IN_FORCE, OVER, Stage
from farelegami.pacts.rules.terms import Terms
from farelegami.storage.pages import KeyPage, key_page


def visible_pacts(actor: Actor) -> QuerySet[Pact]:
    """The only door to pacts: of the cases one sees, and of the districts one coordinates."""
    coordinated = Q(district_id__in=actor.districts(Role.COORDINATOR))
    return Pact.objects.filter(coordinated | Q(case__in=visible_cases(actor)))


def visible_spends(actor: Actor) -> QuerySet[SpendRequest]:
    """The only door to spend requests: of visible pacts, and to clerks those of their districts."""
    booked = Q(district_id__in=actor.districts(Role.CLERK))
    return SpendRequest.objects.filter(booked | Q(pact__in=visible_pacts(actor)))


def visible_plans(actor: Actor) -> QuerySet[BusinessPlan]:
    """The only door to business plans: of visible pacts, and to the panel those of its districts."""
    judged = Q(district_id__in=actor.districts(Role.PANEL))
    return BusinessPlan.objects.filter(judged | Q(pact__in=visible_pacts(actor)))


def pact_for(actor: Actor, pact_id: UUID, *, for_update: bool = False) -> Pact:
    """Return a pact with what its page needs beside it; locked if asked. One query.

    Raises:
        NotFound: it does not exist, or not for this actor.
    """
    pacts = visible_pacts(actor).select_related(
        "case__manager", "household", "body", "programme", "pact_type", "district"
    )
    if for_update:
        pacts = pacts.select_for_update(of=("self",), no_key=True)
    pact = pacts.filter(pk=pact_id).first()
    if pact is None:
        raise NotFound
    return pact


def spend_for(actor: Actor, spend_id: UUID) -> SpendRequest:
    """Return a spend request with its pact and category. One query.

    Raises:
        NotFound: it does not exist, or not for this actor.
    """
    spend = (
        visible_spends(actor)
        .select_related("pact__case__manager", "pact__programme", "category", "document")
        .filter(pk=spend_id)
        .first()
    )
    if spend is None:
        raise NotFound
    return spend


def plan_for(actor: Actor, plan_id: UUID) -> BusinessPlan:
    """Return a business plan with its pact. One query.

    Raises:
        NotFound: it does not exist, or not for this actor.
    """
    plan = visible_plans(actor).select_related("pact").filter(pk=plan_id).first()
    if plan is None:
        raise NotFound
    return plan


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


def open_version(pact_id: UUID) -> PactVersion | None:
    """Return the version being written, if one is. One query."""
    return PactVersion.objects.filter(pact_id=pact_id, signed_on=None, dropped_on=None).first()


def versions_of(pact_id: UUID) -> Sequence[PactVersion]:
    """Return the versions of a pact, the newest first, dropped ones left out. One query."""
    return list(
        PactVersion.objects.filter(pact_id=pact_id, dropped_on=None).order_by("-number")
    )


def signatures_of(version_ids: Iterable[UUID]) -> Sequence[Signature]:
    """Return the signatures under versions, oldest first. One query."""
    return list(Signature.objects.filter(version_id__in=list(version_ids)).order_by("id"))


def members_of(pact_ids: Iterable[UUID]) -> Mapping[UUID, Sequence[PactMember]]:
    """Return the members of pacts, holders first. One query."""
    found: dict[UUID, list[PactMember]] = {pact_id: [] for pact_id in pact_ids}
    rows = PactMember.objects.filter(pact_id__in=list(found)).select_related("person")
    for member in rows.order_by("-is_holder", "id"):
        found[member.pact_id].append(member)
    return found


def progress_of(pact_ids: Iterable[UUID]) -> Mapping[UUID, Mapping[str, ResultProgress]]:
    """Return the progress of results by pact and result key. One query."""
    found: dict[UUID, dict[str, ResultProgress]] = {pact_id: {} for pact_id in pact_ids}
    for progress in ResultProgress.objects.filter(pact_id__in=list(found)):
        found[progress.pact_id][progress.result_key] = progress
    return found


def spends_of(pact_id: UUID) -> Sequence[SpendRequest]:
    """Return the spends of a pact, newest first. One query."""
    return list(
        SpendRequest.objects.filter(pact_id=pact_id).select_related("category").order_by("-id")
    )


def meetings_of(pact_id: UUID) -> Sequence[Meeting]:
    """Return the meetings of a pact, latest first. One query."""
    return list(Meeting.objects.filter(pact_id=pact_id).order_by("-planned_at"))


def hours_entries_of(pact_id: UUID) -> Sequence[HoursEntry]:
    """Return the hours told on a pact, latest first, cancelled ones left out. One query."""
    return list(
        HoursEntry.objects.filter(pact_id=pact_id, cancelled_at=None).order_by("-done_on", "-id")
    )


@dataclass(frozen=True, slots=True)
class PactRow:
    """A pact as a list shows it, with what its small wheel needs."""

    pact: Pact
    money: Money
    hours: Hours
    terms: Terms | None
    progress: Mapping[str, ResultProgress]


def pact_rows(pacts: Sequence[Pact]) -> list[PactRow]:
    """Return rows for pacts already read. Three queries, however many."""
    ids = [pact.pk for pact in pacts]
    purses, progress = balances(ids), progress_of(ids)
    latest: dict[UUID, Terms] = {}
    versions = PactVersion.objects.filter(pact_id__in=ids, dropped_on=None).order_by("number")
    for version in versions.only("pact_id", "number", "terms_json", "signed_on"):
        # The words in force; before the first signature, those being written.
        if version.signed_on is not None or version.pact_id not in latest:
            latest[version.pact_id] = version.terms
    return [
        PactRow(
            pact,
            money_of(purses[pact.pk]),
            hours_of(purses[pact.pk], pact.promised_minutes),
            latest.get(pact.pk),
            progress[pact.pk],
        )
        for pact in pacts
    ]


def caseload_page(
    actor: Actor, *, stage: str = "", text: str = "", mine: bool = False, cursor: str = ""
) -> KeyPage[Pact]:
    """Return visible pacts, newest first, filtered. One query."""
    pacts = visible_pacts(actor).select_related("case__manager", "household", "pact_type")
    if stage in {str(each) for each in Stage}:
        pacts = pacts.filter(stage=stage)
    if mine:
        pacts = pacts.filter(case__manager_id=actor.account_id)
    if text:
        pacts = pacts.filter(Q(code__icontains=text) | Q(title__icontains=text))
    return key_page(pacts, order=("-id",), cursor=cursor)


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
        .select_related("pact__case__manager", "pact__pact_type")
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
        .select_related("pact__case__manager", "category")
        .order_by("id")[:50]
    )
    purses = balances({spend.pact_id for spend in spends})
    return [(spend, money_of(purses[spend.pact_id])) for spend in spends]


def payments_page(actor: Actor, *, stage: str, cursor: str = "") -> KeyPage[SpendRequest]:
    """Return the spends of a clerk's districts in one stage, oldest first: pact code, supplier,
    amounts, papers, and no story. One query.
    """
    spends = SpendRequest.objects.filter(
        district_id__in=actor.districts(Role.CLERK), stage=stage
    ).select_related("pact", "category", "budget_line")
    return key_page(spends, order=("id",), cursor=cursor)


@dataclass(frozen=True, slots=True)
class Due:
    """A term that comes near or has passed: an alert, never a sanction (R7)."""

    pact: Pact
    what: str
    due_on: date
    planned_on: date | None = None

    def late_days(self, today: date) -> int:
        return max(0, (today - self.due_on).days)


def due_soon(actor: Actor, *, mine: bool, within_days: int = 14) -> Sequence[Due]:
    """Return meetings, ends and follow-ups due within `within_days`, the latest late first. Three
    queries.
    """
    today = clock.today()
    horizon = today + timedelta(days=within_days)
    pacts = visible_pacts(actor)
    if mine:
        pacts = pacts.filter(case__manager_id=actor.account_id)
    near = list(
        pacts.filter(stage=Stage.ACTIVE)
        .filter(Q(next_meeting_by__lte=horizon) | Q(ends_on__lte=horizon))
        .order_by("next_meeting_by")[:60]
    )
    planned: dict[UUID, date] = {}
    for pact_id, moment in Meeting.objects.filter(
        pact__in=[pact.pk for pact in near], held_on=None, missed_on=None,
        planned_at__gte=clock.now(),
    ).values_list("pact_id", "planned_at"):
        planned[pact_id] = moment.astimezone(clock.ROME).date()
    found = [
        Due(pact, "meeting", pact.next_meeting_by, planned.get(pact.pk))
        for pact in near
        if pact.next_meeting_by and pact.next_meeting_by <= horizon
    ]
    found += [Due(pact, "end", pact.ends_on) for pact in near if pact.ends_on <= horizon]
    follow_ups = FollowUp.objects.filter(pact__in=pacts, done_on=None, due_on__lte=horizon)
    found += [
        Due(each.pact, "follow_up", each.due_on)
        for each in follow_ups.select_related("pact").order_by("due_on")[:30]
    ]
    return sorted(found, key=lambda due: due.due_on)


def agenda(actor: Actor, day: date) -> Sequence[Meeting]:
    """Return the day's planned meetings of the actor's own cases, by hour. One query."""
    return list(
        Meeting.objects.filter(
            pact__case__manager_id=actor.account_id,
            planned_at__date=day,
            held_on=None,
            missed_on=None,
        )
        .select_related("pact")
        .order_by("planned_at")
    )


def hours_to_confirm(actor: Actor) -> Sequence[HoursEntry]:
    """Return told hours of the actor's own cases that nobody confirmed, oldest first. One query."""
    return list(
        HoursEntry.objects.filter(
            pact__case__manager_id=actor.account_id, confirmed_at=None, cancelled_at=None
        )
        .select_related("pact")
        .order_by("done_on")[:20]
    )


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
    people = PactMember.objects.filter(pact__in=pacts).aggregate(n=Count("person_id", distinct=True))
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


def open_pacts(pacts: QuerySet[Pact]) -> QuerySet[Pact]:
    """Return those that are not over."""
    return pacts.exclude(stage__in=[str(stage) for stage in OVER])


def open_spend_count(pact_id: UUID) -> int:
    """Return how many spends of a pact are still under way. One query."""
    stages = [str(stage) for stage in OPEN_SPENDS]
    return SpendRequest.objects.filter(pact_id=pact_id, stage__in=stages).count()

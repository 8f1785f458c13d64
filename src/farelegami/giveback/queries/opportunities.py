"""Opportunities as they are listed and opened, with who works there as a host may know it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from farelegami.giveback.models import (
    HostLink,
    Match,
    Opportunity,
    OpportunityNeed,
    OpportunitySlot,
    Session,
)
from farelegami.giveback.queries.sight import (
    Host,
    hosted_matches,
    hosted_opportunities,
    hosted_sessions,
    opportunity_for,
    visible_opportunities,
)
from farelegami.giveback.queries.words import slot_words
from farelegami.giveback.rules.matches import MATCH_LABELS, OPEN, SEATED, MatchStage
from farelegami.giveback.rules.needs import Need
from farelegami.giveback.rules.opportunities import OpportunityStage, wants_asking
from farelegami.giveback.rules.sessions import SessionStage
from farelegami.giveback.rules.slots import Slot, clock_face
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.units import Minutes
from farelegami.storage.pages import PAGE_SIZE, KeyPage, key_page

_SEATED: Final = tuple(str(stage) for stage in SEATED)
_OPEN: Final = tuple(str(stage) for stage in OPEN)


@dataclass(frozen=True, slots=True)
class OpportunityFilters:
    """What narrows the list; empty means all."""

    text: str = ""
    field: str = ""
    stage: str = OpportunityStage.OPEN.value
    organisation_id: UUID | None = None
    municipality_id: str = ""


@dataclass(frozen=True, slots=True)
class OpportunityRow:
    """One line of the list of opportunities; `free` are the seats nobody holds."""

    id: UUID
    title: str
    host: str
    town: str
    field_label: str
    stage: str
    stage_label: str
    slots: tuple[Slot, ...]
    seats: int
    free: int
    wants_asking: bool


@dataclass(frozen=True, slots=True)
class Hosted:
    """Somebody at a place, as whoever receives them knows it: name, time, and nothing else."""

    match_id: UUID
    name: str
    slot: Slot
    stage: str
    stage_label: str
    limits: str
    waits_for_host: bool
    started_on: date | None
    ends_on: date


@dataclass(frozen=True, slots=True)
class OpportunityFile:
    """An opportunity with its times, what it asks, who works there and who may come in by link."""

    opportunity: Opportunity
    slots: Sequence[OpportunitySlot]
    needs: Sequence[Need]
    people: Sequence[Hosted]
    links: Sequence[HostLink]
    free: int

    @property
    def least_minutes(self) -> int:
        """The shortest useful turn, 0 the whole."""
        shorter = (row.least_minutes for row in self.slots if row.least_minutes < row.minutes)
        return min(shorter, default=0)


def opportunities_page(
    actor: Actor,
    filters: OpportunityFilters | None = None,
    cursor: str = "",
    *,
    district_id: int | None = None,
    only_free: bool = False,
    size: int = PAGE_SIZE,
) -> KeyPage[OpportunityRow]:
    """Return a page of opportunities, the newest first. Three queries, however many rows."""
    asked = filters or OpportunityFilters()
    rows = _narrowed(visible_opportunities(actor), asked).select_related(
        "organisation", "municipality"
    )
    if district_id is not None:
        rows = rows.filter(district_id=district_id)
    if only_free:
        seated = Match.objects.filter(opportunity=OuterRef("pk"), seat__isnull=False)
        taken = seated.order_by().values("opportunity").annotate(n=Count("pk")).values("n")
        rows = rows.filter(seats__gt=Coalesce(Subquery(taken), 0))
    return _as_rows(key_page(rows, order=("-id",), cursor=cursor, size=size))


def hosted_page(host: Host, cursor: str = "") -> KeyPage[OpportunityRow]:
    """Return a page of what a host asked for, the newest first. Three queries."""
    rows = hosted_opportunities(host).select_related("organisation", "municipality")
    return _as_rows(key_page(rows, order=("-id",), cursor=cursor, size=PAGE_SIZE))


def _as_rows(page: KeyPage[Opportunity]) -> KeyPage[OpportunityRow]:
    ids = [row.pk for row in page.rows]
    slots, taken, today = slots_of(ids), seats_taken(ids), clock.today()
    rows = [
        OpportunityRow(
            id=row.pk,
            title=row.title,
            host=row.organisation.name,
            town=row.municipality.name,
            field_label=row.field_label,
            stage=row.stage,
            stage_label=row.stage_label,
            slots=tuple(each.slot() for each in slots.get(row.pk, ())),
            seats=row.seats,
            free=max(0, row.seats - taken.get(row.pk, 0)),
            wants_asking=row.stage == OpportunityStage.OPEN
            and wants_asking(row.confirmed_on, today=today),
        )
        for row in page.rows
    ]
    return KeyPage(rows, page.next_cursor, page.cursor)


def _narrowed(rows: QuerySet[Opportunity], filters: OpportunityFilters) -> QuerySet[Opportunity]:
    plain = {
        "field": filters.field,
        "stage": filters.stage,
        "organisation_id": filters.organisation_id,
        "municipality_id": filters.municipality_id,
    }
    rows = rows.filter(**{name: value for name, value in plain.items() if value})
    if text := filters.text.strip():
        rows = rows.filter(Q(title__icontains=text) | Q(organisation__name__icontains=text))
    return rows


def slots_of(opportunity_ids: Collection[UUID]) -> Mapping[UUID, Sequence[OpportunitySlot]]:
    """Return the times in use of each opportunity, in the order of the week. One query."""
    found: dict[UUID, list[OpportunitySlot]] = {}
    rows = OpportunitySlot.objects.filter(opportunity_id__in=opportunity_ids, dropped_on=None)
    for row in rows.order_by("on", "weekday", "starts"):
        found.setdefault(row.opportunity_id, []).append(row)
    return found


def slots_by_id(slot_ids: Collection[UUID]) -> Mapping[UUID, OpportunitySlot]:
    """Return these times with their opportunity and organisation. One query."""
    rows = OpportunitySlot.objects.select_related("opportunity__organisation")
    return rows.in_bulk(list(slot_ids))


def free_seats(actor: Actor, district_id: int) -> int:
    """Return how many seats of open opportunities nobody holds in a district. Two queries."""
    rows = visible_opportunities(actor).filter(
        district_id=district_id, stage=OpportunityStage.OPEN.value
    )
    seats = rows.aggregate(n=Sum("seats"))["n"] or 0
    held = Match.objects.filter(opportunity__in=rows.values("pk"), seat__isnull=False)
    return max(0, seats - held.count())


def seats_taken(opportunity_ids: Collection[UUID]) -> Mapping[UUID, int]:
    """Return how many seats of each opportunity somebody holds. One query."""
    rows = Match.objects.filter(opportunity_id__in=opportunity_ids, stage__in=_SEATED)
    return dict(rows.order_by().values_list("opportunity_id").annotate(Count("pk")))


def opportunity_file(actor: Actor, opportunity_id: UUID) -> OpportunityFile:
    """Return an opportunity with what its page needs beside it. Five queries.

    Raises:
        NotFound: none the actor may see.
    """
    opportunity = opportunity_for(actor, opportunity_id)
    people = hosted(Host(actor, opportunity_ids=frozenset({opportunity_id})))
    slots = slots_of([opportunity_id]).get(opportunity_id, ())
    needs = OpportunityNeed.objects.filter(opportunity=opportunity).order_by("kind", "id")
    links = HostLink.objects.filter(opportunity=opportunity, revoked_at=None).order_by("name")
    taken = sum(1 for each in people if each.stage in _SEATED)
    return OpportunityFile(
        opportunity=opportunity,
        slots=slots,
        needs=[row.need() for row in needs],
        people=people,
        links=list(links.filter(expires_on__gte=clock.today())),
        free=max(0, opportunity.seats - taken),
    )


def hosted(host: Host) -> Sequence[Hosted]:
    """Return who comes, or said they would, to a host's places. One query.

    Columns are named one by one: nothing that could tell a pact is read.
    """
    rows = hosted_matches(host).filter(stage__in=_OPEN).order_by("stage", "-id")
    columns = (
        "pk", "person__given_name", "person__family_name", "slot__weekday", "slot__on", "starts",
        "ends", "stage", "offer__limits", "host_accepted_at", "started_on", "ends_on",
    )  # fmt: skip
    return [_hosted(values) for values in rows.values(*columns)]


def _hosted(values: Mapping[str, object]) -> Hosted:
    row = dict(values)
    stage = MatchStage(str(row["stage"]))
    given, family = str(row["person__given_name"]), str(row["person__family_name"])
    return Hosted(
        match_id=row["pk"],  # type: ignore[arg-type]
        # Before both said yes an initial is enough.
        name=f"{given} {family}" if stage in SEATED else f"{given} {family[:1]}.",
        slot=Slot(
            row["slot__weekday"],  # type: ignore[arg-type]
            row["starts"],  # type: ignore[arg-type]
            row["ends"],  # type: ignore[arg-type]
            row["slot__on"],  # type: ignore[arg-type]
        ),
        stage=stage.value,
        stage_label=_(MATCH_LABELS[stage]),
        limits=str(row["offer__limits"]),
        waits_for_host=stage is MatchStage.PROPOSED and row["host_accepted_at"] is None,
        started_on=row["started_on"],  # type: ignore[arg-type]
        ends_on=row["ends_on"],  # type: ignore[arg-type]
    )


@dataclass(frozen=True, slots=True)
class HostedTurn:
    """A turn as whoever receives people sees it."""

    session_id: UUID
    match_id: UUID
    name: str
    title: str
    day: date
    starts: int
    ends: int
    stage: str
    person_word: str
    person_minutes: int
    host_word: str
    host_minutes: int
    is_disputed: bool
    has_begun: bool
    asks_what_changed: bool

    @property
    def minutes(self) -> Minutes:
        """How long it is thought to have been: as the person told, or as it was planned."""
        return Minutes(self.person_minutes or self.ends - self.starts)

    @property
    def when(self) -> str:
        """The day and from when to when, in words."""
        return slot_words(Slot(self.day.weekday(), self.starts, self.ends, self.day))

    @property
    def hours(self) -> str:
        """From when to when, as one reads it off a clock."""
        return f"{clock_face(self.starts)}–{clock_face(self.ends)}"

    @property
    def waits(self) -> bool:
        """Whether the host is asked to say what came of it."""
        return self.has_begun and self.stage == SessionStage.PLANNED and not self.host_word


def turns_of(host: Host, *, since: date, until: date) -> Sequence[HostedTurn]:
    """Return a host's turns from one day to another, both included, by day. One query."""
    rows = (
        hosted_sessions(host)
        .filter(day__range=(since, until))
        .exclude(cancelled_at__isnull=False)
        .order_by("day", "starts", "match__person__family_name", "id")
    )
    columns = (
        "pk", "match_id", "match__person__given_name", "match__person__family_name",
        "match__opportunity__title", "day", "starts", "ends", "stage", "person_word",
        "person_minutes", "host_word", "host_minutes", "disputed_at", "settled_at",
        "match__changed_asked_at",
    )  # fmt: skip
    now = clock.now().astimezone(clock.ROME)
    minute = now.hour * 60 + now.minute
    return [
        HostedTurn(
            session_id=row[0],
            match_id=row[1],
            name=f"{row[2]} {row[3]}",
            title=row[4],
            day=row[5],
            starts=row[6],
            ends=row[7],
            stage=row[8],
            person_word=row[9],
            person_minutes=row[10],
            host_word=row[11],
            host_minutes=row[12],
            is_disputed=row[13] is not None and row[14] is None,
            has_begun=(row[5], row[6]) <= (now.date(), minute),
            asks_what_changed=row[15] is None,
        )
        for row in rows.values_list(*columns)
    ]


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a host is asked at one opportunity: turns to confirm and people to answer."""

    turns: int = 0
    people: int = 0


def waiting_at(host: Host, opportunity_ids: Collection[UUID]) -> Mapping[UUID, Waiting]:
    """Return what waits for the host's word at these opportunities. Two queries."""
    turns = (
        _to_confirm(host)
        .filter(match__opportunity__in=opportunity_ids)
        .order_by()
        .values_list("match__opportunity_id")
        .annotate(Count("pk"))
    )
    people = (
        hosted_matches(host)
        .filter(
            opportunity__in=opportunity_ids,
            stage=MatchStage.PROPOSED.value,
            host_accepted_at__isnull=True,
        )
        .order_by()
        .values_list("opportunity_id")
        .annotate(Count("pk"))
    )
    by_turns, by_people = dict(turns), dict(people)
    return {
        each: Waiting(by_turns.get(each, 0), by_people.get(each, 0)) for each in opportunity_ids
    }


def turn_count_waiting(host: Host) -> int:
    """Return how many turns past wait for the host's word. One query."""
    return _to_confirm(host).count()


def _to_confirm(host: Host) -> QuerySet[Session]:
    return hosted_sessions(host).filter(
        day__lte=clock.today(), stage=SessionStage.PLANNED.value, host_word="", disputed_at=None
    )


def sessions_waiting(actor_sessions: QuerySet[Session]) -> QuerySet[Session]:
    """Return those of these turns on which two words differ, the oldest first."""
    return actor_sessions.filter(disputed_at__isnull=False, settled_at=None).order_by("disputed_at")

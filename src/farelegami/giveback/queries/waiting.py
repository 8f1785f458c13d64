"""Who waits for a place and which places wait for somebody, as the matcher reads them.

A fixed number of queries, whatever the size of the district. Places taken and proposals under way
are counted out: what is returned is free.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import reduce
from math import cos, radians
from operator import or_
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from farelegami.giveback.models import (
    HeldRequirement,
    Match,
    Offer,
    OfferSlot,
    Opportunity,
    OpportunityNeed,
    OpportunitySlot,
)
from farelegami.giveback.rules.matches import OPEN, MatchStage, Side
from farelegami.giveback.rules.needs import Need, NeedKind, Weight, levels_within, skills_within
from farelegami.giveback.rules.offers import MOST_WEEKLY, OfferStage
from farelegami.giveback.rules.opportunities import OpportunityStage
from farelegami.giveback.rules.slots import Slot, slots_of
from farelegami.kernel import clock
from farelegami.kernel.periods import full_years
from farelegami.pacts.rules.stages import OVER
from farelegami.pacts.rules.terms import Basis
from farelegami.people.models import Person
from farelegami.people.queries.capabilities import Capabilities, capabilities_of

_OPEN: Final = tuple(str(stage) for stage in OPEN)
_OVER: Final = tuple(str(stage) for stage in OVER)
_NOTHING: Final = Capabilities()
_USUAL_TRAVEL: Final = 30
METRES_A_DEGREE: Final = 111_000


class Waiting(NamedTuple):
    """Somebody who can give, with what is still free of their week; minutes one way."""

    offer_id: UUID | None
    person_id: UUID
    birth_date: date | None
    latitude: float
    longitude: float
    travel_minutes: int
    transport: Sequence[str]
    fields: Sequence[str]
    weekly_minutes: int
    places: int
    employer_id: UUID | None
    basis: str
    pact_ends_on: date | None
    offered_at: datetime
    slots: Sequence[Slot]
    skills: Collection[str]
    languages: Mapping[str, str]
    papers: Collection[str]


class FreeSlot(NamedTuple):
    """A time of an opportunity with seats that nobody holds."""

    id: UUID
    slot: Slot
    free: int
    least_minutes: int


class Free(NamedTuple):
    """An opportunity with free seats."""

    id: UUID
    organisation_id: UUID
    latitude: float
    longitude: float
    field: str
    min_age: int
    max_age: int | None
    free: int
    by_bus: bool
    takes_puc: bool
    posted_at: datetime
    slots: Sequence[FreeSlot]
    needs: Sequence[Need]
    # How many people the host has now, over all its opportunities.
    at_host: int


@dataclass(slots=True)
class Taken:
    """What matches under way take, and what past ones say."""

    spans: dict[UUID, list[Slot]] = field(default_factory=dict)
    of_offer: dict[UUID, int] = field(default_factory=dict)
    weekly: dict[UUID, int] = field(default_factory=dict)
    of_place: dict[UUID, int] = field(default_factory=dict)
    of_slot: dict[UUID, int] = field(default_factory=dict)
    at_host: dict[UUID, int] = field(default_factory=dict)
    declined: set[tuple[UUID, UUID]] = field(default_factory=set)
    known: set[tuple[UUID, UUID]] = field(default_factory=set)


def taken_in(
    district_id: int,
    *,
    host_ids: Collection[UUID] | None = None,
    person_ids: Collection[UUID] = (),
) -> Taken:
    """Return what the matches of a district, or at these organisations, take and say. One query.

    With organisations, those of these people elsewhere are counted too: one query more.
    """
    taken = Taken()
    matches = Match.objects.filter(district_id=district_id)
    if host_ids is not None:
        # The district is asked of the places: beside the matches it misleads SQLite.
        places = Opportunity.objects.filter(district_id=district_id, organisation_id__in=host_ids)
        matches = Match.objects.filter(opportunity__in=places.values("pk"))
        if person_ids:
            theirs = Match.objects.filter(district_id=district_id, person_id__in=person_ids)
            _count_all(taken, theirs.exclude(opportunity__in=places.values("pk")))
    _count_all(taken, matches)
    return taken


def _count_all(taken: Taken, matches: QuerySet[Match]) -> None:
    rows = matches.values_list(
        "stage", "offer_id", "person_id", "opportunity_id", "opportunity__organisation_id",
        "slot_id", "slot__weekday", "slot__on", "starts", "ends", "declined_by", "started_on",
    )  # fmt: skip
    for row in rows:
        _count(taken, row)


def _count(taken: Taken, row: tuple[Any, ...]) -> None:
    stage, offer, person, place, host, slot, weekday, on, starts, ends, declined_by, began = row
    if began is not None:
        taken.known.add((person, host))
    if stage == MatchStage.DECLINED and declined_by == Side.PERSON:
        taken.declined.add((offer, place))
    if stage not in _OPEN:
        return
    taken.spans.setdefault(person, []).append(Slot(weekday, starts, ends, on))
    taken.of_offer[offer] = taken.of_offer.get(offer, 0) + 1
    if on is None:
        taken.weekly[offer] = taken.weekly.get(offer, 0) + ends - starts
    taken.of_place[place] = taken.of_place.get(place, 0) + 1
    taken.of_slot[slot] = taken.of_slot.get(slot, 0) + 1
    taken.at_host[host] = taken.at_host.get(host, 0) + 1


def waiting_in(
    district_id: int, day: date, taken: Taken, *, offer_ids: Collection[UUID] | None = None
) -> Sequence[Waiting]:
    """Return who waits for a place on `day`, in the order of their offers. Five queries."""
    rows = Offer.objects.filter(
        Q(pact=None) | ~Q(pact__stage__in=_OVER),
        district_id=district_id,
        stage=OfferStage.OPEN.value,
        starts_on__lte=day,
        ends_on__gte=day,
        person__restricted_on__isnull=True,
        person__erased_at__isnull=True,
        latitude__isnull=False,
    )
    if offer_ids is not None:
        rows = rows.filter(pk__in=offer_ids)
    columns = (
        "pk", "person_id", "person__birth_date", "latitude", "longitude", "travel_minutes",
        "transport", "fields", "weekly_minutes", "places", "employer_id", "basis",
        "pact__ends_on", "offered_at",
    )  # fmt: skip
    found = list(rows.order_by("pk").values_list(*columns))
    people = None if offer_ids is None else [row[1] for row in found]
    able = capabilities_of(district_id, people)
    papers = papers_in(district_id, day, people)
    slots = _slots(OfferSlot.objects.filter(offer__in=rows.values("pk")))
    return [
        each for row in found if (each := _waiting(row, taken, slots, able, papers)) is not None
    ]


def _waiting(
    row: tuple[Any, ...],
    taken: Taken,
    slots: Mapping[UUID, Sequence[Slot]],
    able: Mapping[UUID, Capabilities],
    papers: Mapping[UUID, Collection[str]],
) -> Waiting | None:
    offer_id, person_id = row[0], row[1]
    places = row[9] - taken.of_offer.get(offer_id, 0)
    weekly = row[8] - taken.weekly.get(offer_id, 0)
    free = [
        slot for slot in slots.get(offer_id, ()) if not _meets(slot, taken.spans.get(person_id))
    ]
    if places < 1 or weekly < 1 or not free:
        return None
    can = able.get(person_id, _NOTHING)
    has = (free, can.skills, can.languages, papers.get(person_id, ()))
    return Waiting._make((*row[:8], weekly, places, *row[10:], *has))


def _meets(slot: Slot, spans: Iterable[Slot] | None) -> bool:
    """Return whether a stretch has a match in it already."""
    return any(
        (slot.fits(span) or span.fits(slot)) and slot.starts < span.ends and span.starts < slot.ends
        for span in spans or ()
    )


def waiting_as(person: Person, day: date) -> Waiting | None:
    """Return somebody as they would wait if they offered what their file says; three queries.

    None where the file does not say when they can, or where they live.
    """
    slots, town = slots_of(person.week), person.municipality
    if not slots or town is None:
        return None
    can = capabilities_of(person.district_id, [person.pk]).get(person.pk, _NOTHING)
    return Waiting(
        offer_id=None,
        person_id=person.pk,
        birth_date=person.birth_date,
        latitude=town.latitude,
        longitude=town.longitude,
        travel_minutes=person.travel_minutes or _USUAL_TRAVEL,
        transport=person.transport,
        fields=(),
        weekly_minutes=MOST_WEEKLY,
        places=1,
        employer_id=None,
        basis=Basis.VOLUNTARY.value,
        pact_ends_on=None,
        offered_at=datetime.combine(day, datetime.min.time(), tzinfo=clock.ROME),
        slots=slots,
        skills=can.skills,
        languages=can.languages,
        papers=papers_in(person.district_id, day, [person.pk]).get(person.pk, ()),
    )


def fitting(
    waiting: Waiting, district_id: int, day: date, *, reach_m: int
) -> Sequence[tuple[UUID, UUID]]:
    """Return the open opportunities that may suit somebody, each with its organisation. One query.

    What the database can rule out is out: too far, at other times, asking what they have not. The
    way is a box and not a circle, and seats are not counted: the matcher looks at what is left.
    """
    if not waiting.slots:
        return ()
    high = reach_m / METRES_A_DEGREE
    wide = high / max(0.2, cos(radians(waiting.latitude)))
    slots = times_with_room(waiting, day)
    unmet = OpportunityNeed.objects.filter(weight=Weight.MUST.value).exclude(met_by(waiting))
    age = full_years(waiting.birth_date, day) if waiting.birth_date else None
    rows = Opportunity.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=day),
        ~Exists(unmet.filter(opportunity=OuterRef("pk"))),
        Q() if age is None else Q(Q(max_age=None) | Q(max_age__gte=age), min_age__lte=age),
        district_id=district_id,
        stage=OpportunityStage.OPEN.value,
        latitude__range=(waiting.latitude - high, waiting.latitude + high),
        longitude__range=(waiting.longitude - wide, waiting.longitude + wide),
        pk__in=slots.values("opportunity_id"),
    )
    return list(rows.order_by("pk").values_list("pk", "organisation_id"))


def times_with_room(waiting: Waiting, day: date) -> QuerySet[OpportunitySlot]:
    """Return the times of places, from the day after, that have their least stay in these hours."""
    return OpportunitySlot.objects.filter(
        Q(on=None) | Q(on__gt=day), reduce(or_, map(_room_in, waiting.slots)), dropped_on=None
    )


def _room_in(mine: Slot) -> Q:
    """Return the condition under which a time of a place has its least stay in common with mine."""
    return Q(
        Q(on=mine.on) if mine.on else Q(),
        weekday=mine.weekday,
        starts__lte=mine.ends - F("least_minutes"),
        ends__gte=mine.starts + F("least_minutes"),
        least_minutes__lte=mine.minutes,
    )


def met_by(waiting: Waiting) -> Q:
    """Return the condition under which somebody has what a need asks."""
    skills = {held for code in waiting.skills for held in skills_within(code)}
    has = Q(kind=NeedKind.SKILL.value, code__in=skills)
    has |= Q(kind=NeedKind.REQUIREMENT.value, code__in=waiting.papers)
    for code, level in waiting.languages.items():
        levels = ["", *(within.value for within in levels_within(level))]
        has |= Q(kind=NeedKind.LANGUAGE.value, code=code, level__in=levels)
    return has


def papers_in(
    district_id: int, day: date, person_ids: Collection[UUID] | None = None
) -> Mapping[UUID, Collection[str]]:
    """Return the papers in force on `day` of people of a district, or of these. One query."""
    rows = HeldRequirement.objects.filter(
        Q(expires_on=None) | Q(expires_on__gte=day), district_id=district_id
    )
    if person_ids is not None:
        rows = rows.filter(held_by(person_ids))
    found: dict[UUID, set[str]] = {}
    columns = ("person_id", "person__merged_into_id", "requirement")
    for person_id, kept_id, code in rows.values_list(*columns):
        found.setdefault(kept_id or person_id, set()).add(code)
    return found


def held_by(person_ids: Collection[UUID]) -> Q:
    """Return the condition under which a paper is of one of these people.

    Of two registrations joined both may have one of a kind; the one in force may be the one that
    stayed where it was.
    """
    return Q(person_id__in=person_ids) | Q(person__merged_into__in=person_ids)


def _slots(rows: QuerySet[OfferSlot]) -> Mapping[UUID, Sequence[Slot]]:
    found: dict[UUID, list[Slot]] = {}
    columns = ("offer_id", "weekday", "starts", "ends", "on", "is_certain")
    for offer_id, *slot in rows.values_list(*columns):
        found.setdefault(offer_id, []).append(Slot(*slot))
    return found


def free_in(
    district_id: int, day: date, taken: Taken, *, opportunity_ids: Collection[UUID] | None = None
) -> Sequence[Free]:
    """Return the opportunities of a district with free seats, in their order. Three queries."""
    rows = Opportunity.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=day),
        district_id=district_id,
        stage=OpportunityStage.OPEN.value,
    )
    if opportunity_ids is not None:
        rows = rows.filter(pk__in=opportunity_ids)
    columns = (
        "pk", "organisation_id", "latitude", "longitude", "field", "min_age", "max_age", "seats",
        "by_bus", "takes_puc", "posted_at",
    )  # fmt: skip
    found = list(rows.order_by("pk").values_list(*columns))
    inside = rows.values("pk")
    slots, needs = _free_slots(inside, day, taken), _needs(inside)
    places = []
    for row in found:
        free, at_host = row[7] - taken.of_place.get(row[0], 0), taken.at_host.get(row[1], 0)
        if free > 0 and slots.get(row[0]):
            places.append(
                Free._make(
                    (*row[:7], free, *row[8:], slots[row[0]], needs.get(row[0], ()), at_host)
                )
            )
    return places


def _free_slots(
    inside: QuerySet[Any, Any], day: date, taken: Taken
) -> Mapping[UUID, Sequence[FreeSlot]]:
    rows = OpportunitySlot.objects.filter(
        Q(on=None) | Q(on__gt=day), opportunity__in=inside, dropped_on=None
    )
    columns = (
        "pk", "opportunity_id", "weekday", "starts", "ends", "on", "seats", "least_minutes",
    )  # fmt: skip
    found: dict[UUID, list[FreeSlot]] = {}
    for pk, place_id, weekday, starts, ends, on, seats, least in rows.values_list(*columns):
        free = seats - taken.of_slot.get(pk, 0)
        if free > 0:
            slot = Slot(weekday, starts, ends, on)
            found.setdefault(place_id, []).append(FreeSlot(pk, slot, free, least))
    return found


def _needs(inside: QuerySet[Any, Any]) -> Mapping[UUID, Sequence[Need]]:
    found: dict[UUID, list[Need]] = {}
    rows = OpportunityNeed.objects.filter(opportunity__in=inside)
    columns = ("opportunity_id", "kind", "code", "weight", "level")
    for place_id, kind, code, weight, level in rows.values_list(*columns):
        need = Need(NeedKind(kind), code, Weight(weight), level)
        found.setdefault(place_id, []).append(need)
    return found

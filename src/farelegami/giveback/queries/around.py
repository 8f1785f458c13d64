"""What lies around one offer or one opportunity: all that suits, or would if one thing changed.

What is sure to lack two things is left to the database. What is returned may still lack some: the
matcher looks at it.
"""

from collections.abc import Sequence
from datetime import date
from functools import reduce
from math import cos, radians
from operator import or_
from typing import Final, NamedTuple
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from farelegami.giveback.models import Offer, OfferSlot, Opportunity, OpportunityNeed
from farelegami.giveback.queries.waiting import (
    METRES_A_DEGREE,
    Free,
    Waiting,
    met_by,
    papers_in,
    times_with_room,
)
from farelegami.giveback.rules.needs import Need, NeedKind, Weight, levels_from
from farelegami.giveback.rules.offers import OfferStage
from farelegami.giveback.rules.opportunities import OpportunityStage
from farelegami.people.rules.persons import SkillStage

_SINGLE_LETTER: Final = 1


class Box(NamedTuple):
    """So many metres to each side of a place on the map, in degrees."""

    latitude: float
    longitude: float
    high: float
    wide: float

    def holds(self, latitude: float, longitude: float) -> bool:
        """Return whether that place is in it."""
        high, wide = abs(latitude - self.latitude), abs(longitude - self.longitude)
        return high <= self.high and wide <= self.wide

    def condition(self) -> Q:
        """Return the condition under which a row is in it."""
        return Q(
            latitude__range=(self.latitude - self.high, self.latitude + self.high),
            longitude__range=(self.longitude - self.wide, self.longitude + self.wide),
        )


def box(latitude: float, longitude: float, metres: float) -> Box:
    """Return the box of all that is at most so far away."""
    high = metres / METRES_A_DEGREE
    return Box(latitude, longitude, high, high / max(0.2, cos(radians(latitude))))


def places_around(
    waiting: Waiting, district_id: int, day: date, *, near_m: int, wide_m: int
) -> Sequence[UUID]:
    """Return the open opportunities that lack at most one thing to suit somebody. One query.

    They are near with room in these hours, or ask nothing that is not there and are near or, with
    room in these hours, within `wide_m`.
    """
    near = box(waiting.latitude, waiting.longitude, near_m).condition()
    wide = box(waiting.latitude, waiting.longitude, wide_m).condition()
    fits = Q(pk__in=times_with_room(waiting, day).values("opportunity_id"))
    unmet = OpportunityNeed.objects.filter(weight=Weight.MUST.value).exclude(met_by(waiting))
    able = ~Exists(unmet.filter(opportunity=OuterRef("pk")))
    rows = Opportunity.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=day),
        Q(near, fits) | Q(Q(near) | Q(wide, fits), able),
        district_id=district_id,
        stage=OpportunityStage.OPEN.value,
    )
    return list(rows.order_by("pk").values_list("pk", flat=True))


class Around(NamedTuple):
    """Somebody who offers time, on the map: how far they go, whether hours and needs are met."""

    offer_id: UUID
    latitude: float
    longitude: float
    travel_minutes: int
    transport: Sequence[str]
    fits: bool
    able: bool


def offers_around(offers: QuerySet[Offer], place: Free, day: date) -> Sequence[Around]:
    """Return those of these open offers that lack at most one of hours and needs. Four queries."""
    rows = offers.filter(
        stage=OfferStage.OPEN.value,
        starts_on__lte=day,
        ends_on__gte=day,
        latitude__isnull=False,
    )
    in_time = OfferSlot.objects.filter(_meets(place), offer__in=rows.values("pk"))
    fits = set(in_time.values_list("offer_id", flat=True))
    able = _able(rows, place, day)
    columns = ("pk", "latitude", "longitude", "travel_minutes", "transport")
    return [
        Around._make((*row, row[0] in fits, able is None or row[0] in able))
        for row in rows.order_by("pk").values_list(*columns)
        if row[0] in fits or able is None or row[0] in able
    ]


def _meets(place: Free) -> Q:
    """Return the condition under which hours of somebody have the least stay in common."""
    return reduce(
        or_,
        (
            Q(
                Q(on=None) | Q(on=time.slot.on) if time.slot.on else Q(on=None),
                weekday=time.slot.on.weekday() if time.slot.on else time.slot.weekday,
                starts__lte=time.slot.ends - time.least_minutes,
                ends__gte=time.slot.starts + time.least_minutes,
            )
            for time in place.slots
        ),
    )


def _able(rows: QuerySet[Offer], place: Free, day: date) -> set[UUID] | None:
    """Return the offers of who has all that a place requires; None where it requires nothing."""
    must = [need for need in place.needs if need.weight is Weight.MUST]
    papers = {need.code for need in must if need.kind is NeedKind.REQUIREMENT}
    other = [need for need in must if need.kind is not NeedKind.REQUIREMENT]
    if not must:
        return None
    for need in other:
        rows = rows.filter(_held(need))
    if not papers:
        return set(rows.values_list("pk", flat=True))
    district_id = rows.values_list("district_id", flat=True).first()
    held = papers_in(district_id, day) if district_id else {}
    return {
        offer_id
        for offer_id, person_id in rows.values_list("pk", "person_id")
        if papers <= set(held.get(person_id, ()))
    }


def _held(need: Need) -> Q:
    """Return the condition under which the person of an offer has a skill or speaks a language."""
    if need.kind is NeedKind.LANGUAGE:
        levels = [level.value for level in levels_from(need.level)]
        return Q(
            person__languages__language=need.code,
            person__languages__level__in=levels,
        )
    path, code = "person__skills__skill__code", need.code
    within = Q(**{path: code}) | Q(**{f"{path}__startswith": f"{code}."})
    if len(code) == _SINGLE_LETTER:
        within |= Q(**{f"{path}__startswith": code})
    return Q(within, person__skills__stage=SkillStage.CAN.value)


def open_rows(district_id: int) -> tuple[int, int]:
    """Return how many offers and opportunities of a district are open. Two queries."""
    offers = Offer.objects.filter(district_id=district_id, stage=OfferStage.OPEN.value)
    places = Opportunity.objects.filter(district_id=district_id, stage=OpportunityStage.OPEN.value)
    return offers.count(), places.count()

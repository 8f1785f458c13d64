"""What was received and what came back, between two days: sums and counts, never people."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, TypeAlias
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, Sum

from farelegami.giveback.models import Match, Offer, Session
from farelegami.giveback.rules.needs import Field
from farelegami.giveback.rules.sessions import SessionStage
from farelegami.kernel.actor import Actor, Role
from farelegami.kernel.units import Minutes
from farelegami.pacts.queries.returned import (
    Accompanied,
    AskedAfter,
    Received,
    accompanied,
    asked_after,
    confirmed_hours,
    ended_by_cell,
    members_of_ended,
    received,
)
from farelegami.volunteering.queries.registers import entered_between

# A programme and a district; time given without a pact is the district's, and of no programme.
Cell: TypeAlias = tuple[UUID | None, int]
MONTHS: Final = (6, 12)


@dataclass(frozen=True, slots=True)
class FieldHours:
    """Hours of one of the six fields, or of none; `givers` are the pacts and people they are of."""

    field: Field | None
    minutes: Minutes
    givers: int


@dataclass(frozen=True, slots=True)
class Generativity:
    """What some pacts and people received and gave. Cents, minutes, counts; each sum with its n.

    `reached` are people as hosts tell them, place by place, `reached_told` the places that told.
    """

    received: Received
    minutes: Minutes
    givers: int
    fields: tuple[FieldHours, ...]
    turns: int
    people: int
    hosts: int
    accompanied: Accompanied
    reached: int
    reached_told: int
    after: Mapping[int, AskedAfter]
    ended_pacts: int
    became_volunteers: int


@dataclass(frozen=True, slots=True)
class Seen:
    """The same for everything an actor sees, for each part of it, and for each of its districts.

    `parts` are programmes, and None for who gives without a pact.
    """

    whole: Generativity
    parts: Mapping[UUID | None, Generativity]
    cells: Mapping[Cell, Generativity]


@dataclass(slots=True)
class _Tally:
    """What rows add up to on the way; the ids never leave this module."""

    money: list[Received] = field(default_factory=list)
    minutes: dict[Field | None, int] = field(default_factory=dict)
    givers: dict[Field | None, set[UUID]] = field(default_factory=dict)
    turns: int = 0
    people: set[UUID] = field(default_factory=set)
    hosts: set[UUID] = field(default_factory=set)
    accompanied: list[Accompanied] = field(default_factory=list)
    reached: int = 0
    reached_told: int = 0
    after: list[tuple[int, AskedAfter]] = field(default_factory=list)
    ended_pacts: int = 0
    became: set[UUID] = field(default_factory=set)

    def gave(self, what: Field | None, giver: UUID, minutes: int) -> None:
        if minutes:
            self.minutes[what] = self.minutes.get(what, 0) + minutes
            self.givers.setdefault(what, set()).add(giver)


class _Tallies:
    """One tally for the whole, one for each part and one for each cell."""

    def __init__(self) -> None:
        self.whole = _Tally()
        self.parts: dict[UUID | None, _Tally] = {}
        self.cells: dict[Cell, _Tally] = {}

    def of(self, programme: UUID | None, district: int) -> tuple[_Tally, ...]:
        part = self.parts.setdefault(programme, _Tally())
        return self.whole, part, self.cells.setdefault((programme, district), _Tally())


def generativity(actor: Actor, *, since: date, until: date) -> Seen:
    """Return what was received and given back where the actor answers for it. Eight queries.

    Whoever answers for a programme sees its pacts; a coordinator those of the district, and there
    also what people without a pact give.
    """
    districts = actor.districts(Role.COORDINATOR)
    programmes = actor.programmes(Role.PROGRAMME_MANAGER, Role.EVALUATOR)
    seen = Q(programme_id__in=programmes) | Q(district_id__in=districts)
    tallies = _Tallies()
    _add_received(tallies, seen, (since, until))
    _add_turns(tallies, programmes, districts, seen, (since, until))
    _add_hours_without_turn(tallies, seen, (since, until))
    _add_reached(tallies, _theirs(programmes, districts, "offer__pact"), (since, until))
    for (programme, district, months), after in asked_after(seen, since, until).items():
        for tally in tallies.of(programme, district):
            tally.after.append((months, after))
    for (programme, district), ended in ended_by_cell(seen, until).items():
        for tally in tallies.of(programme, district):
            tally.ended_pacts += ended
    _add_volunteers(tallies, seen, (since, until))
    return Seen(
        _summed(tallies.whole),
        {part: _summed(tally) for part, tally in tallies.parts.items()},
        {cell: _summed(tally) for cell, tally in tallies.cells.items()},
    )


def _add_received(tallies: _Tallies, seen: Q, days: tuple[date, date]) -> None:
    """Add money, and the time of those who accompany."""
    for (programme, district), money in received(seen, *days).items():
        for tally in tallies.of(programme, district):
            tally.money.append(money)
    for (programme, district), time in accompanied(seen, *days).items():
        for tally in tallies.of(programme, district):
            tally.accompanied.append(time)


def _add_turns(
    tallies: _Tallies,
    programmes: frozenset[UUID],
    districts: frozenset[int],
    seen: Q,
    days: tuple[date, date],
) -> None:
    """Add turns held, by field; a pact's minutes count if they stand confirmed on the pact."""
    pact = "match__offer__pact"
    mine = _theirs(programmes, districts, pact)
    confirmed = confirmed_hours(seen, *days).values("pk")
    # A turn held after its pact ended is on no pact's account, and was given all the same.
    stands = Q(hours_entry_id=None) | Q(**{pact: None}) | Q(hours_entry_id__in=confirmed)
    rows = Session.objects.filter(mine, stage=SessionStage.HELD.value, day__range=days).order_by()
    counted = rows.values_list(
        f"{pact}__programme_id", f"{pact}__district_id", "district_id", f"{pact}_id",
        "match__person_id", "match__opportunity__organisation_id", "match__opportunity__field",
    ).annotate(n=Count("pk"), given=Sum("minutes", filter=stands))  # fmt: skip
    grouped = list(counted)
    # Who gave for a pact and then of their own is one, also in the n of a sum.
    pact_of = {row[4]: row[3] for row in grouped if row[3] is not None}
    for programme, of_pact, district, _pact_id, person, host, what, turns, minutes in grouped:
        for tally in tallies.of(programme, district if of_pact is None else of_pact):
            tally.gave(Field(what), pact_of.get(person, person), minutes or 0)
            tally.turns += turns
            tally.people.add(person)
            tally.hosts.add(host)


def _theirs(programmes: frozenset[UUID], districts: frozenset[int], pact: str) -> Q:
    """Return the condition for rows of pacts one answers for, and of no pact in one's districts."""
    return (
        Q(**{f"{pact}__programme_id__in": programmes})
        | Q(**{f"{pact}__district_id__in": districts})
        | Q(**{pact: None}, district_id__in=districts)
    )


def _add_reached(tallies: _Tallies, mine: Q, days: tuple[date, date]) -> None:
    """Add the people whom what was given reached, as hosts tell it when they are asked."""
    rows = Match.objects.filter(
        mine, reached_people__isnull=False, changed_asked_at__date__range=days
    ).order_by()
    grouped = rows.values_list(
        "offer__pact__programme_id", "offer__pact__district_id", "district_id"
    )
    counted = grouped.annotate(Sum("reached_people"), Count("pk"))
    for programme, of_pact, district, reached, told in counted:
        for tally in tallies.of(programme, district if of_pact is None else of_pact):
            tally.reached += reached
            tally.reached_told += told


def _add_hours_without_turn(tallies: _Tallies, seen: Q, days: tuple[date, date]) -> None:
    """Add hours told on a pact without a place: they have no field."""
    of_turns = Session.objects.filter(hours_entry_id__isnull=False, day__range=days)
    rows = confirmed_hours(seen, *days).exclude(pk__in=of_turns.values("hours_entry_id"))
    grouped = rows.order_by().values_list("pact__programme_id", "pact__district_id", "pact_id")
    for programme, district, pact, minutes in grouped.annotate(Sum("minutes")):
        for tally in tallies.of(programme, district):
            tally.gave(None, pact, minutes)


def _add_volunteers(tallies: _Tallies, seen: Q, days: tuple[date, date]) -> None:
    """Add who was named in a pact and, after its end, offered time or entered a register."""
    later = {"person_id": OuterRef("person_id")}
    offered = Offer.objects.filter(
        pact=None,
        offered_at__date__range=days,
        offered_at__date__gt=OuterRef("ended_on"),
        **later,
    )
    entered = entered_between(*days).filter(entered_on__gt=OuterRef("ended_on"), **later)
    rows = members_of_ended(seen, days[1]).filter(Exists(offered) | Exists(entered)).order_by()
    for programme, district, person in rows.values_list(
        "pact__programme_id", "pact__district_id", "person_id"
    ).distinct():
        for tally in tallies.of(programme, district):
            tally.became.add(person)


def _summed(tally: _Tally) -> Generativity:
    kinds_told: tuple[Field | None, ...] = (*Field, None)
    return Generativity(
        received=Received(
            sum(each.documented_cents for each in tally.money),
            sum(each.documented_pacts for each in tally.money),
            sum(each.paid_cents for each in tally.money),
            sum(each.paid_pacts for each in tally.money),
        ),
        minutes=Minutes(sum(tally.minutes.values())),
        givers=len(set[UUID]().union(*tally.givers.values())),
        fields=tuple(
            FieldHours(
                what, Minutes(tally.minutes.get(what, 0)), len(tally.givers.get(what, set()))
            )
            for what in kinds_told
        ),
        turns=tally.turns,
        people=len(tally.people),
        hosts=len(tally.hosts),
        accompanied=Accompanied(
            sum(each.minutes for each in tally.accompanied),
            sum(each.pacts for each in tally.accompanied),
        ),
        reached=tally.reached,
        reached_told=tally.reached_told,
        after={months: _after(tally, months) for months in MONTHS},
        ended_pacts=tally.ended_pacts,
        became_volunteers=len(tally.became),
    )


def _after(tally: _Tally, months: int) -> AskedAfter:
    found = [each for number, each in tally.after if number == months]
    return AskedAfter(
        sum(each.due for each in found),
        sum(each.answered for each in found),
        sum(each.active for each in found),
    )

"""Hours for the collectivity: positions, the days worked in a quarter, what is still to be declared."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Final
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotFound
from farelegami.kernel.units import Cents
from farelegami.network.queries import organisation_refs
from farelegami.people.queries.retention import people_by_id
from farelegami.storage.pages import KeyPage, key_page
from farelegami.volunteering.models import PucExport, PucPosition, ServiceDay
from farelegami.volunteering.permissions import puc_districts
from farelegami.volunteering.rules.covers import Basis
from farelegami.volunteering.rules.puc import (
    Premium,
    Quarter,
    cost_of,
    premium_of,
    quarter_of,
    read_premiums,
)
from farelegami.web.csv_files import csv_text
from farelegami.web.formats import amount

PUC: Final = "volunteering.puc"
_QUARTERS_BACK: Final = 5


@dataclass(frozen=True, slots=True)
class PucRow:
    """The days that one person worked in a quarter, in the projects of one lead body."""

    person_id: UUID
    tax_code: str
    name: str
    project: str
    host: str
    days: int
    cents: Cents


@dataclass(frozen=True, slots=True)
class PucQuarter:
    """What a lead body declares for a quarter; `is_known` is false where the year's figure is not."""

    lead_id: UUID
    lead: str
    district_id: int
    quarter: Quarter
    rows: Sequence[PucRow]
    premium: Premium
    is_known: bool

    @property
    def days(self) -> int:
        """All days."""
        return sum(row.days for row in self.rows)

    @property
    def cents(self) -> Cents:
        """What they cost together."""
        return cost_of(self.days, self.premium)


@dataclass(frozen=True, slots=True)
class ExportDue:
    """A quarter with days worked: by when they are declared, whether they were taken out since.

    `changed` says that other days are to be declared than were; `without_code` counts people whom
    INAIL would not know.
    """

    lead_id: UUID
    lead: str
    district_id: int
    quarter: Quarter
    days: int
    people: int
    is_over: bool
    is_late: bool
    exported: PucExport | None
    changed: bool
    without_code: int = 0


def visible_positions(actor: Actor) -> QuerySet[PucPosition]:
    """Those of the districts in which the actor writes them."""
    return PucPosition.objects.filter(district_id__in=puc_districts(actor))


def positions_page(actor: Actor, *, cursor: str = "") -> KeyPage[PucPosition]:
    """Return a page of positions, newest first. One query."""
    rows = visible_positions(actor).select_related("lead", "host")
    return key_page(rows, order=("-id",), cursor=cursor)


def position_for(actor: Actor, position_id: UUID) -> PucPosition:
    """Return a position.

    Raises:
        NotFound: none the actor may see.
    """
    position = visible_positions(actor).filter(pk=position_id).first()
    if position is None:
        raise NotFound
    return position


def premium_now(today: date) -> tuple[Premium, bool]:
    """Return what a day costs this year, and whether the year's own figure is known."""
    return premium_of(premiums(), today.year)


@cache
def premiums() -> Mapping[int, Premium]:
    """Return what INAIL asks for a day, by year."""
    source = files("farelegami.volunteering") / "data" / "puc_premium.toml"
    return read_premiums(source.read_bytes())


def worked_in(actor: Actor, lead_id: UUID, district_id: int, quarter: Quarter) -> PucQuarter | None:
    """Return the days worked in a quarter for one lead body, or None where there are none to see.

    Three queries and one for the names of bodies, however many people.
    """
    rows = _worked(actor, quarter.starts_on, quarter.ends_on).filter(
        cover__puc__lead_id=lead_id, district_id=district_id
    )
    days: dict[UUID, set[date]] = {}
    last: dict[UUID, tuple[str, UUID]] = {}
    for person_id, day, project, host_id in rows.values_list(
        "person_id", "day", "cover__puc__project", "organisation_id"
    ):
        days.setdefault(person_id, set()).add(day)
        last[person_id] = (project, host_id)
    if not days:
        return None
    people = people_by_id(list(days)).only("id", "given_name", "family_name", "tax_code")
    bodies = organisation_refs({lead_id, *(host_id for _project, host_id in last.values())})
    premium, is_known = premium_of(premiums(), quarter.year)
    found = [
        PucRow(
            person_id=person.pk,
            tax_code=person.tax_code or "",
            name=f"{person.family_name} {person.given_name}",
            project=last[person.pk][0],
            host=bodies[last[person.pk][1]].name,
            days=len(days[person.pk]),
            cents=cost_of(len(days[person.pk]), premium),
        )
        for person in people
    ]
    found.sort(key=lambda row: (row.name, row.person_id))
    return PucQuarter(lead_id, bodies[lead_id].name, district_id, quarter, found, premium, is_known)


def declaration(found: PucQuarter) -> tuple[str, str]:
    """Return a quarter as the table that INAIL is told, in Italian whoever asks, and its SHA-256."""
    with override("it"):
        columns = [
            _("Codice fiscale"), _("Cognome e nome"), _("Ente che ospita"), _("Progetto"),
            _("Giornate"), _("Premio (€)"),
        ]  # fmt: skip
        rows = [
            (row.tax_code, row.name, row.host, row.project, row.days, amount(row.cents))
            for row in found.rows
        ]
        table = csv_text(columns, rows)
    return table, hashlib.sha256(table.encode()).hexdigest()


def due_exports(actor: Actor, *, today: date) -> Sequence[ExportDue]:
    """Return the quarters with days worked, the present and the four before, by when they are due.

    Four queries and four for each quarter taken out, however many people.
    """
    first = quarter_of(today)
    for _step in range(_QUARTERS_BACK - 1):
        first = first.before
    worked: dict[tuple[UUID, int, Quarter], set[tuple[UUID, date]]] = {}
    for lead_id, district_id, person_id, day in (
        _worked(actor, first.starts_on, today)
        .values_list("cover__puc__lead_id", "district_id", "person_id", "day")
        .distinct()
    ):
        key = (lead_id, district_id, quarter_of(day))
        worked.setdefault(key, set()).add((person_id, day))
    exports = _last_exports(actor, first)
    # Declared, and every day was taken back since: INAIL still has them.
    for key, told in exports.items():
        if told.days and first <= key[2]:
            worked.setdefault(key, set())
    bodies = organisation_refs({lead_id for lead_id, _district, _quarter in worked})
    everybody = {person_id for pairs in worked.values() for person_id, _day in pairs}
    nameless = set(people_by_id(everybody).filter(tax_code_index=None).values_list("pk", flat=True))
    found = []
    for (lead_id, district_id, quarter), pairs in worked.items():
        done = exports.get((lead_id, district_id, quarter))
        found.append(
            ExportDue(
                lead_id=lead_id,
                lead=bodies[lead_id].name,
                district_id=district_id,
                quarter=quarter,
                days=len(pairs),
                people=len({person_id for person_id, _day in pairs}),
                without_code=len({person_id for person_id, _day in pairs} & nameless),
                is_over=quarter.ends_on < today,
                is_late=quarter.due_on < today and done is None,
                exported=done,
                changed=done is not None
                and (done.days != len(pairs) or _is_otherwise(actor, done, quarter)),
            )
        )
    return sorted(found, key=lambda each: (each.quarter, each.lead), reverse=True)


def _is_otherwise(actor: Actor, done: PucExport, quarter: Quarter) -> bool:
    """Return whether other days are to be declared than were, though as many."""
    now = worked_in(actor, done.lead_id, done.district_id, quarter)
    return now is not None and declaration(now)[1] != done.digest


def _worked(actor: Actor, start: date, end: date) -> QuerySet[ServiceDay]:
    return ServiceDay.objects.filter(
        district_id__in=puc_districts(actor),
        basis=Basis.PUC.value,
        taken_back_at=None,
        day__gte=start,
        day__lte=end,
    ).order_by("day", "id")


def _last_exports(actor: Actor, first: Quarter) -> Mapping[tuple[UUID, int, Quarter], PucExport]:
    rows = PucExport.objects.filter(
        district_id__in=puc_districts(actor), year__gte=first.year
    ).order_by("id")
    return {(row.lead_id, row.district_id, Quarter(row.year, row.quarter)): row for row in rows}

"""Loading the reference data, again and again with newer files; naming quarters and places."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.db import models, transaction

from farelegami.audit.rules import Verb
from farelegami.audit.services import record
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotAllowed
from farelegami.search.rules import sort_key
from farelegami.search.services import put
from farelegami.territory.models import (
    BirthPlace,
    District,
    Municipality,
    Place,
    Province,
    Quarter,
)
from farelegami.territory.permissions import may_write_places
from farelegami.territory.queries import (
    PLACE,
    forget_remembered,
    municipality_for,
    quarter_in,
)
from farelegami.territory.reference import folder_of, table
from farelegami.territory.rules import (
    Basis,
    BirthPlaceKind,
    NoDistrictThere,
    QuarterElsewhere,
    differences,
    district_number,
)

Progress = Callable[[str, int], None]
_BATCH: Final = 2_000


@dataclass(frozen=True, slots=True)
class _DistrictFacts:
    ordinal: int
    short_name: str
    lead_body: str


# The order is ours: nobody numbers the districts officially.
_DISTRICTS: Final[Mapping[str, _DistrictFacts]] = {
    "CR-CREMONESE": _DistrictFacts(1, "Cremonese", "Azienda Sociale del Cremonese"),
    "CR-CREMASCO": _DistrictFacts(2, "Cremasco", "Comunità Sociale Cremasca"),
    "CR-CASALASCO": _DistrictFacts(3, "Casalasco", "Consorzio Casalasco dei Servizi Sociali"),
    "PV-ALTO-BASSO-PAVESE": _DistrictFacts(1, "Alto e Basso Pavese", "Comune di Siziano"),
    "PV-PAVIA": _DistrictFacts(2, "Pavia", "Consorzio Sociale Pavese"),
}
# Missing from the gathered lists, named by the programme: see data/ATTRIBUTION.md.
_BY_PROGRAMME: Final = (
    {
        "istat_code": "018110",
        "municipality": "Pavia",
        "province_sigla": "PV",
        "ambito_id": "PV-PAVIA",
        "ambito_name": "Ambito territoriale di Pavia",
        "managing_body": "Consorzio Sociale Pavese",
        "basis": Basis.PROGRAMME.value,
    },
)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What one table of a load did: rows new, rows whose facts changed, rows that ended."""

    what: str
    added: int
    changed: int
    closed: int = 0


@transaction.atomic
def load_reference(progress: Progress | None = None, *, folder: Path | None = None) -> list[Loaded]:
    """Bring provinces, districts, municipalities and places of birth in line with the files.

    Nothing is deleted: a municipality that is no longer listed is closed today. The same files
    again change nothing.

    Raises:
        FileNotFoundError: a file is missing from `folder`.
    """
    source = folder_of(folder)
    towns = list(table(source, "municipalities.csv"))
    members = [*table(source, "ambiti.csv"), *_BY_PROGRAMME]
    report = [
        _upsert("province", Province, _provinces(towns)),
        _upsert("district", District, _districts(members, towns)),
        _load_municipalities(towns, members),
        _upsert("birth_place", BirthPlace, _birth_places(source, towns)),
    ]
    transaction.on_commit(forget_remembered)
    if progress:
        for step in report:
            progress(step.what, step.added + step.changed + step.closed)
    return report


def _upsert(what: str, model: type[models.Model], rows: Iterable[dict[str, Any]]) -> Loaded:
    """Write the rows that are new or differ, in bulk, and count them."""
    key = model._meta.pk.attname
    wanted = {row[key]: row for row in rows}
    fields = [name for name in next(iter(wanted.values()), {}) if name != key]
    present = {row[key]: row for row in model._base_manager.values(key, *fields)}  # noqa: SLF001
    new = [row for pk, row in wanted.items() if pk not in present]
    changed = [row for pk, row in wanted.items() if pk in present and differences(present[pk], row)]
    if new or changed:
        model._base_manager.bulk_create(  # noqa: SLF001
            [model(**row) for row in [*new, *changed]],
            batch_size=_BATCH,
            update_conflicts=True,
            unique_fields=[key],
            update_fields=[field.name for field in model._meta.fields if field.attname in fields],
        )
    return Loaded(what, len(new), len(changed))


def _load_municipalities(
    towns: Sequence[dict[str, str]], members: Iterable[Mapping[str, str]]
) -> Loaded:
    of = {row["istat_code"]: row for row in members}
    listed = {row["istat_code"] for row in towns}
    # Closed before the others are written: a successor takes over the Belfiore code.
    closed = (
        Municipality.objects.filter(closed_on__isnull=True)
        .exclude(pk__in=listed)
        .update(closed_on=clock.today())
    )
    written = _upsert(
        "municipality",
        Municipality,
        (_municipality(row, of.get(row["istat_code"])) for row in towns),
    )
    return Loaded("municipality", written.added, written.changed, closed)


def _municipality(row: Mapping[str, str], member: Mapping[str, str] | None) -> dict[str, Any]:
    residents = row["residents_2025"] or row["population_2022"]
    return {
        "istat_code": row["istat_code"],
        "name": row["name"],
        "name_alt": row["name_alt"],
        "province_id": row["province_code"],
        "district_id": _number(member, row["province_code"]) if member else None,
        "district_basis": member["basis"] if member else "",
        "belfiore_code": row["belfiore_code"],
        "postcode": row["cap"],
        "postcodes": row["caps"],
        "residents": int(residents) if residents else None,
        "latitude": float(row["lat"]),
        "longitude": float(row["lon"]),
        "area_km2": float(row["area_km2"]),
        "closed_on": None,
    }


def _number(member: Mapping[str, str], province_code: str) -> int:
    return district_number(province_code, _DISTRICTS[member["ambito_id"]].ordinal)


def _provinces(towns: Iterable[Mapping[str, str]]) -> Iterable[dict[str, Any]]:
    for row in towns:
        yield {
            "code": row["province_code"],
            "name": row["province_name"],
            "sigla": row["province_sigla"],
            "region_code": row["region_code"],
            "region_name": row["region_name"],
        }


def _districts(
    members: Iterable[Mapping[str, str]], towns: Iterable[Mapping[str, str]]
) -> Iterable[dict[str, Any]]:
    province_of = {row["province_sigla"]: row["province_code"] for row in towns}
    for row in members:
        facts, province = _DISTRICTS[row["ambito_id"]], province_of[row["province_sigla"]]
        yield {
            "id": district_number(province, facts.ordinal),
            "name": row["ambito_name"],
            "short_name": facts.short_name,
            "lead_body": facts.lead_body,
            "province_id": province,
        }


def _birth_places(
    source: Traversable, towns: Iterable[Mapping[str, str]]
) -> Iterable[dict[str, Any]]:
    for row in towns:
        yield _birth_place(row, row["name"], row["province_sigla"], BirthPlaceKind.MUNICIPALITY)
    for row in table(source, "municipalities_historic.csv"):
        yield _birth_place(row, row["name"], row["province_sigla"], BirthPlaceKind.FORMER)
    for row in table(source, "foreign_countries.csv"):
        yield _birth_place(row, row["name_it"], "", BirthPlaceKind.COUNTRY)


def _birth_place(
    row: Mapping[str, str], name: str, sigla: str, kind: BirthPlaceKind
) -> dict[str, Any]:
    return {
        "belfiore_code": row["belfiore_code"],
        "name": name,
        "sigla": sigla,
        "kind": kind.value,
        "valid_from": _day(row.get("valid_from")),
        "valid_to": _day(row.get("valid_to")),
        "folded": sort_key(name),
    }


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@transaction.atomic
def name_quarter(actor: Actor, *, municipality_id: str, name: str) -> Quarter:
    """Return a quarter of a municipality, made if nobody had named it.

    Raises:
        NotFound, NotAllowed: no such municipality; the actor does not work in its district.
        NoDistrictThere: the municipality belongs to no district we know.
    """
    district_id = _district_of(actor, municipality_id)
    quarter, made = Quarter.objects.get_or_create(
        municipality_id=municipality_id,
        name=name.strip(),
        defaults={"district_id": district_id},
    )
    if made:
        record(
            actor,
            Verb.CREATED,
            kind="territory.quarter",
            object_id=quarter.pk,
            district_id=district_id,
            facts={"name": quarter.name},
        )
    return quarter


@transaction.atomic
def register_place(
    actor: Actor,
    *,
    municipality_id: str,
    name: str,
    address: str = "",
    quarter_id: UUID | None = None,
    latitude: float | None = None,
    longitude: float | None = None,
) -> Place:
    """Return a new place; coordinates in degrees.

    Raises:
        NotFound, NotAllowed, NoDistrictThere: as for `name_quarter`.
        QuarterElsewhere: the quarter is of another municipality.
    """
    district_id = _district_of(actor, municipality_id)
    if quarter_id is not None and not quarter_in(quarter_id, municipality_id):
        raise QuarterElsewhere
    place = Place.objects.create(
        district_id=district_id,
        municipality_id=municipality_id,
        quarter_id=quarter_id,
        name=name.strip(),
        address=address.strip(),
        latitude=latitude,
        longitude=longitude,
    )
    town = municipality_for(municipality_id).name
    put(
        PLACE,
        place.pk,
        district_id,
        place.name,
        f"{place.name} {place.address} {town}",
        subtitle=", ".join(part for part in (place.address, town) if part),
    )
    record(
        actor,
        Verb.CREATED,
        kind=PLACE,
        object_id=place.pk,
        district_id=district_id,
        facts={"name": place.name},
    )
    return place


def _district_of(actor: Actor, municipality_id: str) -> int:
    district_id = municipality_for(municipality_id).district_id
    if district_id is None:
        raise NoDistrictThere
    if not may_write_places(actor, district_id=district_id):
        raise NotAllowed
    return district_id

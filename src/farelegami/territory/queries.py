"""What the ground looks like: districts, municipalities, places of birth, boundaries, places."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from typing import Final, TypeVar, cast
from uuid import UUID

from django.core.cache import caches
from django.db.models import Q, QuerySet
from django.utils.translation import get_language

from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotFound
from farelegami.search.rules import sort_key
from farelegami.storage.prepared import prepared
from farelegami.territory.models import BirthPlace, District, Municipality, Place, Quarter
from farelegami.territory.reference import (
    Ring,
    foreign_countries,
    municipal_outlines,
)
from farelegami.territory.rules import existed_on

PLACE: Final = "territory.place"
_REMEMBERED_SECONDS: Final = 300
_Loaded = TypeVar("_Loaded")


@dataclass(frozen=True, slots=True)
class Shape:
    """A municipality as drawn: rings of (longitude, latitude) in degrees."""

    istat_code: str
    name: str
    district_id: int | None
    rings: tuple[Ring, ...]


def districts(district_ids: Collection[int] | None = None) -> Sequence[District]:
    """Return all districts, or those named, by number."""
    rows = District.objects.select_related("province")
    return list(rows if district_ids is None else rows.filter(pk__in=district_ids))


def district_names() -> dict[int, str]:
    """Return the short name of every district, as of five minutes ago at most."""
    return _remembered("district_names", _district_names)


def _district_names() -> dict[int, str]:
    return dict(District.objects.values_list("pk", "short_name"))


def municipality_choices(district_ids: Collection[int] | None = None) -> list[tuple[str, str]]:
    """Return (ISTAT code, name) of the municipalities of these districts, or of all Italy.

    Those of districts are as of five minutes ago at most.
    """
    if district_ids is None:
        return _open_municipalities(Q())
    return _remembered(
        f"municipality_choices:{sorted(district_ids)}",
        lambda: _open_municipalities(Q(district_id__in=district_ids)),
    )


def _open_municipalities(among: Q) -> list[tuple[str, str]]:
    rows = Municipality.objects.filter(among, closed_on__isnull=True)
    return list(rows.order_by("name").values_list("pk", "name"))


def _remembered(what: str, load: Callable[[], _Loaded]) -> _Loaded:
    """Ask the database every five minutes at most: the ground changes with a new reference file."""
    key = f"territory:{blake2b(what.encode(), digest_size=16).hexdigest()}"
    return cast("_Loaded", caches["process"].get_or_set(key, load, _REMEMBERED_SECONDS))


def forget_remembered() -> None:
    """Let this process read the ground anew, after a reference file was loaded."""
    caches["process"].clear()


def municipality_names(istat_codes: Collection[str]) -> dict[str, str]:
    """Return the names of these municipalities, closed ones included."""
    return dict(Municipality.objects.filter(pk__in=istat_codes).values_list("pk", "name"))


def municipality_for(istat_code: str) -> Municipality:
    """Return a municipality.

    Raises:
        NotFound: no municipality has or had this code.
    """
    found = _municipality(istat_code)
    if not found:
        raise NotFound
    return found[0]


@prepared
def _municipality(istat_code: str) -> QuerySet[Municipality]:
    return Municipality.objects.select_related("province", "district").filter(pk=istat_code)


def quarter_choices(district_ids: Collection[int]) -> list[tuple[UUID, str]]:
    """Return (id, "Municipality: quarter") of the quarters of these districts."""
    rows = Quarter.objects.filter(district_id__in=district_ids).select_related("municipality")
    return [
        (row.pk, f"{row.municipality.name}: {row.name}")
        for row in rows.order_by("municipality__name", "name")
    ]


def quarter_in(quarter_id: UUID, istat_code: str) -> bool:
    """Return whether a quarter lies in a municipality."""
    return Quarter.objects.filter(pk=quarter_id, municipality_id=istat_code).exists()


def place_name_of(belfiore_code: str, day: date | None = None) -> str:
    """Return what a Belfiore code names, or nothing where it is unknown or was not there on `day`.

    Municipalities of today carry no dates, so `day` only excludes what had ended or not yet begun.
    """
    row = BirthPlace.objects.filter(pk=belfiore_code.upper()).first()
    if row is None or (
        day is not None and not existed_on(day, valid_from=row.valid_from, valid_to=row.valid_to)
    ):
        return ""
    return str(row)


def birth_places(text: str, *, limit: int = 12) -> list[BirthPlace]:
    """Return places of birth whose name begins as typed, those of today first."""
    start = sort_key(text)
    if not start:
        return []
    # One letter after the last that a plain name can hold closes the range the index reads.
    rows = BirthPlace.objects.filter(folded__gte=start, folded__lt=start + "{")
    return sorted(rows[: limit * 4], key=lambda row: (row.kind == "former", row.folded))[:limit]


def country_choices() -> Sequence[tuple[str, str]]:
    """Return (ISO code of two letters, name) of today's foreign states, and Italy first.

    In the language of the page: English, or Italian.
    """
    if get_language() == "en":
        return (("IT", "Italy"), *foreign_countries("name_en"))
    return (("IT", "Italia"), *foreign_countries())


def boundaries(sigla: str) -> Sequence[Shape]:
    """Return the municipalities of a province as drawn; one query, for their districts."""
    outlines = municipal_outlines(sigla)
    codes = [outline.code for outline in outlines]
    where = dict(Municipality.objects.filter(pk__in=codes).values_list("pk", "district_id"))
    return [
        Shape(outline.code, outline.name, where.get(outline.code), outline.rings)
        for outline in outlines
    ]


def visible_places(actor: Actor) -> QuerySet[Place]:
    """The places of every district in which the actor has a role."""
    here = {grant.district_id for grant in actor.grants if grant.district_id is not None}
    return Place.objects.filter(district_id__in=here).select_related("municipality", "quarter")


def place_for(actor: Actor, place_id: UUID) -> Place:
    """Return a place.

    Raises:
        NotFound: there is none the actor may see.
    """
    try:
        return visible_places(actor).get(pk=place_id)
    except Place.DoesNotExist:
        raise NotFound from None

"""What everybody may read: the figures of the pacts and the ground they cover."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.core.cache import cache
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from farelegami.pacts.queries import figures, signed_by_district
from farelegami.publicsite.rules import tellable
from farelegami.territory.queries import boundaries, districts
from farelegami.web.drawings.choropleth import Area, Drawing, district_map

if TYPE_CHECKING:
    from farelegami.territory.models import District

MAP_SECONDS: Final = 600


@dataclass(frozen=True, slots=True)
class HomeFigures:
    """The live figures of the home page: counts and minutes, never people."""

    pacts_signed: int
    people: int
    minutes_confirmed: int
    pacts_active: int


@dataclass(frozen=True, slots=True)
class DistrictRow:
    """A district as its line beside the map tells it; its pacts only if no district has few."""

    name: str
    lead_body: str
    municipalities: int
    pacts_signed: int | None


@dataclass(frozen=True, slots=True)
class Ground:
    """The province the home page is about: its map and its districts, in the order of the map."""

    province: str
    drawing: Drawing
    rows: Sequence[DistrictRow]

    @property
    def municipalities(self) -> int:
        return sum(row.municipalities for row in self.rows)


def home_figures() -> HomeFigures:
    """Return the figures of all districts as they stand now. Three queries."""
    now = figures()
    return HomeFigures(now.pacts_signed, now.people, now.minutes_confirmed, now.pacts_active)


def home_ground() -> Ground | None:
    """Return the province with most districts, or None before the reference data are loaded.

    The drawing is kept for ten minutes: shapes and districts change once a year, pacts may wait.
    """
    key = f"publicsite.ground.{get_language()}"
    kept: Ground | None = cache.get(key)
    if kept is None:
        kept = _ground()
        if kept is not None:
            cache.set(key, kept, MAP_SECONDS)
    return kept


def _ground() -> Ground | None:
    present = list(districts())
    if not present:
        return None
    by_province = Counter(district.province_id for district in present)
    chosen = max(by_province, key=lambda code: (by_province[code], code))
    here = [district for district in present if district.province_id == chosen]
    province = here[0].province
    shapes = boundaries(province.sigla)
    areas = [Area(one.istat_code, one.name, one.district_id, one.rings) for one in shapes]
    names = {district.pk: district.short_name for district in here}
    text = _("Mappa della provincia di %(province)s divisa negli ambiti %(districts)s.") % {
        "province": province.name,
        "districts": ", ".join(names.values()),
    }
    return Ground(province.name, district_map(areas, names, text=text), _rows(here, areas))


def _rows(here: "Sequence[District]", areas: Sequence[Area]) -> list[DistrictRow]:
    signed = signed_by_district()
    counts = tellable([signed.get(one.pk, 0) for one in here])
    towns = Counter(area.district_id for area in areas)
    return [
        DistrictRow(one.short_name, one.lead_body, towns[one.pk], count)
        for one, count in zip(here, counts, strict=True)
    ]

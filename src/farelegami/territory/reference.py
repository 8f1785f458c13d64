"""Reading the packaged reference files; no database here."""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final

PACKAGED: Final = files("farelegami.territory") / "data"
_BOUNDARY_FILES: Final[Mapping[str, str]] = {
    "CR": "cremona_municipalities.geojson",
    "PV": "pavia_municipalities.geojson",
}
Ring = tuple[tuple[float, float], ...]


def folder_of(path: Path | None) -> Traversable:
    """Return the folder to read: the packaged one unless another is named."""
    return path if path is not None else PACKAGED


def table(folder: Traversable, name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a CSV file by column name.

    Raises:
        FileNotFoundError: the folder has no such file.
    """
    yield from csv.DictReader((folder / name).read_text("utf-8").splitlines())


@lru_cache(maxsize=2)
def foreign_countries(column: str = "name_it") -> Sequence[tuple[str, str]]:
    """Return (ISO code, name) of the foreign states of today, by name: `name_it` or `name_en`."""
    states = {
        row["iso2"]: row[column]
        for row in table(PACKAGED, "foreign_countries.csv")
        if row["active"] == "true"
    }
    return tuple(sorted(states.items(), key=lambda state: state[1]))


@dataclass(frozen=True, slots=True)
class Outline:
    """A boundary: its rings as (longitude, latitude) in degrees, outer rings counter-clockwise."""

    code: str
    name: str
    rings: tuple[Ring, ...]


@lru_cache(maxsize=4)
def municipal_outlines(sigla: str) -> Sequence[Outline]:
    """Return the outlines of the municipalities of a province, none where none are packaged."""
    name = _BOUNDARY_FILES.get(sigla)
    return tuple(_outlines(name, "istat_code")) if name else ()


def _outlines(name: str, key: str) -> Iterator[Outline]:
    for feature in json.loads((PACKAGED / name).read_text("utf-8"))["features"]:
        facts = feature["properties"]
        yield Outline(facts[key], facts["name"], tuple(_rings(feature["geometry"])))


def _rings(geometry: Mapping[str, Any]) -> Iterator[Ring]:
    shape = geometry["coordinates"]
    polygons = shape if geometry["type"] == "MultiPolygon" else [shape]
    for polygon in polygons:
        for ring in polygon:
            yield tuple((point[0], point[1]) for point in ring)

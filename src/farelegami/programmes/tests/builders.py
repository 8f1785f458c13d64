"""Programmes for the tests: the packaged ones, and files made on the spot."""

from pathlib import Path

from farelegami.kernel.actor import Actor, Grant, Role, system_actor
from farelegami.kernel.ids import new_id
from farelegami.programmes.models import Programme
from farelegami.programmes.services import load_programme, packaged
from farelegami.territory.models import District, Municipality, Province

INSTALLER = system_actor("installazione")
_TOWNS = (
    ("019036", "Cremona", 1901),
    ("019035", "Crema", 1902),
    ("019021", "Casalmaggiore", 1903),
    ("018110", "Pavia", 1802),
)


def some_territory() -> None:
    """Make the four districts of the packaged programmes, one town each."""
    for code, name in (("019", "Cremona"), ("018", "Pavia")):
        Province.objects.get_or_create(
            code=code,
            defaults={"name": name, "sigla": name[:2].upper(), "region_code": "03"},
        )
    for istat_code, name, number in _TOWNS:
        District.objects.get_or_create(
            pk=number,
            defaults={"name": name, "short_name": name, "province_id": istat_code[:3]},
        )
        Municipality.objects.get_or_create(
            pk=istat_code,
            defaults={
                "name": name,
                "province_id": istat_code[:3],
                "district_id": number,
                "belfiore_code": istat_code[-4:],
                "latitude": 45.0,
                "longitude": 10.0,
                "area_km2": 10.0,
            },
        )


def a_programme(name: str = "farelegami") -> Programme:
    """Return a packaged programme, loaded."""
    some_territory()
    (file,) = [file for file in packaged() if file.name == f"{name}.toml"]
    return load_programme(INSTALLER, file)


def a_changed_file(folder: Path, *changes: tuple[str, str], more: str = "") -> Path:
    """Return the file of FareLegami with some words put in the place of others."""
    (file,) = [file for file in packaged() if file.name == "farelegami.toml"]
    text = file.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    changed = folder / "farelegami.toml"
    changed.write_text(text + more, encoding="utf-8")
    return changed


def a_worker(district_id: int = 1901) -> Actor:
    """Return a social worker of a district."""
    return Actor(
        account_id=new_id(),
        name="Anna",
        grants=(Grant(Role.SOCIAL_WORKER, district_id=district_id),),
    )

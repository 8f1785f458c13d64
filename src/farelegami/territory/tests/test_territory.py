import csv
import shutil
from pathlib import Path
from uuid import uuid4

import pytest
from django.db.models import Sum
from django.utils.translation import override

from farelegami.kernel.actor import Actor, Grant, Role
from farelegami.kernel.errors import NotAllowed, NotFound
from farelegami.search.queries import find
from farelegami.territory.models import BirthPlace, District, Municipality
from farelegami.territory.queries import (
    PLACE,
    birth_places,
    boundaries,
    country_choices,
    district_names,
    municipality_choices,
    municipality_for,
    place_for,
    place_name_of,
    visible_places,
)
from farelegami.territory.reference import PACKAGED
from farelegami.territory.rules import NoDistrictThere, QuarterElsewhere, district_number
from farelegami.territory.services import load_reference, name_quarter, register_place
from farelegami.territory.tests.builders import CREMASCO, CREMONESE, a_municipality

pytestmark = pytest.mark.django_db
MAKER = Actor(uuid4(), "Marta", grants=(Grant(Role.COMMUNITY_MAKER, CREMASCO),))


def test_all_of_italy_is_there_and_every_town_of_cremona_is_in_one_district() -> None:
    report = {step.what: step for step in load_reference()}
    assert report["municipality"].added == 7894
    assert Municipality.objects.filter(province__sigla="CR", district__isnull=True).count() == 0
    sizes = {number: len(municipality_choices([number])) for number in district_names()}
    assert sizes == {1801: 48, 1802: 1, 1901: 48, 1902: 48, 1903: 17}
    towns = Municipality.objects.filter(district_id__in=[1901, 1902, 1903])
    assert towns.aggregate(people=Sum("residents"))["people"] == 356_835


def test_pavia_is_the_city_alone_because_the_programme_says_so() -> None:
    load_reference()
    pavia = municipality_for("018110")
    assert (pavia.district_id, pavia.district_basis) == (1802, "programme")


def test_the_same_files_again_change_nothing() -> None:
    load_reference()
    assert all(step.added == step.changed == step.closed == 0 for step in load_reference())


def test_newer_files_add_change_and_close_but_never_delete(tmp_path: Path) -> None:
    load_reference()
    folder = tmp_path / "data"
    shutil.copytree(str(PACKAGED), folder)
    with (folder / "municipalities.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    gone = next(row for row in rows if row["name"] == "Crema")
    rows.remove(gone)
    rows.append({**gone, "istat_code": "019999", "name": "Crema Nuova"})
    rows[0]["cap"] = "10099"
    with (folder / "municipalities.csv").open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, fieldnames=list(gone))
        writer.writeheader()
        writer.writerows(rows)
    towns = {step.what: step for step in load_reference(folder=folder)}["municipality"]
    assert (towns.added, towns.changed, towns.closed) == (1, 1, 1)
    assert Municipality.objects.get(pk=gone["istat_code"]).closed_on is not None
    assert Municipality.objects.get(pk="019999").belfiore_code == "D142"


def test_a_birth_place_has_a_name_even_if_it_is_abroad_or_no_more() -> None:
    load_reference()
    assert place_name_of("D150") == "Cremona (CR)"
    assert place_name_of("g536") == "Piadena (CR)"
    assert place_name_of("Z129") == "Romania"
    assert place_name_of("X999") == ""


def test_birth_places_are_found_by_their_beginning_those_of_today_first() -> None:
    load_reference()
    names = [str(place) for place in birth_places("piaden")]
    assert names == ["Piadena Drizzona (CR)", "Piadena (CR)"]
    assert birth_places("  ") == []


@pytest.mark.parametrize(("sigla", "towns"), [("CR", 113), ("PV", 184), ("MI", 0)])
def test_boundaries_cost_one_query_and_know_their_district(
    sigla: str, towns: int, django_assert_max_num_queries: object
) -> None:
    load_reference()
    with django_assert_max_num_queries(1):  # type: ignore[operator]
        shapes = boundaries(sigla)
    assert len(shapes) == towns
    assert all(len(ring) > 3 and ring[0] == ring[-1] for shape in shapes for ring in shape.rings)
    if sigla == "CR":
        assert {shape.district_id for shape in shapes} == {1901, 1902, 1903}


def test_a_citizenship_is_chosen_from_the_states_of_today_italy_first() -> None:
    states = country_choices()
    assert states[0] == ("IT", "Italia")
    assert ("RO", "Romania") in states
    assert len({code for code, _ in states}) == len(states) > 200


def test_a_district_is_numbered_by_its_province() -> None:
    assert district_number("018", 2) == 1802
    with pytest.raises(ValueError, match="from 1 to 99"):
        district_number("018", 100)


def test_a_place_is_found_by_name_where_one_works_and_only_there() -> None:
    crema = a_municipality()
    place = register_place(MAKER, municipality_id=crema.pk, name="Oratorio San Luigi")
    assert place_for(MAKER, place.pk) == place
    stranger = Actor(uuid4(), "Ugo", grants=(Grant(Role.COMMUNITY_MAKER, CREMONESE),))
    assert not visible_places(stranger).exists()
    with pytest.raises(NotFound):
        place_for(stranger, place.pk)
    assert [h.object_id for h in find("san luiggi", kinds=[PLACE], district_ids=[CREMASCO])] == [
        place.pk
    ]
    assert find("san luigi", kinds=[PLACE], district_ids=[CREMONESE]) == []


def test_a_quarter_is_named_once_and_holds_places_of_its_own_town_only() -> None:
    crema = a_municipality()
    quarter = name_quarter(MAKER, municipality_id=crema.pk, name="San Bernardino")
    assert name_quarter(MAKER, municipality_id=crema.pk, name="San Bernardino ") == quarter
    soncino = a_municipality("019097", "Soncino", "I827")
    with pytest.raises(QuarterElsewhere):
        register_place(MAKER, municipality_id=soncino.pk, name="Sala", quarter_id=quarter.pk)


def test_nobody_names_places_where_they_do_not_work() -> None:
    cremona = a_municipality("019036", "Cremona", "D150", CREMONESE)
    with pytest.raises(NotAllowed):
        register_place(MAKER, municipality_id=cremona.pk, name="Sala")
    milano = a_municipality("015146", "Milano", "F205", None)
    with pytest.raises(NoDistrictThere):
        name_quarter(MAKER, municipality_id=milano.pk, name="Isola")


def test_places_are_told_apart_by_name() -> None:
    crema = a_municipality()
    place = register_place(MAKER, municipality_id=crema.pk, name="Sala")
    assert (str(place), str(crema), str(crema.district), str(crema.province)) == (
        "Sala",
        "Crema",
        "Cremasco",
        "Cremona",
    )
    assert District.objects.count() == 1
    assert not BirthPlace.objects.exists()


def test_states_are_told_in_the_language_of_the_page():
    with override("en"):
        assert dict(country_choices())["DE"] == "Germany"
    assert dict(country_choices())["DE"] == "Germania"

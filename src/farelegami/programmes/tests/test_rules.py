from datetime import date

import pytest

from farelegami.programmes.rules import ProgrammeFileWrong, cents_of, read_plan
from farelegami.programmes.services import packaged
from farelegami.programmes.tests.builders import a_changed_file


@pytest.mark.parametrize("file", packaged(), ids=lambda file: file.name)
def test_the_packaged_programmes_hold_together(file):
    plan = read_plan(file.read_bytes())
    assert plan.pact_types
    assert all(goal.results for kind in plan.pact_types for goal in kind.goals)


def test_farelegami_says_what_its_texts_say():
    (file,) = [file for file in packaged() if file.name == "farelegami.toml"]
    plan = read_plan(file.read_bytes())
    assert len(plan.partners) == 13
    assert [line.code for line in plan.budget_lines] == [f"A{n:02}" for n in range(1, 11)]
    assert {line.code for line in plan.budget_lines if line.depreciable} == {
        "A01",
        "A02",
        "A03",
        "A04",
    }
    assert sum(source.amount_euro for source in plan.funding_sources) == 3_375_535
    assert {kind.code: kind.cap_euro for kind in plan.pact_types} == {
        "inclusione": 2000,
        "autonomia": 2000,
    }
    targets = {target.code: target.value for target in plan.targets}
    assert (targets["F1"], targets["F2"], targets["F6"], targets["F12"]) == (250, 500, 55, 30)
    assert plan.programme.last_day(date(2024, 1, 1)) == date(2026, 12, 31)


def test_amounts_are_told_in_euro_and_kept_in_cents():
    assert cents_of(2000) == 200_000


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('lead = "Comune di Cremona"', 'lead = "Comune di Lodi"', "Comune di Lodi"),
        ('code = "trasporto"', 'code = "formazione"', "formazione"),
        ('line = "A07"', 'line = "B07"', "B07"),
        ("limit_euro = 600", "limit_euro = 0", "trasporto"),
        ('supports = ["formazione", "cura-minori"', 'supports = ["balli", "cura-minori"', "balli"),
        ("min_age = 19", "min_age = 40", "autonomia"),
        ("cap_euro = 2000", 'cap_euro = "tanto"', "cap_euro"),
        ("cap_euro = 2000", "cap_euro = 2000\ncapp = 1", "capp"),
        ("[programme]", "[programme", ""),
    ],
)
def test_a_mistake_in_the_file_is_named_before_anything_is_written(tmp_path, old, new, why):
    with pytest.raises(ProgrammeFileWrong) as refusal:
        read_plan(a_changed_file(tmp_path, (old, new)).read_bytes())
    assert why in refusal.value.why

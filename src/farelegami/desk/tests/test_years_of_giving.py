"""What is told of one year gives away no small cell of another: the page tells all of them, too."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from farelegami.desk.rules.results import SMALLEST_TOLD
from farelegami.desk.views.generativity import hidden_in
from farelegami.giveback.queries.generativity import Generativity, Seen
from farelegami.kernel.ids import new_id
from farelegami.kernel.units import Minutes
from farelegami.pacts.queries.returned import Accompanied, Received

YEARS = ("2024", "2025", "2026")
PROGRAMME, HERE = new_id(), 1901


NOTHING = Generativity(
    received=Received(), minutes=Minutes(0), givers=0, fields=(), turns=0, people=0, hosts=0,
    accompanied=Accompanied(), reached=0, reached_told=0,
    after={}, ended_pacts=0, became_volunteers=0,
)  # fmt: skip


def a_year(givers: int) -> Seen:
    told = replace(
        NOTHING, givers=givers, minutes=Minutes(givers * 60), people=givers, turns=givers
    )
    return Seen(told, {PROGRAMME: told}, {(PROGRAMME, HERE): told})


def test_with_a_small_year_another_goes_too() -> None:
    by_year = {year: a_year(n) for year, n in zip(YEARS, (40, 3, 12), strict=True)}
    cells = {year: (PROGRAMME, HERE) in hidden_in(year, by_year)["hours"] for year in YEARS}
    assert cells == {"2024": False, "2025": True, "2026": True}


@given(counts=st.lists(st.integers(0, 12), min_size=2, max_size=6))
def test_no_cell_has_one_year_alone_hidden(counts: list[int]) -> None:
    by_year = {str(2020 + at): a_year(n) for at, n in enumerate(counts)}
    for column in ("hours", "turns"):
        hidden = [(PROGRAMME, HERE) in hidden_in(year, by_year)[column] for year in by_year]
        assert sum(hidden) != 1
        for n, is_hidden in zip(counts, hidden, strict=True):
            assert is_hidden or not 0 < n < SMALLEST_TOLD

"""Weights, ways and words."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farelegami.matching.rules.conditions import (
    MEANS_LABELS,
    OBSTACLE_LABELS,
    Means,
    Obstacle,
    Span,
    minutes_by,
    span_of,
)
from farelegami.matching.rules.parts import (
    PART_LABELS,
    Part,
    WeightOutOfRange,
    Weights,
    weights_of,
)
from farelegami.matching.rules.words import Chip, Facts, Label, Names, Opening, chips, condition

NAMES = Names(
    lambda bit: f"competenza {bit}", lambda bit: ["arabo", "francese"][bit], lambda _: "HACCP"
)
FACTS = Facts(
    giver=0, place=0, giver_slot=0, place_slot=0, weekday=1, date=0, start=900, end=1_020,
    needed=60, certain=True, minutes=12, means=Means.BUS, road_m=3_000, skills_must=(4,),
    skills_nice=(5,), languages_must=(0,), languages_any=(1,), papers_must=(0,), wished=True,
    knows_host=True, urgency=90, waiting=90, need=90, host_fairness=100, points=(0,) * 10, score=0,
)  # fmt: skip


def shown(chip: Chip) -> str:
    return chip.text % {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in chip.values.items()
    }


def test_a_score_is_added_up_by_hand() -> None:
    points = (100, 75, 100, 80, 60, 40, 70, 0, 30, 50)
    by_hand = 1000 + 450 + 400 + 240 + 240 + 120 + 210 + 0 + 90 + 100
    assert Weights().score(points) == by_hand == 2850


@given(st.dictionaries(st.sampled_from([p.name.lower() for p in Part]), st.integers(0, 10)))
def test_weights_are_kept_and_read_again(kept: dict[str, int]) -> None:
    weights = weights_of({**kept, "of_another_version": 3})
    assert weights_of(weights.kept()) == weights
    assert all(weights.kept()[name] == weight for name, weight in kept.items())


@pytest.mark.parametrize("weight", [-1, 11, 2.5, "3", True])
def test_a_weight_is_a_whole_number_from_0_to_10(weight: object) -> None:
    with pytest.raises(WeightOutOfRange) as refused:
        weights_of({"wish": weight})
    assert refused.value.part == "wish"


def test_everything_has_a_label() -> None:
    assert set(PART_LABELS) == set(Part)
    assert set(OBSTACLE_LABELS) == set(Obstacle)
    assert set(MEANS_LABELS) == set(Means)


def test_the_way_is_counted_in_minutes_rounded_up() -> None:
    assert minutes_by(Means.ON_FOOT, 5_000) == 60
    assert minutes_by(Means.ON_FOOT, 5_001) == 61
    assert minutes_by(Means.BUS, 4_400) == 22
    assert minutes_by(Means.CAR, 0) == 5


def test_a_day_has_three_parts() -> None:
    assert [span_of(h * 60) for h in (8, 12, 13, 17, 18)] == [
        Span.MORNING, Span.MORNING, Span.AFTERNOON, Span.AFTERNOON, Span.EVENING,
    ]  # fmt: skip


def test_a_proposal_is_told_in_a_few_words() -> None:
    told = [shown(chip) for chip in chips(FACTS, NAMES)]
    assert told == [
        "parla arabo: richiesto",
        "parla francese, una delle lingue cercate",
        "competenza 4: richiesto",
        "competenza 5: gradito",
        "HACCP in regola",
        "martedì 15–17",
        "12 min in autobus",
        "è il campo che desidera",
        "conosce già l'ente",
        "il patto finisce presto",
        "aspetta da tempo",
        "l'ente ne ha molto bisogno",
        "l'ente non ha ancora avuto nessuno",
    ]
    labels = [
        v for chip in chips(FACTS, NAMES) for v in chip.values.values() if isinstance(v, Label)
    ]
    assert labels == ["martedì", "in autobus"]


@pytest.mark.parametrize(
    ("opening", "told"),
    [
        (Opening(Obstacle.TRAVEL, 3, (1,), minutes=8, metres=0), "con 8 minuti di viaggio in più"),
        (Opening(Obstacle.TRAVEL, 3, (1,), minutes=0, metres=3_200), "con 4 km in più"),
        (Opening(Obstacle.TRAVEL, 3, (1,), minutes=8, metres=900), "con 8 minuti e 1 km in più"),
        (Opening(Obstacle.TRAVEL, 3, (1,), means=Means.LIFT), "con un passaggio"),
        (Opening(Obstacle.PAPERS, 2, (1,), bit=0), "con HACCP"),
        (Opening(Obstacle.LANGUAGES, 2, (1,), bit=1), "con francese"),
        (Opening(Obstacle.LANGUAGES, 2, (1,)), "senza chiedere quelle lingue"),
        (
            Opening(Obstacle.TIME, 1, (1,), weekday=1, span=Span.AFTERNOON),
            "se l’orario fosse martedì pomeriggio",
        ),
        (
            Opening(Obstacle.TIME, 1, (1,), weekday=0, date=739_950, span=Span.MORNING),
            "se l’orario fosse di mattina, il 2026-11-30",
        ),
        (Opening(Obstacle.HOURS, 1, (1,), minutes=60), "con 60 minuti in più a settimana"),
        (Opening(Obstacle.HOURS, 1, (1,)), "con meno ore a settimana"),
        (Opening(Obstacle.COVER, 1, (1,)), "con l'assicurazione dell'ente in corso"),
        (Opening(Obstacle.EXCLUDED, 1, (1,)), "togliendo l'esclusione"),
        (Opening(Obstacle.AGE, 1, (1,)), "se l'ente accogliesse altre età"),
    ],
)
def test_an_opening_is_told_in_a_few_words(opening: Opening, told: str) -> None:
    assert shown(condition(opening, NAMES)) == told


def test_words_need_neither_numpy_nor_the_solver() -> None:
    code = (
        "import sys, farelegami.matching.rules.words, farelegami.matching.rules.parts;"
        "print([m for m in sys.modules if re.match('numpy|ortools|django|pandas', m)])"
    )
    found = subprocess.run(  # noqa: S603
        [sys.executable, "-c", "import re;" + code], capture_output=True, text=True, check=True
    )
    assert re.sub(r"\s", "", found.stdout) == "[]"

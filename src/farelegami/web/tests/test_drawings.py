"""Drawings are well-formed whatever the facts, and say in words what they show."""

import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farelegami.web.drawings import bars, choropleth, ecomap, wheel
from farelegami.web.drawings.ecomap import Direction, Ecomap, Kind, Node, Ring, Strength, Tie
from farelegami.web.drawings.emblem import emblem_svg
from farelegami.web.drawings.wheel import Result, WheelFacts

whatever = st.integers(-(10**9), 10**12)
some_spokes = st.lists(st.lists(st.sampled_from(Result), max_size=9).map(tuple), max_size=30).map(
    tuple
)
some_facts = st.builds(
    WheelFacts, whatever, whatever, whatever, whatever, whatever, whatever, some_spokes
)
some_nodes = st.builds(
    Node,
    st.text(min_size=1, max_size=8),
    st.text(max_size=40),
    st.text(max_size=40),
    st.sampled_from(Ring),
    st.sampled_from(Kind),
)
some_ties = st.builds(Tie, st.sampled_from(Strength), st.sampled_from(Direction))
some_ecomaps = st.builds(
    Ecomap,
    st.text(max_size=40),
    st.lists(st.tuples(some_nodes, some_ties), max_size=12, unique_by=lambda bond: bond[0].key).map(
        tuple
    ),
)
SAMIRA = WheelFacts(
    180000,
    134000,
    92000,
    3600,
    2070,
    1860,
    (
        (Result.REACHED, Result.REACHED, Result.UNDERWAY),
        (Result.REACHED, Result.UNDERWAY),
        (Result.REACHED, Result.REACHED),
        (Result.UNDERWAY, Result.TODO),
    ),
)


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314


def numbers_of(svg: str) -> list[str]:
    return re.findall(r"\d+\.\d+", re.sub(r'(aria-label="[^"]*"|<text.*?</text>)', "", svg))


@given(some_facts, st.sampled_from("LMS"), st.booleans(), st.booleans())
def test_any_wheel_is_well_formed_named_and_short(facts, size, on_ink, mirrored):
    svg = wheel.wheel_svg(facts, size, on_ink=on_ink, mirrored=mirrored)
    root = parsed(svg)
    assert root.get("role") == "img"
    assert str(facts.reached) in root.get("aria-label")
    assert all(len(one.split(".")[1]) <= 2 for one in numbers_of(svg))


@given(whatever, whatever)
def test_the_rim_never_leaves_its_side(part, whole):
    t = wheel.share(part, whole)
    assert 185 <= wheel.receives_angle(t) <= 355
    assert 5 <= wheel.returns_angle(t) <= 175


def test_the_wheel_of_the_example_is_drawn_where_it_was_designed():
    svg = wheel.wheel_svg(SAMIRA)
    assert "M92.5 185.67A86 86 0 0 1 14.05 97.17" in svg
    assert "M107.5 185.67A86 86 0 0 0 185.89 95.75" in svg
    assert ">5/9</text>" in svg


def test_the_wheel_says_its_three_values():
    said = wheel.wheel_text(SAMIRA).replace("\N{NO-BREAK SPACE}", " ")
    assert said == (
        "Ruota del patto: 5 risultati raggiunti su 9. Riceve 920,00 € documentati e 1.340,00 €"
        " impegnati su 1.800,00 €. Restituisce 31 h confermate e 34 h 30 min fatte su 60 h."
    )
    assert wheel.wheel_text_short(SAMIRA) == (
        "5 di 9 risultati raggiunti, riceve 51 per cento, restituisce 52 per cento"
    )


def test_with_no_hours_agreed_the_band_is_empty_and_the_words_say_so():
    facts = WheelFacts(0, 0, 0, 0, 120, 120)
    svg = wheel.wheel_svg(facts)
    assert "nessuna ora concordata" in svg
    assert wheel.ON_WHITE.returns[2] not in svg


def test_a_goal_reached_whole_has_its_number_on_ink():
    svg = wheel.wheel_svg(SAMIRA)
    assert svg.count('fill="#fff">3</text>') == 1
    assert svg.count('fill="#17324d">1</text>') == 1


@settings(max_examples=40, deadline=None)
@given(some_ecomaps, st.none() | some_ecomaps)
def test_any_ecomap_is_well_formed_and_points_at_its_table(now, earlier):
    root = parsed(ecomap.ecomap_svg(now, earlier=earlier))
    assert "tabella" in root.get("aria-label")


def test_who_stays_keeps_the_same_place_in_both_drawings():
    teresa = Node("t", "Teresa", "", Ring.FRIENDS, Kind.FRIEND)
    now = Ecomap("Samira", ((teresa, Tie(Strength.STRONG)),))
    before = Ecomap("Samira", ((teresa, Tie(Strength.WEAK)),))
    svg = ecomap.ecomap_svg(now, earlier=before)
    assert svg.count("<title>Teresa") == 1


@settings(max_examples=40, deadline=None)
@given(some_ecomaps, st.none() | some_ecomaps)
def test_each_tie_has_the_number_of_its_node(now, earlier):
    root = parsed(ecomap.ecomap_svg(now, earlier=earlier))
    groups = [one for one in root.iter() if one.get("data-n")]
    nodes = [one.get("data-n") for one in groups if one.get("class") == "node"]
    ties = [one.get("data-n") for one in groups if one.get("class") == "tie"]
    assert sorted(ties, key=int) == [str(number) for number in range(len(now.bonds))]
    assert len(nodes) == len(set(nodes))
    assert {one.get("data-n") for one in groups} == set(nodes)


def test_the_words_of_an_ordinary_ecomap_do_not_lie_on_one_another():
    rings = [Ring.HOME] * 4 + [Ring.FRIENDS] * 4 + [Ring.SERVICES] * 6
    nodes = tuple(
        Node(str(i), f"Persona {i}", "vicina di casa", ring, Kind.FRIEND)
        for i, ring in enumerate(rings)
    )
    words = [spot.words for spot in ecomap._places(nodes).values()]
    meeting = [
        1
        for i, one in enumerate(words)
        for other in words[i + 1 :]
        if ecomap._overlap(one, other) > 8
    ]
    assert not meeting


@given(whatever, st.lists(whatever, max_size=3), st.sampled_from(list(bars.TONES)), st.text())
def test_any_bar_is_well_formed_and_stays_inside(total, levels, tone, text):
    root = parsed(bars.stock_bar_svg(total, levels, tone=tone, text=text))
    for rect in root:
        assert 0 <= float(rect.get("x", "0")) <= 1000
        assert float(rect.get("width")) >= 0


@given(st.text(), st.lists(st.none() | st.integers(1, 5), max_size=3))
def test_any_row_of_the_resource_map_is_well_formed(label, levels):
    parsed(bars.resource_bars_svg(label, levels))


def square(code, west, district):
    ring = ((west, 45.0), (west + 1, 45.0), (west + 1, 46.0), (west, 46.0))
    return choropleth.Area(code, f"Comune {code}", district, (ring,))


AREAS = [square("a", 9.0, 1), square("b", 10.0, 1), square("c", 11.0, 2)]


def test_small_counts_are_hatched_and_never_told():
    drawing = choropleth.choropleth(AREAS, {"a": 3, "b": 40}, unit="patti", text="Patti per Comune")
    titles = [one.text for one in parsed(drawing.svg).findall(".//{*}title")]
    assert "Comune a: meno di 5 patti" in titles
    assert "Comune b: 40 patti" in titles
    assert not any("3" in title for title in titles)
    assert "hatch" in {entry.ink for entry in drawing.legend}


@given(st.dictionaries(st.sampled_from("abc"), st.integers(-5, 10**6)))
def test_any_counts_make_a_map(counts):
    drawing = choropleth.choropleth(AREAS, counts, unit="patti", text="Patti")
    parsed(drawing.svg)


def test_districts_are_parted_by_one_line_and_named():
    drawing = choropleth.district_map(AREAS, {1: "Cremasco", 2: "Casalasco"}, text="Gli ambiti")
    root = parsed(drawing.svg)
    dotted = [one for one in root.findall(".//{*}path") if one.get("stroke-dasharray")]
    assert len(dotted) == 1
    assert dotted[0].get("d").count("M") == 1
    assert [entry.label for entry in drawing.legend] == ["Cremasco", "Casalasco"]


def test_a_map_without_areas_is_empty_but_whole():
    parsed(choropleth.district_map([], {}, text="Nulla").svg)


@pytest.mark.parametrize("on_ink", [True, False])
def test_the_emblem_is_well_formed(on_ink):
    parsed(emblem_svg(46, on_ink=on_ink))

import csv
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farelegami.kernel.errors import Refusal
from farelegami.people.rules.tax_codes import (
    Born,
    Part,
    TaxCodeCheck,
    TaxCodeImpossibleDay,
    TaxCodeLength,
    TaxCodeMalformed,
    born_on,
    checked,
    disagreements,
    reading,
)

with (Path(__file__).parent / "data" / "codice_fiscale_cases.csv").open(encoding="utf-8") as lines:
    CASES = list(csv.DictReader(lines))
PEOPLE = [case for case in CASES if case["kind"] != "invalid"]
IMPOSSIBLE = [case for case in CASES if case["kind"] == "invalid"]


def born(case: dict[str, str]) -> Born:
    return Born(
        case["surname"],
        case["name"],
        date.fromisoformat(case["birth_date"]),
        case["sex"],
        case["birthplace_code"],
    )


@pytest.mark.parametrize("case", PEOPLE, ids=[case["expected"] for case in PEOPLE])
def test_a_real_code_is_right_and_agrees_with_its_person(case: dict[str, str]) -> None:
    assert checked(case["expected"].lower()) == case["expected"]
    assert disagreements(case["expected"], born(case)) == []


@pytest.mark.parametrize("case", IMPOSSIBLE, ids=[case["note"] for case in IMPOSSIBLE])
def test_an_impossible_code_blocks(case: dict[str, str]) -> None:
    with pytest.raises(Refusal):
        checked(case["expected"])


@pytest.mark.parametrize(
    ("code", "refusal"),
    [
        ("RSSMRA85T10A562T", TaxCodeCheck),
        ("RSSMRA85T10A562", TaxCodeLength),
        ("RSSMRA85T99A562U", TaxCodeImpossibleDay),
        ("RSSMRA85Z10A562B", TaxCodeMalformed),
        ("12345678901", TaxCodeCheck),
    ],
)
def test_a_refusal_says_what_is_wrong_and_never_repeats_the_code(
    code: str, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal) as refused:
        checked(code)
    assert code not in str(refused.value)
    assert code not in str(refused.value.facts())


def test_an_empty_code_is_allowed_and_a_provisional_one_too() -> None:
    assert checked("  ") == ""
    assert checked("007 431 10157") == "00743110157"
    assert disagreements("00743110157", Born("Rossi", "Mario")) == []


def test_each_part_that_disagrees_is_named_and_explained() -> None:
    person = Born("Bianchi", "Carla", date(1986, 12, 10), "F", "D150")
    found = disagreements("RSSMRA85T10A562S", person)
    assert [one.part for one in found] == list(Part)
    assert (found[0].found, found[0].expected) == ("RSS", "BNC")
    assert (found[2].found, found[2].expected) == ("10/12/85", "10/12/86")
    assert "RSS" not in repr(found)


def test_what_is_not_known_of_a_person_does_not_disagree() -> None:
    assert disagreements("RSSMRA85T10A562S", Born("Rossi", "Mario")) == []


def test_replaced_digits_are_read_back() -> None:
    said = reading("RSSMRAURTMLARSNL")
    assert (said.year, said.month, said.day, said.place, said.replaced_digits) == (
        85,
        12,
        10,
        "A562",
        7,
    )


def test_of_two_centuries_the_later_that_has_been() -> None:
    today = date(2026, 11, 22)
    assert born_on("CLMGUO25S04F205U", day=today) == date(2025, 11, 4)
    assert born_on("CLMGUO25S04F205U", day=date(2025, 11, 3)) == date(1925, 11, 4)
    assert born_on("00743110157", day=today) is None


@given(st.text(max_size=20))
def test_anything_typed_is_either_a_code_or_refused(text: str) -> None:
    try:
        code = checked(text)
    except Refusal:
        return
    assert code == "" or len(code) in (11, 16)


@given(
    st.sampled_from(PEOPLE),
    st.integers(0, 14),
    st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"),
)
def test_one_wrong_character_never_passes_unless_it_changes_nothing(
    case: dict[str, str], place: int, character: str
) -> None:
    code = case["expected"]
    if len(code) == 16 and code[place] != character:
        damaged = code[:place] + character + code[place + 1 :]
        try:
            checked(damaged)
        except Refusal:
            return
        # The check character adds weights: a few pairs of characters weigh the same.
        assert disagreements(damaged, born(case)) or reading(damaged) == reading(code)

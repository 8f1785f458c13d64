"""A file for a spreadsheet holds what was written, and runs nothing."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farelegami.web.csv_files import csv_response, csv_text, safe_cell

cells = st.text(
    st.characters(exclude_characters="\r\n\x00", exclude_categories=["Cs"]), max_size=20
)


@pytest.mark.parametrize("text", ["=1+1", "+39 333", "-2", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_text_that_could_be_a_formula_is_led_by_an_apostrophe(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


def test_a_number_stays_a_number() -> None:
    assert safe_cell(-2) == "-2"
    assert safe_cell("Anna") == "Anna"


@given(st.lists(st.tuples(cells, cells), max_size=5))
def test_what_was_written_is_read_back(rows) -> None:
    text = csv_text(["uno", "due"], rows)
    back = list(csv.reader(io.StringIO(text), delimiter=";"))[1:]
    assert [[cell.removeprefix("'") for cell in row] for row in back] == [
        [cell.removeprefix("'") for cell in row] for row in rows
    ]


def test_the_file_is_downloaded_and_kept_by_nobody() -> None:
    response = csv_response("registro è.csv", "a;b")
    assert response["Content-Disposition"] == "attachment; filename*=UTF-8''registro%20%C3%A8.csv"
    assert response["Cache-Control"] == "private, no-store"
    assert response.content.decode("utf-8-sig") == "a;b"

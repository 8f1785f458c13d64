"""Tables as files for a spreadsheet: no cell of them is ever a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final
from urllib.parse import quote

from django.http import HttpResponse

# With these a spreadsheet takes a text for a formula, and may send data away.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
# Programs of offices in Italy read it as UTF-8 only with this mark, and separate with semicolons.
_MARK: Final = "\ufeff"


def safe_cell(value: str | int) -> str:
    """Return a cell as it is written; a text that could be a formula is led by an apostrophe."""
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[str | int]]) -> str:
    """Return a table as a file with its columns in the first line."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([safe_cell(each) for each in columns])
    writer.writerows([safe_cell(each) for each in row] for row in rows)
    return out.getvalue()


def csv_response(name: str, text: str) -> HttpResponse:
    """Return a table as a download that nobody keeps on the way."""
    response = HttpResponse(f"{_MARK}{text}", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response

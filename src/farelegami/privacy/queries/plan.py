"""The conservation plan in force, and what is kept as a page tells it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from farelegami.privacy.keeping import ELSEWHERE
from farelegami.privacy.rules.conservation import SAID_IN, Term, read_plan
from farelegami.storage.keeping import BASIS_LABELS, Kept, declarations

_PACKAGED: Final = Path(__file__).resolve().parents[1] / "data" / "conservation.toml"
_OWN: Final = "conservation.toml"


def plan() -> Mapping[str, Term]:
    """Return the terms by code: those of the data folder where it has any, else the packaged ones.

    Raises:
        msgspec.ValidationError: the file is not a plan.
    """
    own = Path(settings.DATA) / _OWN
    return plan_of(str(own if own.is_file() else _PACKAGED))


@lru_cache(maxsize=4)
def plan_of(file: str) -> Mapping[str, Term]:
    """Return the terms of a file over the packaged ones; a process reads each file once."""
    return {**read_plan(_PACKAGED.read_bytes()), **read_plan(Path(file).read_bytes())}


@dataclass(frozen=True, slots=True)
class KeptRow:
    """One thing kept, in plain words, in the language of the page."""

    table: str
    what: str
    why: str
    fields: str
    basis: str
    until: str
    is_ours: bool
    source: str
    is_of_citizens: bool


# What people look for first.
_FIRST: Final = {"people.Person": 0, "pacts.Pact": 0, "cases.Case": 0, "cases.Referral": 0}


def kept_rows() -> Sequence[KeptRow]:
    """Return what is kept about people, citizens' things first, from the declarations."""
    terms = plan()
    rows = [
        _row(table, keeping, terms[keeping.until])
        for table, keeping in declarations().items()
        if isinstance(keeping, Kept)
    ]
    return sorted(rows, key=lambda row: (not row.is_of_citizens, _FIRST.get(row.table, 1)))


def _row(table: str, keeping: Kept, term: Term) -> KeptRow:
    labels = [_(label) for label in keeping.told().values()]
    return KeptRow(
        table=table,
        what=_(keeping.what),
        why=_(keeping.why),
        fields=", ".join(dict.fromkeys(labels)),
        basis=_(BASIS_LABELS[keeping.basis]),
        until=pgettext(SAID_IN, term.said),
        is_ours=term.ours,
        source=term.source,
        is_of_citizens=bool(keeping.person) and keeping.until != "work",
    )


@dataclass(frozen=True, slots=True)
class KeptFor:
    """What is kept for one term."""

    until: str
    is_ours: bool
    rows: Sequence[KeptRow]


def kept_by_term(*, citizens: bool = False) -> Sequence[KeptFor]:
    """Return what is kept, or only what is kept of citizens, gathered under its term."""
    found: dict[str, list[KeptRow]] = {}
    for row in kept_rows():
        if citizens and not row.is_of_citizens:
            continue
        found.setdefault(row.until, []).append(row)
    return [KeptFor(until, rows[0].is_ours, rows) for until, rows in found.items()]


def elsewhere_rows() -> Sequence[tuple[str, str, str]]:
    """Return what lies outside of the tables: what, why, until when."""
    return [(_(each.what), _(each.why), _(each.until)) for each in ELSEWHERE]


def kept_as_text() -> str:
    """Return the table of what is kept, for the documentation: Italian, one line a table."""
    with override("it"):
        lines = [_TITLE, "", *_HEAD]
        lines += [
            f"| `{row.table}` | {row.what} | {row.why} | {row.fields} |"
            f" {row.until}{' (scelta nostra)' if row.is_ours else ''} |"
            for row in kept_rows()
        ]
        nothing = [
            f"| `{table}` | {_(each.why)} |"
            for table, each in declarations().items()
            if not isinstance(each, Kept)
        ]
        outside = [f"| {what} | {why} | {until} |" for what, why, until in elsewhere_rows()]
    return "\n".join([*lines, "", *_HEAD_NOTHING, *nothing, "", *_HEAD_ELSEWHERE, *outside, ""])


_TITLE: Final = (
    "# What is kept, why, until when\n\nMade from the declarations by `python scripts/keeping.py`;"
    " a test fails where it is out of date."
)
_HEAD: Final = ("| Table | What | Why | Fields | Until |", "|---|---|---|---|---|")
_HEAD_NOTHING: Final = ("## Nothing personal", "", "| Table | Why |", "|---|---|")
_HEAD_ELSEWHERE: Final = (
    "## Outside of the tables", "", "| What | Why | Until |", "|---|---|---|",
)  # fmt: skip

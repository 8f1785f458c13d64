r"""Rows of a table as one text with gaps, filled again and again: what a bulk copy is made of.

The text is that of PostgreSQL's COPY: a row a line, tabs between, `\N` for nothing.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, TypeAlias

Cells: TypeAlias = Sequence[str | None]

NOTHING: Final = r"\N"
_GAP: Final = "\x01"
_ESCAPES: Final = (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"))
_ESCAPED: Final = re.compile(r"\\(.)")
_PLAIN: Final = {"t": "\t", "n": "\n", "r": "\r"}


def gap(name: str) -> str:
    """Return the mark of a gap, to stand inside a cell."""
    return f"{_GAP}{name}{_GAP}"


def line(cells: Cells) -> str:
    """Return one row as a line of COPY."""
    return "\t".join(NOTHING if cell is None else _escaped(cell) for cell in cells)


def cells_of(text: str) -> list[str | None]:
    r"""Return the cells of a line: what `line` was given.

    >>> cells_of(line(["a\tb", None, ""]))
    ['a\tb', None, '']
    """
    return [
        None if cell == NOTHING else _ESCAPED.sub(lambda found: _PLAIN.get(found[1], found[1]), cell)
        for cell in text.split("\t")
    ]  # fmt: skip


def _escaped(cell: str) -> str:
    for plain, written in _ESCAPES:
        cell = cell.replace(plain, written)
    return cell


class Form:
    """A text whose gaps have names.

    >>> Form(["due " + gap("n") + " mele"]).filled({"n": "3"})
    'due 3 mele'
    """

    def __init__(self, lines: Iterable[str]) -> None:
        parts = "\n".join(lines).split(_GAP)
        self._parts = parts
        self._names = parts[1::2]

    def __bool__(self) -> bool:
        return self._parts != [""]

    @property
    def names(self) -> frozenset[str]:
        """The gaps to be filled."""
        return frozenset(self._names)

    def filled(self, values: Mapping[str, str]) -> str:
        """Return the text with every gap filled."""
        parts = self._parts.copy()
        parts[1::2] = [values[name] for name in self._names]
        return "".join(parts)


def rows_in(text: str) -> Iterator[list[str | None]]:
    """Yield the rows of a filled form."""
    for each in text.split("\n"):
        yield cells_of(each)

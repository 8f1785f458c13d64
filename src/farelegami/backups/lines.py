"""Rows as lines of text: the format of PostgreSQL's COPY, whichever database they are of.

Spelled as PostgreSQL spells them, so that it gives and takes them untouched; SQLite, which keeps
ids, moments and truths in its own way, has them turned here, there and back without loss.
"""

import json
import re
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

Value: TypeAlias = str | int | float | bytes | None
NULL: Final = "\\N"
_TO: Final = {
    "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f", "\v": "\\v",
}  # fmt: skip
_FROM: Final = {escaped[1]: sign for sign, escaped in _TO.items()}
_SPECIAL: Final = re.compile(r"[\\\n\r\t\b\f\v]")
_ESCAPED: Final = re.compile(r"\\(.)")
_BLOCK: Final = 1 << 20
_MOMENT_SECONDS: Final = 19


def escaped(text: str) -> str:
    return _SPECIAL.sub(lambda found: _TO[found[0]], text)


def unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: _FROM.get(found[1], found[1]), text)


def _dashed(hexadecimal: str) -> str:
    h = hexadecimal
    return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"


def _moment(text: str) -> str:
    """Return a moment as Django writes it for SQLite: in UTC, six decimals or none."""
    plain = text.removesuffix("+00")
    whole, decimals = plain[:_MOMENT_SECONDS], plain[_MOMENT_SECONDS + 1 :]
    return f"{whole}.{decimals:0<6}" if decimals else whole


_OUT: Final[Mapping[str, Callable[[Any], str]]] = {
    "uuid": _dashed,
    "bool": lambda value: "t" if value else "f",
    "moment": lambda value: f"{value}+00",
    "number": str,
    "real": repr,
}
_IN: Final[Mapping[str, Callable[[str], Value]]] = {
    "uuid": lambda text: text.replace("-", ""),
    "bool": lambda text: int(text == "t"),
    "moment": _moment,
    "number": int,
    "real": float,
}


def lines_of(rows: Iterable[Sequence[Value]], kinds: Sequence[str]) -> Generator[bytes, None, None]:
    """Yield rows of SQLite as lines, many to a block."""
    ways = [_OUT.get(kind, lambda value: escaped(str(value))) for kind in kinds]
    held: list[str] = []
    size = 0
    for row in rows:
        line = "\t".join(
            NULL if value is None else way(value) for value, way in zip(row, ways, strict=True)
        )
        held.append(line)
        size += len(line)
        if size >= _BLOCK:
            yield ("\n".join(held) + "\n").encode()
            held, size = [], 0
    if held:
        yield ("\n".join(held) + "\n").encode()


def rows_of(blocks: Iterable[bytes], kinds: Sequence[str]) -> Iterator[tuple[Value, ...]]:
    """Yield rows for SQLite from blocks of lines, wherever the blocks are cut."""
    ways = [_IN.get(kind, unescaped) for kind in kinds]
    for line in _lines(blocks):
        fields = line.split("\t")
        yield tuple(
            None if field == NULL else way(field) for field, way in zip(fields, ways, strict=True)
        )


def plain(blocks: Iterable[bytes], kinds: Sequence[str]) -> Iterator[bytes]:
    """Yield the lines of blocks spelled so that both databases spell the same row the same."""
    for line in _lines(blocks):
        fields = [
            field if field == NULL else _plain(field, kind)
            for field, kind in zip(line.split("\t"), kinds, strict=True)
        ]
        yield ("\t".join(fields) + "\n").encode()


def _plain(field: str, kind: str) -> str:
    if kind == "json":
        return escaped(json.dumps(json.loads(unescaped(field)), sort_keys=True))
    if kind == "moment":
        return _moment(field)
    if kind == "real":
        return repr(float(field))
    return field


def _lines(blocks: Iterable[bytes]) -> Iterator[str]:
    rest = b""
    for block in blocks:
        *whole, rest = (rest + block).split(b"\n")
        for line in whole:
            yield line.decode()

"""Which letters the fonts of the papers can draw, and what stands for those they cannot.

The engine refuses a paper with one letter it cannot draw, and people write whatever their
telephone offers.
"""

import struct
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, TypeAlias

FONTS: Final = Path(__file__).parent / "fonts"
Fonts: TypeAlias = tuple[frozenset[int], ...]
MISSING: Final = "•"
# What has no shape leaves nothing behind; a mark goes where no font has it together with its letter.
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"})
_MARKS: Final = frozenset({"Mn", "Mc", "Me", "Cf"})
_BREAKS: Final = frozenset("\n\t")
_LIKE: Final = {"→": "->", "←": "<-", "≥": ">=", "≤": "<=", "☐": "[ ]", "☑": "[x]", "✓": "v"}
_MAIN: Final = "titillium-web"
_SEGMENTS, _GROUPS = 4, 12
_NO_CHARACTER: Final = 0xFFFF


def printable(data: Any, *, plainly: bool = False) -> Any:
    """Return what JSON holds with every text in letters the fonts have; `plainly`, the main one."""
    if isinstance(data, str):
        return in_our_letters(data, plainly=plainly)
    if isinstance(data, Mapping):
        return {key: printable(value, plainly=plainly) for key, value in data.items()}
    if isinstance(data, Sequence):
        return [printable(value, plainly=plainly) for value in data]
    return data


def in_our_letters(text: str, *, plainly: bool = False) -> str:
    """Return a text whose every letter can be drawn: the same one, its like, or a point."""
    if text.isascii() and text.isprintable():
        return text
    fonts = _main_fonts() if plainly else all_fonts()
    drawn: list[str] = []
    able: Fonts = ()
    for letter in unicodedata.normalize("NFC", text):
        if letter in _BREAKS:
            drawn.append(letter)
            able = ()
        elif unicodedata.category(letter) in _MARKS:
            if both := _with(letter, able):
                drawn.append(letter)
                able = both
        else:
            shown = _shown(letter, fonts)
            drawn.append(shown)
            able = _with(shown[-1:], fonts)
    whole = "".join(drawn)
    # A heading left empty stops a paper too.
    return whole if whole.strip() or not text.strip() else MISSING


def _shown(letter: str, fonts: Fonts) -> str:
    kind = unicodedata.category(letter)
    if kind in _UNSEEN:
        return ""
    if _with(letter, fonts):
        return letter
    like = _LIKE.get(letter) or unicodedata.normalize("NFKC", letter)
    return like if all(_with(each, fonts) for each in like) else MISSING


def _with(letter: str, fonts: Fonts) -> Fonts:
    return tuple(font for font in fonts if letter and ord(letter) in font)


@lru_cache(maxsize=1)
def all_fonts() -> Fonts:
    """Return the code points each of our fonts draws."""
    return tuple(frozenset(_points(font.read_bytes())) for font in sorted(FONTS.glob("*.ttf")))


@lru_cache(maxsize=1)
def _main_fonts() -> Fonts:
    files = sorted(FONTS.glob(f"{_MAIN}*.ttf"))
    return tuple(frozenset(_points(font.read_bytes())) for font in files)


def _points(font: bytes) -> Iterator[int]:
    """Yield the code points of a font. Source: OpenType 1.9, "cmap", formats 4 and 12."""
    (tables,) = struct.unpack_from(">H", font, 4)
    records = (struct.unpack_from(">4s3I", font, 12 + 16 * at) for at in range(tables))
    cmap = next(offset for tag, _sum, offset, _length in records if tag == b"cmap")
    (encodings,) = struct.unpack_from(">H", font, cmap + 2)
    for at in range(encodings):
        (offset,) = struct.unpack_from(">I", font, cmap + 8 + 8 * at)
        (form,) = struct.unpack_from(">H", font, cmap + offset)
        if form == _SEGMENTS:
            yield from _in_segments(font, cmap + offset)
        elif form == _GROUPS:
            yield from _in_groups(font, cmap + offset)


def _in_groups(font: bytes, at: int) -> Iterator[int]:
    (groups,) = struct.unpack_from(">I", font, at + 12)
    for number in range(groups):
        first, last = struct.unpack_from(">2I", font, at + 16 + 12 * number)
        yield from range(first, last + 1)


def _in_segments(font: bytes, at: int) -> Iterator[int]:
    (twice,) = struct.unpack_from(">H", font, at + 6)
    lasts, firsts, shifts, ranges = (
        at + 14,
        at + 16 + twice,
        at + 16 + 2 * twice,
        at + 16 + 3 * twice,
    )
    for step in range(0, twice, 2):
        (last,) = struct.unpack_from(">H", font, lasts + step)
        (first,) = struct.unpack_from(">H", font, firsts + step)
        (shift,) = struct.unpack_from(">h", font, shifts + step)
        (away,) = struct.unpack_from(">H", font, ranges + step)
        for point in range(first, min(last, _NO_CHARACTER - 1) + 1):
            glyph = point + shift & 0xFFFF
            if away:
                (glyph,) = struct.unpack_from(
                    ">H", font, ranges + step + away + 2 * (point - first)
                )
            if glyph:
                yield point

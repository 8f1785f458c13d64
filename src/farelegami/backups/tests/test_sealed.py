"""The sealed file: nothing of it is cut off, changed, moved or read with another key unnoticed."""

from __future__ import annotations

import io
import random
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farelegami.backups.lines import escaped, lines_of, rows_of, unescaped
from farelegami.backups.rules import (
    Altered,
    CutShort,
    KeyMissing,
    NotABackup,
    WrongKey,
    key_from,
    too_many,
)
from farelegami.backups.sealed import SealedReader, SealedWriter
from farelegami.backups.tests.builders import KEY, OTHER_KEY

HEADER = 20 + 8 + 32
LONG = random.Random(7).randbytes(3_500_000)  # noqa: S311
DAMAGE = (Altered, CutShort, WrongKey, NotABackup)


def sealed(data: bytes) -> bytes:
    raw = io.BytesIO()
    writer = SealedWriter(raw, KEY)
    writer.write(data)
    writer.finish()
    return raw.getvalue()


def opened(file: bytes, size: int, key: bytes = KEY) -> bytes:
    reader = SealedReader(io.BytesIO(file), key)
    data = reader.read(size)
    reader.finish()
    return data


def chunks(file: bytes) -> list[bytes]:
    found, at = [], HEADER
    while at < len(file):
        (size,) = struct.unpack_from(">I", file, at)
        found.append(file[at : at + 4 + size])
        at += 4 + size
    return found


@given(st.binary(max_size=300))
def test_what_is_sealed_is_read_again(data: bytes) -> None:
    assert opened(sealed(data), len(data)) == data


def test_sealed_twice_the_same_bytes_are_other_bytes() -> None:
    assert sealed(LONG) != sealed(LONG)
    assert opened(sealed(LONG), len(LONG)) == LONG


@given(st.integers(min_value=0, max_value=399), st.integers(min_value=1, max_value=255))
def test_one_changed_byte_is_noticed_wherever_it_is(place: int, change: int) -> None:
    file = bytearray(sealed(b"x" * 320))
    file[place] ^= change
    with pytest.raises(DAMAGE):
        opened(bytes(file), 320)


@given(st.integers(min_value=0, max_value=399))
def test_a_file_cut_anywhere_is_noticed(length: int) -> None:
    with pytest.raises(DAMAGE):
        opened(sealed(b"x" * 320)[:length], 320)


def test_chunks_left_out_swapped_or_repeated_are_noticed() -> None:
    file = sealed(LONG)
    head, parts = file[:HEADER], chunks(file)
    assert len(parts) == 4
    others = chunks(sealed(LONG))
    wrong = (
        parts[:-1],
        parts[1:],
        [parts[1], parts[0], *parts[2:]],
        [parts[0], parts[0], *parts[2:]],
        [*parts[:2], parts[-1]],
        [others[0], *parts[1:]],
        [*parts, parts[-1]],
    )
    for each in wrong:
        with pytest.raises((Altered, CutShort)):
            opened(head + b"".join(each), len(LONG))


def test_bytes_after_the_end_are_noticed() -> None:
    with pytest.raises(Altered):
        opened(sealed(b"abc") + b"x", 3)


def test_another_key_is_named_as_such() -> None:
    with pytest.raises(WrongKey):
        opened(sealed(b"abc"), 3, OTHER_KEY)


def test_any_other_file_is_named_as_such() -> None:
    for other in (b"", b"%PDF-1.7", b"SQLite format 3\0" * 9):
        with pytest.raises(NotABackup):
            opened(other, 3)


def test_a_key_is_thirty_two_bytes_with_or_without_its_name() -> None:
    text = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    assert key_from(text) == key_from(f"k20261122:{text}") == KEY
    for wrong in ("", "abc", "AAEC", "è" * 44):
        with pytest.raises(KeyMissing):
            key_from(wrong)


@given(st.text())
def test_any_text_survives_being_a_field(text: str) -> None:
    assert unescaped(escaped(text)) == text
    assert not set("\n\r\t") & set(escaped(text))


FIELDS = {
    "uuid": st.uuids().map(lambda each: each.hex),
    "bool": st.integers(0, 1),
    "number": st.integers(-(2**63), 2**63 - 1),
    "real": st.floats(allow_nan=False, allow_infinity=False),
    "text": st.text(),
    "moment": st.sampled_from(["2026-01-31 23:59:59", "2026-01-31 23:59:59.000120"]),
}
ROW = st.tuples(*(st.none() | each for each in FIELDS.values()))


@given(st.lists(ROW, max_size=5), st.integers(min_value=1, max_value=9))
def test_rows_are_the_same_wherever_their_lines_are_cut(rows: list, size: int) -> None:
    kinds = list(FIELDS)
    text = b"".join(lines_of(rows, kinds))
    blocks = [text[at : at + size] for at in range(0, len(text), size)]
    assert list(rows_of(blocks, kinds)) == rows


def test_the_newest_stay() -> None:
    assert list(too_many(["c", "a", "b"], 2)) == ["a"]
    assert list(too_many(["a"], 2)) == []

"""What lies inside the seal: entries one after another, each with its facts, bytes and digest."""

import hashlib
import json
import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

from farelegami.backups.rules import Altered
from farelegami.backups.sealed import SealedReader, SealedWriter

_SIZE: Final = struct.Struct(">I")
# Rows shrink to a fifth; documents are pictures and PDFs, pressed already.
_PRESS: Final = 1
HEAD: Final = "head"
TABLE: Final = "table"
FILE: Final = "file"
END: Final = "end"


@dataclass(frozen=True, slots=True)
class Sum:
    """What an entry came to: bytes, lines of text and SHA-256 of the bytes before pressing."""

    size: int
    lines: int
    sha256: str


class Adding:
    """Adds up what passes by."""

    def __init__(self) -> None:
        self._hash, self._size, self._lines = hashlib.sha256(), 0, 0

    def over(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the blocks as they come."""
        for block in blocks:
            self._hash.update(block)
            self._size += len(block)
            self._lines += block.count(b"\n")
            yield block

    def sum(self) -> Sum:
        return Sum(self._size, self._lines, self._hash.hexdigest())


class ArchiveWriter:
    def __init__(self, raw: BinaryIO, key: bytes) -> None:
        self._sealed = SealedWriter(raw, key)

    def put(self, kind: str, facts: Mapping[str, Any], blocks: Iterable[bytes] = ()) -> Sum:
        """Write an entry and return what it came to."""
        self._frame(json.dumps({"kind": kind, **facts}).encode())
        adding = Adding()
        for block in adding.over(blocks):
            if block:
                self._frame(zlib.compress(block, _PRESS) if kind == TABLE else block)
        self._frame(b"")
        came = adding.sum()
        self._frame(json.dumps([came.size, came.lines, came.sha256]).encode())
        return came

    def finish(self) -> None:
        self._sealed.finish()

    def _frame(self, data: bytes) -> None:
        self._sealed.write(_SIZE.pack(len(data)) + data)


class Entry:
    """One entry being read; `blocks` are read once, and checked against their digest at the end."""

    def __init__(self, kind: str, facts: Mapping[str, Any], frames: Iterator[bytes]) -> None:
        self.kind, self.facts, self._frames = kind, facts, frames
        self.came: Sum | None = None

    def blocks(self) -> Iterator[bytes]:
        adding = Adding()
        pressed = self.kind == TABLE
        data = iter(self._frames.__next__, b"")
        yield from adding.over(zlib.decompress(block) if pressed else block for block in data)
        size, lines, sha256 = json.loads(next(self._frames))
        self.came = adding.sum()
        if self.came != Sum(size, lines, sha256):
            raise Altered(what=str(self.facts.get("name", self.kind)))

    def skip(self) -> Sum:
        """Read what is left, checking it, and return what the entry came to."""
        if self.came is None:
            for _block in self.blocks():
                pass
        if self.came is None:
            raise Altered(what=self.kind)
        return self.came


def entries(raw: BinaryIO, key: bytes) -> Iterator[Entry]:
    """Yield the entries of a backup in order, the last being END; each is checked when passed.

    Raises:
        NotABackup, WrongKey, CutShort, Altered: as their names say.
    """
    sealed = SealedReader(raw, key)
    frames = _frames(sealed)
    kind = ""
    while kind != END:
        facts = json.loads(next(frames))
        kind = facts.pop("kind")
        entry = Entry(kind, facts, frames)
        yield entry
        entry.skip()
    sealed.finish()


def _frames(sealed: SealedReader) -> Iterator[bytes]:
    while True:
        (size,) = _SIZE.unpack(sealed.read(_SIZE.size))
        yield sealed.read(size)

"""Bytes sealed as a stream: none can be read, changed, cut off, left out or moved unnoticed.

Each chunk is sealed with AES-GCM under a key of this file alone; its nonce counts the chunks and
marks the last (the STREAM construction). Source: Hoang, Reyhanitabar, Rogaway, Vizár 2015.
"""

import hashlib
import secrets
import struct
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from farelegami.backups.rules import Altered, CutShort, NotABackup, WrongKey

_MAGIC: Final = b"FareLegami backup 1\n"
_MARK_BYTES: Final = 8
_SALT_BYTES: Final = 32
_CHUNK: Final = 1 << 20
_TAG_BYTES: Final = 16
_SIZE: Final = struct.Struct(">I")
_PURPOSE: Final = b"farelegami.backups.sealed"


def _mark(key: bytes) -> bytes:
    """Return by what a key is known without being told: another key is named as such."""
    return hashlib.sha256(b"farelegami.backups.mark" + key).digest()[:_MARK_BYTES]


def _cipher(key: bytes, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt, _PURPOSE).derive(key))


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


class SealedWriter:
    """Seals what is written; without `finish` the file counts as cut short."""

    def __init__(self, raw: BinaryIO, key: bytes) -> None:
        salt = secrets.token_bytes(_SALT_BYTES)
        self._raw, self._cipher, self._number = raw, _cipher(key, salt), 0
        self._held = bytearray()
        self._header = _MAGIC + _mark(key) + salt
        raw.write(self._header)

    def write(self, data: bytes) -> None:
        self._held += data
        # The last chunk is known as such only at the end: one is always held back.
        while len(self._held) > _CHUNK:
            self._seal(bytes(self._held[:_CHUNK]), last=False)
            del self._held[:_CHUNK]

    def finish(self) -> None:
        self._seal(bytes(self._held), last=True)
        self._held.clear()

    def _seal(self, chunk: bytes, *, last: bool) -> None:
        sealed = self._cipher.encrypt(_nonce(self._number, last=last), chunk, self._header)
        self._raw.write(_SIZE.pack(len(sealed)) + sealed)
        self._number += 1


class SealedReader:
    """Reads back what a `SealedWriter` wrote, noticing whatever is not as it was.

    Raises:
        NotABackup, WrongKey: when made.
        CutShort, Altered: from `read`.
    """

    def __init__(self, raw: BinaryIO, key: bytes) -> None:
        header = raw.read(len(_MAGIC) + _MARK_BYTES + _SALT_BYTES)
        if not header.startswith(_MAGIC):
            raise NotABackup
        if len(header) < len(_MAGIC) + _MARK_BYTES + _SALT_BYTES:
            raise CutShort
        mark, salt = header[len(_MAGIC) : -_SALT_BYTES], header[-_SALT_BYTES:]
        if not secrets.compare_digest(mark, _mark(key)):
            raise WrongKey
        self._raw, self._cipher, self._number = raw, _cipher(key, salt), 0
        self._held, self._at, self._header, self._ended = b"", 0, header, False

    def read(self, size: int) -> bytes:
        """Return exactly `size` bytes; nothing is given out that was not checked."""
        found = bytearray()
        while len(found) < size:
            if self._at == len(self._held):
                if self._ended:
                    raise CutShort
                self._open_next()
                continue
            part = self._held[self._at : self._at + size - len(found)]
            self._at += len(part)
            found += part
        return bytes(found)

    def finish(self) -> None:
        """Check that the end is reached, and that nothing comes after it."""
        while not self._ended and self._at == len(self._held):
            self._open_next()
        if self._at < len(self._held) or self._raw.read(1):
            raise Altered(what="dopo la fine")

    def _open_next(self) -> None:
        size = self._raw.read(_SIZE.size)
        if len(size) < _SIZE.size:
            raise CutShort
        (length,) = _SIZE.unpack(size)
        if not _TAG_BYTES <= length <= _CHUNK + _TAG_BYTES:
            raise Altered(what=f"blocco {self._number}")
        sealed = self._raw.read(length)
        if len(sealed) < length:
            raise CutShort
        for last in (False, True):
            try:
                self._held = self._cipher.decrypt(
                    _nonce(self._number, last=last), sealed, self._header
                )
            except InvalidTag:
                continue
            self._at, self._ended, self._number = 0, last, self._number + 1
            return
        raise Altered(what=f"blocco {self._number}")

"""Telling what a file is from its bytes, and making it safe to keep.

Images are written anew: whatever hides in them (the place where a photo was taken, a second file)
does not survive.
"""

import io
from collections.abc import Mapping
from typing import Final

import puremagic
from PIL import Image, ImageOps

from farelegami.documents import pdf
from farelegami.documents.rules.files import (
    IMAGES,
    LONGEST_TEXT_LINE,
    MOST_BYTES,
    MOST_PIXELS,
    PDF,
    TEXT,
    FileIsActive,
    FileIsLocked,
    FileIsTangled,
    FileKindRefused,
    FileTooLarge,
    FileUnreadable,
)
from farelegami.kernel.errors import Refusal

_TAIL: Final = 2_048
_LONGEST_SIDE: Final = 4_096
_FORMATS: Final = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
_REFUSALS: Final[Mapping[pdf.Verdict, type[Refusal]]] = {
    pdf.Verdict.ACTIVE: FileIsActive,
    pdf.Verdict.LOCKED: FileIsLocked,
    pdf.Verdict.TANGLED: FileIsTangled,
    pdf.Verdict.UNREADABLE: FileUnreadable,
}
_TEXT_CONTROLS: Final = frozenset("\n\r\t\f")


def examined(content: bytes, *, made_here: bool = False) -> tuple[str, bytes]:
    """Return the content type found in the bytes, and the bytes to keep.

    A PDF is read in a process of its own, unless the program itself has made it.

    Raises:
        FileTooLarge, FileKindRefused, FileUnreadable, FileIsActive, FileIsLocked, FileIsTangled:
            as their names say.
    """
    if not content:
        raise FileUnreadable
    if len(content) > MOST_BYTES:
        raise FileTooLarge(size=len(content))
    content_type = _content_type(content)
    if content_type in IMAGES:
        return content_type, _drawn_again(content, content_type)
    if content_type == PDF:
        _check_pdf(content, made_here=made_here)
    return content_type, content


def _content_type(content: bytes) -> str:
    try:
        guesses = {match.mime_type for match in puremagic.magic_string(content)}
    except (puremagic.PureError, ValueError):
        guesses = set()
    for kind in (PDF, *IMAGES):
        if kind in guesses:
            return kind
    if _is_plain_text(content):
        return TEXT
    raise FileKindRefused


def _is_plain_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    start = text.lstrip()[:1]
    plain = all(sign.isprintable() or sign in _TEXT_CONTROLS for sign in text)
    # A page or a drawing with programs in it also starts like text, with a tag.
    return plain and start not in {"<", "{"} and max(map(len, text.split("\n"))) < LONGEST_TEXT_LINE


def _check_pdf(content: bytes, *, made_here: bool) -> None:
    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-_TAIL:]:
        raise FileUnreadable
    # What we set ourselves holds what we put in it.
    verdict = pdf.Verdict.SOUND if made_here else pdf.read_apart(content)
    if verdict is not pdf.Verdict.SOUND:
        raise _REFUSALS[verdict]


def _check_pixels(pixels: int, size: int) -> None:
    if pixels > MOST_PIXELS:
        raise FileTooLarge(size=size)


def _drawn_again(content: bytes, content_type: str) -> bytes:
    kind = _FORMATS[content_type]
    try:
        image = Image.open(io.BytesIO(content), formats=[kind])
        _check_pixels(image.width * image.height, len(content))
        # A JPEG can be read at half size, which keeps a phone's photo out of the memory.
        image.draft(None, (_LONGEST_SIDE, _LONGEST_SIDE))
        image.load()
        return _cleaned(ImageOps.exif_transpose(image), kind)
    except FileTooLarge:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise FileTooLarge(size=len(content)) from error
    except Exception as error:
        # Pillow's readers fail on damaged files in many ways; none of them is news.
        raise FileUnreadable from error


def _cleaned(upright: Image.Image, kind: str) -> bytes:
    """Return a picture's bytes without what a camera wrote beside it."""
    clean = io.BytesIO()
    if kind == "JPEG" and upright.mode not in {"RGB", "L"}:
        upright = upright.convert("RGB")
    upright.info.clear()
    options = {"quality": 88} if kind != "PNG" else {"optimize": False}
    upright.save(clean, kind, **options)
    return clean.getvalue()

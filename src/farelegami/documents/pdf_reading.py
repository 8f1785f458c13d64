"""Reading a PDF's structure, which hides what a search of its bytes does not find.

Run as a program it reads one file from its input and answers with one word of `pdf.Verdict`,
within limits of memory and time. It imports nothing of ours: it runs where that cannot be found.
"""

import contextlib
import io
import re
import sys
from collections.abc import Iterator
from typing import Final

import pikepdf

if sys.platform != "win32":  # There the clock alone stops the reading.
    import resource

_MOST_MEMORY: Final = 768 * 1024 * 1024
_MOST_UNPACKED: Final = 32 * 1024 * 1024
_MOST_CPU_SECONDS: Final = 4

# What a PDF may carry besides paper: programs, other files, films. A name may be written with
# escapes (`/J#61vaScript`), and a reader more lenient than ours may find what ours passes over.
_SIGNS: Final = re.compile(rb"/(JavaScript|Launch|EmbeddedFiles?|RichMedia)(?![A-Za-z])")
_ESCAPE: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
_KEYS: Final = frozenset({"/JS", "/JavaScript", "/EmbeddedFiles", "/EF", "/XFA"})
_KINDS: Final = frozenset(
    f"/{kind}"
    for kind in (
        "JavaScript", "Launch", "ImportData", "SubmitForm", "GoToE", "Rendition", "Movie", "Sound",
        "RichMedia", "RichMediaExecute", "EmbeddedFile", "FileAttachment", "3D",
    )
)  # fmt: skip
_KIND_KEYS: Final = frozenset({"/S", "/Type", "/Subtype"})


def read(content: bytes) -> str:
    """Return in a word what the structure of a PDF holds, here and without limits of time."""
    pikepdf.settings.set_qpdf_limits(flate_max_memory=_MOST_UNPACKED)
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            if pdf.is_encrypted:
                return "locked"
            if _names_activity(content) or any(_is_active(part) for part in _parts(pdf)):
                return "active"
            return "sound" if len(pdf.pages) else "unreadable"
    except pikepdf.PasswordError:
        return "locked"
    except MemoryError:
        return "tangled"
    except (pikepdf.PdfError, ValueError, TypeError, RuntimeError, LookupError):
        # The reader falls over damaged files in many ways; none of them is news.
        return "unreadable"


def _parts(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    yield pdf.trailer
    yield from pdf.objects


def _names_activity(text: bytes) -> bool:
    return bool(_SIGNS.search(_ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), text)))


def _is_active(part: pikepdf.Object) -> bool:
    """Return whether a part runs, opens or carries something; parts it points at are not asked."""
    waiting = [part]
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, pikepdf.Stream):
            # A stream of objects that cannot be unpacked would hide them: the error refuses it.
            if "/First" in thing and _names_activity(thing.read_bytes()):
                return True
            thing = thing.stream_dict
        if isinstance(thing, pikepdf.Dictionary):
            if any(_says_active(key, value) for key, value in thing.items()):
                return True
            inner = [value for _key, value in thing.items()]
        else:
            inner = list(thing) if isinstance(thing, pikepdf.Array) else []
        waiting += [
            value
            for value in inner
            if isinstance(value, pikepdf.Dictionary | pikepdf.Array) and not value.is_indirect
        ]
    return False


def _says_active(key: str, value: object) -> bool:
    if key in _KEYS:
        return True
    return key in _KIND_KEYS and isinstance(value, pikepdf.Name) and str(value) in _KINDS


def _stay_small() -> None:
    if sys.platform == "win32":
        return
    for limit, most in (
        (resource.RLIMIT_AS, _MOST_MEMORY),
        (resource.RLIMIT_CPU, _MOST_CPU_SECONDS),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(limit, (most, most))


if __name__ == "__main__":
    _stay_small()
    sys.stdout.write(read(sys.stdin.buffer.read()))

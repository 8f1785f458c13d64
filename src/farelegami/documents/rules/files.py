"""Which files are taken, under which name, and the sentences for those that are not."""

import re
import unicodedata
from dataclasses import dataclass
from typing import ClassVar, Final

from farelegami.kernel.errors import Refusal, gettext_noop

MOST_BYTES: Final = 10 * 1024 * 1024
# A page scanned at 600 dots an inch has 35 million dots; a "bomb" has thousands of millions.
MOST_PIXELS: Final = 40_000_000
LONGEST_NAME: Final = 100
LONGEST_TEXT_LINE: Final = 20_000

PDF: Final = "application/pdf"
TEXT: Final = "text/plain"
EXTENSIONS: Final = {
    PDF: ".pdf",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    TEXT: ".txt",
}
IMAGES: Final = frozenset(kind for kind in EXTENSIONS if kind.startswith("image/"))


@dataclass(eq=False)
class FileTooLarge(Refusal):
    code: ClassVar[str] = "documents.file_too_large"
    text: ClassVar[str] = gettext_noop(
        "Il file è troppo grande: il limite è %(most_megabytes)s MB. "
        "Si può fotografare di nuovo con meno definizione o dividere il documento."
    )
    field: ClassVar[str] = "upload"
    size: int
    most_megabytes: int = MOST_BYTES // (1024 * 1024)


@dataclass(eq=False)
class FileKindRefused(Refusal):
    code: ClassVar[str] = "documents.file_kind_refused"
    text: ClassVar[str] = gettext_noop(
        "Questo tipo di file non si può caricare. Vanno bene PDF, foto JPEG, PNG o WEBP "
        "e testo semplice."
    )
    field: ClassVar[str] = "upload"


@dataclass(eq=False)
class FileUnreadable(Refusal):
    code: ClassVar[str] = "documents.file_unreadable"
    text: ClassVar[str] = gettext_noop(
        "Il file è vuoto o danneggiato e non si riesce ad aprirlo. "
        "Si può provare a salvarlo di nuovo."
    )
    field: ClassVar[str] = "upload"


@dataclass(eq=False)
class FileIsActive(Refusal):
    code: ClassVar[str] = "documents.file_is_active"
    text: ClassVar[str] = gettext_noop(
        "Questo PDF contiene programmi o altri file al suo interno. "
        "Si può stamparlo di nuovo in PDF e caricare la copia."
    )
    field: ClassVar[str] = "upload"


@dataclass(eq=False)
class FileIsLocked(Refusal):
    code: ClassVar[str] = "documents.file_is_locked"
    text: ClassVar[str] = gettext_noop(
        "Questo PDF è protetto da una password o da limiti, e non si può controllare. "
        "Si può aprirlo, stamparlo di nuovo in PDF e caricare la copia."
    )
    field: ClassVar[str] = "upload"


@dataclass(eq=False)
class FileIsTangled(Refusal):
    code: ClassVar[str] = "documents.file_is_tangled"
    text: ClassVar[str] = gettext_noop(
        "Questo PDF è troppo complicato e non si riesce a controllarlo tutto. "
        "Si può stamparlo di nuovo in PDF, o fotografare il foglio, e caricare la copia."
    )
    field: ClassVar[str] = "upload"


def clean_name(name: str, content_type: str) -> str:
    """Return a file name without folders, controls or tricks, ending as its content asks.

    >>> clean_name("../../Scontrino n. 4.JPEG", "image/jpeg")
    'Scontrino n. 4.jpg'
    """
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]
    # Controls and marks of direction can make "fdp.exe" look like "exe.pdf".
    plain = "".join(sign for sign in last if unicodedata.category(sign)[0] not in "C")
    stem = re.sub(r"\.[^.]{1,5}$", "", plain)
    stem = re.sub(r"[^\w .,()'+-]", "_", stem).strip(" .")[:LONGEST_NAME].strip(" .")
    return f"{stem or 'documento'}{EXTENSIONS[content_type]}"

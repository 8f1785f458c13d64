"""What a paper is made of: blocks in reading order, which one template sets in type.

They hold plain text and numbers already written out; `papers/paper.typ` says how each looks.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    kind: Literal["section"] = "section"


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str
    kind: Literal["paragraph"] = "paragraph"


@dataclass(frozen=True, slots=True)
class Note:
    """Small words at the end: a hash, a law."""

    text: str
    kind: Literal["note"] = "note"


@dataclass(frozen=True, slots=True)
class ToldLine:
    """A line of an agreed text: section, goal, result, item or paragraph; `other` is its fellow."""

    kind: str
    text: str
    other: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """A text agreed to the letter."""

    lines: Sequence[ToldLine]
    kind: Literal["told"] = "told"


@dataclass(frozen=True, slots=True)
class Beside:
    """The same text in two columns; `language` is that of the second, `columns` name them."""

    columns: tuple[str, str]
    language: str
    lines: Sequence[ToldLine]
    kind: Literal["beside"] = "beside"


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and values, two to a row."""

    rows: Sequence[tuple[str, str]]
    kind: Literal["facts"] = "facts"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under names; from column `end_from` on, numbered from 0, numbers stand to the end."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    end_from: int = 99
    kind: Literal["table"] = "table"


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing and what it says in words."""

    svg: str
    alt: str
    width_mm: int = 60
    kind: Literal["picture"] = "picture"


@dataclass(frozen=True, slots=True)
class SignatureRow:
    """A signature taken, drawn or on paper (`told` says when), or a line to sign on."""

    name: str
    role: str
    signed: bool = False
    told: str = ""
    drawing: str = ""
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Signatures:
    rows: Sequence[SignatureRow]
    kind: Literal["signatures"] = "signatures"


Block: TypeAlias = Section | Paragraph | Note | Told | Beside | Facts | Table | Picture | Signatures


def facts_of(blocks: Sequence[Block], *, programme: str, summary: str = "") -> dict[str, Any]:
    """Return what the template reads, as JSON has it."""
    return {
        "programme": programme,
        "summary": summary,
        "blocks": [asdict(block) for block in blocks],
    }

"""How the reasons of a proposal are shown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from farelegami.giveback.queries.words import reason_words
from farelegami.matching.rules.words import ChipKind

# What was asked for and is there; the rest is said beside it.
_ASKED: Final = frozenset(
    {ChipKind.SKILL, ChipKind.LANGUAGE, ChipKind.PAPER, ChipKind.TIME, ChipKind.TRAVEL}
)


@dataclass(frozen=True, slots=True)
class Reason:
    """One chip: its words, its tone, its sign."""

    text: str
    tone: str
    icon: str


def reasons(kept: Iterable[Mapping[str, Any]]) -> list[Reason]:
    """Return chips as they were kept, in the language of the page."""
    return [
        Reason(reason_words(one), "ok", "it-check")
        if one["kind"] in _ASKED
        else Reason(reason_words(one), "blue", "")
        for one in kept
    ]

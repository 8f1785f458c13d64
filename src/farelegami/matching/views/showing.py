"""How the reasons of a proposal are shown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from farelegami.giveback.queries.words import reason_words
from farelegami.matching.rules.words import ChipKind

# What was asked for and is there; the rest is said beside it, what is missing as a warning.
_ASKED: Final = frozenset(
    {ChipKind.SKILL, ChipKind.LANGUAGE, ChipKind.PAPER, ChipKind.TIME, ChipKind.TRAVEL}
)
_OPEN: Final = frozenset({ChipKind.WARN, ChipKind.MAYBE})
# As plans made before kept it.
_PERHAPS: Final = "orario da confermare"


@dataclass(frozen=True, slots=True)
class Reason:
    """One chip: its words, its tone, its sign."""

    text: str
    tone: str
    icon: str


def reasons(kept: Iterable[Mapping[str, Any]]) -> list[Reason]:
    """Return chips as they were kept, in the language of the page."""
    return [_reason(one) for one in kept]


def _reason(one: Mapping[str, Any]) -> Reason:
    text = reason_words(one)
    if one["kind"] in _OPEN or one["text"] == _PERHAPS:
        return Reason(text, "note", "it-warning-circle")
    return Reason(text, "ok", "it-check") if one["kind"] in _ASKED else Reason(text, "blue", "")


def sides(kept: Iterable[Mapping[str, Any]]) -> tuple[list[Reason], str]:
    """Return what was asked for and what is missing as chips, and all the rest in one sentence."""
    told = reasons(kept)
    chips = sorted((one for one in told if one.icon), key=lambda one: one.tone != "note")
    rest = "; ".join(one.text for one in told if not one.icon)
    return chips, f"{rest[0].upper()}{rest[1:]}." if rest else ""

"""How reasons, times and proposals are put into words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _

from farelegami.giveback.rules.slots import Slot, clock_face
from farelegami.matching.rules.words import ChipKind
from farelegami.people.queries.skills import skill_labels
from farelegami.people.rules.weeks import DAY_LABELS
from farelegami.web.formats import dmy

_ICONS: Final = {
    ChipKind.SKILL: "it-check",
    ChipKind.LANGUAGE: "it-check",
    ChipKind.PAPER: "it-check",
    ChipKind.TIME: "it-check",
    ChipKind.TRAVEL: "it-check",
}
_SKILL: Final = "skill:"


@dataclass(frozen=True, slots=True)
class Reason:
    """One chip: its words, its tone, its sign."""

    text: str
    tone: str
    icon: str


def reasons(kept: Iterable[Mapping[str, Any]]) -> list[Reason]:
    """Return chips as they were kept, in the language of the page."""
    return [
        Reason(told(one), "ok" if one["kind"] in _ICONS else "blue", _ICONS.get(one["kind"], ""))
        for one in kept
    ]


def told(kept: Mapping[str, Any]) -> str:
    """Return one sentence as it was kept, in the language of the page."""
    labels = set(kept.get("labels", ()))
    values = {
        name: _label(str(value)) if name in labels else _plain(name, value)
        for name, value in kept["values"].items()
    }
    sentence = kept["text"]
    text = _(sentence)
    return text % values if values else text


def _label(value: str) -> str:
    if value.startswith(_SKILL):
        code = value.removeprefix(_SKILL)
        return skill_labels().get(code, code)
    return _(value)


def _plain(name: str, value: Any) -> Any:
    return dmy(date.fromisoformat(value)) if name == "date" else value


def when(slot: Slot) -> str:
    """Return a stretch as one says it: "martedì 15–17", "5/12/2026 9–12"."""
    day = dmy(slot.on) if slot.on else _(DAY_LABELS[slot.weekday])
    return f"{day} {clock_face(slot.starts)}–{clock_face(slot.ends)}"


def when_all(slots: Sequence[Slot]) -> str:
    """Return some stretches, in a line."""
    return ", ".join(when(slot) for slot in slots)

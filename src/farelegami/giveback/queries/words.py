"""Times in words, as every page and letter says them."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from farelegami.giveback.rules.needs import REQUIREMENT_LABELS, Need, NeedKind, Requirement
from farelegami.giveback.rules.slots import Slot, clock_face
from farelegami.people.queries.skills import skill_labels
from farelegami.people.rules.languages import language_label
from farelegami.people.rules.persons import LEVEL_LABELS, Level
from farelegami.people.rules.weeks import DAY_LABELS
from farelegami.web.formats import dmy

_SKILL: Final = "skill:"


def slot_words(slot: Slot) -> str:
    """Return a stretch as it is said: "martedì 15–17", or "sabato 12 dicembre, 10–13.30"."""
    hours = f"{clock_face(slot.starts)}–{clock_face(slot.ends)}"
    if slot.on is None:
        return f"{_(DAY_LABELS[slot.weekday])} {hours}"
    return f"{day_words(slot.on)}, {hours}"


def day_words(day: date) -> str:
    """Return a day as it is said: "martedì 27 ottobre"; Django's catalogue writes months large."""
    words = date_format(day, "l j F")
    return words.lower() if get_language() == "it" else words


def need_words(need: Need) -> str:
    """Return what is asked for as it is said: "arabo B1", "cucinare", "attestato HACCP"."""
    match need.kind:
        case NeedKind.SKILL:
            return skill_labels().get(need.code, need.code)
        case NeedKind.LANGUAGE:
            level = f" {_(LEVEL_LABELS[Level(need.level)])}" if need.level else ""
            return f"{_(language_label(need.code))}{level}"
        case NeedKind.REQUIREMENT:
            return _(REQUIREMENT_LABELS[Requirement(need.code)])


def slots_words(slots: Iterable[Slot]) -> str:
    """Return stretches one after the other."""
    return "; ".join(slot_words(slot) for slot in slots)


def reason_words(kept: object) -> str:
    """Return why a place was thought of, as it was kept with the proposal, in words."""
    if not isinstance(kept, Mapping):
        return str(kept)
    labels = set(kept.get("labels", ()))
    values = {
        name: _label(str(value)) if name in labels else _plain(name, value)
        for name, value in kept.get("values", {}).items()
    }
    sentence = kept.get("text", "")
    text = _(sentence)
    return text % values if values else text


def _label(value: str) -> str:
    if value.startswith(_SKILL):
        code = value.removeprefix(_SKILL)
        return skill_labels().get(code, code)
    return _(value)


def _plain(name: str, value: Any) -> Any:
    return dmy(date.fromisoformat(value)) if name == "date" else value

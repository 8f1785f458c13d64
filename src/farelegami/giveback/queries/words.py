"""Times in words, as every page and letter says them."""

from collections.abc import Iterable
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from farelegami.giveback.rules.slots import Slot, clock_face
from farelegami.people.rules.weeks import DAY_LABELS


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


def slots_words(slots: Iterable[Slot]) -> str:
    """Return stretches one after the other."""
    return "; ".join(slot_words(slot) for slot in slots)

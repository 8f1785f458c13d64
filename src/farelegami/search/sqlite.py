"""The full-text table of SQLite: triggers keep it (migration 0004), the queries ask it."""

from collections.abc import Iterable
from typing import Final

from django.db import connection

from farelegami.search.rules import Question, Slot

_GRAM: Final = 3


def index_all() -> None:
    """Make the table anew from the rows."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM search_folded")
        cursor.execute(
            "INSERT INTO search_folded(rowid, folded) SELECT id, folded FROM search_entry"
        )


def match(asked: Question, *, exact: bool) -> str:
    """Return the FTS5 expression: whole sounds if `exact`, else any of their trigrams."""
    slots = [_any(_whole(slot) if exact else _grams(slot)) for slot in asked.slots]
    return " AND ".join(slot for slot in slots if slot)


def _whole(slot: Slot) -> Iterable[str]:
    # A word shorter than a trigram is found at its beginning, with the space before it.
    for sound in slot.sounds:
        yield sound if len(sound) >= _GRAM else f" {sound}"
    yield from (f" {bare} " for bare in slot.bones)


def _grams(slot: Slot) -> Iterable[str]:
    for sound in slot.sounds:
        padded = f" {sound} "
        yield from (padded[at : at + _GRAM] for at in range(len(padded) - _GRAM + 1))
    yield from (f" {bare} " for bare in slot.bones)


def _any(texts: Iterable[str]) -> str:
    # Folded texts hold letters, digits and spaces only: nothing in them can break out of quotes.
    quoted = [f'"{text}"' for text in dict.fromkeys(texts) if len(text) >= _GRAM]
    return f"({' OR '.join(quoted)})" if quoted else ""

"""How PostgreSQL is asked: near words first, among the few there are, then who bears them.

A province has a million names and some ten thousand words. `search_word` holds each word once,
by trigrams, and `search_near` gives those near a sound; an index of (district, words) leads from
words to rows. The database keeps the words itself (migration 0003): no writer has to remember them.
"""

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import connection

from farelegami.search.rules import Question

_CANDIDATES: Final = 400
_RANKED: Final = 60
# Each district is one walk through the index; beyond these the words lead, and most rows are ours.
_LEADING: Final = 24
# As the index has it: another writing of the same would not find it.
_WORDS: Final = "string_to_array(btrim(e.folded), ' ')"
_NEAR: Final = "(SELECT search_near(%s::text[]) || %s::text[])"


class Found(NamedTuple):
    """A row that may answer."""

    object_id: UUID
    kind: str
    district_id: int
    title: str
    subtitle: str
    folded: str


def candidates(
    asked: Question, scopes: Sequence[tuple[Collection[str], Collection[int]]]
) -> list[Found]:
    """Return rows of these kinds in these districts that are near in every word.

    One query; two where none is, the second for those near in all words taken together.
    """
    districts = sorted(frozenset().union(*(here for _kinds, here in scopes)))
    is_led = len(districts) <= _LEADING
    rights: list[Any] = [districts] if is_led else []
    for kinds, here in scopes:
        rights += [sorted(kinds), sorted(here)]
    shape = (len(asked.slots), len(scopes), is_led)
    near = [[*part] for slot in asked.slots for part in (slot.sounds, slot.bones)]
    found = _asked(_sql(*shape), [*rights, *near, asked.text])
    if found or len(asked.slots) == 1:
        return found
    return _asked(_sql(*shape, together=True), [*rights, *near, asked.text, asked.text])


@cache
def _sql(slots: int, scopes: int, is_led: bool, *, together: bool = False) -> str:  # noqa: FBT001
    # `+ 0` keeps the rights of each kind from being taken for a way into the index.
    rights = " OR ".join(
        ["e.kind = ANY (%s::text[]) AND e.district_id + 0 = ANY (%s::int[])"] * scopes
    )
    where = ["e.district_id = ANY (%s::int[])"] if is_led else []
    where.append(f"({rights})")
    if together:
        words = " || ".join([_NEAR] * slots)
        where.append(f"{_WORDS} && ({words}) AND e.folded %%> %s::text")
    else:
        where += [f"{_WORDS} && {_NEAR}"] * slots
    # Bounded before it is ranked: a name that thousands bear must not cost thousands of rankings.
    return (
        "SELECT s.* FROM (SELECT e.object_id, e.kind, e.district_id, e.title, e.subtitle, e.folded"  # noqa: S608
        f" FROM search_entry e WHERE {' AND '.join(where)} LIMIT {_CANDIDATES}) s"
        f" ORDER BY word_similarity(%s::text, s.folded) DESC, s.title LIMIT {_RANKED}"
    )


def _asked(sql: str, arguments: Sequence[Any]) -> list[Found]:
    with connection.cursor() as cursor:
        cursor.execute(sql, arguments)
        return [Found(*row) for row in cursor.fetchall()]


def collect_words() -> None:
    """Make the words anew from the rows."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM search_word")
        cursor.execute(
            "INSERT INTO search_word SELECT DISTINCT word FROM search_entry e,"  # noqa: S608
            f" unnest({_WORDS}) word WHERE word NOT LIKE '0%'"
        )

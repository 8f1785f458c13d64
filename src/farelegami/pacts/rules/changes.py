"""The readable difference between two versions of a pact."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from farelegami.kernel.errors import gettext_noop
from farelegami.pacts.rules.terms import Terms

EURO: Final = "euro"
TIME: Final = "time"
DAY: Final = "day"
TEXT: Final = "text"


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the difference: `before` or `after` is None where something came or went.

    Values are cents, minutes, dates or text as `unit` says.
    """

    what: str
    name: str
    unit: str
    before: object
    after: object


_WHAT: Final = {
    "goals": gettext_noop("Obiettivo"),
    "results": gettext_noop("Risultato atteso"),
    "supports": gettext_noop("Sostegno"),
    "commitments": gettext_noop("Impegno"),
}


def changes(before: Terms, after: Terms) -> tuple[Change, ...]:
    """Return what `after` says otherwise than `before`, in the order in which a pact is read."""
    return (*_totals(before, after), *_lines(before, after))


def _totals(before: Terms, after: Terms) -> Iterator[Change]:
    pairs = (
        (gettext_noop("Inizio"), DAY, before.starts_on, after.starts_on),
        (gettext_noop("Fine"), DAY, before.ends_on, after.ends_on),
        (gettext_noop("Budget"), EURO, before.budget, after.budget),
        (gettext_noop("Restituzione"), TIME, before.promised, after.promised),
    )
    for what, unit, old, new in pairs:
        if old != new:
            yield Change(what, "", unit, old, new)


def _lines(before: Terms, after: Terms) -> Iterator[Change]:
    for field, unit, values in (
        ("goals", TEXT, [(t.goals, "title") for t in (before, after)]),
        ("results", TEXT, [(_results(t), "text") for t in (before, after)]),
        ("supports", EURO, [(t.supports, "amount_cents") for t in (before, after)]),
        ("commitments", TIME, [(t.commitments, "minutes") for t in (before, after)]),
    ):
        (olds, attribute), (news, _) = values
        yield from _by_key(_WHAT[field], unit, attribute, olds, news)


def _results(terms: Terms) -> Sequence[object]:
    return [result for goal in terms.goals for result in goal.results]


def _by_key(
    what: str, unit: str, attribute: str, olds: Sequence[object], news: Sequence[object]
) -> Iterator[Change]:
    old_by_key = {old.key: old for old in olds}  # type: ignore[attr-defined]
    new_by_key = {new.key: new for new in news}  # type: ignore[attr-defined]
    for key in dict.fromkeys((*old_by_key, *new_by_key)):
        old, new = old_by_key.get(key), new_by_key.get(key)
        if old == new:
            continue
        was, now = getattr(old, attribute, None), getattr(new, attribute, None)
        name = _name(new or old)
        if was == now or (unit != TEXT and old and new and _name(old) != _name(new)):
            yield Change(what, "", TEXT, _whole(old), _whole(new))
        if was != now:
            yield Change(what, "" if unit == TEXT else name, unit, was, now)


def _name(line: object) -> str:
    return str(getattr(line, "title", "") or getattr(line, "text", ""))


def _whole(line: object) -> str:
    """A line told in full, for differences other than its name or its amount."""
    parts = [
        _name(line),
        *(
            f"{value:%d/%m/%Y}" if attribute.endswith("_on") else str(value)
            for attribute in ("provider", "host", "when", "detail", "due_on", "ends_on", "helpers")
            if (value := getattr(line, attribute, None))
        ),
    ]
    return ", ".join(parts)

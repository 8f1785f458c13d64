"""Lists page by key: the next page starts after the last row shown, so depth costs nothing."""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from cryptography.exceptions import InvalidTag
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet

from farelegami.storage.fields import seal, unseal

PAGE_SIZE: Final = 25
_BOUND_TO: Final = "storage.page"
RowT = TypeVar("RowT")
ModelT = TypeVar("ModelT", bound=Model)


@dataclass(frozen=True, slots=True)
class KeyPage(Generic[RowT]):
    """Some rows of a list, and the cursor of the page after, empty at the end."""

    rows: Sequence[RowT]
    next_cursor: str = ""
    cursor: str = ""


def key_page(
    queryset: QuerySet[ModelT], *, order: tuple[str, ...], cursor: str = "", size: int = PAGE_SIZE
) -> KeyPage[ModelT]:
    """Return the page of `queryset` after `cursor`, in one query of `size + 1` rows.

    `order` names columns ending in a unique one, each with `-` for descending, all in the same
    direction (the index serves both). A cursor that cannot be read, or is of another list, means the
    first page.
    """
    values = read_cursor(cursor, len(order))
    if values:
        with suppress(ValidationError, ValueError, TypeError):
            queryset = queryset.filter(_after(order, values))
    return page_of(
        list(queryset.order_by(*order)[: size + 1]), order=order, cursor=cursor, size=size
    )


def page_of(
    rows: Sequence[RowT], *, order: tuple[str, ...], cursor: str, size: int
) -> KeyPage[RowT]:
    """Return rows already read after `cursor`, one more than are shown if there are more."""
    if len(rows) <= size:
        return KeyPage(rows, cursor=cursor)
    shown = rows[:size]
    last = [_value(shown[-1], name.lstrip("-")) for name in order]
    return KeyPage(shown, write_cursor(last), cursor)


def _value(row: object, path: str) -> Any:
    value: Any = row
    for name in path.split("__"):
        value = getattr(value, name)
    return value


def _after(order: tuple[str, ...], values: Sequence[Any]) -> Q:
    condition = Q()
    for index, name in enumerate(order):
        operator = "lt" if name.startswith("-") else "gt"
        same = {part.lstrip("-"): value for part, value in zip(order[:index], values, strict=False)}
        condition |= Q(**same, **{f"{name.lstrip('-')}__{operator}": values[index]})
    return condition


def write_cursor(values: Sequence[Any]) -> str:
    """Return the key values as one sealed word fit for an address: keys may hold names."""
    return seal(json.dumps([_plain(value) for value in values]), _BOUND_TO)


def read_cursor(cursor: str, length: int) -> list[Any] | None:
    """Return the key values of a cursor, or None where it is empty or was not made by us."""
    if not cursor:
        return None
    try:
        values: list[Any] = json.loads(unseal(cursor, _BOUND_TO))
    except (KeyError, ValueError, InvalidTag):
        return None
    return values if len(values) == length else None


def read_id(cursor: str) -> UUID | None:
    """Return the id in the cursor of a list that is in the order of ids, or None where there is none."""
    values = read_cursor(cursor, 1)
    try:
        return UUID(values[0]) if values else None
    except (ValueError, TypeError, AttributeError):
        return None


def _plain(value: Any) -> str | int | None:
    if value is None or isinstance(value, int | str):
        return value
    return value.isoformat() if isinstance(value, date) else str(value)

"""Addresses of pages, put together once: those of a list differ by one id."""

from typing import Final
from uuid import UUID

from django.urls import get_script_prefix, get_urlconf, reverse

_NOBODY: Final = UUID(int=0)
_kept: Final[dict[tuple[str, str, str | None, bool], tuple[str, str]]] = {}


def link(name: str, object_id: UUID | None = None) -> str:
    """Return the address of a page of one object, or of none.

    Raises:
        NoReverseMatch: no page has that name, or it is of more than one object.
    """
    key = (name, get_script_prefix(), get_urlconf(), object_id is None)
    parts = _kept.get(key)
    if parts is None:
        address = reverse(name, args=[] if object_id is None else [_NOBODY])
        before, _, after = address.partition(str(_NOBODY))
        parts = _kept[key] = (before, after)
    return parts[0] if object_id is None else f"{parts[0]}{object_id}{parts[1]}"

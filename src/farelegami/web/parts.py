"""The plain values page components are drawn from."""

from dataclasses import dataclass
from typing import Literal

from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Stage:
    """One stop of a stage line: done, the present one, or still to come."""

    label: str
    state: Literal["done", "now", "todo"]


@dataclass(frozen=True, slots=True)
class PageLinks:
    """Where the next rows of a long list are, and its beginning; empty when there is none."""

    next_url: str = ""
    first_url: str = ""

    @classmethod
    def of(cls, request: HttpRequest, *, next_cursor: str, cursor: str) -> "PageLinks":
        """Return the links of a page of a list, its filters kept."""
        query = request.GET.copy()
        query.pop("dopo", None)
        first = query.urlencode()
        query["dopo"] = next_cursor
        return cls(
            next_url=f"?{query.urlencode()}" if next_cursor else "",
            first_url=f"?{first}" if cursor else "",
        )

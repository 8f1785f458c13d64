"""What somebody typed into a form that could not be taken: shown to them, so that it is not lost."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from django.utils.translation import gettext as _

MOST_FIELDS: Final = 300
MOST_CHARACTERS: Final = 200_000
# Names of the machinery: of no use to a person, and the first is a secret of the session.
OURS: Final = frozenset({"csrfmiddlewaretoken", "once", "next", "seen", "anyway"})
_NEVER_BESIDE: Final = ("password",)
_IN_A_ROW: Final = re.compile(r".+-(\d{1,4})-([a-z_]+)")
_WRITTEN_IN: Final = (forms.TextInput, forms.Textarea)
_LONG: Final = 60


@dataclass(frozen=True, slots=True)
class Typed:
    """A text under the label of its field; `name` is what the form calls it."""

    name: str
    label: str
    text: str

    @property
    def rows(self) -> int:
        """How tall to show it."""
        lines = sum(1 + len(line) // _LONG for line in self.text.splitlines())
        return max(1, min(12, lines))


def sent_values(request: HttpRequest) -> list[tuple[str, str]]:
    """Return what a form sent, name by name: no file, and nothing at all beside a password."""
    try:
        posted = request.POST
    except (UnreadablePostError, MultiPartParserError, SuspiciousOperation, BadRequest):
        return []
    if request.method != "POST" or any(
        word in name.lower() for name in posted for word in _NEVER_BESIDE
    ):
        return []
    return _within_limits(posted)


def _within_limits(posted: QueryDict) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    room = MOST_CHARACTERS
    for name, values in posted.lists():
        for value in values:
            room -= len(name) + len(str(value))
            if name in OURS:
                continue
            if room < 0 or len(found) >= MOST_FIELDS:
                return found
            found.append((name, str(value)))
    return found


def readable(values: list[tuple[str, str]]) -> list[Typed]:
    """Return the texts among what was sent, each under the label its form gives it."""
    parts = {name: _part(name) for name, _value in values}
    fields = _fields({base for base, _row in parts.values()})
    shown = []
    for name, value in values:
        base, row = parts[name]
        field = fields.get(base)
        if not value.strip() or not _is_text(field, value):
            continue
        label = str(field.label) if field is not None and field.label else _("Testo")
        shown.append(Typed(name, f"{label} ({row})" if row else label, value))
    return shown


def typed(request: HttpRequest) -> dict[str, Any]:
    """Add `typed` to a page: what was sent to it, read only where a template shows it."""
    return {"typed": lambda: readable(sent_values(request)) if is_from_here(request) else []}


def is_from_here(request: HttpRequest) -> bool:
    """Return whether the page that sent a form is one of ours, as far as the browser says."""
    origin = request.headers.get("Origin") or request.headers.get("Referer", "")
    return not origin or urlsplit(origin).netloc == request.get_host()


def form_page(request: HttpRequest) -> str:
    """Return the address of the page whose form was sent: where it stood, or where it was sent."""
    came_from = urlsplit(request.headers.get("Referer", ""))
    if came_from.netloc != request.get_host() or not came_from.path.startswith("/"):
        return request.get_full_path()
    # Two slashes would begin the address of another site.
    path = "/" + came_from.path.lstrip("/")
    return f"{path}?{came_from.query}" if came_from.query else path


def _part(name: str) -> tuple[str, int]:
    """Return what a field is called in its row, and the number of the row; 0 outside of rows."""
    match = _IN_A_ROW.fullmatch(name)
    return (match[2], int(match[1]) + 1) if match else (name, 0)


def _fields(names: set[str]) -> dict[str, forms.Field]:
    """Return the fields of these names, from the forms that know most of them."""
    ranked = sorted(_all_forms(), key=lambda one: -len(names & one.base_fields.keys()))
    found: dict[str, forms.Field] = {}
    for one in ranked:
        known = names & one.base_fields.keys()
        if not known or len(found) == len(names):
            break
        for name in known:
            found.setdefault(name, one.base_fields[name])
    return found


def _all_forms() -> Iterator[type[forms.Form]]:
    waiting = [forms.Form]
    while waiting:
        one = waiting.pop()
        yield one
        waiting += one.__subclasses__()


def _is_text(field: forms.Field | None, value: str) -> bool:
    if field is None:
        # Of a field no form declares only its words are sure to have been typed.
        return " " in value.strip()
    return isinstance(field.widget, _WRITTEN_IN) and not isinstance(
        field.widget, forms.HiddenInput | forms.PasswordInput
    )

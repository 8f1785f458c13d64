"""How a value stands in a page."""

import html
from typing import Any, Final

from django.template import Context
from django.template.base import render_value_in_context
from django.utils.safestring import SafeString

_LONG: Final = 1000


def told(value: Any, context: Context) -> str:
    """Return words escaped and whole numbers as they are; all else as Django tells it."""
    kind = type(value)
    if kind is str and context.autoescape:
        return html.escape(value)
    # Longer ones are written with dots, or as the language has it.
    if kind is int and 0 <= value < _LONG:
        return str(value)
    return value if kind is SafeString else render_value_in_context(value, context)

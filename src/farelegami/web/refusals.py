"""Refusals put into words: on the form that caused them, or on a page of their own."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.forms import BaseForm
from django.utils.translation import gettext

from farelegami.kernel.errors import Refusal
from farelegami.web.formats import dmy, euro, hours


def sentence(refusal: Refusal) -> str:
    """The refusal in the reader's language, its facts written as amounts, hours and days.

    Facts named `…_cents` and `…_minutes`, and days, are spelled out, `…_label` is translated; the
    others stay as they are.
    """
    facts = {name: _spelled(name, value) for name, value in refusal.facts().items()}
    text = gettext(refusal.text)
    return text % facts if facts else text


def _spelled(name: str, value: Any) -> Any:
    if isinstance(value, date):
        return dmy(value)
    if isinstance(value, int):
        if name == "cents" or name.endswith("_cents"):
            return euro(value)
        if name == "minutes" or name.endswith("_minutes"):
            return hours(value)
    if name.endswith("_label"):
        return gettext(value)
    return value


@contextmanager
def shown_on(form: BaseForm) -> Iterator[None]:
    """Show a refusal as an error of `form`, on the field it names if the form has it."""
    try:
        yield
    except Refusal as refusal:
        field = refusal.field if refusal.field in form.fields else None
        form.add_error(field, sentence(refusal))

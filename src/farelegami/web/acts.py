"""The page of a single act: what it does, what it asks, what happens after."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from farelegami.web.refusals import shown_on

Do: TypeAlias = Callable[[dict[str, Any]], object]


class Crumb(NamedTuple):
    """One step of the path above the title."""

    url: str
    label: str


@dataclass(frozen=True, slots=True)
class Act:
    """What the page of an act says; it goes back to `back` unless `after` says otherwise."""

    title: str
    submit: str
    done: str
    back: str
    crumbs: Sequence[tuple[str, str]] = ()
    says: str = ""
    is_grave: bool = False
    after: str = ""


def act_page(request: HttpRequest, act: Act, form: Form, do: Do, *, template: str) -> HttpResponse:
    """Return the page of an act, or do it and go back; what was typed stays if it is refused."""
    if form.is_valid():
        with shown_on(form):
            do(form.cleaned_data)
            messages.success(request, act.done)
            return redirect(act.after or act.back)
    context = {"act": act, "form": form, "crumbs": act.crumbs, "here": act.title}
    return render(request, template, context, status=422 if form.errors else 200)

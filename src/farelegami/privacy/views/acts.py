"""The page of a single act of this room."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from farelegami.web.refusals import shown_on


@dataclass(frozen=True, slots=True)
class Act:
    """What the page of an act says; `crumb` names the page it goes back to."""

    title: str
    says: str
    submit: str
    done: str
    back: str
    crumb: str
    is_grave: bool = False


def act_page(
    request: HttpRequest, act: Act, form: Form, do: Callable[[dict[str, Any]], object]
) -> HttpResponse:
    """Return the page of an act, or do it and go back; what was typed stays if it is refused."""
    if form.is_valid():
        with shown_on(form):
            do(form.cleaned_data)
            messages.success(request, act.done)
            return redirect(act.back)
    status = 422 if form.errors else 200
    return render(request, "privacy/act.html", {"act": act, "form": form}, status=status)

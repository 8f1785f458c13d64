"""The page of a single act: what it does, what it asks, what happens after."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from farelegami.web.refusals import shown_on


@dataclass(frozen=True, slots=True)
class Crumb:
    """One step of the path above the title."""

    url: str
    label: str


@dataclass(frozen=True, slots=True)
class Act:
    """What the page of an act says."""

    title: str
    submit: str
    done: str
    back: str
    crumbs: tuple[Crumb, ...] = ()
    says: str = ""
    is_grave: bool = False
    after: str = ""


def way_back(request: HttpRequest) -> str:
    """Return the page of ours that sent here and wants people back; empty where none did."""
    asked = request.GET.get("torna", "")
    ours = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if ours else ""


def act_page(
    request: HttpRequest, act: Act, form: Form, do: Callable[[dict[str, Any]], object]
) -> HttpResponse:
    """Return the page of an act, or do it and go back; what was typed stays if it is refused."""
    if form.is_valid():
        with shown_on(form):
            do(form.cleaned_data)
            messages.success(request, act.done)
            return redirect(act.after or act.back)
    context = {"act": act, "form": form, "crumbs": act.crumbs, "here": act.title}
    status = 422 if form.errors else 200
    return render(request, "desk/act.html", context, status=status)

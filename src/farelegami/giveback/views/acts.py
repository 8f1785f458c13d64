"""The page of a single act of the staff: what it does, what it asks, what happens after."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render

from farelegami.access.requests import ActorRequest
from farelegami.audit.services import record_read
from farelegami.giveback.models import Match, Offer
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
    crumbs: Sequence[Crumb] = ()
    says: str = ""
    is_grave: bool = False


def act_page(
    request: ActorRequest, act: Act, form: Form, do: Callable[[dict[str, Any]], object]
) -> HttpResponse:
    """Return the page of an act, or do it and go back; what was typed stays if it is refused."""
    if form.is_valid():
        with shown_on(form):
            do(form.cleaned_data)
            messages.success(request, act.done)
            return redirect(act.back)
    context = {"act": act, "form": form, "crumbs": act.crumbs, "here": act.title}
    status = 422 if form.errors else 200
    return render(request, "giveback/act.html", context, status=status)


def log_reading(request: ActorRequest, kind: str, row: Offer | Match, why: str) -> None:
    """Write into the log that the actor read what concerns a person (R22)."""
    record_read(
        request.actor,
        kind=kind,
        object_id=row.pk,
        district_id=row.district_id,
        person_ids=[row.person_id],
        purpose=why,
    )

"""The page of a single act of this room, and the path above a title."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from farelegami.documents.services import Checked, check
from farelegami.volunteering.models import Register
from farelegami.web.refusals import shown_on

Crumbs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Act:
    """What the page of an act says; `crumbs` lead back."""

    title: str
    submit: str
    done: str
    back: str
    crumbs: Crumbs
    says: str = ""
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
    return render(request, "volunteering/act.html", {"act": act, "form": form}, status=status)


def to(name: str, *args: object) -> str:
    """Return an address of the room."""
    return reverse(f"volunteering:{name}", args=args)


def path_to(register: Register | None = None, *more: tuple[str, str]) -> Crumbs:
    """Return the steps above the title of a page."""
    steps = [(to("registers"), _("Volontari"))]
    if register is not None:
        steps.append((to("register", register.organisation_id), register.organisation.name))
    return [*steps, *more]


def volunteer_step(register: Register, volunteer_id: UUID, name: str) -> tuple[str, str]:
    """Return the step that leads back to a volunteer."""
    return to("volunteer", register.organisation_id, volunteer_id), name


def checked(upload: "UploadedFile[bytes] | None") -> Checked | None:
    """Read an uploaded file before any transaction begins, if one came."""
    return check(upload) if upload else None

"""What the pages of acts share: one form, one service, one way back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from farelegami.access.requests import ActorRequest
from farelegami.audit.services import record_read
from farelegami.kernel.errors import NotAllowed
from farelegami.pacts.models import Pact
from farelegami.pacts.permissions import may_write_pact
from farelegami.pacts.queries import pact_for
from farelegami.pacts.views.showing import crumbs, pact_url
from farelegami.web.refusals import shown_on


@dataclass(frozen=True, slots=True)
class Words:
    """What the page of an act says; `warning` names what a destructive act destroys, `quote` is what
    somebody of the family said, in any language.
    """

    title: str
    button: str
    done: str
    text: str = ""
    warning: str = ""
    quote: str = ""


def posted(request: ActorRequest) -> QueryDict | None:
    """Return what was sent, None where the page is only looked at."""
    return request.POST if request.method == "POST" else None


def own_pact(request: ActorRequest, pact_id: UUID) -> Pact:
    """Return a pact the actor writes. One query.

    Raises:
        NotFound, NotAllowed: not visible, or somebody else's.
    """
    pact = pact_for(request.actor, pact_id)
    if not may_write_pact(request.actor, manager_id=pact.case.manager_id):
        raise NotAllowed
    return pact


def log_reading(request: ActorRequest, pact: Pact, person_ids: list[UUID], purpose: str) -> None:
    """Write into the log that the actor read this pact (R22)."""
    record_read(
        request.actor,
        kind="pacts.pact",
        object_id=pact.pk,
        district_id=pact.district_id,
        person_ids=person_ids,
        purpose=purpose,
    )


def act_page(
    request: ActorRequest,
    form: Form,
    do: Callable[[Mapping[str, Any]], object],
    words: Words,
    *,
    pact: Pact | None = None,
    back: str = "",
    more: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Return the page of one act: its form, its refusal, or the way back once it is done."""
    back = back or (pact_url(pact.pk) if pact else "")
    if form.is_valid():
        with shown_on(form):
            do(form.cleaned_data)
            messages.success(request, words.done)
            return redirect(back)
    context = {"form": form, "words": words, "back": back, "crumbs": _crumbs(pact), **(more or {})}
    return render(request, "pacts/act.html", context, status=422 if form.errors else 200)


def _crumbs(pact: Pact | None) -> list[dict[str, str]]:
    return crumbs((pact_url(pact.pk), _("Patto %(code)s") % {"code": pact.code})) if pact else []

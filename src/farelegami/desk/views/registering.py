"""Registering a person and correcting what is known of them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from farelegami.access.requests import ActorRequest
from farelegami.desk.forms.people import (
    LanguageFormSet,
    PersonForm,
    spoken,
    written_place,
)
from farelegami.desk.rules.words import purpose_of
from farelegami.desk.views.acts import way_back
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import gettext_noop
from farelegami.people.models import Person
from farelegami.people.permissions import registry_districts
from farelegami.people.queries.duplicates import Candidate
from farelegami.people.queries.households import household_for
from farelegami.people.rules.duplicates import REASON_LABELS
from farelegami.people.rules.tax_codes import PART_TEXTS, Disagreement
from farelegami.people.services.files import person_file
from farelegami.people.services.persons import (
    PersonDraft,
    change_person,
    lookalikes,
    register_person,
    tax_code_warnings,
)
from farelegami.territory.queries import birth_places, district_names
from farelegami.web.refusals import shown_on

CORRECTING = gettext_noop("correzione dei dati")


def _districts(actor: Actor) -> list[tuple[int, str]]:
    mine = sorted(registry_districts(actor))
    names = district_names() if len(mine) > 1 else {}
    return [(number, names.get(number, "")) for number in mine]


@sensitive_post_parameters("tax_code")
@require_http_methods(["GET", "POST"])
def register_page(request: ActorRequest) -> HttpResponse:
    """Register a person, once who may be the same and what the code says have been looked at."""
    form = PersonForm(
        request.POST or None, districts=_districts(request.actor), initial=_begun(request)
    )
    languages = LanguageFormSet(request.POST or None, prefix="lingue")
    doubts: dict[str, Any] = {}
    if form.is_valid() and languages.is_valid():
        draft = form.draft(languages.levels())
        with shown_on(form):
            once = form.cleaned_data["once"]
            candidates = lookalikes(request.actor, form.district, draft, once=once)
            doubts = _doubts(request, draft, candidates)
            if doubts["settled"]:
                person = register_person(request.actor, form.district, draft, once=once).person
                messages.success(request, _("%(name)s è nel registro.") % {"name": person.name})
                return redirect(_after(request, person))
    return _form_page(request, form, languages, doubts)


def _begun(request: ActorRequest) -> dict[str, str]:
    words = request.GET.get("nome", "").split()
    return {"given_name": " ".join(words[:1]), "family_name": " ".join(words[1:])}


def _after(request: ActorRequest, person: Person) -> str:
    home = request.GET.get("nucleo", "")
    try:
        household_id = UUID(home)
    except ValueError:
        return reverse("desk:person", args=[person.pk])
    return f"{reverse('desk:add_member', args=[household_id])}?persona={person.pk}"


def _doubts(
    request: ActorRequest, draft: PersonDraft, candidates: Sequence[Candidate]
) -> dict[str, Any]:
    """Return what must be looked at before saving; settled if this very doubt was answered."""
    warnings = tax_code_warnings(draft)
    shown = ",".join(
        sorted([str(one.person.pk) for one in candidates] + [str(one.part) for one in warnings])
    )
    answered = "anyway" in request.POST and request.POST.get("seen", "") == shown
    return {
        "candidates": [
            (one.person, [_(REASON_LABELS[reason]) for reason in one.reasons]) for one in candidates
        ],
        "warnings": [said(one) for one in warnings],
        "seen": shown,
        "settled": answered or not shown,
    }


def said(one: Disagreement) -> str:
    """Return in words where a codice fiscale says something else."""
    return _(PART_TEXTS[one.part]) % {"found": one.found, "expected": one.expected}


@sensitive_post_parameters("tax_code")
@require_http_methods(["GET", "POST"])
def change_page(request: ActorRequest, person_id: UUID) -> HttpResponse:
    """Correct the registration of a person; a code that says something else asks once more."""
    why = purpose_of(CORRECTING, request.GET.get("perche", ""))
    file = person_file(request.actor, person_id, purpose=why)
    form = PersonForm(
        request.POST or None,
        districts=[(file.person.district_id, "")],
        person=file.person,
        birth_place=file.birth_place,
    )
    languages = LanguageFormSet(
        request.POST or None, prefix="lingue", initial=spoken(file.languages)
    )
    doubts: dict[str, Any] = {}
    if form.is_valid() and languages.is_valid():
        draft = form.draft(languages.levels())
        with shown_on(form):
            doubts = _doubts(request, draft, ())
            if doubts["settled"]:
                change_person(request.actor, person_id, draft)
                messages.success(request, _("I dati sono corretti."))
                return redirect(way_back(request) or reverse("desk:person", args=[person_id]))
    return _form_page(request, form, languages, doubts, person=file.person)


def _form_page(
    request: ActorRequest,
    form: PersonForm,
    languages: Any,
    doubts: dict[str, Any],
    person: Person | None = None,
) -> HttpResponse:
    home = None
    if person is None and request.GET.get("nucleo"):
        home = _household(request)
    refused = form.errors or languages.total_error_count() or doubts
    return render(
        request,
        "desk/person_form.html",
        {"form": form, "languages": languages, "person": person, "home": home, **doubts},
        status=422 if request.method == "POST" and refused else 200,
    )


def _household(request: ActorRequest) -> Any:
    try:
        return household_for(request.actor, UUID(request.GET["nucleo"]))
    except ValueError:
        return None


@require_safe
def birth_places_page(request: ActorRequest) -> JsonResponse:
    """Return the places of birth whose name begins as typed, for the field to propose."""
    found = birth_places(request.GET.get("testo", "")[:80])
    return JsonResponse({"places": [written_place(row.belfiore_code, str(row)) for row in found]})

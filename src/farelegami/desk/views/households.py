"""Households: who is in, joining and leaving, the name, the end."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from farelegami.access.requests import ActorRequest
from farelegami.desk.forms.acts import DayForm, HouseholdForm, MemberForm, NameForm
from farelegami.desk.services import open_household
from farelegami.desk.views.acts import act_page
from farelegami.desk.views.person import age_told
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotFound, gettext_noop
from farelegami.people.models import Household
from farelegami.people.queries.households import household_for
from farelegami.people.queries.persons import PeopleFilters, people_page, person_for
from farelegami.people.rules.households import role_at
from farelegami.people.services.households import (
    add_member,
    dissolve_household,
    form_household,
    leave_household,
    rename_household,
)
from farelegami.web.acts import Act, Crumb
from farelegami.web.refusals import shown_on

READING = gettext_noop("nucleo")
_CHOICES = 12


@require_safe
def household_page(request: ActorRequest, household_id: UUID) -> HttpResponse:
    """Show who is in a household, who has been, and its paths."""
    file = open_household(request.actor, household_id, purpose=READING)
    return render(
        request,
        "desk/household.html",
        {
            "file": file,
            "household": file.household,
            "members": [(member, age_told(member.age)) for member in file.members],
        },
    )


@require_http_methods(["GET", "POST"])
def form_page(request: ActorRequest) -> HttpResponse:
    """Form a household around a person; the others join it afterwards."""
    person = person_for(request.actor, _uuid(request.GET.get("persona", "")))
    back = reverse("desk:person_household", args=[person.pk])
    today = clock.today()
    act = Act(
        title=_("Forma un nucleo"),
        says=_("Si comincia da %(name)s; le altre persone si aggiungono subito dopo.")
        % {"name": person.name},
        submit=_("Forma il nucleo"),
        done=_("Il nucleo c’è: aggiungi chi ne fa parte."),
        back=back,
        crumbs=(Crumb(reverse("desk:people"), _("Persone")), Crumb(back, person.name)),
    )
    form = HouseholdForm(
        request.POST or None,
        initial={"day": today, "role": role_at(person.birth_date, today).value},
    )
    if form.is_valid():
        data = form.cleaned_data
        with shown_on(form):
            household = form_household(
                request.actor,
                person.district_id,
                members=[(person.pk, form.household_role())],
                day=data["day"],
                name=data["name"],
                once=data["once"],
            )
            messages.success(request, act.done)
            return redirect("desk:household", household.pk)
    context = {"act": act, "form": form, "crumbs": act.crumbs, "here": act.title}
    return render(request, "desk/act.html", context, status=422 if form.errors else 200)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None


@require_http_methods(["GET", "POST"])
def add_page(request: ActorRequest, household_id: UUID) -> HttpResponse:
    """Find the person who joins, or go and register them, then say since when."""
    household = household_for(request.actor, household_id)
    text = request.GET.get("testo", "").strip()
    choices = _candidates(request.actor, household, text, request.GET.get("persona", ""))
    form = MemberForm(
        request.POST or None,
        choices=choices,
        initial={
            "day": clock.today(),
            "person_id": choices[0][0] if len(choices) == 1 else None,
        },
    )
    if form.is_valid():
        data = form.cleaned_data
        with shown_on(form):
            add_member(
                request.actor,
                household_id,
                UUID(data["person_id"]),
                form.household_role(),
                day=data["day"],
                once=data["once"],
            )
            messages.success(request, _("Ora fa parte del nucleo."))
            return redirect("desk:household", household_id)
    return render(
        request,
        "desk/add_member.html",
        {"household": household, "form": form, "text": text, "has_choices": bool(choices)},
        status=422 if form.errors else 200,
    )


def _candidates(
    actor: Actor, household: Household, text: str, person: str
) -> list[tuple[str, str]]:
    if person and not text:
        found = person_for(actor, _uuid(person))
        return [(str(found.pk), found.name)]
    if not text:
        return []
    filters = PeopleFilters(text=text, district_id=household.district_id)
    return [
        (str(row.id), ", ".join(part for part in (row.name, age_told(row.age), row.town) if part))
        for row in people_page(actor, filters).rows[:_CHOICES]
    ]


def _act(household: Household, **words: Any) -> Act:
    back = reverse("desk:household", args=[household.pk])
    crumbs = (Crumb(reverse("desk:people"), _("Persone")), Crumb(back, household.name))
    return Act(back=back, crumbs=crumbs, **words)


@require_http_methods(["GET", "POST"])
def leave_page(request: ActorRequest, household_id: UUID, person_id: UUID) -> HttpResponse:
    """End a membership on a day."""
    household = household_for(request.actor, household_id)
    person = person_for(request.actor, person_id)
    act = _act(
        household,
        title=_("Uscita dal nucleo"),
        says=_("%(name)s non fa più parte del nucleo «%(household)s» dopo il giorno che scrivi.")
        % {"name": person.name, "household": household.name},
        submit=_("Segna l’uscita"),
        done=_("L’uscita è segnata; il periodo nel nucleo resta scritto."),
    )
    form = DayForm(request.POST or None, initial={"day": clock.today()})
    return act_page(
        request,
        act,
        form,
        lambda data: leave_household(request.actor, household_id, person_id, day=data["day"]),
    )


@require_http_methods(["GET", "POST"])
def rename_page(request: ActorRequest, household_id: UUID) -> HttpResponse:
    """Give a household another name."""
    household = household_for(request.actor, household_id)
    act = _act(
        household,
        title=_("Nome del nucleo"),
        submit=_("Cambia nome"),
        done=_("Il nucleo ha un altro nome."),
    )
    form = NameForm(request.POST or None, initial={"name": household.name})
    return act_page(
        request, act, form, lambda data: rename_household(request.actor, household_id, data["name"])
    )


@require_http_methods(["GET", "POST"])
def dissolve_page(request: ActorRequest, household_id: UUID) -> HttpResponse:
    """End a household and every membership in it."""
    household = household_for(request.actor, household_id)
    act = _act(
        household,
        title=_("Sciogli il nucleo"),
        says=_("Nessuno farà più parte di «%(name)s». Patti e percorsi restano dove sono.")
        % {"name": household.name},
        submit=_("Sciogli il nucleo"),
        done=_("Il nucleo è sciolto."),
        is_grave=True,
    )
    form = DayForm(request.POST or None, initial={"day": clock.today()})
    return act_page(
        request,
        act,
        form,
        lambda data: dissolve_household(request.actor, household_id, day=data["day"]),
    )

"""What a person can do, when, and under which conditions."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from farelegami.access.requests import ActorRequest
from farelegami.desk.forms.capabilities import (
    SKILLS_LIST,
    ConditionsForm,
    SkillFormSet,
    WeekForm,
    able,
)
from farelegami.desk.views.acts import act_page
from farelegami.kernel.errors import gettext_noop
from farelegami.people.queries.files import PersonFile, skill_choices
from farelegami.people.services.capabilities import (
    set_availability,
    set_conditions,
    set_skills,
)
from farelegami.people.services.files import person_file
from farelegami.web.acts import Act, Crumb

CAPABILITIES = gettext_noop("capacità e disponibilità")


@require_http_methods(["GET", "POST"])
def skills_page(request: ActorRequest, person_id: UUID) -> HttpResponse:
    """Write what a person can do or is learning, from the list and in their own words."""
    file = person_file(request.actor, person_id, purpose=CAPABILITIES)
    labels = {label: code for _group, rows in skill_choices() for code, label in rows}
    labels |= {row.skill.label: row.skill.code for row in file.skills if row.skill}
    rows = SkillFormSet(
        request.POST or None,
        prefix="capacita",
        initial=able(file.skills),
        codes={label.casefold(): code for label, code in labels.items()},
    )
    if rows.is_valid():
        set_skills(request.actor, person_id, rows.drafts())
        messages.success(request, _("Le capacità sono scritte."))
        return redirect("desk:person_ties", person_id)
    return render(
        request,
        "desk/skills.html",
        {"person": file.person, "rows": rows, "list_id": SKILLS_LIST, "labels": sorted(labels)},
        status=422 if request.method == "POST" else 200,
    )


@require_http_methods(["GET", "POST"])
def week_page(request: ActorRequest, person_id: UUID) -> HttpResponse:
    """Write the usual week of a person, slot by slot."""
    file = person_file(request.actor, person_id, purpose=CAPABILITIES)
    form = WeekForm(request.POST if request.method == "POST" else None, week=file.person.week)
    if form.is_valid():
        set_availability(request.actor, person_id, form.week())
        messages.success(request, _("La settimana è scritta."))
        return redirect("desk:person_ties", person_id)
    return render(
        request,
        "desk/week.html",
        {"person": file.person, "form": form},
        status=422 if form.errors else 200,
    )


@require_http_methods(["GET", "POST"])
def conditions_page(request: ActorRequest, person_id: UUID) -> HttpResponse:
    """Write how a person gets about, what they would rather not, what they would like."""
    file = person_file(request.actor, person_id, purpose=CAPABILITIES)
    form = ConditionsForm(
        request.POST if request.method == "POST" else None,
        initial=ConditionsForm.typed(file.person),
    )

    def do(data: dict[str, Any]) -> None:
        set_conditions(
            request.actor,
            person_id,
            limits=data["limits"],
            wishes=data["wishes"],
            transport=form.means(),
            travel_minutes=data["travel_minutes"],
        )

    return act_page(request, _conditions(file), form, do)


def _conditions(file: PersonFile) -> Act:
    back = reverse("desk:person_ties", args=[file.person.pk])
    return Act(
        title=_("Spostamenti, limiti, desideri"),
        submit=_("Salva"),
        done=_("Spostamenti, limiti e desideri sono scritti."),
        back=back,
        crumbs=(Crumb(reverse("desk:people"), _("Persone")), Crumb(back, file.person.name)),
    )

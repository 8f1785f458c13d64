"""The wizard: opening a pact and writing its words with the family, on a tablet between two."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from farelegami.access.requests import ActorRequest
from farelegami.cases.models import Case
from farelegami.cases.queries import case_for
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotAllowed, NotFound, gettext_noop
from farelegami.kernel.units import Cents
from farelegami.pacts.forms.drafting import (
    CommitmentForm,
    DatesForm,
    GivebackNoteForm,
    GoalForm,
    NewPactForm,
    ResultForm,
    SupportForm,
)
from farelegami.pacts.models import Pact, PactVersion
from farelegami.pacts.permissions import may_write_pact
from farelegami.pacts.queries import members_of, open_version
from farelegami.pacts.queries.differences import changes_shown
from farelegami.pacts.rules.changes import changes
from farelegami.pacts.rules.drafts import CaseNotInDesign
from farelegami.pacts.rules.readiness import Draft, Missing, missing_to_agree
from farelegami.pacts.rules.terms import Terms
from farelegami.pacts.services.agreeing import draft_of
from farelegami.pacts.services.deciding import text_of
from farelegami.pacts.services.opening import may_hold_a_pact, open_pact
from farelegami.pacts.services.signing import signatures_missing
from farelegami.pacts.views.acts import log_reading, own_pact, posted
from farelegami.pacts.views.reading import version_numbered
from farelegami.pacts.views.showing import STEPS, crumbs, missing_lines, pact_url
from farelegami.people.queries.households import Member
from farelegami.people.queries.households import members_of as household_members
from farelegami.programmes.models import GoalTemplate, PactType
from farelegami.programmes.queries import goal_templates, pact_types, partners
from farelegami.web.refusals import shown_on


class _Offered:
    """What a case's pact may be opened with, read as the form is shown and not when it is sent."""

    def __init__(self, actor: Actor, case_id: UUID) -> None:
        self._actor, self._case_id = actor, case_id

    @cached_property
    def case(self) -> Case:
        return case_for(self._actor, self._case_id)

    @cached_property
    def at_home(self) -> Sequence[Member]:
        household_id = self.case.household_id
        return household_members([household_id]).get(household_id, ())

    @cached_property
    def types(self) -> Sequence[PactType]:
        return pact_types([self.case.district_id])

    @cached_property
    def bodies(self) -> Sequence[tuple[UUID, str]]:
        found: dict[UUID, str] = {}
        for programme_id in dict.fromkeys(each.programme_id for each in self.types):
            found |= {one.organisation_id: one.organisation.name for one in partners(programme_id)}
        return list(found.items())

    @cached_property
    def templates(self) -> Mapping[UUID, Sequence[GoalTemplate]]:
        return goal_templates([each.pk for each in self.types])


@require_http_methods(["GET", "POST"])
def new_pact_page(request: ActorRequest, case_id: UUID) -> HttpResponse:
    """Open a pact for the household of a case."""
    offered = _Offered(request.actor, case_id)
    form = NewPactForm(posted(request), offered=offered)
    form.fields["starts_on"].initial = clock.today
    if form.is_valid():
        data = form.cleaned_data
        with shown_on(form):
            pact = open_pact(
                request.actor,
                case_id=case_id,
                pact_type_id=data["pact_type"],
                body_id=data["body"],
                title=data["title"],
                starts_on=data["starts_on"],
                holder_ids=data["holders"],
                member_ids=data["members"],
                template_codes=data["templates"],
                once=data["once"],
            )
            return redirect("pacts:wizard", pact.pk, "risorse")
    case = offered.case
    if not may_write_pact(request.actor, manager_id=case.manager_id):
        raise NotAllowed
    if not may_hold_a_pact(case):
        messages.info(request, _(CaseNotInDesign.text))
        return redirect("cases:case", case_id)
    context = {
        "form": form,
        "case": case,
        "crumbs": crumbs((reverse("cases:case", args=[case_id]), case.household.name)),
    }
    return render(request, "pacts/new.html", context, status=422 if form.errors else 200)


# ---- the steps


@require_safe
def wizard_page(request: ActorRequest, pact_id: UUID, step: str) -> HttpResponse:
    """Show one step of the writing, with what it holds so far and what is missing."""
    if step not in STEPS:
        raise NotFound
    pact = own_pact(request, pact_id)
    version = open_version(pact_id)
    if version is None:
        messages.info(request, _("Il testo in vigore non si cambia: comincia una modifica."))
        return redirect(pact_url(pact_id))
    if version.agreed_on is not None and step != "rilettura":
        return redirect("pacts:wizard", pact_id, "rilettura")
    draft = draft_of(pact, version)
    missing = missing_to_agree(draft)
    log_reading(
        request,
        pact,
        [each.person_id for each in draft.holders],
        gettext_noop("scrittura del patto"),
    )
    context = {
        "pact": pact,
        "version": version,
        "terms": draft.terms,
        "step": step,
        "steps": _steps(pact, step, missing),
        "crumbs": crumbs((pact_url(pact_id), _("Patto %(code)s") % {"code": pact.code})),
        **_CONTEXTS[step](pact, version, draft, missing),
    }
    if step == "restituzione":
        _fill_in(context["commitment_form"], request.GET)
    return render(request, f"pacts/wizard_{_TEMPLATES[step]}.html", context)


_SUGGESTED: Final = {"persona": "person_id", "che": "title", "dove": "host", "quando": "when"}


def _fill_in(form: CommitmentForm, chosen: QueryDict) -> None:
    """Put the place that was chosen among the suggested ones into the form, to be completed."""
    for name, field in _SUGGESTED.items():
        if said := chosen.get(name, ""):
            form.fields[field].initial = said[:150]


_TEMPLATES = {
    "risorse": "resources",
    "obiettivi": "goals",
    "sostegni": "supports",
    "restituzione": "giveback",
    "rilettura": "reread",
}
_MISSING_STEP = {"goals": 1, "supports": 2, "giveback": 3}


def _steps(pact: Pact, here: str, missing: tuple[Missing, ...]) -> list[dict[str, Any]]:
    """Return the five steps: a step without anything missing is done."""
    short = {_MISSING_STEP.get(each.step, 0) for each in missing}
    names = list(STEPS)
    return [
        {
            "url": reverse("pacts:wizard", args=[pact.pk, name]),
            "label": f"{index + 1}. {_(STEPS[name])}",
            "now": name == here,
            "done": name != here and index < len(names) - 1 and index not in short,
        }
        for index, name in enumerate(names)
    ]


def _resources(
    pact: Pact, version: PactVersion, draft: Draft, _missing: tuple[Missing, ...]
) -> dict[str, Any]:
    members = members_of([pact.pk])[pact.pk]
    told = {holder.person_id for holder in draft.holders if holder.notice_given}
    return {
        "members": [(each, each.person_id in told) for each in members],
        "wants_unemployed": draft.type_rule.requires_unemployed,
        "dates_form": DatesForm(None, version=version, terms=draft.terms),
    }


def _goals(
    pact: Pact, version: PactVersion, draft: Draft, _missing: tuple[Missing, ...]
) -> dict[str, Any]:
    used = {goal.title for goal in draft.terms.goals}
    templates = goal_templates([pact.pact_type_id]).get(pact.pact_type_id, ())
    return {
        "goals": [(goal, _result_form(version, goal.key)) for goal in draft.terms.goals],
        "templates": [each for each in templates if each.title not in used],
        "goal_form": GoalForm(None, version=version),
    }


def _result_form(version: PactVersion, goal_key: str) -> ResultForm:
    form = ResultForm(None, version=version)
    # Several on one page: each field keeps an id of its own.
    form.auto_id = f"id_{goal_key[-8:]}_%s"
    return form


def _supports(
    pact: Pact, version: PactVersion, draft: Draft, _missing: tuple[Missing, ...]
) -> dict[str, Any]:
    terms, cap = draft.terms, draft.cap
    rows = [
        {"rule": rule, "asked": terms.budget_of(code), "left": _left(rule.limit, terms, code)}
        for code, rule in draft.categories.items()
        if terms.budget_of(code) or rule.limit is not None
    ]
    return {
        "cap": cap,
        "left": Cents(cap - terms.budget),
        "over": terms.budget > cap,
        "categories": rows,
        "labels": {code: rule.label for code, rule in draft.categories.items()},
        "supports": [
            (
                each,
                draft.categories[each.category].label if each.category in draft.categories else "",
            )
            for each in terms.supports
        ],
        "support_form": SupportForm(None, version=version, categories=draft.categories.values()),
    }


def _left(limit: Cents | None, terms: Terms, code: str) -> Cents | None:
    return None if limit is None else Cents(limit - terms.budget_of(code))


def _giveback(
    pact: Pact, version: PactVersion, draft: Draft, _missing: tuple[Missing, ...]
) -> dict[str, Any]:
    members = members_of([pact.pk])[pact.pk]
    form = CommitmentForm(None, version=version, members=members)
    form.fields["ends_on"].initial = draft.terms.ends_on
    return {
        "commitment_form": form,
        "note_form": GivebackNoteForm(None, version=version, note=draft.terms.giveback_note),
    }


def _reread(
    pact: Pact, version: PactVersion, _draft: Draft, missing: tuple[Missing, ...]
) -> dict[str, Any]:
    before = version_numbered(pact.pk, version.number)[1] if version.number > 1 else None
    waiting = signatures_missing(pact, version) if version.authorised_on else ()
    return {
        "text": version.text or text_of(pact, version),
        "lines": missing_lines(missing, pact, may_write=True),
        "waiting": waiting,
        "before": before,
        "changes": changes_shown(changes(before.terms, version.terms)) if before else (),
    }


_CONTEXTS: Mapping[
    str, Callable[[Pact, PactVersion, Draft, tuple[Missing, ...]], dict[str, Any]]
] = {
    "risorse": _resources,
    "obiettivi": _goals,
    "sostegni": _supports,
    "restituzione": _giveback,
    "rilettura": _reread,
}

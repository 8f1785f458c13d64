"""The wizard: opening a pact and writing its words with the family, on a tablet between two."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from farelegami.access.requests import ActorRequest
from farelegami.cases.queries import case_for
from farelegami.kernel import clock
from farelegami.kernel.errors import NotAllowed, NotFound
from farelegami.kernel.units import Cents
from farelegami.pacts.forms.acts import ConfirmForm, ReasonForm
from farelegami.pacts.forms.drafting import (
    AmendForm,
    CommitmentForm,
    DatesForm,
    GivebackNoteForm,
    GoalForm,
    MembersForm,
    NewPactForm,
    ResultForm,
    SupportForm,
    TemplateForm,
    WordsForm,
)
from farelegami.pacts.models import Pact, PactVersion
from farelegami.pacts.permissions import may_write_pact
from farelegami.pacts.queries import members_of, open_version
from farelegami.pacts.rules.changes import changes
from farelegami.pacts.rules.drafts import StaleEdit
from farelegami.pacts.rules.readiness import Draft, Missing, missing_to_agree
from farelegami.pacts.rules.terms import Commitment, Terms
from farelegami.pacts.services.deciding import text_of
from farelegami.pacts.services.drafting import (
    add_goal_from_template,
    agree,
    amend,
    category_rules,
    confirm_unemployed,
    discuss_giveback,
    draft_of,
    drop_amendment,
    open_pact,
    remove_line,
    reopen,
    save_commitment,
    save_goal,
    save_result,
    save_support,
    set_dates,
    set_members,
    withdraw,
)
from farelegami.pacts.services.signing import signatures_missing
from farelegami.pacts.views.acts import Words, act_page, log_reading, own_pact, posted
from farelegami.pacts.views.reading import version_numbered
from farelegami.pacts.views.showing import STEPS, changes_shown, crumbs, missing_lines, pact_url
from farelegami.people.queries.households import members_of as household_members
from farelegami.programmes.queries import goal_templates, pact_types, partners
from farelegami.web.refusals import sentence, shown_on


@require_http_methods(["GET", "POST"])
def new_pact_page(request: ActorRequest, case_id: UUID) -> HttpResponse:
    """Open a pact for the household of a case."""
    case = case_for(request.actor, case_id)
    if not may_write_pact(request.actor, manager_id=case.manager_id):
        raise NotAllowed
    form = _new_pact_form(request, case.household_id, case.district_id)
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
    context = {
        "form": form,
        "case": case,
        "crumbs": crumbs((reverse("cases:case", args=[case_id]), case.household.name)),
    }
    return render(request, "pacts/new.html", context, status=422 if form.errors else 200)


def _new_pact_form(request: ActorRequest, household_id: UUID, district_id: int) -> NewPactForm:
    types = pact_types([district_id])
    templates = goal_templates([each.pk for each in types])
    bodies: dict[UUID, str] = {}
    for programme_id in dict.fromkeys(each.programme_id for each in types):
        bodies |= {one.organisation_id: one.organisation.name for one in partners(programme_id)}
    form = NewPactForm(
        posted(request),
        at_home=household_members([household_id]).get(household_id, ()),
        types=types,
        bodies=bodies.items(),
        templates=[(each, templates.get(each.pk, ())) for each in types],
    )
    form.fields["starts_on"].initial = clock.today
    return form


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
    log_reading(request, pact, [each.person_id for each in draft.holders], _("scrittura del patto"))
    context = {
        "pact": pact,
        "version": version,
        "terms": draft.terms,
        "step": step,
        "steps": _steps(pact, step, missing),
        "crumbs": crumbs((pact_url(pact_id), _("Patto %(code)s") % {"code": pact.code})),
        **_CONTEXTS[step](pact, version, draft, missing),
    }
    return render(request, f"pacts/wizard_{_TEMPLATES[step]}.html", context)


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


# ---- the lines of the words


def _written(request: ActorRequest, pact_id: UUID) -> tuple[Pact, PactVersion]:
    """Return a pact of the actor's and the words being written.

    Raises:
        NotFound: no words are open; and as `own_pact`.
    """
    pact = own_pact(request, pact_id)
    version = open_version(pact_id)
    if version is None:
        raise NotFound
    return pact, version


def _line_page(
    request: ActorRequest,
    form: WordsForm,
    write: Callable[[Mapping[str, Any]], object],
    *,
    pact: Pact,
    step: str,
    title: str,
) -> HttpResponse:
    """Return the page of one line of the words: written, or shown again with all that was typed."""
    back = reverse("pacts:wizard", args=[pact.pk, step])
    if form.is_valid():
        with shown_on(form):
            try:
                write(form.cleaned_data)
            except StaleEdit as stale:
                form.add_error(None, sentence(stale))
                form.show_newer_words()
            else:
                return redirect(back)
    context = {
        "form": form,
        "words": Words(title, _("Salva"), ""),
        "back": back,
        "crumbs": crumbs(
            (pact_url(pact.pk), _("Patto %(code)s") % {"code": pact.code}), (back, _(STEPS[step]))
        ),
    }
    return render(request, "pacts/act.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def goal_page(request: ActorRequest, pact_id: UUID, key: str = "") -> HttpResponse:
    """Write a goal, or its words again."""
    pact, version = _written(request, pact_id)
    goal = next((each for each in version.terms.goals if each.key == key), None)
    if key and goal is None:
        raise NotFound
    form = GoalForm(posted(request), version=version, goal=goal)
    return _line_page(
        request,
        form,
        lambda data: save_goal(
            request.actor, pact_id, title=data["title"], key=key, edit_number=data["edit_number"]
        ),
        pact=pact,
        step="obiettivi",
        title=_("Cambia l’obiettivo") if goal else _("Un obiettivo"),
    )


@require_POST
def goal_template_page(request: ActorRequest, pact_id: UUID) -> HttpResponse:
    """Take a goal with its usual results from the programme's templates."""
    pact, version = _written(request, pact_id)
    form = TemplateForm(request.POST, version=version)
    return _line_page(
        request,
        form,
        lambda data: add_goal_from_template(
            request.actor, pact_id, template_code=data["code"], edit_number=data["edit_number"]
        ),
        pact=pact,
        step="obiettivi",
        title=_("Un obiettivo già pronto"),
    )


@require_http_methods(["GET", "POST"])
def result_page(request: ActorRequest, pact_id: UUID, goal_key: str, key: str = "") -> HttpResponse:
    """Write an expected result of a goal, or its words again."""
    pact, version = _written(request, pact_id)
    goal = next((each for each in version.terms.goals if each.key == goal_key), None)
    if goal is None:
        raise NotFound
    result = next((each for each in goal.results if each.key == key), None)
    if key and result is None:
        raise NotFound
    form = ResultForm(posted(request), version=version, result=result)
    return _line_page(
        request,
        form,
        lambda data: save_result(request.actor, pact_id, goal_key=goal_key, key=key, **data),
        pact=pact,
        step="obiettivi",
        title=_("Che cosa si vedrà: %(goal)s") % {"goal": goal.title},
    )


@require_http_methods(["GET", "POST"])
def support_page(request: ActorRequest, pact_id: UUID, key: str = "") -> HttpResponse:
    """Write a support, or its words again."""
    pact, version = _written(request, pact_id)
    support = next((each for each in version.terms.supports if each.key == key), None)
    if key and support is None:
        raise NotFound
    form = SupportForm(
        posted(request),
        version=version,
        categories=category_rules(pact.programme_id).values(),
        support=support,
    )
    return _line_page(
        request,
        form,
        lambda data: save_support(request.actor, pact_id, key=key, **data),
        pact=pact,
        step="sostegni",
        title=_("Cambia il sostegno") if support else _("Un sostegno"),
    )


@require_http_methods(["GET", "POST"])
def commitment_page(request: ActorRequest, pact_id: UUID, key: str = "") -> HttpResponse:
    """Write what a member gives back, or its words again."""
    pact, version = _written(request, pact_id)
    commitment = next((each for each in version.terms.commitments if each.key == key), None)
    if key and commitment is None:
        raise NotFound
    form = CommitmentForm(
        posted(request),
        version=version,
        members=members_of([pact_id])[pact_id],
        commitment=commitment,
    )

    def write(data: Mapping[str, Any]) -> object:
        words = {name: value for name, value in data.items() if name != "edit_number"}
        return save_commitment(
            request.actor,
            pact_id,
            Commitment(key=key, person_name="", **words),
            edit_number=data["edit_number"],
        )

    title = _("Cambia l’impegno") if commitment else _("Un impegno")
    return _line_page(request, form, write, pact=pact, step="restituzione", title=title)


@require_http_methods(["GET", "POST"])
def giveback_note_page(request: ActorRequest, pact_id: UUID) -> HttpResponse:
    """Say that give-back was talked over: zero hours are welcome."""
    pact, version = _written(request, pact_id)
    form = GivebackNoteForm(posted(request), version=version, note=version.terms.giveback_note)
    return _line_page(
        request,
        form,
        lambda data: discuss_giveback(request.actor, pact_id, **data),
        pact=pact,
        step="restituzione",
        title=_("Ne abbiamo parlato"),
    )


@require_http_methods(["GET", "POST"])
def dates_page(request: ActorRequest, pact_id: UUID) -> HttpResponse:
    """Set the days of the words being written."""
    pact, version = _written(request, pact_id)
    form = DatesForm(posted(request), version=version, terms=version.terms)
    return _line_page(
        request,
        form,
        lambda data: set_dates(request.actor, pact_id, **data),
        pact=pact,
        step="risorse",
        title=_("Quando vale il patto"),
    )


@require_POST
def remove_line_page(request: ActorRequest, pact_id: UUID, step: str, key: str) -> HttpResponse:
    """Take a line out of the words."""
    if step not in STEPS:
        raise NotFound
    pact, version = _written(request, pact_id)
    form = WordsForm(request.POST, version=version)
    return _line_page(
        request,
        form,
        lambda data: remove_line(request.actor, pact_id, key, edit_number=data["edit_number"]),
        pact=pact,
        step=step,
        title=_("Togli dal testo"),
    )


@require_http_methods(["GET", "POST"])
def members_page(request: ActorRequest, pact_id: UUID) -> HttpResponse:
    """Say again who is in the pact and who signs."""
    pact = own_pact(request, pact_id)
    form = MembersForm(
        posted(request),
        at_home=household_members([pact.household_id]).get(pact.household_id, ()),
        named=members_of([pact_id])[pact_id],
    )
    return act_page(
        request,
        form,
        lambda data: set_members(
            request.actor, pact_id, holder_ids=data["holders"], member_ids=data["members"]
        ),
        Words(_("Chi c’è nel patto"), _("Salva"), _("Le persone del patto sono aggiornate.")),
        pact=pact,
        back=reverse("pacts:wizard", args=[pact_id, "risorse"]),
    )


@require_POST
def unemployed_page(request: ActorRequest, pact_id: UUID, person_id: UUID) -> HttpResponse:
    """Note that a holder has no job now."""
    confirm_unemployed(request.actor, pact_id, person_id)
    messages.success(request, _("La condizione è segnata con la data di oggi."))
    return redirect("pacts:wizard", pact_id, "risorse")


# ---- the whole text


@require_http_methods(["GET", "POST"])
def agree_page(request: ActorRequest, pact_id: UUID) -> HttpResponse:
    """Say that the words are agreed."""
    pact = own_pact(request, pact_id)
    return act_page(
        request,
        ConfirmForm(posted(request)),
        lambda _data: agree(request.actor, pact_id),
        Words(
            _("È concordato?"),
            _("È concordato"),
            _("Il testo è concordato: ora lo legge un coordinatore."),
            text=_("La famiglia e chi la segue sono d’accordo su ogni riga. Dopo, il testo si può "
                   "ancora riaprire finché nessuno l’ha autorizzato."),
        ),
        pact=pact,
        back=reverse("pacts:wizard", args=[pact_id, "rilettura"]),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def reopen_page(request: ActorRequest, pact_id: UUID) -> HttpResponse:
    """Open agreed words again."""
    pact = own_pact(request, pact_id)
    return act_page(
        request,
        ConfirmForm(posted(request)),
        lambda _data: reopen(request.actor, pact_id),
        Words(
            _("Riaprire il testo?"),
            _("Riapri il testo"),
            _("Il testo è di nuovo aperto."),
            text=_("Torna in scrittura e andrà concordato di nuovo."),
        ),
        pact=pact,
        back=reverse("pacts:wizard", args=[pact_id, "obiettivi"]),
    )


@require_http_methods(["GET", "POST"])
def amend_page(request: ActorRequest, pact_id: UUID) -> HttpResponse:
    """Begin an amendment of the words in force."""
    pact = own_pact(request, pact_id)
    return act_page(
        request,
        AmendForm(posted(request)),
        lambda data: amend(request.actor, pact_id, kind=data["kind"], reason=data["reason"]),
        Words(
            _("Modificare il patto"),
            _("Comincia la modifica"),
            _("La modifica è aperta."),
            text=_("Il testo in vigore resta com’è finché quello nuovo non è concordato, "
                   "autorizzato e firmato."),
        ),
        pact=pact,
        back=reverse("pacts:wizard", args=[pact_id, "obiettivi"]),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def drop_amendment_page(request: ActorRequest, pact_id: UUID) -> HttpResponse:
    """Leave an amendment that is not signed."""
    pact, version = _written(request, pact_id)
    return act_page(
        request,
        ConfirmForm(posted(request)),
        lambda _data: drop_amendment(request.actor, pact_id),
        Words(
            _("Lasciare la modifica?"),
            _("Lascia la modifica"),
            _("La modifica è stata lasciata: vale il testo firmato."),
            warning=_("Il testo numero %(number)s, non firmato, non si potrà più riprendere. Il "
                      "testo in vigore non cambia.") % {"number": version.number},
        ),
        pact=pact,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def withdraw_page(request: ActorRequest, pact_id: UUID) -> HttpResponse:
    """Withdraw a pact never signed."""
    pact = own_pact(request, pact_id)
    return act_page(
        request,
        ReasonForm(posted(request)),
        lambda data: withdraw(request.actor, pact_id, reason=data["reason"]),
        Words(
            _("Ritirare il patto?"),
            _("Ritira il patto"),
            _("Il patto è ritirato."),
            warning=_("Il patto %(code)s non si potrà più firmare. Il suo testo resta leggibile.")
            % {"code": pact.code},
        ),
        pact=pact,
    )

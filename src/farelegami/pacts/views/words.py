"""The lines of a pact being written, one page each; then the whole: agreed, amended, withdrawn."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from farelegami.access.requests import ActorRequest
from farelegami.kernel.errors import NotFound
from farelegami.pacts.forms.acts import ConfirmForm, ReasonForm
from farelegami.pacts.forms.drafting import (
    AmendForm,
    CommitmentForm,
    DatesForm,
    GivebackNoteForm,
    GoalForm,
    MembersForm,
    ResultForm,
    SupportForm,
    TemplateForm,
    WordsForm,
)
from farelegami.pacts.models import Pact, PactVersion
from farelegami.pacts.queries import members_of, open_version
from farelegami.pacts.rules.drafts import StaleEdit
from farelegami.pacts.rules.terms import Commitment
from farelegami.pacts.services.agreeing import (
    agree,
    amend,
    category_rules,
    drop_amendment,
    reopen,
    withdraw,
)
from farelegami.pacts.services.drafting import (
    add_goal_from_template,
    discuss_giveback,
    remove_line,
    save_commitment,
    save_goal,
    save_result,
    save_support,
    set_dates,
)
from farelegami.pacts.services.opening import confirm_unemployed, set_members
from farelegami.pacts.views.acts import Words, act_page, own_pact, posted
from farelegami.pacts.views.showing import STEPS, crumbs, pact_url
from farelegami.people.queries.households import members_of as household_members
from farelegami.web.refusals import sentence, shown_on


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
        at_home=lambda: household_members([pact.household_id]).get(pact.household_id, ()),
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

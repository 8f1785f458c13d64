"""What a person was told about their data, and what they allow."""

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from farelegami.access.requests import ActorRequest
from farelegami.desk.forms.acts import ConsentForm, LiftForm, NothingForm, NoticeForm
from farelegami.desk.views.acts import act_page, way_back
from farelegami.kernel.errors import NotFound
from farelegami.people.models import Person
from farelegami.people.queries.persons import person_for
from farelegami.people.rules.privacy import (
    CURRENT_NOTICE,
    PURPOSE_LABELS,
    ConsentPurpose,
    Manner,
)
from farelegami.people.services.privacy import record_consent, record_notice, withdraw_consent
from farelegami.people.services.restricting import lift_restriction
from farelegami.web.acts import Act, Crumb


def _act(person: Person, *, title: str, says: str, submit: str, done: str, back: str = "") -> Act:
    file = reverse("desk:person", args=[person.pk])
    crumbs = (Crumb(reverse("desk:people"), _("Persone")), Crumb(file, person.name))
    return Act(title=title, says=says, submit=submit, done=done, back=back or file, crumbs=crumbs)


@require_http_methods(["GET", "POST"])
def notice_page(request: ActorRequest, person_id: UUID) -> HttpResponse:
    """Record that the privacy notice has just been given."""
    person = person_for(request.actor, person_id)
    act = _act(
        person,
        title=_("Informativa data"),
        says=_("Segna che hai appena dato a %(name)s l’informativa, versione %(version)s.")
        % {"name": person.name, "version": CURRENT_NOTICE},
        submit=_("Segna l’informativa"),
        done=_("L’informativa è segnata."),
        back=way_back(request),
    )
    form = NoticeForm(request.POST or None, initial={"language": person.preferred_language})
    return act_page(
        request,
        act,
        form,
        lambda data: record_notice(request.actor, person_id, **data | {"how": Manner(data["how"])}),
    )


@require_http_methods(["GET", "POST"])
def consent_page(request: ActorRequest, person_id: UUID) -> HttpResponse:
    """Record a consent just given."""
    person = person_for(request.actor, person_id)
    act = _act(
        person,
        title=_("Nuovo consenso"),
        says=_(
            "L’aiuto non dipende da nessun consenso: serve solo per fotografie, storie e"
            " newsletter. Si ritira quando si vuole."
        ),
        submit=_("Registra il consenso"),
        done=_("Il consenso è registrato."),
    )
    form = ConsentForm(request.POST or None)
    return act_page(
        request,
        act,
        form,
        lambda data: record_consent(
            request.actor,
            person_id,
            ConsentPurpose(data["purpose"]),
            how=Manner(data["how"]),
            once=data["once"],
        ),
    )


@require_http_methods(["GET", "POST"])
def withdraw_page(request: ActorRequest, person_id: UUID, purpose: str) -> HttpResponse:
    """Record that a consent is withdrawn."""
    person = person_for(request.actor, person_id)
    if purpose not in set(ConsentPurpose):
        raise NotFound
    what = ConsentPurpose(purpose)
    act = _act(
        person,
        title=_("Ritira il consenso"),
        says=_("Da adesso non vale più il consenso di %(name)s: %(purpose)s.")
        % {"name": person.name, "purpose": _(PURPOSE_LABELS[what])},
        submit=_("Ritira il consenso"),
        done=_("Il consenso è ritirato."),
    )
    form = NothingForm(request.POST if request.method == "POST" else None)
    return act_page(
        request, act, form, lambda _data: withdraw_consent(request.actor, person_id, what)
    )


@require_http_methods(["GET", "POST"])
def lift_page(request: ActorRequest, person_id: UUID) -> HttpResponse:
    """End the restriction that the person had been granted."""
    person = person_for(request.actor, person_id)
    act = _act(
        person,
        title=_("Togli la limitazione"),
        says=_("Prima senti il DPO e avvisa la persona, che ne ha diritto (GDPR art. 18.3)."),
        submit=_("Togli la limitazione"),
        done=_("La limitazione è tolta."),
    )
    form = LiftForm(request.POST or None)
    return act_page(
        request, act, form,
        lambda data: lift_restriction(request.actor, person_id, reason=data["reason"]),
    )  # fmt: skip

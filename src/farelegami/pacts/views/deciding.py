"""What a coordinator decides: texts, spends, caps; each with what is needed to decide."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from farelegami.access.requests import ActorRequest
from farelegami.kernel.actor import Role
from farelegami.kernel.errors import NotAllowed, NotFound, gettext_noop
from farelegami.kernel.units import Cents
from farelegami.pacts.forms.acts import CapForm, ConfirmForm, ReasonForm
from farelegami.pacts.models import Pact, PactVersion
from farelegami.pacts.permissions import may_authorise
from farelegami.pacts.queries import (
    members_of,
    open_version,
    pact_for,
    waiting_spends,
    waiting_versions,
)
from farelegami.pacts.queries.differences import changes_shown
from farelegami.pacts.rules.changes import changes
from farelegami.pacts.services.deciding import authorise, send_back, set_cap, text_of
from farelegami.pacts.views.acts import Words, act_page, log_reading, posted
from farelegami.pacts.views.reading import version_numbered
from farelegami.pacts.views.showing import crumbs, pact_url


@require_safe
def decisions_page(request: ActorRequest) -> HttpResponse:
    """Show what waits for the coordinator, oldest first."""
    texts = [
        {"version": version, "pact": version.pact, "terms": version.terms}
        for version in waiting_versions(request.actor)
    ]
    spends = [
        {
            "spend": spend,
            "money": money,
            "after": Cents(money.left - spend.amount_cents),
            "fits": spend.amount_cents <= money.left,
        }
        for spend, money in waiting_spends(request.actor)
    ]
    return render(request, "pacts/decisions.html", {"texts": texts, "spends": spends})


def _agreed(request: ActorRequest, pact_id: UUID) -> tuple[Pact, PactVersion]:
    """Return a pact and its agreed words, which the actor may authorise.

    Raises:
        NotFound, NotAllowed: not visible, nothing agreed; or the hands that wrote it.
    """
    pact = pact_for(request.actor, pact_id)
    version = open_version(pact_id)
    if version is None or version.agreed_on is None:
        raise NotFound
    if not may_authorise(
        request.actor,
        district_id=pact.district_id,
        written_by_id=version.created_by_id,
        manager_id=pact.case.manager_id,
    ):
        raise NotAllowed
    return pact, version


@require_safe
def decide_text_page(request: ActorRequest, pact_id: UUID) -> HttpResponse:
    """Show the words to authorise, whole, and how they differ from those in force."""
    pact, version = _agreed(request, pact_id)
    before = version_numbered(pact_id, version.number)[1] if version.number > 1 else None
    members = members_of([pact_id])[pact_id]
    log_reading(
        request, pact, [each.person_id for each in members], gettext_noop("testo da autorizzare")
    )
    context = {
        "pact": pact,
        "version": version,
        "terms": version.terms,
        "over": version.terms.budget > pact.cap_cents,
        "text": version.text or text_of(pact, version),
        "changes": changes_shown(changes(before.terms, version.terms)) if before else (),
        "crumbs": crumbs((reverse("pacts:decisions"), _("Da decidere"))),
    }
    return render(request, "pacts/decide_text.html", context)


@require_http_methods(["GET", "POST"])
def authorise_page(request: ActorRequest, pact_id: UUID) -> HttpResponse:
    """Authorise agreed words."""
    pact, version = _agreed(request, pact_id)
    return act_page(
        request,
        ConfirmForm(posted(request)),
        lambda _data: authorise(request.actor, pact_id),
        Words(
            _("Autorizzare il patto %(code)s?") % {"code": pact.code},
            _("Autorizza"),
            _("Il patto %(code)s è autorizzato: ora si firma.") % {"code": pact.code},
            text=_("Il testo numero %(number)s si fissa alla lettera e sarà quello firmato.")
            % {"number": version.number},
        ),
        back=reverse("pacts:decisions"),
    )


@require_http_methods(["GET", "POST"])
def send_back_page(request: ActorRequest, pact_id: UUID) -> HttpResponse:
    """Send agreed words back with a reason."""
    pact, _version = _agreed(request, pact_id)
    return act_page(
        request,
        ReasonForm(posted(request)),
        lambda data: send_back(request.actor, pact_id, reason=data["reason"]),
        Words(
            _("Rimandare il patto %(code)s") % {"code": pact.code},
            _("Rimanda"),
            _("Il testo è tornato a chi lo ha scritto, con il motivo."),
            text=_("Chi segue il patto legge il motivo e lo cambia con la famiglia."),
        ),
        back=reverse("pacts:decisions"),
    )


@require_http_methods(["GET", "POST"])
def cap_page(request: ActorRequest, pact_id: UUID) -> HttpResponse:
    """Set the cap of a pact by an act."""
    pact = pact_for(request.actor, pact_id)
    if not request.actor.holds(Role.COORDINATOR, district_id=pact.district_id):
        raise NotAllowed
    form = CapForm(posted(request), initial={"cap_cents": pact.cap_cents})
    return act_page(
        request,
        form,
        lambda data: set_cap(
            request.actor,
            pact_id,
            cap_cents=data["cap_cents"],
            reason=data["reason"],
            once=data["once"],
        ),
        Words(
            _("Il tetto del patto %(code)s") % {"code": pact.code},
            _("Firma l’atto"),
            _("Il nuovo tetto vale da ora; l’atto resta con il suo motivo."),
            text=_("Serve quando i sostegni superano il tetto previsto per questo tipo di patto."),
        ),
        pact=pact,
        back=pact_url(pact_id),
    )

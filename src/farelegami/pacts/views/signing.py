"""Signatures: on the screen, by everyone who signs, or on paper."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from farelegami.access.requests import ActorRequest
from farelegami.kernel.actor import Role
from farelegami.kernel.errors import NotAllowed, gettext_noop
from farelegami.pacts.forms.acts import ConfirmForm, SignForm
from farelegami.pacts.models import Pact, PactVersion
from farelegami.pacts.permissions import may_write_pact
from farelegami.pacts.queries import members_of, open_version, pact_for, signatures_of
from farelegami.pacts.rules.signing import Needed, Signer
from farelegami.pacts.services.signing import (
    sign,
    sign_on_paper,
    signatures_missing,
    start_pact,
)
from farelegami.pacts.views.acts import Words, act_page, log_reading, own_pact, posted
from farelegami.pacts.views.showing import crumbs, pact_url
from farelegami.web.refusals import shown_on


@require_http_methods(["GET", "POST"])
def sign_page(request: ActorRequest, pact_id: UUID) -> HttpResponse:
    """Show the exact text and take one signature at a time."""
    pact = pact_for(request.actor, pact_id)
    writes = may_write_pact(request.actor, manager_id=pact.case.manager_id)
    if not writes and not request.actor.holds(Role.COORDINATOR, district_id=pact.district_id):
        raise NotAllowed
    version = open_version(pact_id)
    if version is None or version.authorised_on is None:
        messages.info(request, _("Si firma un testo concordato e autorizzato."))
        return redirect(pact_url(pact_id))
    form = SignForm(request.POST, request.FILES) if request.method == "POST" else None
    if form is not None and form.is_valid():
        with shown_on(form):
            signed = _sign(request, pact_id, form.cleaned_data)
            if open_version(pact_id):
                messages.success(request, _("La firma è stata raccolta."))
                return redirect("pacts:sign", pact_id)
            # The last signature puts the text in force: nothing is left to sign.
            messages.success(request, _said_of(signed))
            return redirect("pacts:pact", pact_id)
    members = members_of([pact_id])[pact_id]
    log_reading(
        request, pact, [each.person_id for each in members], gettext_noop("testo da firmare")
    )
    context = _sign_context(pact, version, form, writes=writes)
    return render(request, "pacts/sign.html", context, status=422 if form else 200)


def _sign(request: ActorRequest, pact_id: UUID, data: Mapping[str, Any]) -> Pact:
    words = {name: data[name] for name in ("signer", "person_id", "text_hash", "name")}
    if data["upload"]:
        return sign_on_paper(request.actor, pact_id, upload=data["upload"], **words)
    return sign(request.actor, pact_id, drawing=data["drawing"], **words)


def _said_of(pact: Pact) -> str:
    if pact.started_on:
        return _("Firmato da tutti: il patto è in vigore.")
    return _("Firmato da tutti: il patto comincia il suo primo giorno.")


def _sign_context(
    pact: Pact, version: PactVersion, form: SignForm | None, *, writes: bool
) -> dict[str, Any]:
    waiting = [
        (each, _form_of(each, version, form))
        for each in signatures_missing(pact, version)
        # Who does not follow the pact signs, at most, for the body.
        if writes or each.signer == Signer.BODY
    ]
    return {
        "pact": pact,
        "version": version,
        "waiting": waiting,
        "signatures": signatures_of([version.pk]),
        "form": form,
        "crumbs": crumbs((pact_url(pact.pk), _("Patto %(code)s") % {"code": pact.code})),
    }


def _form_of(needed: Needed, version: PactVersion, bound: SignForm | None) -> SignForm:
    if bound is not None and (
        bound.data.get("signer"),
        bound.data.get("person_id") or "",
    ) == (needed.signer.value, str(needed.person_id or "")):
        return bound
    form = SignForm(
        initial={
            "signer": needed.signer.value,
            "person_id": needed.person_id,
            "text_hash": version.text_hash,
        },
        auto_id=f"id_{needed.signer}_{str(needed.person_id or '')[-8:]}_%s",
    )
    if needed.signer != Signer.BODY:
        del form.fields["name"]
    return form


@require_http_methods(["GET", "POST"])
def start_page(request: ActorRequest, pact_id: UUID) -> HttpResponse:
    """Start a signed pact whose first day has come."""
    pact = own_pact(request, pact_id)
    return act_page(
        request,
        ConfirmForm(posted(request)),
        lambda _data: start_pact(request.actor, pact_id),
        Words(_("Cominciare il patto?"), _("Comincia"), _("Il patto è attivo.")),
        pact=pact,
    )

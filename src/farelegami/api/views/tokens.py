"""Pages of who governs the system: which programs hold a token, a new one, one revoked."""

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from farelegami.access.requests import ActorRequest
from farelegami.api.forms import TokenForm
from farelegami.api.queries import token_for, tokens_of
from farelegami.api.rules import SCOPE_LABELS
from farelegami.api.services.tokens import create_token, revoke_token
from farelegami.storage.fields import seal, unseal
from farelegami.web.refusals import shown_on

_NEW: Final = "tokens.new"
_BOUND_TO: Final = "api.new_token"


@never_cache
@require_safe
def tokens_page(request: ActorRequest) -> HttpResponse:
    """Show the tokens that hold; the secret of one just made, this once."""
    sealed = request.session.pop(_NEW, "")
    rows = [(token, [_(SCOPE_LABELS[scope]) for scope in token.scopes]) for token in tokens_of()]
    context = {"rows": rows, "secret": unseal(sealed, _BOUND_TO) if sealed else ""}
    return render(request, "api/tokens.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_token_page(request: ActorRequest) -> HttpResponse:
    """Make a token; its secret waits, sealed, for the page that shows it."""
    form = TokenForm(request.POST or None)
    if form.is_valid():
        with shown_on(form):
            _token, secret = create_token(request.actor, **form.cleaned_data)
            if secret:
                request.session[_NEW] = seal(secret, _BOUND_TO)
            return redirect("tokens:list")
    return render(request, "api/new_token.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def revoke_token_page(request: ActorRequest, token_id: UUID) -> HttpResponse:
    """Ask once, then let a token open nothing any more."""
    token = token_for(token_id)
    if request.method == "POST":
        revoke_token(request.actor, token_id)
        messages.success(request, _("Il token non apre più niente."))
        return redirect("tokens:list")
    return render(request, "api/revoke_token.html", {"token": token})

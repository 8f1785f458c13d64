"""Pages of accounts: who is in, inviting, accepting, and the table of who may do what."""

from uuid import UUID

from allauth.account.utils import perform_login
from allauth.socialaccount.providers.oauth2.views import OAuth2LoginView
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.i18n import set_language

from farelegami.access.doors import SIGHT_LABELS, all_doors
from farelegami.access.forms import AcceptForm, InviteForm, TaxCodeForm
from farelegami.access.gateway import PROVIDER_ID, GatewayFlow, GatewayReturn
from farelegami.access.queries import (
    factors_of,
    governed_account,
    grants_page,
    invitation_by_token,
    sessions_of,
    waiting_invitations,
)
from farelegami.access.requests import ActorRequest
from farelegami.access.services import (
    accept_invitation,
    choose_language,
    end_role,
    end_sessions,
    invite,
    reset_factors,
    set_tax_code,
    withdraw_invitation,
)
from farelegami.kernel.actor import ROLE_LABELS, Role
from farelegami.web.parts import PageLinks
from farelegami.web.refusals import shown_on


@require_safe
def accounts_page(request: ActorRequest) -> HttpResponse:
    """Show who holds which role, and the invitations still waiting."""
    role = request.GET.get("ruolo", "")
    page = grants_page(
        request.actor,
        role=role if role in ROLE_LABELS else "",
        cursor=request.GET.get("dopo", ""),
    )
    return render(
        request,
        "access/accounts.html",
        {
            "grants": page.rows,
            "page": PageLinks.of(request, next_cursor=page.next_cursor, cursor=page.cursor),
            "invitations": waiting_invitations(request.actor),
            "roles": [(each.value, _(ROLE_LABELS[each])) for each in Role],
            "role": role,
        },
    )


@require_http_methods(["GET", "POST"])
def invite_page(request: ActorRequest) -> HttpResponse:
    """Invite somebody; the link also appears here, for who has no e-mail at hand."""
    form = InviteForm(request.actor, request.POST or None)
    link = ""
    if form.is_valid():
        accept_url = request.build_absolute_uri(reverse("access:accept_invitation", args=["TOKEN"]))
        data = form.cleaned_data
        with shown_on(form):
            _invitation, link = invite(
                request.actor,
                email=data["email"],
                name=data["name"],
                role=Role(data["role"]),
                accept_url=accept_url,
                district_id=data["district_id"],
                organisation_id=data["organisation_id"],
                tax_code=data.get("tax_code", ""),
                once=data["once"],
            )
    status = 422 if form.errors else 200
    return render(request, "access/invite.html", {"form": form, "link": link}, status=status)


@require_POST
def withdraw_invitation_page(request: ActorRequest, invitation_id: UUID) -> HttpResponse:
    """Withdraw an invitation and go back."""
    withdraw_invitation(request.actor, invitation_id)
    messages.success(request, _("L’invito non vale più."))
    return redirect("access:accounts")


@require_POST
def end_role_page(request: ActorRequest, grant_id: UUID) -> HttpResponse:
    """End a role and go back."""
    end_role(request.actor, grant_id)
    messages.success(request, _("Il ruolo è stato tolto."))
    return redirect("access:accounts")


@require_safe
def own_security_page(request: ActorRequest) -> HttpResponse:
    """Show one's own second factors and open sessions."""
    context = {
        "factors": factors_of(request.user.pk),
        "sessions": sessions_of(request.user.pk, this=request.session.session_key or ""),
    }
    return render(request, "access/own_security.html", context)


@require_safe
def first_factor_page(request: ActorRequest) -> HttpResponse:
    """Show the ways to a second factor, to who must have one before working."""
    return render(request, "access/first_factor.html")


@require_POST
def end_own_session(request: ActorRequest, session: int) -> HttpResponse:
    """End one of one's own sessions and go back."""
    end_sessions(request.actor, request.user.pk, number=session)
    messages.success(request, _("La sessione è chiusa."))
    return redirect("access:own_security")


@require_POST
def end_own_sessions(request: ActorRequest) -> HttpResponse:
    """End all of one's own sessions but this one."""
    end_sessions(request.actor, request.user.pk, keep=request.session.session_key or "")
    messages.success(request, _("Le altre sessioni sono chiuse: resta solo questa."))
    return redirect("access:own_security")


@never_cache
@require_safe
def gateway_page(request: HttpRequest) -> HttpResponse:
    """Lead to the provider of identities, if there is one."""
    if settings.GATEWAY is None:
        raise Http404
    flow = GatewayFlow(request, PROVIDER_ID)
    answer: HttpResponse = OAuth2LoginView.adapter_view(flow)(request)
    return answer


@never_cache
@require_safe
def gateway_return_page(request: HttpRequest) -> HttpResponse:
    """Take the answer of the provider."""
    if settings.GATEWAY is None:
        raise Http404
    flow = GatewayFlow(request, PROVIDER_ID)
    answer: HttpResponse = GatewayReturn.adapter_view(flow)(request)
    return answer


@require_safe
def account_page(request: ActorRequest, account_id: UUID) -> HttpResponse:
    """Show the open sessions of somebody within reach."""
    account = governed_account(request.actor, account_id)
    context = {
        "account": account,
        "factors": factors_of(account.pk),
        "sessions": sessions_of(account.pk),
        "form": TaxCodeForm(initial={"tax_code": account.tax_code}) if _by_tax_code() else None,
        "may_reset": request.actor.holds(Role.SYSTEM_ADMIN) and account.pk != request.user.pk,
    }
    return render(request, "access/account.html", context)


def _by_tax_code() -> bool:
    return settings.GATEWAY is not None and settings.GATEWAY.by_tax_code


@require_POST
def set_tax_code_page(request: ActorRequest, account_id: UUID) -> HttpResponse:
    """Write by which fiscal code somebody comes in, and go back."""
    account = governed_account(request.actor, account_id)
    form = TaxCodeForm(request.POST)
    if form.is_valid():
        with shown_on(form):
            set_tax_code(request.actor, account_id, form.cleaned_data["tax_code"])
            messages.success(request, _("Il codice fiscale è scritto."))
            return redirect("access:account", account_id)
    context = {"account": account, "form": form, "sessions": (), "factors": ()}
    return render(request, "access/account.html", context, status=422)


@require_POST
def end_sessions_page(request: ActorRequest, account_id: UUID) -> HttpResponse:
    """End every session of somebody and go back."""
    end_sessions(request.actor, account_id)
    messages.success(
        request, _("Le sessioni sono chiuse: per rientrare servirà di nuovo la password.")
    )
    return redirect("access:account", account_id)


@require_POST
def reset_factors_page(request: ActorRequest, account_id: UUID) -> HttpResponse:
    """Take the second factors from somebody who lost them."""
    reset_factors(request.actor, account_id)
    messages.success(request, _("Il secondo fattore è azzerato: ne sceglierà un altro entrando."))
    return redirect("access:account", account_id)


@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "POST"])
def accept_invitation_page(request: HttpRequest, token: str) -> HttpResponse:
    """Choose user name and password, and come in."""
    form = AcceptForm(request.POST or None)
    if form.is_valid():
        data = form.cleaned_data
        with shown_on(form):
            account = accept_invitation(token, username=data["username"], password=data["password"])
            answer: HttpResponse = perform_login(
                request, account, redirect_url=reverse("desk:home")
            )
            return answer
    invitation = invitation_by_token(token)
    status = 422 if form.errors else 200
    context = {
        "form": form,
        "invitation": invitation,
        "role": _(ROLE_LABELS[Role(invitation.role)]),
    }
    return render(request, "access/accept.html", context, status=status)


@require_safe
def who_may_page(request: ActorRequest) -> HttpResponse:
    """Show the permission table as it is enforced."""
    rows = [
        {
            "does": _(door.does),
            "roles": [
                (_(ROLE_LABELS[role]), door.public or not door.roles or role in door.roles)
                for role in Role
            ],
            "public": door.public,
            "sight": _(SIGHT_LABELS[door.sight]),
        }
        for door in sorted(all_doors().values(), key=lambda door: (door.public, door.name))
    ]
    return render(
        request,
        "access/who_may.html",
        {"rows": rows, "roles": [_(ROLE_LABELS[role]) for role in Role]},
    )


@require_POST
def choose_language_page(request: ActorRequest) -> HttpResponse:
    """Change the language: kept by this browser, and with the account of who is signed in."""
    if request.actor.account_id is not None:
        choose_language(request.actor, request.POST.get("language", ""))
    answer: HttpResponse = set_language(request)
    return answer

"""The form by which anyone asks for a meeting, without an account."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from farelegami.access.requests import ActorRequest
from farelegami.cases.forms import PublicReferralForm
from farelegami.cases.queries.referrals import receipt_was_given
from farelegami.cases.rules.referrals import receipt_code
from farelegami.cases.services.referrals import refer_publicly
from farelegami.territory.queries import districts, municipality_choices
from farelegami.web.addresses import client_address
from farelegami.web.refusals import shown_on


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def public_referral_page(request: ActorRequest) -> HttpResponse:
    """Take a referral from anyone."""
    towns = municipality_choices({district.pk for district in districts()})
    form = PublicReferralForm(towns, request.POST or None)
    if form.is_bound and form.is_from_a_machine():
        # A machine is told that all went well, so that it does not try again.
        return render(request, "cases/public_receipt.html", {"code": receipt_code()})
    if form.is_valid():
        with shown_on(form):
            referral = refer_publicly(
                form.draft(), sender=client_address(request), once=form.cleaned_data["once"]
            )
            return redirect("cases:public_receipt", referral.code)
    return render(
        request, "cases/public_referral.html", {"form": form}, status=422 if form.errors else 200
    )


@never_cache
@require_safe
def public_receipt_page(request: ActorRequest, code: str) -> HttpResponse:
    """Show a code we gave, and nothing of whose it is; the page repeats no text but ours."""
    code = code.upper()
    if not receipt_was_given(code):
        return render(request, "cases/public_no_receipt.html", status=404)
    return render(request, "cases/public_receipt.html", {"code": code})

"""The form by which anyone asks for a meeting, without an account."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, get_language_bidi, gettext, override
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from farelegami.access.requests import ActorRequest
from farelegami.cases.forms import PublicReferralForm
from farelegami.cases.queries.referrals import receipt_language
from farelegami.cases.rules.letters import RECEIPT_LINES, RECEIPT_SUBJECT
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
        return _receipt(request, receipt_code(), "it")
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
    language = receipt_language(code)
    if not language:
        return render(request, "cases/public_no_receipt.html", status=404)
    return _receipt(request, code, language)


def _receipt(request: ActorRequest, code: str, language: str) -> HttpResponse:
    lines = [RECEIPT_SUBJECT, *RECEIPT_LINES]
    here = (get_language() or "it").split("-")[0]
    with override(language):
        beside = [gettext(line) for line in lines] if language != here else []
        from_right = get_language_bidi()
    context = {
        "code": code,
        "said": [gettext(line) for line in lines],
        "beside": beside,
        "language": language,
        "from_right": from_right,
    }
    return render(request, "cases/public_receipt.html", context)

"""Spends: asked, decided, documented, paid, reconciled, each by the hands that may."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from farelegami.access.requests import ActorRequest
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotAllowed, gettext_noop
from farelegami.ledger.queries import balances
from farelegami.pacts.forms.acts import (
    ConfirmForm,
    PaperForm,
    PayForm,
    ReasonForm,
    ReconcileForm,
    SpendForm,
)
from farelegami.pacts.models import SpendRequest
from farelegami.pacts.permissions import (
    may_approve_spend,
    may_document,
    may_pay,
    may_write_pact,
)
from farelegami.pacts.queries import (
    money_of,
    pact_with_words,
    sees_story,
    spend_for,
)
from farelegami.pacts.queries import (
    payments_page as spends_to_pay,
)
from farelegami.pacts.rules.money import NEXT_SPEND, Spend, SpendMove
from farelegami.pacts.services.agreeing import category_rules
from farelegami.pacts.services.spending import (
    approve_spend,
    pay_spend,
    present_paper,
    reconcile_spend,
    reject_spend,
    release_spend,
    request_spend,
)
from farelegami.pacts.views.acts import Words, act_page, posted
from farelegami.pacts.views.showing import crumbs, pact_url
from farelegami.programmes.queries import budget_lines
from farelegami.web.formats import euro
from farelegami.web.parts import PageLinks
from farelegami.web.refusals import shown_on

TABS: Final = {
    "da-documentare": (Spend.COMMITTED, gettext_noop("Da documentare")),
    "da-pagare": (Spend.DOCUMENTED, gettext_noop("Da pagare")),
    "da-riconciliare": (Spend.PAID, gettext_noop("Da riconciliare")),
    "chiuse": (Spend.RECONCILED, gettext_noop("Chiuse")),
}


@require_http_methods(["GET", "POST"])
def ask_spend_page(request: ActorRequest, pact_id: UUID) -> HttpResponse:
    """Ask for a use of the budget."""
    pact, version = pact_with_words(request.actor, pact_id)
    if not may_write_pact(request.actor, manager_id=pact.case.manager_id):
        raise NotAllowed
    form = SpendForm(
        posted(request),
        categories=category_rules(pact.programme_id).values(),
        supports=version.terms.supports,
    )

    def ask(data: Mapping[str, Any]) -> object:
        return request_spend(request.actor, pact_id, **data)

    # What is left is read only where a page will say it.
    money = None if form.is_valid() else money_of(balances([pact_id])[pact_id])
    words = Words(
        _("Chiedere una spesa"),
        _("Chiedi la spesa"),
        _("La richiesta è arrivata a chi decide."),
        text=_("Restano %(left)s di %(all)s.")
        % {"left": euro(money.left), "all": euro(money.authorised)}
        if money
        else "",
    )
    return act_page(request, form, ask, words, pact=pact)


@require_safe
def spend_page(request: ActorRequest, spend_id: UUID) -> HttpResponse:
    """Show a spend and what this person may do with it; without the story to who only pays."""
    spend = spend_for(request.actor, spend_id)
    story = sees_story(request.actor, spend)
    links = [(pact_url(spend.pact_id), _("Patto %(code)s") % {"code": spend.pact.code})]
    if not story:
        links = [(reverse("pacts:payments"), _("Pagamenti"))]
    context = {
        "spend": spend,
        "pact": spend.pact,
        "story": story,
        "stage": _(spend.stage_label),
        "route": _(spend.route_label),
        "acts": _acts(request.actor, spend),
        "crumbs": crumbs(*links),
    }
    return render(request, "pacts/spend.html", context)


def _acts(actor: Actor, spend: SpendRequest) -> list[dict[str, str]]:
    """Return the moves open in this stage to these hands, the first one the usual one."""
    stage, district_id = Spend(spend.stage), spend.district_id
    manager_id = spend.pact.case.manager_id
    decides = may_approve_spend(actor, district_id=district_id, asked_by_id=spend.requested_by_id)
    pays = may_pay(
        actor,
        district_id=district_id,
        asked_by_id=spend.requested_by_id,
        approved_by_id=spend.approved_by_id,
    )
    hands = {
        SpendMove.APPROVE: (decides, "approve_spend", _("Approva")),
        SpendMove.REJECT: (decides, "reject_spend", _("Non approvare")),
        SpendMove.DOCUMENT: (
            may_document(actor, district_id=district_id, manager_id=manager_id),
            "document_spend",
            _("Carica il documento"),
        ),
        SpendMove.PAY: (pays, "pay", _("Segna il pagamento")),
        SpendMove.RECONCILE: (pays, "reconcile", _("Riconcilia")),
        SpendMove.RELEASE: (
            may_write_pact(actor, manager_id=manager_id),
            "release_spend",
            _("Svincola"),
        ),
    }
    return [
        {"url": reverse(f"pacts:{name}", args=[spend.pk]), "label": label}
        for move, (may, name, label) in hands.items()
        if may and (stage, move) in NEXT_SPEND
    ]


def _words_of(spend: SpendRequest, question: str, button: str, done: str, text: str = "") -> Words:
    facts = {
        "amount": euro(spend.document_cents or spend.amount_cents),
        "supplier": spend.supplier,
        "code": spend.pact.code,
    }
    return Words(question % facts, button, done, text % facts)


def _spend_url(spend: SpendRequest) -> str:
    return reverse("pacts:spend", args=[spend.pk])


@require_http_methods(["GET", "POST"])
def approve_spend_page(request: ActorRequest, spend_id: UUID) -> HttpResponse:
    """Approve a spend: its money is committed at once."""
    form = ConfirmForm(posted(request))
    if form.is_valid():
        with shown_on(form):
            approve_spend(request.actor, spend_id)
            messages.success(request, _("La spesa è approvata e impegnata."))
            return redirect("pacts:decisions")
    spend = spend_for(request.actor, spend_id)
    if not may_approve_spend(
        request.actor, district_id=spend.district_id, asked_by_id=spend.requested_by_id
    ):
        raise NotAllowed
    words = _words_of(
        spend,
        _("Approvare %(amount)s per %(supplier)s?"),
        _("Approva"),
        _("La spesa è approvata e impegnata."),
        _("Patto %(code)s: l’importo si impegna subito sul suo budget."),
    )
    context = {"form": form, "words": words, "back": reverse("pacts:decisions")}
    return render(request, "pacts/act.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def reject_spend_page(request: ActorRequest, spend_id: UUID) -> HttpResponse:
    """Refuse a spend, with a reason that can be told."""
    spend = spend_for(request.actor, spend_id)
    if not may_approve_spend(
        request.actor, district_id=spend.district_id, asked_by_id=spend.requested_by_id
    ):
        raise NotAllowed
    words = _words_of(
        spend,
        _("Non approvare %(amount)s per %(supplier)s"),
        _("Non approvare"),
        _("La risposta è arrivata a chi ha chiesto, con il motivo."),
        _("Il motivo si può dire alla famiglia: parla della spesa, non delle persone."),
    )
    return act_page(
        request,
        ReasonForm(posted(request)),
        lambda data: reject_spend(request.actor, spend_id, reason=data["reason"]),
        words,
        back=reverse("pacts:decisions"),
    )


@require_http_methods(["GET", "POST"])
def document_spend_page(request: ActorRequest, spend_id: UUID) -> HttpResponse:
    """Attach the invoice or receipt of a spend."""
    spend = spend_for(request.actor, spend_id)
    if not may_document(
        request.actor, district_id=spend.district_id, manager_id=spend.pact.case.manager_id
    ):
        raise NotAllowed
    files = request.FILES if request.method == "POST" else None
    words = _words_of(
        spend,
        _("Il documento di %(supplier)s"),
        _("Carica il documento"),
        _("Il documento è stato caricato."),
        _("Impegnati %(amount)s sul patto %(code)s. Un documento si usa una volta sola."),
    )
    return act_page(
        request,
        PaperForm(posted(request), files, spend=spend),
        lambda data: present_paper(request.actor, spend_id, **data),
        words,
        back=_spend_url(spend),
        more={"has_file": True},
    )


@require_http_methods(["GET", "POST"])
def release_spend_page(request: ActorRequest, spend_id: UUID) -> HttpResponse:
    """Give a committed spend that will not happen back to the budget."""
    spend = spend_for(request.actor, spend_id)
    if not may_write_pact(request.actor, manager_id=spend.pact.case.manager_id):
        raise NotAllowed
    words = _words_of(
        spend,
        _("Svincolare %(amount)s per %(supplier)s?"),
        _("Svincola"),
        _("L’importo è tornato al budget."),
        _(
            "La spesa non si potrà più documentare; %(amount)s tornano al budget del patto %(code)s."
        ),
    )
    return act_page(
        request,
        ReasonForm(posted(request)),
        lambda data: release_spend(request.actor, spend_id, reason=data["reason"]),
        words,
        back=_spend_url(spend),
    )


@require_safe
def payments_page(request: ActorRequest) -> HttpResponse:
    """Show the clerk what is to document, pay, reconcile: codes and papers, no story."""
    tab = request.GET.get("stato", "da-pagare")
    if tab not in TABS:
        tab = "da-pagare"
    page = spends_to_pay(request.actor, stage=TABS[tab][0], cursor=request.GET.get("dopo", ""))
    context = {
        "spends": page.rows,
        "page": PageLinks.of(request, next_cursor=page.next_cursor, cursor=page.cursor),
        "tab": tab,
        "tabs": [(name, _(label)) for name, (_stage, label) in TABS.items()],
    }
    return render(request, "pacts/payments.html", context)


@require_http_methods(["GET", "POST"])
def pay_page(request: ActorRequest, spend_id: UUID) -> HttpResponse:
    """Note that a documented spend was paid, and on which cost line."""
    spend = spend_for(request.actor, spend_id)
    form = PayForm(posted(request), spend=spend, lines=budget_lines(spend.pact.programme_id))
    words = _words_of(
        spend,
        _("Pagamento di %(amount)s a %(supplier)s"),
        _("Segna il pagamento"),
        _("Il pagamento è segnato."),
        _("Patto %(code)s."),
    )
    return act_page(
        request,
        form,
        lambda data: pay_spend(
            request.actor,
            spend_id,
            paid_on=data["paid_on"],
            payment_reference=data["payment_reference"],
            budget_line_id=data["budget_line"],
        ),
        words,
        back=reverse("pacts:payments"),
    )


@require_http_methods(["GET", "POST"])
def reconcile_page(request: ActorRequest, spend_id: UUID) -> HttpResponse:
    """Note that a payment is on the bank statement."""
    spend = spend_for(request.actor, spend_id)
    words = _words_of(
        spend,
        _("Riconciliare %(amount)s a %(supplier)s"),
        _("Riconcilia"),
        _("Il pagamento è riconciliato."),
        _("Patto %(code)s."),
    )
    return act_page(
        request,
        ReconcileForm(posted(request)),
        lambda data: reconcile_spend(request.actor, spend_id, **data),
        words,
        back=f"{reverse('pacts:payments')}?stato=da-riconciliare",
    )

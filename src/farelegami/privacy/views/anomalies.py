"""Unusual readings, and the note of who looked at them."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from farelegami.access.requests import ActorRequest
from farelegami.privacy.forms import NoteForm
from farelegami.privacy.queries.anomalies import anomalies_page, anomaly_for
from farelegami.privacy.rules.anomalies import RULE_LABELS, RULE_TOLD
from farelegami.privacy.services.anomalies import note_seen
from farelegami.web.refusals import shown_on


@require_safe
def anomalies_list_page(request: ActorRequest) -> HttpResponse:
    """List the unusual readings nobody has looked at, or those already seen."""
    seen = "viste" in request.GET
    page = anomalies_page(request.actor, seen=seen, cursor=request.GET.get("dopo", ""))
    rules = [(_(label), _(RULE_TOLD[rule])) for rule, label in RULE_LABELS.items()]
    return render(request, "privacy/anomalies.html", {"page": page, "seen": seen, "rules": rules})


@require_http_methods(["GET", "HEAD", "POST"])
def anomaly_page(request: ActorRequest, anomaly_id: UUID) -> HttpResponse:
    """Show why a day's readings are unusual, and write what it was."""
    found = anomaly_for(request.actor, anomaly_id)
    form = NoteForm(request.POST or None)
    if form.is_valid():
        with shown_on(form):
            note_seen(request.actor, anomaly_id, note=form.cleaned_data["note"])
            messages.success(request, _("Segnata come vista."))
            return redirect("privacy:anomalies")
    status = 422 if form.errors else 200
    return render(request, "privacy/anomaly.html", {"found": found, "form": form}, status=status)

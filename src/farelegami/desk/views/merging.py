"""Joining two registrations of one person, and parting them."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from farelegami.access.requests import ActorRequest
from farelegami.desk.forms.acts import MergeForm, NothingForm
from farelegami.desk.views.acts import act_page
from farelegami.kernel.errors import NotFound, SentAlready, gettext_noop
from farelegami.people.models import MergeRecord
from farelegami.people.queries.duplicates import duplicate_candidates, visible_merges
from farelegami.people.queries.persons import PeopleFilters, people_page, person_for
from farelegami.people.rules.duplicates import REASON_LABELS
from farelegami.people.services.files import person_file
from farelegami.people.services.merging import merge_people, merge_sent, unmerge
from farelegami.web.acts import Act, Crumb
from farelegami.web.refusals import shown_on

COMPARING = gettext_noop("confronto fra due schede")
JOINED = gettext_lazy("Le due schede sono una. Se non era così, si annulla.")


@require_http_methods(["GET", "POST"])
def merge_page(request: ActorRequest, person_id: UUID) -> HttpResponse:
    """Choose the other registration, then which one stays and why."""
    other_id = _id(request.GET.get("con", ""))
    if other_id is None or other_id == person_id:
        return _choose(request, person_id)
    if done := merge_sent(request.actor, _id(request.POST.get("once", ""))):
        return _merged_before(request, done)
    files = [person_file(request.actor, one, purpose=COMPARING) for one in (person_id, other_id)]
    form = MergeForm(
        request.POST or None,
        choices=[(str(file.person.pk), _kept(file.person.name, index))
                 for index, file in enumerate(files)],
        initial={"keep": str(person_id)},
    )  # fmt: skip
    if form.is_valid():
        keep = UUID(form.cleaned_data["keep"])
        gone = other_id if keep == person_id else person_id
        with shown_on(form):
            data = form.cleaned_data
            merge_people(request.actor, keep, gone, reason=data["reason"], once=data["once"])
            messages.success(request, JOINED)
            return redirect("desk:person", keep)
    status = 422 if form.errors else 200
    context = {"form": form, "files": files, "person": files[0].person}
    return render(request, "desk/merge.html", context, status=status)


def _merged_before(request: ActorRequest, done: MergeRecord) -> HttpResponse:
    """Go to the registration that this act kept; the other is no longer there to compare with.

    Raises:
        SentAlready: the act was sent before with other data.
    """
    keep, reason = request.POST.get("keep", ""), request.POST.get("reason", "")
    if (keep, reason.strip()) != (str(done.kept_id), done.reason):
        raise SentAlready
    messages.success(request, JOINED)
    return redirect("desk:person", done.kept_id)


def _kept(name: str, index: int) -> str:
    return _("la scheda A, %(name)s") % {"name": name} if index == 0 else (
        _("la scheda B, %(name)s") % {"name": name}
    )  # fmt: skip


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _choose(request: ActorRequest, person_id: UUID) -> HttpResponse:
    person = person_for(request.actor, person_id)
    text = request.GET.get("testo", "").strip()
    found = people_page(request.actor, PeopleFilters(text=text)).rows if text else ()
    candidates = duplicate_candidates(request.actor, person)
    return render(
        request,
        "desk/merge_choose.html",
        {
            "person": person,
            "text": text,
            "found": [row for row in found if row.id != person_id],
            "candidates": [
                (one.person, [_(REASON_LABELS[reason]) for reason in one.reasons])
                for one in candidates
            ],
        },
    )


@require_http_methods(["GET", "POST"])
def unmerge_page(request: ActorRequest, merge_id: UUID) -> HttpResponse:
    """Part two registrations again, after saying what that does."""
    merge = visible_merges(request.actor).filter(pk=merge_id).first()
    if merge is None:
        raise NotFound
    back = reverse("desk:person", args=[merge.kept_id])
    act = Act(
        title=_("Annulla l’unione"),
        says=_(
            "La scheda di %(gone)s torna a sé, con ciò che aveva quando fu unita a %(kept)s."
            " Ciò che è stato scritto dopo resta a %(kept)s."
        )
        % {"gone": merge.gone.name, "kept": merge.kept.name},
        submit=_("Sì, sono due persone diverse"),
        done=_("Le due schede sono di nuovo separate."),
        back=back,
        crumbs=(
            Crumb(reverse("desk:people"), _("Persone")),
            Crumb(back, merge.kept.name),
        ),
        is_grave=True,
    )
    form = NothingForm(request.POST if request.method == "POST" else None)
    return act_page(request, act, form, lambda _data: unmerge(request.actor, merge_id))

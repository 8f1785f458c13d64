"""The sealed diary."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from farelegami.access.requests import ActorRequest
from farelegami.cases.forms import DiaryForm, OpenDiaryForm
from farelegami.cases.models import Case
from farelegami.cases.permissions import may_write_case
from farelegami.cases.queries.cases import case_for, substitutes_of
from farelegami.cases.queries.diaries import notes_of
from farelegami.cases.rules.teamwork import AlreadyCorrected, DiaryKind
from farelegami.cases.services.diaries import open_diary, read_diary, write_diary
from farelegami.kernel import clock
from farelegami.kernel.errors import NotAllowed, NotFound
from farelegami.web.refusals import shown_on


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def diary_page(request: ActorRequest, case_id: UUID) -> HttpResponse:
    """Show the diary and add a note."""
    form = DiaryForm(request.POST or None, initial={"happened_on": clock.today()})
    if form.is_valid():
        data = form.cleaned_data
        with shown_on(form):
            write_diary(
                request.actor,
                case_id,
                kind=DiaryKind(data["kind"]),
                happened_on=data["happened_on"],
                text=data["text"],
                once=data["once"],
            )
            return redirect("cases:diary", case_id)
    case, entries = read_diary(request.actor, case_id)
    context = {
        "case": case,
        "notes": notes_of(entries),
        "form": form,
        "writes": _writes(request, case),
    }
    return render(request, "cases/diary.html", context, status=422 if form.errors else 200)


def _writes(request: ActorRequest, case: Case) -> bool:
    return case.is_open and may_write_case(
        request.actor, manager_id=case.manager_id, substitutes=substitutes_of(case.pk)
    )


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def correct_diary_page(request: ActorRequest, case_id: UUID, entry_id: UUID) -> HttpResponse:
    """Show a note as it reads now and write the one that corrects it."""
    case, entries = read_diary(request.actor, case_id)
    entry = next((one for one in entries if one.pk == entry_id), None)
    if entry is None:
        raise NotFound
    if not _writes(request, case):
        raise NotAllowed
    if request.method != "POST" and any(one.corrects_id == entry_id for one in entries):
        raise AlreadyCorrected
    initial = {"kind": entry.kind, "happened_on": entry.happened_on, "text": entry.text}
    form = DiaryForm(request.POST or None, initial=initial)
    if form.is_valid():
        data = form.cleaned_data
        with shown_on(form):
            write_diary(
                request.actor,
                case_id,
                kind=DiaryKind(data["kind"]),
                happened_on=data["happened_on"],
                text=data["text"],
                corrects_id=entry_id,
                once=data["once"],
            )
            messages.success(request, _("La nota è corretta. Il testo di prima resta leggibile."))
            return redirect("cases:diary", case_id)
    context = {"case": case, "entry": entry, "form": form}
    return render(request, "cases/correct_diary.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def open_diary_page(request: ActorRequest, case_id: UUID) -> HttpResponse:
    """Open a diary for a day, saying why."""
    case = case_for(request.actor, case_id)
    form = OpenDiaryForm(request.POST or None)
    if form.is_valid():
        with shown_on(form):
            open_diary(request.actor, case_id, **form.cleaned_data)
            return redirect("cases:diary", case_id)
    context = {"case": case, "form": form}
    return render(request, "cases/open_diary.html", context, status=422 if form.errors else 200)

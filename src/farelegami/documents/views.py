from typing import Final
from urllib.parse import quote
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from farelegami.access.requests import ActorRequest
from farelegami.documents.forms import CodeForm, CopyForm
from farelegami.documents.queries import paper_by_code, standing_of
from farelegami.documents.rules.codes import plain_code, written_code
from farelegami.documents.rules.files import IMAGES
from farelegami.documents.services import is_same_file, open_document
from farelegami.kernel.errors import NotFound
from farelegami.web.refusals import shown_on

_NOTHING_RUNS: Final = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox"


@require_GET
def open_page(request: ActorRequest, document_id: UUID) -> HttpResponse:
    document, content = open_document(request.actor, document_id)
    response = HttpResponse(content, content_type=document.content_type)
    inline = document.content_type in IMAGES and "vista" in request.GET
    response["Content-Disposition"] = (
        f"{'inline' if inline else 'attachment'}; filename*=UTF-8''{quote(document.name)}"
    )
    response["Content-Security-Policy"] = _NOTHING_RUNS
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check_page(request: ActorRequest) -> HttpResponse:
    """Ask for the code printed at the foot of a paper."""
    form = CodeForm(request.POST or None)
    if form.is_valid():
        return redirect("documents:checked", written_code(plain_code(form.cleaned_data["code"])))
    return render(
        request, "documents/check.html", {"form": form}, status=422 if form.errors else 200
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def checked_page(request: ActorRequest, code: str) -> HttpResponse:
    """Say what an issued paper is and how it stands, naming nobody; compare a copy with it."""
    try:
        paper = paper_by_code(code)
    except NotFound:
        asked = CodeForm(initial={"code": written_code(plain_code(code))[:14]})
        return render(request, "documents/check.html", {"form": asked, "unknown": True}, status=404)
    form = CopyForm(request.POST or None, request.FILES or None)
    same = None
    if form.is_valid():
        with shown_on(form):
            same = is_same_file(paper, form.cleaned_data["copy"])
    context = {
        "paper": paper,
        "code": written_code(paper.code),
        "standing": standing_of(paper),
        "form": form,
        "same": same,
    }
    return render(request, "documents/checked.html", context, status=422 if form.errors else 200)

"""The papers of a pact: what can be made, in which language, and the file itself."""

from collections.abc import Callable
from typing import Final
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from farelegami.access.requests import ActorRequest
from farelegami.documents.models import IssuedPaper
from farelegami.documents.queries import papers_of
from farelegami.documents.rules.codes import written_code
from farelegami.kernel.errors import NotFound, gettext_noop
from farelegami.pacts.queries import pact_file
from farelegami.pacts.queries.file import PactFile
from farelegami.pacts.rules.papers import LANGUAGES, PaperKind
from farelegami.pacts.services.papers import Asked, pact_paper, papers_offered, spend_letter
from farelegami.pacts.views.acts import log_reading
from farelegami.pacts.views.showing import crumbs, pact_url

_LONGEST_NUMBER: Final = 6


@require_safe
def papers_page(request: ActorRequest, pact_id: UUID) -> HttpResponse:
    """List the papers that can be made, why others cannot yet, and those made before."""
    file = pact_file(request.actor, pact_id)
    log_reading(request, file.pact, file.person_ids, gettext_noop("documenti del patto"))
    context = {
        "pact": file.pact,
        "offered": papers_offered(file),
        "text": PaperKind.TEXT,
        "attestation": PaperKind.ATTESTATION,
        "attendance": PaperKind.ATTENDANCE,
        "commitments": file.terms.commitments if file.terms else (),
        "versions": file.versions,
        "languages": LANGUAGES.items(),
        "givers": _givers(file),
        "issued": [(each, written_code(each.code)) for each in papers_of([pact_id])],
        "crumbs": crumbs((pact_url(pact_id), _("Patto %(code)s") % {"code": file.pact.code})),
    }
    return render(request, "pacts/printed.html", context)


def _givers(file: PactFile) -> list[tuple[UUID, str]]:
    """Return who has hours confirmed, once each."""
    if file.terms is None:
        return []
    confirmed = {each.commitment_key for each in file.hours_told if each.confirmed_at}
    named = {
        each.person_id: each.person_name for each in file.terms.commitments if each.key in confirmed
    }
    return list(named.items())


@require_safe
def paper_page(request: ActorRequest, pact_id: UUID, kind: str) -> HttpResponse:
    """Make a paper, or find the one these facts already have, and lead to its file."""
    if kind not in set(PaperKind):
        raise NotFound
    asked = Asked(
        PaperKind(kind),
        version_number=_number(request.GET.get("testo", "")),
        language=request.GET.get("lingua", ""),
    )
    return _to_file(pact_paper(request.actor, pact_id, asked, address=_address(request)))


@require_safe
def attestation_page(request: ActorRequest, pact_id: UUID, person_id: UUID) -> HttpResponse:
    """Make the attestation of the hours that one person gave."""
    asked = Asked(PaperKind.ATTESTATION, person_id=person_id)
    return _to_file(pact_paper(request.actor, pact_id, asked, address=_address(request)))


@require_safe
def attendance_page(request: ActorRequest, pact_id: UUID, key: str) -> HttpResponse:
    """Make the attendance sheet of one commitment."""
    asked = Asked(PaperKind.ATTENDANCE, commitment_key=key)
    return _to_file(pact_paper(request.actor, pact_id, asked, address=_address(request)))


@require_safe
def letter_page(request: ActorRequest, spend_id: UUID) -> HttpResponse:
    """Make the letter to a supplier."""
    return _to_file(spend_letter(request.actor, spend_id, address=_address(request)))


def _address(request: ActorRequest) -> Callable[[str], str]:
    return lambda code: request.build_absolute_uri(
        reverse("documents:checked", args=[written_code(code)])
    )


def _to_file(paper: IssuedPaper) -> HttpResponse:
    return redirect("documents:open", paper.document_id)


def _number(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < _LONGEST_NUMBER):
        raise NotFound
    return int(text)

"""Documents: what they are, and their bytes to who may open them."""

from typing import Final
from urllib.parse import quote
from uuid import UUID

from django.http import HttpResponse
from ninja import Router

from farelegami.api.rules import Answer
from farelegami.api.schemas.papers import DocumentOut, DocumentsOut
from farelegami.api.services.reading import PACT, read_part
from farelegami.api.views.doorway import TokenRequest, hands_out, reads, shown
from farelegami.documents.models import Document
from farelegami.documents.queries import document_for, documents_of
from farelegami.documents.services import open_document
from farelegami.kernel.errors import gettext_noop

router: Final = Router(tags=[gettext_noop("documenti")])
_NOTHING_RUNS: Final = "default-src 'none'; sandbox"


@reads(router, "/pacts/{uuid:pact_id}/documents", DocumentsOut)
def list_documents(request: TokenRequest, pact_id: UUID) -> Answer:
    pact = read_part(request.actor, pact_id)
    found = documents_of(PACT, [pact_id], district_id=pact.district_id)[pact_id]
    return shown(DocumentsOut(rows=[_told(each) for each in found]))


@reads(router, "/documents/{uuid:document_id}", DocumentOut)
def read_document(request: TokenRequest, document_id: UUID) -> Answer:
    return shown(_told(document_for(request.actor, document_id)))


@hands_out(router, "/documents/{uuid:document_id}/content")
def download_document(request: TokenRequest, document_id: UUID) -> HttpResponse:
    document, content = open_document(request.actor, document_id)
    answer = HttpResponse(content, content_type=document.content_type)
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(document.name)}"
    answer.headers["Content-Security-Policy"] = _NOTHING_RUNS
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _told(document: Document) -> DocumentOut:
    return DocumentOut(
        id=document.pk,
        district_id=document.district_id,
        kind=document.kind,
        title=document.title,
        name=document.name,
        content_type=document.content_type,
        size=document.size,
        sha256=document.sha256,
        owner_kind=document.owner_kind,
        owner_id=document.owner_id,
        uploaded_at=document.uploaded_at,
    )

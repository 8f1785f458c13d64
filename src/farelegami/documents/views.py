from typing import Final
from urllib.parse import quote
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from farelegami.access.requests import ActorRequest
from farelegami.documents.rules import IMAGES
from farelegami.documents.services import open_document

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

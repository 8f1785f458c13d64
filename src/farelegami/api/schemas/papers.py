"""Documents: what they are; their bytes come apart."""

from datetime import datetime
from uuid import UUID

from ninja import Schema


class DocumentOut(Schema):
    id: UUID
    district_id: int
    kind: str
    title: str
    name: str
    content_type: str
    size: int
    sha256: str
    owner_kind: str
    owner_id: UUID | None
    uploaded_at: datetime


class DocumentsOut(Schema):
    rows: list[DocumentOut]

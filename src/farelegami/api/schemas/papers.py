"""Documents: what they are; their bytes come apart."""

from uuid import UUID

from pydantic import BaseModel

from farelegami.api.schemas.common import At


class DocumentOut(BaseModel):
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
    uploaded_at: At


class DocumentsOut(BaseModel):
    rows: list[DocumentOut]

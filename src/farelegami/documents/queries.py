"""Documents by the object they belong to, and the registry of who may open them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, TypeAlias
from uuid import UUID

from farelegami.documents.models import Document
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotFound

Checker: TypeAlias = Callable[[Actor, UUID], bool]
_checkers: Final[dict[str, Checker]] = {}


def register_owner(kind: str, checker: Checker) -> None:
    """Let `checker(actor, owner_id)` say who opens documents of `kind`; for `AppConfig.ready`."""
    _checkers[kind] = checker


def document_for(actor: Actor, document_id: UUID) -> Document:
    """Return a document the actor may open.

    A document that belongs to nothing yet is open to whoever brought it.

    Raises:
        NotFound: it does not exist, or its owner is not visible to the actor.
    """
    document = Document.objects.filter(pk=document_id).first()
    if document is None:
        raise NotFound
    if document.owner_id is None:
        allowed = actor.account_id is not None and document.uploaded_by == actor.account_id
    else:
        checker = _checkers.get(document.owner_kind)
        allowed = checker is not None and checker(actor, document.owner_id)
    if not allowed:
        raise NotFound
    return document


def documents_of(
    owner_kind: str, owner_ids: Iterable[UUID], *, district_id: int
) -> Mapping[UUID, Sequence[Document]]:
    """Return the documents of these objects, which the caller may see, latest first. One query."""
    found: dict[UUID, list[Document]] = {owner_id: [] for owner_id in owner_ids}
    rows = Document.objects.filter(
        district_id=district_id, owner_kind=owner_kind, owner_id__in=list(found)
    )
    for document in rows.order_by("-id"):
        if document.owner_id is not None:
            found[document.owner_id].append(document)
    return found

"""Documents by the object they belong to, and the registry of who may open them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, TypeAlias
from uuid import UUID

from farelegami.documents import shelf
from farelegami.documents.models import Document, IssuedPaper
from farelegami.documents.rules.codes import plain_code
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotFound

Checker: TypeAlias = Callable[[Actor, UUID], bool]
_checkers: Final[dict[str, Checker]] = {}
Teller: TypeAlias = Callable[[UUID, str], str]
_tellers: Final[dict[str, Teller]] = {}
_PORTION: Final = 100


def register_owner(kind: str, checker: Checker) -> None:
    """Let `checker(actor, owner_id)` say who opens documents of `kind`; for `AppConfig.ready`."""
    _checkers[kind] = checker


def register_standing(owner_kind: str, teller: Teller) -> None:
    """Let `teller(owner_id, text_hash)` say to anyone how a paper of `owner_kind` stands today.

    It answers with a sentence that names nobody; for `AppConfig.ready`.
    """
    _tellers[owner_kind] = teller


def paper_by_code(code: str) -> IssuedPaper:
    """Return an issued paper by its code, however it was typed. For anyone. One query.

    Raises:
        NotFound: no paper has this code.
    """
    paper = IssuedPaper.objects.select_related("document").filter(code=plain_code(code)).first()
    if paper is None:
        raise NotFound
    return paper


def papers_of(owner_ids: Iterable[UUID]) -> Sequence[IssuedPaper]:
    """Return the papers issued of these objects, latest first; the caller sees them. One query."""
    return list(IssuedPaper.objects.filter(owner_id__in=list(owner_ids)).order_by("-id"))


def standing_of(paper: IssuedPaper) -> str:
    """Return how a paper stands today, in a sentence for anyone; empty if its room says nothing."""
    teller = _tellers.get(paper.owner_kind)
    return teller(paper.owner_id, paper.text_hash) if teller else ""


def is_shelf_there() -> bool:
    """Return whether the folder of documents is there, or nothing was ever put into it."""
    return shelf.is_there() or not Document.objects.exists()


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


def documents_about(owner_ids: Iterable[UUID], person_id: UUID) -> Sequence[Document]:
    """Return the documents of these objects that name a person or nobody, for the copy of their data.

    The caller has established whose the objects are. One query a hundred objects.
    """
    owners, found = list(owner_ids), []
    for start in range(0, len(owners), _PORTION):
        rows = Document.objects.filter(owner_id__in=owners[start : start + _PORTION])
        found += [
            row for row in rows.order_by("id")
            if not row.person_ids or str(person_id) in row.person_ids
        ]  # fmt: skip
    return found

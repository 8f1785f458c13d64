"""Storing files, tying them to their owner, opening them, issuing papers, sweeping what is left."""

import hashlib
import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from farelegami.audit.rules import Verb
from farelegami.audit.services import record, record_read
from farelegami.documents import queries, shelf
from farelegami.documents.contents import examined
from farelegami.documents.models import Document, IssuedPaper
from farelegami.documents.queries import document_for
from farelegami.documents.rules.codes import new_code, written_code
from farelegami.documents.rules.files import MOST_BYTES, FileTooLarge, FileUnreadable, clean_name
from farelegami.documents.typesetting import qr_svg, typeset
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotFound
from farelegami.storage import fences

KIND: Final = "documents.document"
_TEMPLATE: Final = "documents/papers/paper.typ"
_LANGUAGE: Final = "it"
_FENCE: Final = "documents.shelf"
_ORPHAN_AFTER_SECONDS: Final = 24 * 60 * 60

register_owner = queries.register_owner
# For backups, which keep and put back bytes under the names that rows give them.
read_stored, put_back, drop_stored = shelf.get, shelf.put_back, shelf.drop


@dataclass(frozen=True, slots=True)
class Checked:
    """An uploaded file that was read and found sound: its name and kind, and the bytes to keep."""

    name: str
    content_type: str
    kept: bytes


def check(upload: "UploadedFile[bytes]") -> Checked:
    """Read an uploaded file, outside of any transaction: a hostile one takes seconds to see through.

    Raises:
        FileTooLarge, FileKindRefused, FileUnreadable, FileIsActive, FileIsLocked, FileIsTangled:
            as their names say.
    """
    if upload.size is not None and upload.size > MOST_BYTES:
        raise FileTooLarge(size=upload.size)
    content_type, kept = examined(upload.read(MOST_BYTES + 1))
    return Checked(upload.name or "", content_type, kept)


def store(
    actor: Actor,
    *,
    upload: "UploadedFile[bytes] | Checked",
    kind: str,
    district_id: int,
    title: str,
    person_ids: Sequence[UUID] = (),
    owner_kind: str = "",
    owner_id: UUID | None = None,
) -> Document:
    """Keep an uploaded file, checked now if it was not, and return its document.

    The caller has checked that the actor may add to the owner.

    Raises:
        Refusal: as `check`.
    """
    file = upload if isinstance(upload, Checked) else check(upload)
    return _keep(
        actor,
        kept=file.kept,
        kind=kind,
        content_type=file.content_type,
        name=file.name,
        district_id=district_id,
        title=title,
        person_ids=person_ids,
        owner_kind=owner_kind,
        owner_id=owner_id,
    )


def store_content(
    actor: Actor,
    *,
    content: bytes,
    name: str,
    kind: str,
    district_id: int,
    title: str,
    person_ids: Sequence[UUID] = (),
    owner_kind: str = "",
    owner_id: UUID | None = None,
) -> Document:
    """Keep bytes that the program itself made and return their document; as `store`."""
    content_type, kept = examined(content, made_here=True)
    return _keep(
        actor,
        kept=kept,
        kind=kind,
        content_type=content_type,
        name=name,
        district_id=district_id,
        title=title,
        person_ids=person_ids,
        owner_kind=owner_kind,
        owner_id=owner_id,
    )


@transaction.atomic
def _keep(
    actor: Actor,
    *,
    kept: bytes,
    kind: str,
    content_type: str,
    name: str,
    district_id: int,
    title: str,
    person_ids: Sequence[UUID],
    owner_kind: str,
    owner_id: UUID | None,
) -> Document:
    # The file is on disk before its row is there to stay: a row never points at nothing, and a
    # file whose row was rolled back is swept by `discard_orphans`, which the fence keeps away.
    fences.enter(_FENCE)
    path = _put(kept)
    document = Document.objects.create(
        district_id=district_id,
        kind=kind,
        title=title[:200],
        name=clean_name(name, content_type),
        content_type=content_type,
        size=len(kept),
        sha256=hashlib.sha256(kept).hexdigest(),
        path=path,
        owner_kind=owner_kind if owner_id else "",
        owner_id=owner_id,
        person_ids=[str(person_id) for person_id in person_ids],
        uploaded_by=actor.account_id,
    )
    record(
        actor,
        Verb.CREATED,
        kind=KIND,
        object_id=document.id,
        district_id=district_id,
        person_ids=person_ids,
        facts={"kind": kind, "sha256": document.sha256},
    )
    return document


def _put(kept: bytes) -> str:
    if not shelf.is_there() and not Document.objects.exists():
        shelf.make()
    return shelf.put(kept)


@transaction.atomic
def attach(
    actor: Actor,
    document_id: UUID,
    *,
    owner_kind: str,
    owner_id: UUID,
    person_ids: Sequence[UUID] = (),
) -> Document:
    """Tie a document the actor brought to the object it belongs to, once, and return it.

    Raises:
        NotFound: not there, brought by someone else, or tied already.
    """
    document = Document.objects.select_for_update().filter(pk=document_id, owner_id=None).first()
    if document is None or document.uploaded_by != actor.account_id:
        raise NotFound
    document.owner_kind, document.owner_id = owner_kind, owner_id
    document.person_ids = [str(person_id) for person_id in person_ids] or document.person_ids
    document.save(update_fields=["owner_kind", "owner_id", "person_ids"])
    record(
        actor,
        Verb.CHANGED,
        kind=KIND,
        object_id=document.id,
        district_id=document.district_id,
        person_ids=person_ids,
        facts={"owner": [None, f"{owner_kind} {owner_id}"]},
    )
    return document


@transaction.atomic
def open_document(actor: Actor, document_id: UUID) -> tuple[Document, bytes]:
    """Return a document and its bytes, and log the reading.

    Raises:
        NotFound: not there, or not for this actor.
        FileUnreadable: the bytes on disk are gone or are not those that were stored.
    """
    document = document_for(actor, document_id)
    try:
        content = shelf.get(document.path)
    except FileNotFoundError as error:
        raise FileUnreadable from error
    if hashlib.sha256(content).hexdigest() != document.sha256:
        raise FileUnreadable
    record_read(
        actor,
        kind=KIND,
        object_id=document.id,
        district_id=document.district_id,
        person_ids=[UUID(person_id) for person_id in document.person_ids],
        purpose=document.kind,
    )
    return document, content


def share_content(path: str, other: str) -> None:
    """Give the content under `path` a second name: for copies of a province, that measure."""
    shelf.share(path, other)


def discard_orphans(*, after_seconds: int = _ORPHAN_AFTER_SECONDS) -> int:
    """Remove files that no row names once they are a day old; return how many. For the worker.

    A clock may be wrong by more than that: only where nobody is storing anything is a file without
    a row one whose row will never be. What is passed over is looked at another day.
    """
    return sum(map(_discard, shelf.older_than(after_seconds)))


def _discard(names: Sequence[str]) -> int:
    orphans = _unnamed(names)
    if not orphans:
        return 0
    with transaction.atomic():
        if not fences.is_empty(_FENCE):
            return 0
        orphans = _unnamed(orphans)
        for name in orphans:
            shelf.drop(name)
    return len(orphans)


def _unnamed(names: Sequence[str]) -> list[str]:
    kept = set(Document.objects.filter(path__in=names).values_list("path", flat=True))
    return [name for name in names if name not in kept]


def erase_documents(document_ids: Sequence[UUID], paper_ids: Sequence[UUID]) -> None:
    """Erase documents with their files, and papers; what pointed at them is gone already.

    Call it inside the transaction: files go once it is there to stay, and what a crash leaves on
    the disk is swept by `discard_orphans`.
    """
    IssuedPaper.objects.filter(Q(pk__in=paper_ids) | Q(document__in=document_ids)).delete()
    rows = Document.objects.filter(pk__in=document_ids)
    for path in rows.values_list("path", flat=True):
        transaction.on_commit(partial(shelf.drop, path))
    rows.delete()


def content_of(document: Document) -> bytes | None:
    """Return the bytes of a document for a person's copy of their data; None where they are gone.

    The caller logs the copy as a whole.
    """
    try:
        return shelf.get(document.path)
    except FileNotFoundError:
        return None


@dataclass(frozen=True, slots=True)
class PaperDraft:
    """A paper to be made; `facts` are those of `blocks.facts_of`.

    `title` and `issuer` are shown to whoever checks the paper: they name no person. Papers are
    Italian; `read_beside` names the language that stands beside it, if one does.
    """

    kind: str
    title: str
    issuer: str
    facts: Mapping[str, Any]
    owner_kind: str
    owner_id: UUID
    district_id: int
    person_ids: Sequence[UUID] = ()
    read_beside: str = ""
    text_hash: str = ""

    def facts_hash(self) -> str:
        """Return the hash by which the same paper is known again."""
        written = json.dumps(self.facts, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(f"{self.title}\n{written}".encode()).hexdigest()


def issue_paper(actor: Actor, draft: PaperDraft, *, address: Callable[[str], str]) -> IssuedPaper:
    """Return the paper of these facts, made now if it never was; the caller has asked who may.

    `address(code)` is where anyone checks a copy. The file is kept as a document of the owner.

    Raises:
        PaperNotMade: the engine failed.
    """
    same = {
        "district_id": draft.district_id,
        "owner_id": draft.owner_id,
        "kind": draft.kind,
        "read_beside": draft.read_beside,
        "facts_hash": draft.facts_hash(),
    }
    papers = IssuedPaper.objects.select_related("document").filter(**same)
    if paper := papers.first():
        _note_export(actor, paper, draft)
        return paper
    # Set in type before the transaction: the engine takes a quarter of a second.
    code, made_at = new_code(), clock.now()
    content = typeset(_TEMPLATE, _with_control(draft, code, address(code)), made_at=made_at)
    try:
        with transaction.atomic():
            paper = IssuedPaper.objects.create(
                **same,
                code=code,
                title=draft.title,
                issuer=draft.issuer,
                owner_kind=draft.owner_kind,
                text_hash=draft.text_hash,
                made_at=made_at,
                made_by=actor.account_id,
                document=store_content(
                    actor,
                    content=content,
                    name=f"{draft.title}.pdf",
                    kind=draft.kind,
                    district_id=draft.district_id,
                    title=draft.title,
                    person_ids=draft.person_ids,
                    owner_kind=draft.owner_kind,
                    owner_id=draft.owner_id,
                ),
            )
    except IntegrityError:
        # Somebody asked for it in the same instant: theirs is the one that stays.
        paper = papers.get()
    _note_export(actor, paper, draft)
    return paper


def _with_control(draft: PaperDraft, code: str, address: str) -> dict[str, Any]:
    with override(_LANGUAGE):
        control = {
            "words": _("Chiunque può controllare che questo documento è autentico."),
            "pages": _("Pagina {page} di {pages}"),
            "alt": _("Codice quadrato con l’indirizzo del controllo"),
        }
    return {
        **draft.facts,
        "title": draft.title,
        "body": draft.issuer,
        "language": _LANGUAGE,
        "check": {
            **control,
            "code": written_code(code),
            "address": address,
            "qr": qr_svg(address),
        },
    }


def _note_export(actor: Actor, paper: IssuedPaper, draft: PaperDraft) -> None:
    record(
        actor,
        Verb.EXPORTED,
        kind=draft.owner_kind,
        object_id=draft.owner_id,
        district_id=draft.district_id,
        person_ids=draft.person_ids,
        purpose=draft.title,
        facts={"code": paper.code, "sha256": paper.document.sha256},
    )


def is_same_file(paper: IssuedPaper, upload: "UploadedFile[bytes]") -> bool:
    """Return whether a copy somebody brings is the issued file, to the byte; nothing is kept.

    Raises:
        FileTooLarge: as its name says.
    """
    if upload.size is not None and upload.size > MOST_BYTES:
        raise FileTooLarge(size=upload.size)
    brought = hashlib.sha256(upload.read(MOST_BYTES + 1)).hexdigest()
    return secrets.compare_digest(brought, paper.document.sha256)

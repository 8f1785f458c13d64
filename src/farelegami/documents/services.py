"""Storing files, tying them to their owner, opening them, sweeping what no row names."""

import hashlib
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from farelegami.audit.rules import Verb
from farelegami.audit.services import record, record_read
from farelegami.documents import queries, shelf
from farelegami.documents.contents import examined
from farelegami.documents.models import Document
from farelegami.documents.queries import document_for
from farelegami.documents.rules import MOST_BYTES, FileTooLarge, FileUnreadable, clean_name
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotFound

KIND: Final = "documents.document"
_ORPHAN_AFTER_SECONDS: Final = 24 * 60 * 60

register_owner = queries.register_owner


def store(
    actor: Actor,
    *,
    upload: "UploadedFile[bytes]",
    kind: str,
    district_id: int,
    title: str,
    person_ids: Sequence[UUID] = (),
    owner_kind: str = "",
    owner_id: UUID | None = None,
) -> Document:
    """Check, clean and keep an uploaded file and return its document.

    The caller has checked that the actor may add to the owner.

    Raises:
        FileTooLarge, FileKindRefused, FileUnreadable, FileIsActive, FileIsLocked, FileIsTangled:
            as their names say.
    """
    if upload.size is not None and upload.size > MOST_BYTES:
        raise FileTooLarge(size=upload.size)
    content_type, kept = examined(upload.read(MOST_BYTES + 1))
    return _keep(
        actor,
        kept=kept,
        kind=kind,
        content_type=content_type,
        name=upload.name or "",
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
    # file whose row was rolled back is swept by `discard_orphans`.
    path = shelf.put(kept)
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


def discard_orphans(*, after_seconds: int = _ORPHAN_AFTER_SECONDS) -> int:
    """Remove files that no row names once they are a day old; return how many. For the worker."""
    dropped = 0
    for names in shelf.older_than(after_seconds):
        kept = set(Document.objects.filter(path__in=names).values_list("path", flat=True))
        for name in set(names) - kept:
            shelf.drop(name)
            dropped += 1
    return dropped

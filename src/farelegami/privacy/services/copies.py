"""The copy of everything kept about a person: one archive, made from the declarations of every room.

Rows are written as they are read, files one at a time: what is held at once does not grow with what
is kept.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from tempfile import SpooledTemporaryFile
from typing import Any, Final, TypeAlias
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Model
from django.template.loader import render_to_string
from django.utils.translation import get_language, override, pgettext
from django.utils.translation import gettext as _

from farelegami.audit.queries import acts_on
from farelegami.audit.rules import VERB_LABELS, Verb
from farelegami.audit.services import record
from farelegami.documents.models import Document
from farelegami.documents.queries import documents_about
from farelegami.documents.services import content_of
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotFound, gettext_noop
from farelegami.people.queries.persons import ids_of
from farelegami.people.queries.retention import people_by_id
from farelegami.privacy.queries.plan import plan
from farelegami.privacy.queries.requests import request_for
from farelegami.privacy.rules.conservation import SAID_IN
from farelegami.privacy.rules.requests import NobodyLinked
from farelegami.storage.erasing import copied_of, rows_of, told_of
from farelegami.storage.keeping import Kept

PERSON: Final = "people.person"
_IN_MEMORY: Final = 2 * 1024 * 1024
_AT_ONCE: Final = 200
_MOST_READINGS: Final = 10_000
Archive = SpooledTemporaryFile[bytes]
_Copied: TypeAlias = tuple[type[Model], Kept, list[Any]]


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of thing in the copy: what and why in words, and its rows as label and value."""

    table: str
    what: str
    why: str
    until: str
    rows: Iterable[Mapping[str, Any]]


def copy_of_own(actor: Actor) -> Archive:
    """Return the copy of everything kept about the person behind the account; it is logged.

    Never the diary: that is opened by a decision on a request.

    Raises:
        NotFound: nobody of the registry stands behind the account.
    """
    if actor.person_id is None or not people_by_id([actor.person_id]).exists():
        raise NotFound
    return _copy(actor, actor.person_id, purpose=gettext_noop("i propri dati"), with_diary=False)


def copy_for_request(actor: Actor, request_id: UUID) -> Archive:
    """Return the copy for a registered request; it is logged on the request and on the person.

    Raises:
        NotFound: no such request for the actor.
        NobodyLinked: it leads to no registration.
    """
    with transaction.atomic():
        request = request_for(actor, request_id, for_update=True)
        if request.person_id is None:
            raise NobodyLinked
        request.copied_at = clock.now()
        request.save(update_fields=["copied_at"])
    return _copy(
        actor,
        request.person_id,
        purpose=gettext_noop("richiesta della persona stessa"),
        with_diary=request.includes_diary,
    )


def _copy(actor: Actor, person_id: UUID, *, purpose: str, with_diary: bool) -> Archive:
    person = people_by_id([person_id]).get()
    record(
        actor,
        Verb.EXPORTED,
        kind=PERSON,
        object_id=person_id,
        district_id=person.district_id,
        person_ids=[person_id],
        purpose=purpose,
        facts={"diary": with_diary},
    )
    # The family's other languages have no words for every table: Italian, or English.
    with override("en" if get_language() == "en" else "it"):
        return _packed(person_id, person.name, with_diary=with_diary)


def _packed(person_id: UUID, name: str, *, with_diary: bool) -> Archive:
    ids = ids_of(person_id)
    documents = documents_about(_owners(ids), person_id)
    archive: Archive = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115
    with ZipFile(archive, "w", ZIP_DEFLATED) as packed:
        made = {"name": name, "made_on": clock.today().isoformat()}
        with packed.open("dati.json", "w") as file:
            for part in _as_json(made, _sections(ids, documents, with_diary=with_diary)):
                file.write(part.encode())
        with packed.open("leggimi.html", "w") as file:
            for part in _as_page(made, _sections(ids, documents, with_diary=with_diary)):
                file.write(part.encode())
        for document in documents:
            content = content_of(document)
            if content is not None:
                packed.writestr(_name_of(document), content)
    archive.seek(0)
    return archive


def _owners(ids: Sequence[UUID]) -> list[UUID]:
    return [
        key for _model, _keeping, keys in copied_of(ids) for key in keys if isinstance(key, UUID)
    ]


def _name_of(document: Document) -> str:
    return f"documenti/{document.pk.hex[20:]}-{document.name}"


def _sections(
    ids: Sequence[UUID], documents: Sequence[Document], *, with_diary: bool
) -> Iterator[Section]:
    terms = plan()
    for model, keeping, keys in _from_the_person_on(copied_of(ids)):
        labels = {**keeping.fields, **keeping.stays}
        if keeping.sealed and not with_diary:
            continue
        if keeping.sealed:
            labels |= keeping.sealed
        if keys and labels:
            yield Section(
                model._meta.label,
                _(keeping.what),
                _(keeping.why),
                pgettext(SAID_IN, terms[keeping.until].said),
                _rows(model, keys, labels),
            )
    yield Section(
        "documents.Document", _("Documenti"), _("Sono nella cartella «documenti»."), "",
        ({_("titolo"): each.title, _("file"): _name_of(each)} for each in documents),
    )  # fmt: skip
    yield Section(
        "audit.Entry", _("Chi ha letto o cambiato che cosa"),
        _("Perché tu possa sapere chi ha aperto la tua scheda."), "", _readings(ids),
    )  # fmt: skip


def _from_the_person_on(found: Iterable[_Copied]) -> list[_Copied]:
    """Return what was found as one tells it: who the person is, then rooms upwards from there."""
    every = list(found)
    rooms = list(dict.fromkeys(model._meta.app_label for model, _keeping, _keys in every))
    return sorted(every, key=lambda one: -rooms.index(one[0]._meta.app_label))


def _rows(model: Any, keys: Sequence[Any], labels: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    related = [name for name in labels if model._meta.get_field(name).is_relation]
    for start in range(0, len(keys), _AT_ONCE):
        rows = rows_of(model, keys[start : start + _AT_ONCE]).order_by("pk")
        for row in rows.select_related(*related) if related else rows:
            yield {
                _(labels[name]): _in_euro(value) if name.endswith("_cents") else value
                for name, value in told_of(row, labels).items()
            }


def _in_euro(cents: int | None) -> str | None:
    return None if cents is None else f"{cents // 100}.{cents % 100:02d}"


def _readings(ids: Sequence[UUID]) -> Iterator[dict[str, Any]]:
    for entry in acts_on(ids, most=_MOST_READINGS):
        yield {
            _("quando"): entry.at,
            _("chi"): entry.actor_name,
            _("che cosa ha fatto"): _(VERB_LABELS[Verb(entry.verb)]),
            _("su che cosa"): entry.kind,
            _("perché"): entry.purpose,
        }


def _as_json(made: Mapping[str, str], sections: Iterable[Section]) -> Iterator[str]:
    yield json.dumps(made, ensure_ascii=False)[:-1] + ', "sections": [\n'
    for number, section in enumerate(sections):
        told = {"table": section.table, "what": section.what, "why": section.why,
                "until": section.until}  # fmt: skip
        yield (",\n" if number else "") + json.dumps(told, ensure_ascii=False)[:-1] + ', "rows": ['
        for place, row in enumerate(section.rows):
            yield (",\n  " if place else "\n  ") + json.dumps(
                row, ensure_ascii=False, cls=DjangoJSONEncoder
            )
        yield "]}"
    yield "\n]}\n"


def _as_page(made: Mapping[str, str], sections: Iterable[Section]) -> Iterator[str]:
    day = _said(date.fromisoformat(made["made_on"]))
    yield render_to_string("privacy/copy_top.html", {"name": made["name"], "day": day})
    for section in sections:
        rows = [
            [(label, _said(value)) for label, value in row.items() if value not in _NOTHING]
            for row in section.rows
        ]
        yield render_to_string("privacy/copy_section.html", {"section": section, "rows": rows})
    yield "</main></body></html>\n"


_NOTHING: Final[tuple[object, ...]] = (None, "", [], {})


def _said(value: Any) -> str:
    if value is True or value is False:
        return _("sì") if value else _("no")
    if isinstance(value, datetime):
        return f"{value.astimezone(clock.ROME):%d/%m/%Y %H:%M}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {each}" for key, each in value.items())
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    return str(value)

"""What leaves the program: the register as a paper and as a table, the days for INAIL."""

from collections.abc import Callable, Sequence
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from farelegami.audit.rules import Verb
from farelegami.audit.services import record
from farelegami.documents.models import IssuedPaper
from farelegami.documents.queries import papers_of
from farelegami.documents.rules.blocks import facts_of
from farelegami.documents.services import PaperDraft, issue_paper
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotAllowed, NotFound, gettext_noop
from farelegami.volunteering.models import PucExport, Register, RegisterEntry
from farelegami.volunteering.permissions import may_keep
from farelegami.volunteering.queries.printed import (
    register_blocks,
    register_columns,
    register_rows,
)
from farelegami.volunteering.queries.puc import PUC, PucQuarter, declaration, worked_in
from farelegami.volunteering.queries.registers import REGISTER, register_for
from farelegami.volunteering.rules.puc import Quarter
from farelegami.web.csv_files import csv_text

_KIND: Final = "volunteering.register"
_AT_ONCE: Final = 500


def register_paper(
    actor: Actor, organisation_id: UUID, *, address: Callable[[str], str]
) -> IssuedPaper:
    """Return the register of a body as a paper, made now if its last line never had one.

    Raises:
        NotFound, NotAllowed: no register the actor may see; what it says of people only its keepers.
    """
    register = _kept(actor, organisation_id)
    entries = _entries(register)
    with override("it"):
        draft = PaperDraft(
            kind=_KIND,
            title=_("Registro dei volontari"),
            issuer=register.organisation.name,
            facts=facts_of(register_blocks(register, entries), programme=""),
            owner_kind=REGISTER,
            owner_id=register.pk,
            district_id=register.district_id,
            person_ids=_people(entries),
            text_hash=register.last_hash,
        )
    return issue_paper(actor, draft, address=address)


@transaction.atomic
def register_table(actor: Actor, organisation_id: UUID) -> str:
    """Return the register of a body as a table for a spreadsheet, each line with its hash.

    Raises:
        NotFound, NotAllowed: as for `register_paper`.
    """
    register = _kept(actor, organisation_id)
    entries = _entries(register)
    people = _people(entries)
    for start in range(0, max(1, len(people)), _AT_ONCE):
        record(
            actor, Verb.EXPORTED, kind=REGISTER, object_id=register.pk,
            district_id=register.district_id, person_ids=people[start : start + _AT_ONCE],
            purpose=gettext_noop("registro dei volontari"), facts={"hash": register.last_hash},
        )  # fmt: skip
    return csv_text(register_columns(), register_rows(entries))


def _kept(actor: Actor, organisation_id: UUID) -> Register:
    register = register_for(actor, organisation_id)
    if not may_keep(actor, register):
        raise NotAllowed
    return register


def _entries(register: Register) -> list[RegisterEntry]:
    rows = RegisterEntry.objects.filter(register=register).select_related("corrects")
    return list(rows.order_by("number"))


def _people(entries: Sequence[RegisterEntry]) -> list[UUID]:
    return list(dict.fromkeys(entry.person_id for entry in entries))


def standing_of_register(register_id: UUID, last_hash: str) -> str:
    """Return to anyone who holds its paper up to where a register went then and goes now: no names."""
    register = Register.objects.filter(pk=register_id).first()
    if register is None:
        return ""
    entry = RegisterEntry.objects.filter(register=register, hash=last_hash).first()
    if entry is None and register.last_hash != last_hash:
        return _("Nel registro non c’è una riga con questa impronta: la carta non fa fede.")
    facts = {"then": entry.number if entry else 0, "now": register.last_number}
    return _("La carta arriva alla riga %(then)s; oggi il registro è alla riga %(now)s.") % facts


def papers_naming(entry_ids: Sequence[UUID]) -> dict[str, list[str]]:
    """Return the papers of the registers that hold some entries, by table: erased with a person.

    What they print can be printed again, without the words that go.
    """
    rows = RegisterEntry.objects.filter(pk__in=list(entry_ids))
    papers = papers_of(rows.values_list("register_id", flat=True).distinct())
    return {
        "documents.IssuedPaper": [str(paper.pk) for paper in papers],
        "documents.Document": [str(paper.document_id) for paper in papers],
    }


@transaction.atomic
def export_puc_days(
    actor: Actor, lead_id: UUID, *, district_id: int, quarter: Quarter
) -> tuple[PucQuarter, str]:
    """Return the days of a quarter for INAIL, and as a table; that they were taken out is kept.

    Raises:
        NotFound: there are none for the actor.
    """
    found = worked_in(actor, lead_id, district_id, quarter)
    if found is None:
        raise NotFound
    table, digest = declaration(found)
    of = {
        "district_id": district_id, "lead_id": lead_id, "year": quarter.year,
        "quarter": quarter.number,
    }  # fmt: skip
    last = PucExport.objects.filter(**of).order_by("-id").first()
    if last is None or last.digest != digest:
        PucExport.objects.create(
            **of, days=found.days, people=len(found.rows), digest=digest,
            exported_at=clock.now(), exported_by_id=actor.account_id, exported_by_name=actor.name,
        )  # fmt: skip
    record(
        actor, Verb.EXPORTED, kind=PUC, object_id=lead_id, district_id=district_id,
        person_ids=[row.person_id for row in found.rows],
        purpose=gettext_noop("giornate per INAIL"), facts={"days": found.days, "sha256": digest},
    )  # fmt: skip
    return found, table

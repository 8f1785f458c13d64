"""The register as it is printed and as it is told to a spreadsheet."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from farelegami.documents.rules.blocks import Block, Facts, Note, Paragraph, Section, Table
from farelegami.kernel.clock import ROME
from farelegami.volunteering.models import Register, RegisterEntry
from farelegami.web.formats import dmy

_SHOWN: int = 16


def register_columns() -> list[str]:
    """Return the names of the columns of the table."""
    return [
        _("Numero"), _("Tipo"), _("Giorno"), _("Cognome"), _("Nome"), _("Codice fiscale"),
        _("Luogo di nascita"), _("Data di nascita"), _("Residenza o domicilio"), _("Occasionale"),
        _("Rettifica la riga"), _("Scritta il"), _("Da"), _("Riga prima"), _("Impronta"),
    ]  # fmt: skip


def register_rows(entries: Sequence[RegisterEntry]) -> list[list[str | int]]:
    """Return a row of the table for each entry; where words were erased their cells are empty."""
    return [_row(entry) for entry in entries]


def _row(entry: RegisterEntry) -> list[str | int]:
    told = entry.told
    return [
        entry.number,
        entry.kind_label,
        dmy(entry.day),
        told.family_name if told else "",
        told.given_name if told else "",
        told.tax_code if told else "",
        told.birth_place if told else "",
        dmy(told.birth_date) if told and told.birth_date else "",
        told.residence if told else "",
        _("sì") if entry.occasional else _("no"),
        entry.corrects.number if entry.corrects else "",
        _moment(entry),
        entry.recorded_by_name,
        entry.previous,
        entry.hash,
    ]


def _moment(entry: RegisterEntry) -> str:
    return f"{entry.recorded_at.astimezone(ROME):%d/%m/%Y %H:%M}"


def register_blocks(register: Register, entries: Sequence[RegisterEntry]) -> list[Block]:
    """Return the register as a paper: its lines in order, then how anybody checks them."""
    organisation = register.organisation
    facts = [
        (_("Ente"), organisation.name),
        (_("Codice fiscale"), organisation.tax_code or "–"),
        (_("RUNTS"), organisation.runts_number or "–"),
        (_("Aperto il"), dmy(register.opened_on)),
        (_("Righe"), str(register.last_number)),
    ]
    if register.delegated:
        facts.append((_("Tenuto per delega"), register.delegation))
    return [
        Paragraph(
            _(
                "Registro dei volontari (D.Lgs. 117/2017 art. 17, D.M. 6 ottobre 2021): le righe si"
                " aggiungono e non si cambiano; ognuna porta l’impronta di quella prima."
            )
        ),
        Facts(facts),
        Section(_("Righe")),
        Table(
            [_("Riga"), _("Volontario"), _("Scritta"), _("Impronta")],
            [_printed(entry) for entry in entries],
            end_from=3,
        ),
        Note(_("Impronta dell’ultima riga: %(hash)s") % {"hash": register.last_hash}),
        Note(
            _(
                "L’impronta di una riga è SHA-256 di quella prima e del suo contenuto; dei dati della"
                " persona vi entra l’impronta, così che si possano cancellare senza rompere la catena."
            )
        ),
    ]


def _printed(entry: RegisterEntry) -> list[str]:
    kind = f"{entry.number}, {entry.kind_label}, {dmy(entry.day)}"
    if entry.occasional:
        kind = f"{kind} ({_('occasionale')})"
    if entry.corrects:
        kind = f"{kind}, {_('della riga %(number)s') % {'number': entry.corrects.number}}"
    return [
        kind,
        entry.facts_label or _("dati cancellati"),
        f"{_moment(entry)}, {entry.recorded_by_name}",
        entry.hash[:_SHOWN],
    ]

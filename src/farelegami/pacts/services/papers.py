"""Making the papers of a pact, for who may have them; each is kept and can be checked by anyone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import override

from farelegami.documents.models import IssuedPaper
from farelegami.documents.rules.blocks import Block, facts_of
from farelegami.documents.services import PaperDraft, issue_paper
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotFound
from farelegami.pacts.models import HoursEntry, Pact, PactVersion
from farelegami.pacts.queries import pact_file, signatures_of, spend_for
from farelegami.pacts.queries.differences import changes_shown
from farelegami.pacts.queries.file import PactFile
from farelegami.pacts.queries.papers import (
    TextOfPact,
    attendance_blocks,
    attestation_blocks,
    authorisation_blocks,
    closing_blocks,
    letter_blocks,
    review_blocks,
    text_blocks,
)
from farelegami.pacts.rules.changes import changes
from farelegami.pacts.rules.money import Spend
from farelegami.pacts.rules.papers import (
    LANGUAGES,
    NOT_APPROVED,
    PAPER_LABELS,
    PaperKind,
    PaperTooEarly,
    too_early,
)
from farelegami.pacts.services.deciding import text_beside, text_of
from farelegami.pacts.services.signing import signatures_missing

_PACT: Final = "pacts.pact"
_SPEND: Final = "pacts.spend"
# Others read these: they do not say of which programme they are, nor that there is a pact.
_UNNAMED: Final = frozenset({PaperKind.ATTESTATION, PaperKind.ATTENDANCE, PaperKind.LETTER})
Address = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which paper: a version and a language to read beside it, the person it attests, the
    commitment whose sheet it is.
    """

    kind: PaperKind
    version_number: int | None = None
    language: str = ""
    person_id: UUID | None = None
    commitment_key: str = ""


@dataclass(frozen=True, slots=True)
class Offered:
    """A paper that can be made, or why not yet."""

    kind: PaperKind
    label: str
    why_not: str = ""


def papers_offered(file: PactFile) -> Sequence[Offered]:
    """Return the papers of a pact, those too early with the reason; letters stand with spends."""
    return [
        Offered(kind, _(PAPER_LABELS[kind]), _(why) if (why := _why_not(file, kind)) else "")
        for kind in PaperKind
        if kind is not PaperKind.LETTER
    ]


def _why_not(file: PactFile, kind: PaperKind) -> str:
    return too_early(
        kind,
        stage=file.pact.stage_now,
        authorised=any(version.authorised_on for version in file.versions),
        minutes_confirmed=file.hours.confirmed,
        has_giving=bool(file.terms and file.terms.commitments),
    )


def pact_paper(actor: Actor, pact_id: UUID, asked: Asked, *, address: Address) -> IssuedPaper:
    """Return a paper of a pact, made now if these facts never had one.

    Raises:
        NotFound: the pact is not visible, or has no such version, person or language.
        PaperTooEarly: what the paper tells has not happened yet.
    """
    file = pact_file(actor, pact_id)
    readable = asked.language in LANGUAGES and asked.kind is PaperKind.TEXT
    if asked.kind is PaperKind.LETTER or (asked.language and not readable):
        raise NotFound
    if why := _why_not(file, asked.kind):
        raise PaperTooEarly(why_label=why)
    with override("it"):
        return _MAKERS[asked.kind](actor, file, asked, address)


def spend_letter(actor: Actor, spend_id: UUID, *, address: Address) -> IssuedPaper:
    """Return the letter to the supplier of a spend.

    Raises:
        NotFound: the spend is not visible.
        PaperTooEarly: it is not approved.
    """
    spend = spend_for(actor, spend_id)
    if spend.stage in {Spend.REQUESTED, Spend.REJECTED, Spend.RELEASED}:
        raise PaperTooEarly(why_label=NOT_APPROVED)
    pact = spend.pact
    with override("it"):
        blocks = letter_blocks(spend, days_to_present=pact.programme.days_to_present_documents)
        draft = PaperDraft(
            kind=f"pacts.{PaperKind.LETTER}",
            title=_("Conferma di fornitura, riferimento %(code)s") % {"code": pact.code},
            issuer=pact.body.name,
            facts=facts_of(blocks, programme=""),
            owner_kind=_SPEND,
            owner_id=spend.pk,
            district_id=spend.district_id,
        )
        return issue_paper(actor, draft, address=address)


def _issued(
    actor: Actor,
    file: PactFile,
    asked: Asked,
    blocks: Sequence[Block],
    *,
    title: str,
    address: Address,
    version: PactVersion | None = None,
    person_ids: Sequence[UUID] | None = None,
) -> IssuedPaper:
    pact = file.pact
    unnamed = asked.kind in _UNNAMED
    draft = PaperDraft(
        kind=f"pacts.{asked.kind}",
        title=title,
        issuer=pact.body.name,
        facts=facts_of(
            blocks,
            programme="" if unnamed else pact.programme.name,
            summary="" if unnamed else pact.pact_type.name,
        ),
        owner_kind=_PACT,
        owner_id=pact.pk,
        district_id=pact.district_id,
        person_ids=file.person_ids if person_ids is None else person_ids,
        read_beside=asked.language,
        text_hash=version.text_hash if version else "",
    )
    return issue_paper(actor, draft, address=address)


def _text(actor: Actor, file: PactFile, asked: Asked, address: Address) -> IssuedPaper:
    version, before = _version(file, asked.version_number)
    with override(asked.language or "it"):
        beside = text_beside(file.pact, version) if asked.language else ""
    open_ = version.signed_on is None and version.dropped_on is None
    told = TextOfPact(
        version=version,
        text=version.text or text_of(file.pact, version),
        signatures=signatures_of([version.pk]),
        missing=signatures_missing(file.pact, version) if open_ else (),
        changes=changes_shown(changes(before.terms, version.terms)) if before else (),
    )
    title = (
        _("Patto gener-attivo %(code)s") if version.number == 1
        else _("Patto gener-attivo %(code)s, testo numero %(number)s")
    ) % {"code": file.pact.code, "number": version.number}  # fmt: skip
    blocks = text_blocks(told, beside=beside, language=asked.language)
    return _issued(actor, file, asked, blocks, title=title, address=address, version=version)


def _version(file: PactFile, number: int | None) -> tuple[PactVersion, PactVersion | None]:
    for at, version in enumerate(file.versions):
        if number is None or version.number == number:
            return version, file.versions[at + 1] if at + 1 < len(file.versions) else None
    raise NotFound


def _authorisation(actor: Actor, file: PactFile, asked: Asked, address: Address) -> IssuedPaper:
    version = next(each for each in file.versions if each.authorised_on)
    source = file.pact.funding_source
    blocks = authorisation_blocks(file, version, source=source.funder if source else "")
    title = _("Autorizzazione del budget, patto %(code)s") % {"code": file.pact.code}
    return _issued(actor, file, asked, blocks, title=title, address=address, version=version)


def _review(actor: Actor, file: PactFile, asked: Asked, address: Address) -> IssuedPaper:
    title = _("Verifica del patto %(code)s") % {"code": file.pact.code}
    blocks = review_blocks(file, day=clock.today())
    return _issued(actor, file, asked, blocks, title=title, address=address)


def _closing(actor: Actor, file: PactFile, asked: Asked, address: Address) -> IssuedPaper:
    title = _("Relazione di chiusura del patto %(code)s") % {"code": file.pact.code}
    return _issued(actor, file, asked, closing_blocks(file), title=title, address=address)


def _attestation(actor: Actor, file: PactFile, asked: Asked, address: Address) -> IssuedPaper:
    if file.terms is None:
        raise NotFound
    theirs = {each.key: each for each in file.terms.commitments}
    confirmed: dict[UUID, list[HoursEntry]] = {}
    for entry in file.hours_told:
        commitment = theirs.get(entry.commitment_key)
        if commitment is not None and entry.confirmed_at is not None:
            confirmed.setdefault(commitment.person_id, []).append(entry)
    person_id = asked.person_id or next(iter(confirmed), None)
    if person_id is None or person_id not in confirmed:
        raise NotFound
    name = next(str(each.person) for each in file.members if each.person_id == person_id)
    blocks = attestation_blocks(name, confirmed[person_id], file.terms)
    title = _("Attestazione di attività per la comunità")
    return _issued(actor, file, asked, blocks, title=title, address=address, person_ids=[person_id])


def _attendance(actor: Actor, file: PactFile, asked: Asked, address: Address) -> IssuedPaper:
    commitments = file.terms.commitments if file.terms else ()
    key = asked.commitment_key or next((each.key for each in commitments), "")
    commitment = next((each for each in commitments if each.key == key), None)
    if commitment is None:
        raise NotFound
    blocks = attendance_blocks(commitment)
    title = _("Foglio delle presenze")
    return _issued(actor, file, asked, blocks, title=title, address=address)


_MAKERS: Final[Mapping[PaperKind, Callable[[Actor, PactFile, Asked, Address], IssuedPaper]]] = {
    PaperKind.TEXT: _text,
    PaperKind.AUTHORISATION: _authorisation,
    PaperKind.REVIEW: _review,
    PaperKind.CLOSING: _closing,
    PaperKind.ATTESTATION: _attestation,
    PaperKind.ATTENDANCE: _attendance,
}


def standing_of_text(pact_id: UUID, text_hash: str) -> str:
    """Return how an agreed text stands today, for anyone who holds its paper: no names. One query.

    A paper that carries no agreed text has nothing to say.
    """
    if not text_hash:
        return ""
    version = (
        PactVersion.objects.filter(pact_id=pact_id, text_hash=text_hash)
        .select_related("pact")
        .first()
    )
    if version is None:
        return _("Questo testo non è più quello scritto: non fa fede.")
    return _standing(version, version.pact)


def _standing(version: PactVersion, pact: Pact) -> str:
    if version.dropped_on is not None:
        return _("Questo testo è stato lasciato cadere: non fa fede.")
    if version.signed_on is None:
        return _("Questo testo è autorizzato e aspetta le firme.")
    facts = {"day": f"{version.signed_on:%d/%m/%Y}", "number": pact.version_number}
    if version.number != pact.version_number:
        return _("Firmato il %(day)s; oggi vale il testo numero %(number)s.") % facts
    if pact.closed_on or pact.interrupted_on:
        return _("Firmato il %(day)s; il patto è finito.") % facts
    return _("È il testo firmato il %(day)s, ed è quello che vale.") % facts

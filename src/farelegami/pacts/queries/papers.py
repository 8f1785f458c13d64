"""The papers of a pact, as blocks in reading order; who may have them the services ask."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import override

from farelegami.documents.rules.blocks import (
    Beside,
    Block,
    Facts,
    Note,
    Paragraph,
    Picture,
    Section,
    SignatureRow,
    Signatures,
    Table,
    Told,
    ToldLine,
)
from farelegami.pacts.models import HoursEntry, PactVersion, ResultProgress, Signature, SpendRequest
from farelegami.pacts.queries.differences import ChangeShown
from farelegami.pacts.queries.file import PactFile
from farelegami.pacts.queries.wheels import wheel_facts
from farelegami.pacts.rules.papers import LANGUAGES
from farelegami.pacts.rules.signing import Needed
from farelegami.pacts.rules.stages import OUTCOME_LABELS, STAGE_LABELS, Outcome
from farelegami.pacts.rules.terms import Commitment, Terms
from farelegami.pacts.rules.wording import LineKind, lines_beside, lines_of
from farelegami.web.drawings.wheel import wheel_svg, wheel_text
from farelegami.web.formats import dmy, euro, hours

_DRAWN_WIDTH_MM = 62


@dataclass(frozen=True, slots=True)
class TextOfPact:
    """A version with what its paper shows: the exact words, and who signed or has to."""

    version: PactVersion
    text: str
    signatures: Sequence[Signature]
    missing: Sequence[Needed]
    changes: Sequence[ChangeShown] = ()


def text_blocks(told: TextOfPact, *, beside: str = "", language: str = "") -> list[Block]:
    """Return the paper of a pact's text; with `beside`, the same words in another `language`."""
    blocks: list[Block] = []
    if told.version.number > 1 and told.changes:
        rows = [[each.what, each.before or "–", each.after or "–"] for each in told.changes]
        blocks.append(Section(_("Che cosa cambia")))
        blocks.append(Table([_("Che cosa"), _("Prima"), _("Dopo")], rows))
    pairs = lines_beside(told.text, beside) if beside else []
    if pairs:
        with override(language):
            names = ("Italiano", LANGUAGES[language])
        shown = [ToldLine(line.kind, line.text, other) for line, other in pairs]
        blocks.append(
            Beside(names, language, [each for each in shown if each.kind != LineKind.TITLE])
        )
        blocks.append(Note(_("Si firma il testo italiano; l’altro serve a leggerlo insieme.")))
    else:
        lines = [ToldLine(line.kind, line.text) for line in lines_of(told.text)]
        blocks.append(Told([each for each in lines if each.kind != LineKind.TITLE]))
    blocks.append(Section(_("Firme")))
    blocks.append(Signatures(_signatures(told)))
    if told.version.text_hash:
        blocks.append(
            Note(_("Impronta del testo (SHA-256): %(hash)s") % {"hash": told.version.text_hash})
        )
    return blocks


def _signatures(told: TextOfPact) -> list[SignatureRow]:
    taken = [
        SignatureRow(
            name=each.name,
            role=each.get_signer_display(),
            signed=True,
            told=_("%(how)s, il %(when)s")
            % {"how": each.get_method_display(), "when": f"{each.signed_at:%d/%m/%Y %H:%M}"},
            drawing=each.drawing,
            alt=_("Firma di %(name)s") % {"name": each.name},
        )
        for each in told.signatures
    ]
    waiting = [
        SignatureRow(each.name, str(Signature.Signer(each.signer).label), told=_("data e firma"))
        for each in told.missing
    ]
    return taken + waiting


def authorisation_blocks(file: PactFile, version: PactVersion, *, source: str) -> list[Block]:
    """Return the act by which the budget of a version is authorised: no narrative, the code alone."""
    terms, pact = version.terms, file.pact
    by = version.authorised_by.name if version.authorised_by else ""
    return [
        Paragraph(
            _("Si autorizza il budget del patto indicato, nei limiti delle voci che seguono.")
        ),
        Facts(
            [
                (_("Patto"), pact.code),
                (_("Testo"), str(version.number)),
                (_("Programma"), pact.programme.name),
                (_("Fonte di finanziamento"), source or _("non indicata")),
                (_("Tetto del tipo di patto"), euro(pact.cap_cents)),
                (_("Durata"), _period(terms)),
                (_("Autorizzato il"), dmy(version.authorised_on) if version.authorised_on else ""),
                (_("Da"), by),
            ]
        ),
        Section(_("Voci")),
        Table(
            [_("Sostegno"), _("Importo")],
            [
                *([each.title, euro(each.amount_cents)] for each in terms.supports),
                [_("In tutto"), euro(terms.budget)],
            ],
            end_from=1,
        ),
        Note(_("Chi chiede una spesa, chi la approva e chi la paga sono tre persone diverse.")),
    ]


def letter_blocks(spend: SpendRequest, *, days_to_present: int) -> list[Block]:
    """Return the letter to who supplies: what, up to how much, how to bill; of the family nothing."""
    pact = spend.pact
    return [
        Paragraph(_("A: %(supplier)s") % {"supplier": spend.supplier}),
        Paragraph(
            _(
                "Si conferma la fornitura qui indicata, a carico dell’ente e fino all’importo scritto."
            )
        ),
        Facts(
            [
                (_("Fornitura"), spend.title),
                (_("Importo massimo"), euro(spend.amount_cents)),
                (_("Riferimento da citare"), pact.code),
                (_("Approvata il"), f"{spend.approved_at:%d/%m/%Y}" if spend.approved_at else ""),
            ]
        ),
        Section(_("Per il pagamento")),
        Paragraph(
            _("La fattura o la ricevuta riporta il riferimento e arriva entro %(days)s giorni.")
            % {"days": days_to_present}
        ),
        Paragraph(_("Non serve, e non si scrive, nessuna notizia sulla persona o sulla famiglia.")),
    ]


def review_blocks(file: PactFile, *, day: date) -> list[Block]:
    """Return how a pact stands on `day`: meetings, results, what was received and given back."""
    terms = file.terms
    if terms is None:
        return []
    held = [meeting for meeting in file.meetings if meeting.held_on]
    missed = [meeting for meeting in file.meetings if meeting.missed_on]
    return [
        Facts(
            [
                (_("Fase"), _(STAGE_LABELS[file.pact.stage_now])),
                (_("Alla data del"), dmy(day)),
                (_("Periodo"), _period(terms)),
                (_("Incontri fatti"), str(len(held))),
                (_("Incontri mancati"), str(len(missed))),
            ]
        ),
        *_wheel(file, terms),
        Section(_("Risultati attesi")),
        Table(
            [_("Obiettivo e risultato"), _("Entro il"), _("A che punto è")], _results(file, terms)
        ),
        Section(_("Budget")),
        *_budget(file),
        Section(_("Ore restituite")),
        *_given(file, terms),
        *_meetings(file),
    ]


def closing_blocks(file: PactFile) -> list[Block]:
    """Return how a pact ended: an outcome for each goal, the reasons, what comes next."""
    terms, pact = file.terms, file.pact
    if terms is None:
        return []
    outcomes = file.marked("goal")
    rows = [
        [
            goal.title,
            _outcome(outcomes[goal.key].status) if goal.key in outcomes else _("non detto"),
            outcomes[goal.key].note if goal.key in outcomes else "",
        ]
        for goal in terms.goals
    ]
    ended = pact.closed_on or pact.interrupted_on
    return [
        Facts(
            [
                (_("Fase"), _(STAGE_LABELS[pact.stage_now])),
                (_("Finito il"), dmy(ended) if ended else ""),
                (_("Esito"), _outcome(pact.outcome) if pact.outcome else _("nessun esito")),
            ]
        ),
        *_wheel(file, terms),
        Section(_("Obiettivi")),
        Table([_("Obiettivo"), _("Esito"), _("Perché")], rows),
        Section(_("Perché è finito")),
        Paragraph(pact.end_reason or _("Nulla da aggiungere.")),
        *_next_steps(pact.next_steps),
        Section(_("Budget")),
        *_budget(file),
        Section(_("Ore restituite")),
        *_given(file, terms),
    ]


def attestation_blocks(name: str, entries: Sequence[HoursEntry], terms: Terms) -> list[Block]:
    """Return the attestation of one person's hours: to keep, or to put in a curriculum.

    It never says that there is a pact, nor why.
    """
    titles = {each.key: (each.title, each.host) for each in terms.commitments}
    minutes: dict[str, int] = defaultdict(int)
    days: dict[str, list[date]] = defaultdict(list)
    for entry in entries:
        minutes[entry.commitment_key] += entry.minutes
        days[entry.commitment_key].append(entry.done_on)
    rows = [
        [*titles.get(key, ("", "")), f"{dmy(min(days[key]))} – {dmy(max(days[key]))}", hours(time)]
        for key, time in minutes.items()
    ]
    total = hours(sum(minutes.values()))
    return [
        Paragraph(
            _("Si attesta che %(name)s ha svolto a favore della comunità %(hours)s di attività.")
            % {"name": name, "hours": total}
        ),
        Table(
            [_("Attività"), _("Presso"), _("Quando"), _("Tempo")],
            [*rows, [_("In tutto"), "", "", total]],
            end_from=3,
        ),
        Note(_("Ogni ora qui contata è stata confermata da chi l’ha ricevuta.")),
    ]


def attendance_blocks(each: Commitment, *, lines: int = 18) -> list[Block]:
    """Return the sheet of one activity, which says nothing of a pact nor of other activities."""
    return [
        Section(f"{each.title}, {each.host}"),
        Facts([(_("Persona"), each.person_name), (_("Quando"), each.when or _("da concordare"))]),
        Table(
            [
                _("Giorno"),
                _("Dalle"),
                _("Alle"),
                _("Firma della persona"),
                _("Firma di chi ospita"),
            ],
            [["", "", "", "", ""]] * lines,
        ),
    ]


def _next_steps(told: str) -> list[Block]:
    return [Section(_("E adesso")), Paragraph(told)] if told else []


def _outcome(outcome: str) -> str:
    return _(OUTCOME_LABELS[Outcome(outcome)])


def _period(terms: Terms) -> str:
    return _("dal %(starts)s al %(ends)s") % {
        "starts": dmy(terms.starts_on),
        "ends": dmy(terms.ends_on),
    }


def _wheel(file: PactFile, terms: Terms) -> list[Block]:
    statuses = {key: mark.status for key, mark in file.marked("result").items()}
    facts = wheel_facts(terms, statuses, file.money, file.hours)
    return [Picture(str(wheel_svg(facts, "L")), wheel_text(facts), _DRAWN_WIDTH_MM)]


def _results(file: PactFile, terms: Terms) -> list[list[str]]:
    marks = file.marked("result")
    labels = dict(ResultProgress.Status.choices)
    to_start = labels[ResultProgress.Status.TO_START]
    return [
        [
            f"{goal.title}: {result.text}",
            dmy(result.due_on),
            str(labels[marks[result.key].status] if result.key in marks else to_start),
        ]
        for goal in terms.goals
        for result in goal.results
    ]


def _budget(file: PactFile) -> list[Block]:
    money = file.money
    return [
        Table(
            [_("Autorizzato"), _("Impegnato"), _("Documentato"), _("Pagato"), _("Resta")],
            [
                [
                    euro(each)
                    for each in (
                        money.authorised, money.committed, money.documented, money.paid, money.left,
                    )
                ]
            ],
            end_from=0,
        )
    ]  # fmt: skip


def _given(file: PactFile, terms: Terms) -> list[Block]:
    given = file.hours
    return [
        Table(
            [_("Promesse"), _("Fatte"), _("Confermate")],
            [[hours(terms.promised), hours(given.done), hours(given.confirmed)]],
            end_from=0,
        )
    ]


def _meetings(file: PactFile) -> list[Block]:
    rows = [
        [dmy(each.held_on), each.progress, each.changed_for_family]
        for each in file.meetings
        if each.held_on
    ]
    if not rows:
        return []
    return [
        Section(_("Incontri")),
        Table([_("Giorno"), _("Che cosa è andato avanti"), _("Che cosa è cambiato")], rows),
    ]

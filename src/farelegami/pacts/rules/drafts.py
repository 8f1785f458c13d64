"""Refusals met while the words of a pact are written."""

from dataclasses import dataclass
from datetime import date

from farelegami.kernel.errors import Refusal, gettext_noop


@dataclass(eq=False)
class CaseNotInDesign(Refusal):
    code = "pacts.case_not_in_design"
    text = gettext_noop(
        "Il patto si scrive quando il percorso arriva alla co-progettazione: prima si completa"
        " l’analisi."
    )


@dataclass(eq=False)
class CannotBeOffered(Refusal):
    """The type is not open in this district, or the body is no partner of its programme."""

    code = "pacts.cannot_be_offered"
    text = gettext_noop(
        "Questo patto non si apre con questo ente: scegli fra quelli proposti, che intanto possono"
        " essere cambiati."
    )
    field = "pact_type"


@dataclass(eq=False)
class UnknownTemplate(Refusal):
    code = "pacts.unknown_template"
    text = gettext_noop("Uno degli obiettivi scelti non è fra quelli proposti per questo patto.")
    field = "templates"


@dataclass(eq=False)
class NothingToEdit(Refusal):
    code = "pacts.nothing_to_edit"
    text = gettext_noop("Il testo in vigore non si cambia: comincia un’integrazione o una proroga.")


@dataclass(eq=False)
class WordsAgreed(Refusal):
    code = "pacts.words_agreed"
    text = gettext_noop("Il testo è già concordato: riaprilo per cambiarlo.")


@dataclass(eq=False)
class StaleEdit(Refusal):
    code = "pacts.stale_edit"
    text = gettext_noop(
        "Intanto qualcun altro ha cambiato il testo. Quello che hai scritto è ancora qui:"
        " guarda il testo nuovo e salva di nuovo."
    )


@dataclass(eq=False)
class OpenAmendment(Refusal):
    code = "pacts.open_amendment"
    text = gettext_noop(
        "C’è già una modifica aperta: finiscila o lasciala prima di cominciarne una."
    )


@dataclass(eq=False)
class MemberNotInHousehold(Refusal):
    code = "pacts.member_not_in_household"
    text = gettext_noop("Il patto nomina solo chi fa parte della famiglia.")


@dataclass(eq=False)
class HolderNotAdult(Refusal):
    code = "pacts.holder_not_adult"
    text = gettext_noop("%(name)s non è maggiorenne: può esserci nel patto, ma non firmarlo.")
    name: str


@dataclass(eq=False)
class DatesWrong(Refusal):
    code = "pacts.dates_wrong"
    text = gettext_noop("La data deve stare dentro il patto: dal %(starts)s al %(ends)s.")
    field = "due_on"
    starts: date
    ends: date


@dataclass(eq=False)
class PeriodWrong(Refusal):
    code = "pacts.period_wrong"
    text = gettext_noop("La fine del patto viene dopo l’inizio.")
    field = "ends_on"


@dataclass(eq=False)
class StartIsPast(Refusal):
    code = "pacts.start_is_past"
    text = gettext_noop("Il patto è già stato firmato: l’inizio non si sposta più.")
    field = "starts_on"


@dataclass(eq=False)
class MembersFixed(Refusal):
    code = "pacts.members_fixed"
    text = gettext_noop("Il patto è già stato firmato: chi lo firma non cambia più.")


@dataclass(eq=False)
class MemberHasCommitment(Refusal):
    code = "pacts.member_has_commitment"
    text = gettext_noop("%(name)s ha un impegno nel patto: va tolto prima l’impegno.")
    name: str


@dataclass(eq=False)
class UnknownCategory(Refusal):
    code = "pacts.unknown_category"
    text = gettext_noop("Questa voce non è fra quelle del programma.")
    field = "category"

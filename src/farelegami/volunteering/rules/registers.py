"""What stands in a register of volunteers and how its entries are chained (R12, R13).

Source: D.M. 6/10/2021 art. 3 (21A06971): tax code, or else place and date of birth; residence or, in
its place, domicile; the day of starting and that of ending. C.c. art. 2215-bis: certain and unalterable.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from farelegami.kernel.errors import Refusal, gettext_noop
from farelegami.kernel.periods import Period

CHAIN_STARTS_WITH: Final = "0" * 64
_SALT_BYTES: Final = 16


class EntryKind(StrEnum):
    ENTERED = "entered"
    LEFT = "left"
    CORRECTED = "corrected"


ENTRY_LABELS: Final[Mapping[EntryKind, str]] = {
    EntryKind.ENTERED: gettext_noop("iscrizione"),
    EntryKind.LEFT: gettext_noop("cancellazione"),
    EntryKind.CORRECTED: gettext_noop("rettifica"),
}


class PaidKind(StrEnum):
    """What makes it impossible to be a volunteer of the same body (R15)."""

    EMPLOYEE = "employee"
    SELF_EMPLOYED = "self_employed"
    OTHER_PAID = "other_paid"


PAID_LABELS: Final[Mapping[PaidKind, str]] = {
    PaidKind.EMPLOYEE: gettext_noop("lavoro dipendente"),
    PaidKind.SELF_EMPLOYED: gettext_noop("lavoro autonomo"),
    PaidKind.OTHER_PAID: gettext_noop("altro rapporto retribuito"),
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What the decree asks of a volunteer, as it is written in the register."""

    given_name: str
    family_name: str
    tax_code: str = ""
    birth_place: str = ""
    birth_date: date | None = None
    residence: str = ""

    @property
    def name(self) -> str:
        """The name as one says it: given name first."""
        return f"{self.given_name} {self.family_name}"

    def tidy(self) -> "Facts":
        """Return the same without spaces around, the code in capitals."""
        return Facts(
            given_name=self.given_name.strip(),
            family_name=self.family_name.strip(),
            tax_code="".join(self.tax_code.split()).upper(),
            birth_place=self.birth_place.strip(),
            birth_date=self.birth_date,
            residence=self.residence.strip(),
        )


@dataclass(eq=False)
class RegisterOpenAlready(Refusal):
    code = "volunteering.register_open_already"
    text = gettext_noop("Il registro di questo ente è già aperto.")


@dataclass(eq=False)
class NoRegister(Refusal):
    code = "volunteering.no_register"
    text = gettext_noop("L’ente non ha ancora aperto il registro dei volontari.")


@dataclass(eq=False)
class DistrictMissing(Refusal):
    code = "volunteering.district_missing"
    text = gettext_noop(
        "L’ente lavora in tutta la provincia: scegli in quale ambito è il registro."
    )
    field = "district_id"


@dataclass(eq=False)
class DelegationUnwritten(Refusal):
    code = "volunteering.delegation_unwritten"
    text = gettext_noop(
        "Nel registro scrive solo l’ente: se lo tieni per suo conto, di’ con quale delega scritta."
    )
    field = "delegation"


@dataclass(eq=False)
class FactsMissing(Refusal):
    code = "volunteering.facts_missing"
    text = gettext_noop("Per il registro dei volontari mancano ancora: %(missing_label)s.")
    missing_label: str


@dataclass(eq=False)
class EntryOnHold(Refusal):
    """The person asked that their data be left as they are: a body is not told so."""

    code = "volunteering.entry_on_hold"
    text = gettext_noop(
        "Per questa persona l’iscrizione oggi non si può fare: lo chiarisce il responsabile della"
        " protezione dei dati."
    )


@dataclass(eq=False)
class EnteredTooEarly(Refusal):
    code = "volunteering.entered_too_early"
    text = gettext_noop("Il registro è aperto dal %(opened)s: il giorno non può essere prima.")
    field = "entered_on"
    opened: str


@dataclass(eq=False)
class LooksOtherwise(Refusal):
    code = "volunteering.looks_otherwise"
    text = gettext_noop(
        "Ciò che hai scritto è cambiato e non somiglia più a quella persona: guarda di nuovo."
    )


@dataclass(eq=False)
class NotInTheRegister(Refusal):
    code = "volunteering.not_in_the_register"
    text = gettext_noop("Questa persona non risulta fra i volontari dell’ente.")


@dataclass(eq=False)
class LeavesInTheFuture(Refusal):
    code = "volunteering.leaves_in_the_future"
    text = gettext_noop("Questo giorno non è ancora arrivato.")
    field = "left_on"


@dataclass(eq=False)
class LeavesBeforeEntering(Refusal):
    code = "volunteering.leaves_before_entering"
    text = gettext_noop("La fine viene prima dell’iscrizione, che è del %(entered)s.")
    field = "left_on"
    entered: str


@dataclass(eq=False)
class ServedAfterwards(Refusal):
    code = "volunteering.served_afterwards"
    text = gettext_noop("Risulta un servizio svolto il %(day)s, dopo questo giorno.")
    field = "left_on"
    day: str


@dataclass(eq=False)
class NothingToCorrect(Refusal):
    code = "volunteering.nothing_to_correct"
    text = gettext_noop("Non è cambiato niente: nel registro c’è già scritto così.")


@dataclass(eq=False)
class EmployeeOfTheBody(Refusal):
    code = "volunteering.employee_of_the_body"
    text = gettext_noop(
        "Chi ha un rapporto di lavoro con un ente non può esserne volontario (art. 17 del Codice del"
        " Terzo settore)."
    )


@dataclass(eq=False)
class VolunteerOfTheBody(Refusal):
    code = "volunteering.volunteer_of_the_body"
    text = gettext_noop(
        "È nel registro dei volontari dell’ente: prima si cancella, poi può avere un rapporto di lavoro."
    )


@dataclass(eq=False)
class PaidWithoutCode(Refusal):
    code = "volunteering.paid_without_code"
    text = gettext_noop("Serve il codice fiscale: senza, non si riconosce fra i volontari.")
    field = "tax_code"


@dataclass(eq=False)
class PaidLinkEndsBeforeItStarts(Refusal):
    code = "volunteering.paid_link_ends_before_it_starts"
    text = gettext_noop("La fine viene prima dell’inizio.")
    field = "ends_on"


@dataclass(eq=False)
class PaidLinkEndsAlready(Refusal):
    code = "volunteering.paid_link_ends_already"
    text = gettext_noop("Risulta già finito il %(until)s.")
    field = "day"
    until: date


_NAME: Final = gettext_noop("nome e cognome")
_CODE_OR_BIRTH: Final = gettext_noop("codice fiscale, oppure luogo e data di nascita")
_RESIDENCE: Final = gettext_noop("residenza o domicilio")


def missing_facts(facts: Facts) -> tuple[str, ...]:
    """Return what the decree asks for and the facts do not say, in words to translate."""
    said = facts.tidy()
    missing = []
    if not (said.given_name and said.family_name):
        missing.append(_NAME)
    if not said.tax_code and not (said.birth_place and said.birth_date):
        missing.append(_CODE_OR_BIRTH)
    if not said.residence:
        missing.append(_RESIDENCE)
    return tuple(missing)


def new_salt() -> str:
    """Return what is written beside the facts so that their digest cannot be guessed.

    It is erased with them: what is left proves that nothing was changed and tells nothing.
    """
    return secrets.token_hex(_SALT_BYTES)


def written(facts: Facts, salt: str) -> str:
    """Return the facts as they are sealed: one line of JSON."""
    told = {**asdict(facts), "birth_date": facts.birth_date and facts.birth_date.isoformat()}
    return json.dumps({**told, "salt": salt}, sort_keys=True, ensure_ascii=False)


def read_facts(text: str) -> Facts | None:
    """Return the facts of a sealed line, or None where it was emptied."""
    if not text:
        return None
    told = json.loads(text)
    del told["salt"]
    born = told.pop("birth_date")
    return Facts(**told, birth_date=date.fromisoformat(born) if born else None)


def digest_of_facts(text: str) -> str:
    """Return the SHA-256 of a sealed line."""
    return hashlib.sha256(text.encode()).hexdigest()


def entry_hash(previous: str, content: Mapping[str, str | int | bool | None]) -> str:
    """Return the hash of an entry: it holds its content and everything before it."""
    plain = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{previous}{plain}".encode()).hexdigest()


def check_leaving(left_on: date, *, entered_on: date, today: date, served_on: date | None) -> None:
    """Check the day on which a volunteer leaves; `served_on` is the last day they served.

    Who was to begin on a day to come, and does not, leaves on that day.

    Raises:
        LeavesInTheFuture, LeavesBeforeEntering, ServedAfterwards: as they say.
    """
    if left_on > max(today, entered_on):
        raise LeavesInTheFuture
    if left_on < entered_on:
        raise LeavesBeforeEntering(entered=f"{entered_on:%d/%m/%Y}")
    if served_on is not None and served_on > left_on:
        raise ServedAfterwards(day=f"{served_on:%d/%m/%Y}")


def are_both(one: Period, other: Period) -> bool:
    """Return whether somebody would be paid and a volunteer of one body on the same day (R15)."""
    return one.overlaps(other)

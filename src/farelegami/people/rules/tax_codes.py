"""The codice fiscale: when it is impossible, what it says, where it disagrees with a person (R26).

A wrong check character blocks; a code that disagrees with name, birth, sex or place only warns,
because real codes exist that do. Only the Agenzia delle Entrate issues codes, so none is computed
for anybody. Codes never appear in refusals, facts or representations.
"""

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from codicefiscale.codicefiscale import encode_firstname, encode_lastname
from stdnum.it import iva
from stdnum.it.codicefiscale import calc_check_digit

from farelegami.kernel.errors import Refusal, gettext_noop

PERSONAL_LENGTH: Final = 16
PROVISIONAL_LENGTH: Final = 11
_MONTHS: Final = "ABCDEHLMPRST"
_OMOCODIA: Final = "LMNPQRSTUV"
_DIGIT_PLACES: Final = (6, 7, 9, 10, 12, 13, 14)
_WOMEN_ADD: Final = 40
_FORM: Final = re.compile(
    rf"[A-Z]{{6}}[0-9{_OMOCODIA}]{{2}}[{_MONTHS}][0-9{_OMOCODIA}]{{2}}"
    rf"[A-Z][0-9{_OMOCODIA}]{{3}}[A-Z]"
)
_DIGITS: Final = str.maketrans(_OMOCODIA, "0123456789")


@dataclass(eq=False)
class TaxCodeLength(Refusal):
    code = "people.tax_code_length"
    text = gettext_noop(
        "Il codice fiscale ha 16 caratteri (11 cifre se è provvisorio): qui sono %(length)s."
    )
    field = "tax_code"
    length: int


@dataclass(eq=False)
class TaxCodeMalformed(Refusal):
    code = "people.tax_code_malformed"
    text = gettext_noop(
        "Un carattere del codice fiscale non può stare dove sta: ricontrolla lettere e cifre."
    )
    field = "tax_code"


@dataclass(eq=False)
class TaxCodeImpossibleDay(Refusal):
    code = "people.tax_code_impossible_day"
    text = gettext_noop("Il giorno di nascita scritto nel codice fiscale non esiste.")
    field = "tax_code"


@dataclass(eq=False)
class TaxCodeCheck(Refusal):
    code = "people.tax_code_check"
    text = gettext_noop(
        "L’ultimo carattere del codice fiscale non torna con gli altri: c’è un errore di battitura."
    )
    field = "tax_code"


@dataclass(eq=False)
class TaxCodeKnown(Refusal):
    code = "people.tax_code_known"
    text = gettext_noop("Nell’ambito c’è già una persona con questo codice fiscale.")
    field = "tax_code"


class Part(StrEnum):
    SURNAME = "surname"
    NAME = "name"
    DATE = "date"
    SEX = "sex"
    PLACE = "place"


PART_TEXTS: Final[Mapping[Part, str]] = {
    Part.SURNAME: gettext_noop(
        "Cognome: nel codice è %(found)s, da quello scritto sarebbe %(expected)s."
    ),
    Part.NAME: gettext_noop(
        "Nome: nel codice è %(found)s, da quello scritto sarebbe %(expected)s."
    ),
    Part.DATE: gettext_noop(
        "Data di nascita: nel codice è %(found)s, quella scritta è %(expected)s."
    ),
    Part.SEX: gettext_noop("Sesso: nel codice è %(found)s, quello scritto è %(expected)s."),
    Part.PLACE: gettext_noop(
        "Luogo di nascita: nel codice è %(found)s, quello scritto è %(expected)s."
    ),
}


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One part in which a valid code says something else than the person's data."""

    part: Part
    found: str = field(repr=False)
    expected: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Born:
    """What a codice fiscale is made of; unknown parts are empty and never disagree."""

    family_name: str
    given_name: str
    birth_date: date | None = None
    sex: str = ""
    birth_place_code: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a personal code says, replaced digits put back."""

    surname: str
    name: str
    year: int
    month: int
    day: int
    sex: str
    place: str
    replaced_digits: int


def checked(text: str) -> str:
    """Return a code in capitals without spaces; empty stays empty.

    Raises:
        TaxCodeLength, TaxCodeMalformed, TaxCodeImpossibleDay, TaxCodeCheck: as they say.
    """
    code = "".join(text.split()).upper()
    if not code:
        return ""
    if len(code) == PROVISIONAL_LENGTH and code.isdigit():
        if not iva.is_valid(code):
            raise TaxCodeCheck
        return code
    if len(code) != PERSONAL_LENGTH:
        raise TaxCodeLength(length=len(code))
    if not _FORM.fullmatch(code):
        raise TaxCodeMalformed
    if not _day_exists(reading(code)):
        raise TaxCodeImpossibleDay
    if calc_check_digit(code[:-1]) != code[-1]:
        raise TaxCodeCheck
    return code


def reading(code: str) -> Reading:
    """Return what a well-formed 16-character code says; the year has its last two digits only."""
    plain = list(code)
    for place in _DIGIT_PLACES:
        plain[place] = plain[place].translate(_DIGITS)
    digits = "".join(plain)
    day = int(digits[9:11])
    return Reading(
        surname=digits[:3],
        name=digits[3:6],
        year=int(digits[6:8]),
        month=_MONTHS.index(digits[8]) + 1,
        day=day - _WOMEN_ADD if day > _WOMEN_ADD else day,
        sex="F" if day > _WOMEN_ADD else "M",
        place=digits[11:15],
        replaced_digits=sum(code[place].isalpha() for place in _DIGIT_PLACES),
    )


def _day_exists(said: Reading) -> bool:
    # The century is not written: 29 February stands if either century has it.
    return (
        1
        <= said.day
        <= max(monthrange(century + said.year, said.month)[1] for century in (1900, 2000))
    )


def disagreements(code: str, person: Born) -> list[Disagreement]:
    """Return where a checked code says something else than `person`; provisional codes say nothing.

    Source:
        docs/domain/people.md, R26.
    """
    if len(code) != PERSONAL_LENGTH:
        return []
    return [
        Disagreement(part, found, expected)
        for part, found, expected in _compared(reading(code), person)
        if expected and found != expected
    ]


def _compared(said: Reading, person: Born) -> Iterator[tuple[Part, str, str]]:
    yield Part.SURNAME, said.surname, encode_lastname(person.family_name)
    yield Part.NAME, said.name, encode_firstname(person.given_name)
    born = person.birth_date
    written = f"{born.day:02d}/{born.month:02d}/{born.year % 100:02d}" if born else ""
    yield Part.DATE, f"{said.day:02d}/{said.month:02d}/{said.year:02d}", written
    yield Part.SEX, said.sex, person.sex
    yield Part.PLACE, said.place, person.birth_place_code


def born_on(code: str, *, day: date) -> date | None:
    """Return the birth date a checked code suggests on `day`: of two centuries the later not ahead.

    A code says 25 for 1925 and for 2025, so this only fills an empty field for a person to confirm.
    """
    if len(code) != PERSONAL_LENGTH:
        return None
    said = reading(code)
    for century in (2000, 1900):
        if said.day <= monthrange(century + said.year, said.month)[1]:
            born = date(century + said.year, said.month, said.day)
            if born <= day:
                return born
    return None

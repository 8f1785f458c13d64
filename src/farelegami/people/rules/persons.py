"""How a person is addressed and reached, how they move, what a registration cannot lack."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from farelegami.kernel.errors import Refusal, gettext_noop


class FormOfAddress(StrEnum):
    """How letters and pages speak to the person; neutral unless they asked otherwise."""

    NEUTRAL = "neutral"
    FEMININE = "feminine"
    MASCULINE = "masculine"


ADDRESS_LABELS: Final[Mapping[FormOfAddress, str]] = {
    FormOfAddress.NEUTRAL: gettext_noop("senza indicare il genere"),
    FormOfAddress.FEMININE: gettext_noop("al femminile"),
    FormOfAddress.MASCULINE: gettext_noop("al maschile"),
}


class Channel(StrEnum):
    PHONE = "phone"
    MESSAGE = "message"
    EMAIL = "email"
    LETTER = "letter"
    IN_PERSON = "in_person"


CHANNEL_LABELS: Final[Mapping[Channel, str]] = {
    Channel.PHONE: gettext_noop("telefonata"),
    Channel.MESSAGE: gettext_noop("messaggio sul telefono"),
    Channel.EMAIL: gettext_noop("posta elettronica"),
    Channel.LETTER: gettext_noop("lettera"),
    Channel.IN_PERSON: gettext_noop("di persona"),
}


class Transport(StrEnum):
    ON_FOOT = "on_foot"
    BICYCLE = "bicycle"
    BUS = "bus"
    TRAIN = "train"
    CAR = "car"
    LIFT = "lift"


TRANSPORT_LABELS: Final[Mapping[Transport, str]] = {
    Transport.ON_FOOT: gettext_noop("a piedi"),
    Transport.BICYCLE: gettext_noop("in bicicletta"),
    Transport.BUS: gettext_noop("in autobus"),
    Transport.TRAIN: gettext_noop("in treno"),
    Transport.CAR: gettext_noop("in auto"),
    Transport.LIFT: gettext_noop("con un passaggio"),
}


class Level(StrEnum):
    """How well a language is spoken: the six steps of the European framework, and one's own."""

    NATIVE = "native"
    A1 = "a1"
    A2 = "a2"
    B1 = "b1"
    B2 = "b2"
    C1 = "c1"
    C2 = "c2"


LEVEL_LABELS: Final[Mapping[Level, str]] = {
    Level.NATIVE: gettext_noop("lingua madre"),
    Level.A1: "A1",
    Level.A2: "A2",
    Level.B1: "B1",
    Level.B2: "B2",
    Level.C1: "C1",
    Level.C2: "C2",
}


class SkillStage(StrEnum):
    CAN = "can"
    LEARNING = "learning"


SKILL_STAGE_LABELS: Final[Mapping[SkillStage, str]] = {
    SkillStage.CAN: gettext_noop("sa fare"),
    SkillStage.LEARNING: gettext_noop("sta imparando"),
}

OLDEST_BIRTH_YEAR: Final = 1900


@dataclass(eq=False)
class NameMissing(Refusal):
    code = "people.name_missing"
    text = gettext_noop(
        "Servono un nome e un cognome: se non si sanno ancora, scrivi come si fa chiamare."
    )
    field = "given_name"


@dataclass(eq=False)
class BornInTheFuture(Refusal):
    code = "people.born_in_the_future"
    text = gettext_noop("La data di nascita non è ancora arrivata.")
    field = "birth_date"


@dataclass(eq=False)
class BornTooLongAgo(Refusal):
    code = "people.born_too_long_ago"
    text = gettext_noop("La data di nascita è prima del 1900: controlla l’anno.")
    field = "birth_date"


@dataclass(eq=False)
class SkillWithoutName(Refusal):
    code = "people.skill_without_name"
    text = gettext_noop("Scegli una capacità dall’elenco o dilla con parole sue.")
    field = "words"


@dataclass(eq=False)
class PlaceElsewhere(Refusal):
    code = "people.place_elsewhere"
    text = gettext_noop("Il quartiere non è in questo comune.")
    field = "quarter_id"


def check_person(given_name: str, family_name: str, birth_date: date | None, *, day: date) -> None:
    """Check the essentials of a registration made on `day`.

    Raises:
        NameMissing, BornInTheFuture, BornTooLongAgo: as they say.
    """
    if not given_name or not family_name:
        raise NameMissing
    if birth_date is None:
        return
    if birth_date > day:
        raise BornInTheFuture
    if birth_date.year < OLDEST_BIRTH_YEAR:
        raise BornTooLongAgo


def phone_key(text: str) -> str:
    """Return the last ten digits of a number, by which two spellings of it are the same.

    >>> phone_key("+39 333 12.34.567") == phone_key("333 1234567")
    True
    """
    digits = "".join(character for character in text if character.isdigit())
    if digits.startswith("00"):
        digits = digits[2:]
    # Italian mobile numbers have ten digits with or without the prefix 39.
    if digits.startswith("39") and len(digits) > 10:  # noqa: PLR2004
        digits = digits[2:]
    return digits[-10:]

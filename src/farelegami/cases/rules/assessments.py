"""Instruments as content packs, and what their answers add up to."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final

import msgspec
from msgspec import structs

from farelegami.kernel.errors import Refusal, gettext_noop

RESOURCE_MAP: Final = "mappa_delle_risorse"


class Moment(StrEnum):
    """When an assessment is taken: at the start, on the way, at the end."""

    T0 = "T0"
    T1 = "T1"
    T2 = "T2"


class Respondent(StrEnum):
    """Who answered."""

    TOGETHER = "together"
    PERSON = "person"
    WORKER = "worker"


RESPONDENT_LABELS: Final[Mapping[Respondent, str]] = {
    Respondent.TOGETHER: gettext_noop("insieme"),
    Respondent.PERSON: gettext_noop("la persona"),
    Respondent.WORKER: gettext_noop("chi accompagna"),
}


class Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One question: a word for lists, the whole sentence for the page."""

    code: str
    label: str
    text: str


class Instrument(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A way of assessing; `steps` are the words of the scale, lowest first, from `lowest` up."""

    code: str
    version: str
    name: str
    licence: str
    intro: str
    lowest: int
    steps: list[str]
    items: list[Item]
    scored: bool = False
    talk_below: int | None = None
    talk_text: str = ""

    @property
    def highest(self) -> int:
        """The value of the last step."""
        return self.lowest + len(self.steps) - 1

    @property
    def choices(self) -> Sequence[tuple[int, str]]:
        """The values of the scale with their words."""
        return list(enumerate(self.steps, start=self.lowest))


@dataclass(eq=False)
class AnswersIncomplete(Refusal):
    code: ClassVar[str] = "cases.answers_incomplete"
    text: ClassVar[str] = gettext_noop("Mancano alcune risposte, o sono fuori scala.")


@dataclass(eq=False)
class AlreadyConfirmed(Refusal):
    code: ClassVar[str] = "cases.already_confirmed"
    text: ClassVar[str] = gettext_noop(
        "Questa rilevazione è già stata confermata e non si cambia più."
    )


@dataclass(eq=False)
class UnknownInstrument(Refusal):
    code: ClassVar[str] = "cases.unknown_instrument"
    text: ClassVar[str] = gettext_noop("Questo strumento non è installato.")


@dataclass(eq=False)
class NotInTheHousehold(Refusal):
    code: ClassVar[str] = "cases.not_in_the_household"
    text: ClassVar[str] = gettext_noop("Questa persona non fa parte del nucleo.")
    field: ClassVar[str] = "person_id"


def read_instrument(content: bytes) -> Instrument:
    """Return the instrument told by a TOML file.

    Raises:
        ValueError: not an instrument, or a scale without steps, or items told twice.
    """
    try:
        instrument = msgspec.toml.decode(content, type=Instrument)
    except msgspec.DecodeError as error:
        raise ValueError(str(error)) from error
    codes = [item.code for item in instrument.items]
    if len(instrument.steps) < 2 or len(set(codes)) != len(codes) or not codes:  # noqa: PLR2004
        message = f"{instrument.code}: the scale or the items do not hold"
        raise ValueError(message)
    return instrument


def said(instrument: Instrument, say: Callable[[str], str]) -> Instrument:
    """Return the instrument with every text as `say` puts it."""
    return structs.replace(
        instrument,
        name=say(instrument.name),
        intro=say(instrument.intro),
        steps=[say(step) for step in instrument.steps],
        items=[
            structs.replace(item, label=say(item.label), text=say(item.text))
            for item in instrument.items
        ],
        talk_text=say(instrument.talk_text),
    )


def checked_answers(instrument: Instrument, answers: Mapping[str, int]) -> dict[str, int]:
    """Return the answers in the order of the items, all present and on the scale.

    Raises:
        AnswersIncomplete: one is missing, unknown or off the scale.
    """
    codes = [item.code for item in instrument.items]
    in_scale = all(instrument.lowest <= value <= instrument.highest for value in answers.values())
    if set(answers) != set(codes) or not in_scale:
        raise AnswersIncomplete
    return {code: answers[code] for code in codes}


def score_of(instrument: Instrument, answers: Mapping[str, int]) -> int | None:
    """Return the sum of the answers, or None for an instrument that is a picture, not a score."""
    return sum(answers.values()) if instrument.scored else None

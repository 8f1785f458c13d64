"""Refusals met when hours are told or confirmed."""

from dataclasses import dataclass
from datetime import date

from farelegami.kernel.errors import Refusal, gettext_noop


@dataclass(eq=False)
class HoursInFuture(Refusal):
    code = "pacts.hours_in_future"
    text = gettext_noop("Le ore si segnano dopo averle fatte.")
    field = "done_on"


@dataclass(eq=False)
class HoursOutsidePact(Refusal):
    code = "pacts.hours_outside_pact"
    text = gettext_noop("Il giorno è fuori dal patto: va dal %(starts)s al %(ends)s.")
    field = "done_on"
    starts: date
    ends: date


@dataclass(eq=False)
class HoursSettled(Refusal):
    code = "pacts.hours_settled"
    text = gettext_noop("Queste ore sono già state confermate o tolte.")

"""Who reads in an unusual way: plain rules, each with its reasons; nobody is judged by them.

They look at one day of one district, reader by reader.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from statistics import median
from typing import Final
from uuid import UUID

from farelegami.kernel.errors import gettext_noop

LEAST_FILES: Final = 20
TIMES_OWN: Final = 3
TIMES_PEERS: Final = 3
LEAST_OUTSIDE: Final = 5
LEAST_AT_NIGHT: Final = 3
NIGHT_FROM: Final = 22
NIGHT_TO: Final = 6


class Rule(StrEnum):
    MANY = "many"
    OUTSIDE = "outside"
    NIGHT = "night"
    FAMILY = "family"


RULE_LABELS: Final[Mapping[Rule, str]] = {
    Rule.MANY: gettext_noop("molte schede in un giorno"),
    Rule.OUTSIDE: gettext_noop("schede di famiglie seguite da altri"),
    Rule.NIGHT: gettext_noop("letture di notte"),
    Rule.FAMILY: gettext_noop("persone con lo stesso cognome o della stessa casa"),
}
RULE_TOLD: Final[Mapping[Rule, str]] = {
    Rule.MANY: gettext_noop(
        "Più di 20 schede diverse, più del triplo del solito di chi legge e del triplo dei colleghi."
    ),
    Rule.OUTSIDE: gettext_noop(
        "Almeno 5 persone che hanno un percorso seguito da altri, e sono più della metà."
    ),
    Rule.NIGHT: gettext_noop("Almeno 3 schede aperte fra le 22 e le 6."),
    Rule.FAMILY: gettext_noop(
        "Anche una sola scheda di chi ha lo stesso cognome o abita nella stessa casa."
    ),
}
REASONS: Final[Mapping[Rule, str]] = {
    Rule.MANY: gettext_noop("%(files)s schede; di solito %(own)s al giorno, i colleghi %(peers)s."),
    Rule.OUTSIDE: gettext_noop("%(outside)s schede di percorsi altrui su %(files)s aperte."),
    Rule.NIGHT: gettext_noop("%(night)s schede fra le 22 e le 6, la prima alle %(first)s."),
    Rule.FAMILY: gettext_noop("%(family)s schede di possibili parenti."),
}


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody's readings of one day, and what is needed to see them as they are.

    `usual`: files a day on the days of the month before on which they read. `foreign`: of the
    persons read, those who have a case and none with this reader. `kin`: those with their surname
    or of their household.
    """

    account_id: UUID
    name: str
    readings: Sequence[tuple[UUID, datetime]]
    usual: Sequence[int] = ()
    foreign: Collection[UUID] = ()
    kin: Collection[UUID] = ()
    roles: Collection[str] = ()

    @property
    def files(self) -> frozenset[UUID]:
        return frozenset(person_id for person_id, _at in self.readings)


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that one reader's day meets, with the figures that say why."""

    reader: Reader
    rule: Rule
    facts: Mapping[str, int | str] = field(default_factory=dict)


def findings_of(reader: Reader, peers: Sequence[int]) -> Iterator[Finding]:
    """Yield what is unusual in a reader's day; `peers` are files a day of those with their roles."""
    files = len(reader.files)
    own = round(median(reader.usual)) if reader.usual else 0
    others = round(median(peers)) if peers else 0
    if files > max(LEAST_FILES, TIMES_OWN * own, TIMES_PEERS * others):
        yield Finding(reader, Rule.MANY, {"files": files, "own": own, "peers": others})
    outside = len(reader.files & frozenset(reader.foreign))
    if outside >= LEAST_OUTSIDE and outside * 2 > files:
        yield Finding(reader, Rule.OUTSIDE, {"outside": outside, "files": files})
    night = [(person_id, at) for person_id, at in reader.readings if _is_night(at)]
    if len({person_id for person_id, _at in night}) >= LEAST_AT_NIGHT:
        first = min(at for _person_id, at in night)
        facts: dict[str, int | str] = {
            "night": len({person_id for person_id, _at in night}), "first": f"{first:%H:%M}",
        }  # fmt: skip
        yield Finding(reader, Rule.NIGHT, facts)
    kin = len(reader.files & frozenset(reader.kin))
    if kin:
        yield Finding(reader, Rule.FAMILY, {"family": kin})


def _is_night(at: datetime) -> bool:
    return at.hour >= NIGHT_FROM or at.hour < NIGHT_TO

"""The parts of a score and what each weighs: whole numbers, named, the same for everybody."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import IntEnum
from typing import ClassVar, Final

from farelegami.kernel.errors import Refusal, gettext_noop

MOST_POINTS: Final = 100
MOST_WEIGHT: Final = 10


class Part(IntEnum):
    """What a placement is judged by, 0 to 100 points each; the number is a column of arrays."""

    PLACED = 0
    SKILL = 1
    WISH = 2
    TIME = 3
    TRAVEL = 4
    URGENCY = 5
    NEED = 6
    CONTINUITY = 7
    WAITING = 8
    HOSTS = 9


PART_LABELS: Final[Mapping[Part, str]] = {
    Part.PLACED: gettext_noop("Un posto trovato"),
    Part.SKILL: gettext_noop("Usa quello che sa fare"),
    Part.WISH: gettext_noop("È nel campo che desidera"),
    Part.TIME: gettext_noop("Copre l'orario"),
    Part.TRAVEL: gettext_noop("È vicino"),
    Part.URGENCY: gettext_noop("Il patto ha fretta"),
    Part.NEED: gettext_noop("L'ente ne ha bisogno"),
    Part.CONTINUITY: gettext_noop("Si conoscono già"),
    Part.WAITING: gettext_noop("Aspetta da tempo"),
    Part.HOSTS: gettext_noop("L'ente ha avuto poche persone"),
}


@dataclass(eq=False)
class WeightOutOfRange(Refusal):
    """A weight is a whole number from 0 to 10; `part` names the field."""

    code: ClassVar[str] = "matching.weight_out_of_range"
    text: ClassVar[str] = gettext_noop("Ogni peso è un numero intero da 0 a 10.")
    part: str
    weight: int


@dataclass(eq=False)
class NothingWeighs(Refusal):
    """With nothing that counts every plan would be worth the same: chance would choose."""

    code: ClassVar[str] = "matching.nothing_weighs"
    text: ClassVar[str] = gettext_noop(
        "Con tutti i pesi a zero il piano sceglierebbe a caso: dai almeno 1 a una voce."
    )


@dataclass(frozen=True, slots=True)
class Weights:
    """What each part counts in a district, 0 (not at all) to 10.

    Raises:
        WeightOutOfRange: one of them is no whole number from 0 to 10.
    """

    placed: int = 10
    skill: int = 6
    wish: int = 4
    time: int = 3
    travel: int = 4
    urgency: int = 3
    need: int = 3
    continuity: int = 2
    waiting: int = 3
    hosts: int = 2

    def __post_init__(self) -> None:
        for name, weight in self.kept().items():
            if type(weight) is not int or not 0 <= weight <= MOST_WEIGHT:
                raise WeightOutOfRange(part=name, weight=weight)

    def kept(self) -> dict[str, int]:
        """Return the weights by name, as a district keeps them."""
        return asdict(self)

    def row(self) -> tuple[int, ...]:
        """Return the weights in the order of the parts."""
        return tuple(getattr(self, part.name.lower()) for part in Part)

    def score(self, points: tuple[int, ...]) -> int:
        """Return the score of a placement with these points, in the order of the parts."""
        return sum(weight * given for weight, given in zip(self.row(), points, strict=True))

    def most(self) -> int:
        """Return the score of a placement that has all points of all parts."""
        return MOST_POINTS * sum(self.row())


def weights_of(kept: Mapping[str, int]) -> Weights:
    """Return the weights a district keeps; what it does not name has its ordinary weight.

    Raises:
        WeightOutOfRange: one of them is no whole number from 0 to 10.
    """
    known = {field.name for field in fields(Weights)}
    return Weights(**{name: weight for name, weight in kept.items() if name in known})

"""The ecomap: circles around a person, how strong a tie is, which way help goes, what changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from farelegami.kernel.errors import Refusal, gettext_noop

MOST_TIES: Final = 40


class Circle(StrEnum):
    HOME = "home"
    FRIENDS = "friends"
    COMMUNITY = "community"
    SERVICES = "services"


CIRCLE_LABELS: Final[Mapping[Circle, str]] = {
    Circle.HOME: gettext_noop("in casa"),
    Circle.FRIENDS: gettext_noop("vicini e amici"),
    Circle.COMMUNITY: gettext_noop("comunità"),
    Circle.SERVICES: gettext_noop("servizi"),
}
# The drawing has three rings: community and services share the outer one.
RING: Final[Mapping[Circle, int]] = {
    Circle.HOME: 1,
    Circle.FRIENDS: 2,
    Circle.COMMUNITY: 3,
    Circle.SERVICES: 3,
}


class Strength(StrEnum):
    STRONG = "strong"
    GOOD = "good"
    WEAK = "weak"
    TENSE = "tense"


STRENGTH_LABELS: Final[Mapping[Strength, str]] = {
    Strength.STRONG: gettext_noop("forte"),
    Strength.GOOD: gettext_noop("buono"),
    Strength.WEAK: gettext_noop("debole"),
    Strength.TENSE: gettext_noop("in tensione"),
}


class Direction(StrEnum):
    """Which way help goes, seen from the person in the middle."""

    GIVES = "gives"
    RECEIVES = "receives"
    BOTH = "both"


DIRECTION_LABELS: Final[Mapping[Direction, str]] = {
    Direction.GIVES: gettext_noop("dà"),
    Direction.RECEIVES: gettext_noop("riceve"),
    Direction.BOTH: gettext_noop("dà e riceve"),
}


@dataclass(frozen=True, slots=True)
class TieDraft:
    """One tie as it is being drawn."""

    label: str
    circle: Circle
    strength: Strength
    direction: Direction = Direction.BOTH
    detail: str = ""
    other_person_id: UUID | None = None
    organisation_id: UUID | None = None

    @property
    def key(self) -> str:
        """By what the same tie is found again in another drawing."""
        known = self.other_person_id or self.organisation_id
        return str(known) if known else self.label.casefold()


@dataclass(eq=False)
class TieWithoutName(Refusal):
    code = "people.tie_without_name"
    text = gettext_noop("Ogni legame ha un nome: una persona, un gruppo, un servizio.")
    field = "ties"


@dataclass(eq=False)
class TieTwice(Refusal):
    code = "people.tie_twice"
    text = gettext_noop("«%(label)s» compare due volte: tieni un solo legame.")
    field = "ties"
    label: str


@dataclass(eq=False)
class TooManyTies(Refusal):
    code = "people.too_many_ties"
    text = gettext_noop("Un’ecomappa si legge fino a %(most)s legami.")
    field = "ties"
    most: int = MOST_TIES


@dataclass(eq=False)
class NothingDrawn(Refusal):
    code = "people.nothing_drawn"
    text = gettext_noop("Non c’è ancora nessun legame da salvare.")
    field = "ties"


@dataclass(eq=False)
class DrawnInTheFuture(Refusal):
    code = "people.drawn_in_the_future"
    text = gettext_noop("Il giorno del disegno non è ancora arrivato.")
    field = "day"


def check_ties(ties: Sequence[TieDraft]) -> None:
    """Check a drawing before it is kept.

    Raises:
        NothingDrawn, TieWithoutName, TieTwice, TooManyTies: as they say.
    """
    if not ties:
        raise NothingDrawn
    if len(ties) > MOST_TIES:
        raise TooManyTies
    seen: set[str] = set()
    for tie in ties:
        if not tie.label.strip():
            raise TieWithoutName
        if tie.key in seen:
            raise TieTwice(label=tie.label)
        seen.add(tie.key)


@dataclass(frozen=True, slots=True)
class TieChanged:
    label: str
    before: Strength
    after: Strength


@dataclass(frozen=True, slots=True)
class EcomapChange:
    """How one drawing differs from an earlier one."""

    new: tuple[TieDraft, ...]
    lost: tuple[TieDraft, ...]
    changed: tuple[TieChanged, ...]

    @property
    def new_outside_home(self) -> int:
        """How many new ties lie outside the home."""
        return sum(tie.circle is not Circle.HOME for tie in self.new)


def compared(before: Sequence[TieDraft], after: Sequence[TieDraft]) -> EcomapChange:
    """Return what changed between two drawings; a tie is the same if it has the same `key`."""
    old = {tie.key: tie for tie in before}
    new = {tie.key: tie for tie in after}
    return EcomapChange(
        new=tuple(tie for key, tie in new.items() if key not in old),
        lost=tuple(tie for key, tie in old.items() if key not in new),
        changed=tuple(
            TieChanged(tie.label, old[key].strength, tie.strength)
            for key, tie in new.items()
            if key in old and old[key].strength is not tie.strength
        ),
    )

"""Names of invented people, the same at every run; no person is meant."""

import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from random import Random
from typing import Final

from faker import Faker
from faker.providers import person as _person  # noqa: F401

# How often each origin appears among the families, and the language they feel at home in.
ORIGINS: Final[Sequence[tuple[str, str, str, int]]] = (
    ("italy", "it", "", 62),
    ("romania", "ro", "Z129", 10),
    ("morocco", "ar", "Z330", 8),
    ("punjab_india", "pa", "Z222", 8),
    ("egypt", "ar", "Z336", 6),
    ("albania", "sq", "Z100", 6),
)


@dataclass(frozen=True, slots=True)
class Invented:
    """A person before the registry knows them."""

    given_name: str
    family_name: str
    sex: str
    origin: str
    language: str
    born_in: str


class Names:
    """Draws names; families share a surname and an origin."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._faker = Faker("it_IT")
        self._faker.seed_instance(random.randrange(10**9))
        self._pools = _pools()

    def origin(self) -> tuple[str, str, str]:
        """Return an origin, its language and its place-of-birth code."""
        rows = [row[:3] for row in ORIGINS]
        return self._random.choices(rows, weights=[row[3] for row in ORIGINS])[0]

    def surname(self, origin: str) -> str:
        """Return a surname of an origin."""
        if origin == "italy":
            return str(self._faker.last_name())
        return self._random.choice(self._pools[origin]["surname"])

    def given(self, origin: str, sex: str) -> str:
        """Return a given name of an origin and sex."""
        if origin == "italy":
            name = self._faker.first_name_female() if sex == "F" else self._faker.first_name_male()
            return str(name)
        return self._random.choice(
            self._pools[origin]["given_female" if sex == "F" else "given_male"]
        )

    def person(self, origin: tuple[str, str, str], surname: str, sex: str) -> Invented:
        """Return one invented person."""
        country, language, born_in = origin
        return Invented(self.given(country, sex), surname, sex, country, language, born_in)

    def phone(self) -> str:
        """Return a number in a range that nobody has: it starts with 000."""
        return f"000 {self._random.randrange(1000000, 9999999)}"

    def birth(self, youngest: int, oldest: int, today: date) -> date:
        """Return a birthday of somebody aged between the two, in full years."""
        year = today.year - self._random.randint(youngest + 1, oldest)
        return date(year, self._random.randint(1, 12), self._random.randint(1, 28))


def _pools() -> Mapping[str, Mapping[str, list[str]]]:
    pools: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    text = (files("farelegami.demo") / "data" / "names_supplement.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        pools[row["community"]][row["kind"]].append(row["name"])
    ro = Faker("ro_RO")
    ro.seed_instance(1)
    pools["romania"]["given_female"] = [ro.first_name_female() for _ in range(40)]
    pools["romania"]["given_male"] = [ro.first_name_male() for _ in range(40)]
    return pools

"""What both databases answer."""

from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

# Whoever opens an old backup must not be signed in by it; the others are made anew from the rest.
LEFT_OUT: Final[Mapping[str, str]] = {
    "django_session": "le sessioni finiscono: ognuno entra di nuovo",
    "usersessions_usersession": "come le sessioni",
    "cache": "si riempie da sé",
    "search_folded": "si rifà dall’indice di ricerca",
    "search_word": "si rifà dall’indice di ricerca",
}


def is_left_out(table: str) -> bool:
    """Return whether a table is not in a backup; full-text tables have others of their name."""
    return table in LEFT_OUT or table.startswith("search_folded_")


@dataclass(frozen=True, slots=True)
class Table:
    """A table as the database has it: columns that are written, and in which order its rows go.

    Kinds: uuid, bool, moment, number, real, json, text.
    """

    name: str
    columns: Sequence[str]
    kinds: Sequence[str]
    order: Sequence[str]

    def told(self) -> dict[str, Any]:
        """Return what goes into the backup."""
        return {
            "name": self.name,
            "columns": list(self.columns),
            "kinds": list(self.kinds),
            "order": list(self.order),
        }


class Store(Protocol):
    @property
    def vendor(self) -> str:
        """Return "sqlite" or "postgresql"."""

    def tables(self) -> Sequence[Table]:
        """Return the tables that belong in a backup, by name."""

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a question without parameters, as the database spells them."""

    def lines(self, table: Table) -> Generator[bytes, None, None]:
        """Yield the rows of a table as blocks of lines, in their order."""

    def empty(self, names: Sequence[str]) -> None:
        """Delete all rows of these tables."""

    def take(self, table: Table, blocks: Iterable[bytes]) -> None:
        """Add rows.

        Raises:
            RowsRefused: the database does not accept them.
        """

    def settle(self, tables: Sequence[Table]) -> Sequence[str]:
        """Put counters behind the rows taken and return foreign keys that lead nowhere."""

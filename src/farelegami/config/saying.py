"""How commands speak: to a terminal, in sentences, with bars that move."""

from collections.abc import Callable
from typing import Final

from rich.console import Console
from rich.progress import Progress

out: Final = Console()


class CommandFailed(Exception):
    """A plain sentence for who typed the command."""


def bar(progress: Progress) -> Callable[[str, int, int], None]:
    tasks: dict[str, object] = {}

    def tell(what: str, done: int, total: int) -> None:
        if what not in tasks:
            tasks[what] = progress.add_task(what, total=total)
        progress.update(tasks[what], completed=done)  # type: ignore[arg-type]

    return tell

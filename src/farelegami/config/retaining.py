"""`farelegami retention`, and what the worker does once a day for the rights of people."""

import argparse
import logging
import sys
from datetime import timedelta

from msgspec import DecodeError
from rich.table import Table

from farelegami.config.saying import CommandFailed, out
from farelegami.kernel import clock
from farelegami.kernel.actor import system_actor
from farelegami.privacy.queries.register import register
from farelegami.privacy.queries.retention import every_waiting
from farelegami.privacy.rules.register import written
from farelegami.privacy.services.anomalies import find_anomalies
from farelegami.privacy.services.erasing import erase_next
from farelegami.privacy.services.retention import draw_up_lists
from farelegami.territory.queries import district_names

logger = logging.getLogger("farelegami.privacy")


def draw_up_past_terms() -> None:
    """Draw up what is past its term, as the plan of conservation says."""
    try:
        draw_up_lists(system_actor("piano di conservazione"), list(district_names()))
    except DecodeError:
        # A plan that cannot be read stops the lists and nothing else.
        logger.exception("conservation.toml is not a plan: no list was drawn up")


def look_at_readings() -> None:
    """Look for what is odd in yesterday's readings."""
    find_anomalies(list(district_names()), clock.today() - timedelta(days=1))


def retention(options: argparse.Namespace) -> int:
    """Draw up and show the lists that wait, erase what was approved, or write the register."""
    if options.what == "register":
        sys.stdout.buffer.write(written(register(), at=clock.now()) + b"\n")
        return 0
    if options.what == "run":
        erased = 0
        while erase_next():
            erased += 1
        out.print(f"Liste approvate: {erased} passi fatti.")
        return 0
    try:
        draw_up_lists(system_actor("riga di comando"), list(district_names()))
    except DecodeError as error:
        message = f"conservation.toml non si legge: {error}"
        raise CommandFailed(message) from error
    table = Table()
    for heading in ("Ambito", "Che cosa", "Voci", "A che punto", "Del"):
        table.add_column(heading)
    for each, left in every_waiting():
        table.add_row(
            each.district.short_name, each.root_label, str(left), each.stage_label,
            f"{each.drawn_at:%d/%m/%Y}",
        )  # fmt: skip
    out.print(table)
    return 0

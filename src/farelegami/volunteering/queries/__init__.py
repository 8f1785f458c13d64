"""Reads of registers and covers: what the rooms above ask, and what pages show."""

from farelegami.volunteering.queries.covers import (
    CoverSpan,
    cover_on,
    covers_of,
    earliest_cover,
    organisations_covered,
)
from farelegami.volunteering.queries.puc import ExportDue, due_exports, worked_in
from farelegami.volunteering.queries.registers import (
    RegisterFault,
    RegisterReport,
    is_in_register,
    register_for,
    verify_register,
    verify_registers,
    visible_registers,
)

__all__ = [
    "CoverSpan",
    "ExportDue",
    "RegisterFault",
    "RegisterReport",
    "cover_on",
    "covers_of",
    "due_exports",
    "earliest_cover",
    "is_in_register",
    "organisations_covered",
    "register_for",
    "verify_register",
    "verify_registers",
    "visible_registers",
    "worked_in",
]

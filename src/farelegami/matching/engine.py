"""The one place by which the solver is loaded: at its first use, by who makes a plan.

numpy and the flow solver weigh some 60 MB: a worker that serves pages all day never needs them.
"""

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from farelegami.matching import planning


@cache
def engine() -> "type[planning]":  # type: ignore[valid-type]
    """Return the module that loads a territory and makes its plan."""
    return cast("type[planning]", import_module("farelegami.matching.planning"))  # type: ignore[valid-type]

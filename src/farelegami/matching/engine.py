"""The one place by which the solver is loaded: at its first use, by who makes a plan.

numpy and the flow solver weigh some 60 MB: a worker that serves pages all day never needs them.
"""

from functools import cache
from importlib import import_module
from typing import Any


@cache
def engine() -> Any:
    """Return `matching.planning`, which puts a district into arrays and makes its plan."""
    return import_module("farelegami.matching.planning")

"""The conservation plan: terms are data, read from a file."""

from collections.abc import Mapping
from typing import Final

import msgspec

# What the plan is about, in the order in which it hangs together: a person outlasts their cases.
REFERRAL_TERM: Final = "referral"
CASE_TERM: Final = "case"
PERSON_TERM: Final = "person"
# Under which the catalogue holds the words of the packaged plan.
SAID_IN: Final = "privacy/data"


class Term(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long something is kept; `ours` where the sources are silent and we chose."""

    said: str
    source: str
    months: int = 0
    ours: bool = False


def read_plan(text: bytes) -> Mapping[str, Term]:
    """Return the terms of a plan by code.

    Raises:
        msgspec.ValidationError: the text is not a plan.
    """
    return msgspec.toml.decode(text, type=dict[str, Term])

"""The codes printed at the foot of papers."""

import re
import secrets
from typing import Final

# Without letters that are read for others: I, L, O, U.
_CODE_SIGNS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH: Final = 12
_READ_AS: Final = str.maketrans("ILOU", "110V")


def new_code() -> str:
    """Return a code of control nobody can guess: twelve signs, sixty bits."""
    return "".join(secrets.choice(_CODE_SIGNS) for _ in range(CODE_LENGTH))


def plain_code(typed: str) -> str:
    """Return a code as it is kept, from what somebody read off a paper.

    >>> plain_code("k7f2-oq9x mm0l")
    'K7F20Q9XMM01'
    """
    return re.sub(r"[^0-9A-Z]", "", typed.upper()[:40]).translate(_READ_AS)


def written_code(code: str) -> str:
    """Return a code as it is printed: in groups of four."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))

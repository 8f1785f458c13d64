"""Which counts may be read by anyone."""

from collections.abc import Sequence
from typing import Final

SMALLEST_TOLD: Final = 5


def tellable(counts: Sequence[int]) -> Sequence[int | None]:
    """Return the counts of the parts of a published total, or none of them if one is small.

    With one part hidden the total would give it away.
    """
    if any(0 < count < SMALLEST_TOLD for count in counts):
        return [None] * len(counts)
    return list(counts)

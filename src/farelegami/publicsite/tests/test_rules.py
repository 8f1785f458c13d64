"""Small counts cannot be found by subtraction."""

from hypothesis import given
from hypothesis import strategies as st

from farelegami.publicsite.rules import tellable


@given(st.lists(st.integers(0, 200), max_size=8))
def test_the_parts_are_told_all_or_none_and_never_when_one_is_small(counts):
    told = tellable(counts)
    assert told in (counts, [None] * len(counts))
    assert all(count == 0 or count >= 5 for count in told if count is not None)

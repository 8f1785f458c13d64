from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farelegami.giveback.rules.matches import (
    NEXT,
    MatchMove,
    MatchMovedAlready,
    MatchStage,
    match_moved,
)
from farelegami.giveback.rules.needs import (
    Requirement,
    RequirementExpired,
    RequirementNotYet,
    check_requirement,
    has_skill,
    levels_within,
    speaks_enough,
)
from farelegami.giveback.rules.offers import (
    NeverEnds,
    NoHours,
    TooFewPucHours,
    TooManyPlaces,
    TooManyWeeklyHours,
    check_hours,
    check_places,
    check_span,
)
from farelegami.giveback.rules.opportunities import wants_asking
from farelegami.giveback.rules.sessions import (
    LengthImpossible,
    Said,
    Verdict,
    Word,
    agreed_word,
    check_said,
    verdict,
)
from farelegami.giveback.rules.slots import (
    Slot,
    SlotsOverlap,
    SlotTooShort,
    checked,
    clock_face,
    days_of,
    slots_of,
)
from farelegami.kernel.units import Minutes, hours
from farelegami.pacts.rules.terms import Basis
from farelegami.people.rules.persons import Level
from farelegami.people.rules.weeks import Answer, Band, week_of

MONDAY = date(2026, 11, 23)
some_days = st.dates(date(2024, 1, 1), date(2028, 12, 31))
some_slots = st.builds(
    lambda day, start, length: Slot(day, start, min(start + length, 1440)),
    st.integers(0, 6),
    st.integers(0, 1440 - 15),
    st.integers(15, 600),
)
some_words = st.one_of(
    st.builds(Said, st.just(Word.HELD), st.integers(1, 720).map(Minutes)),
    st.sampled_from([Said(Word.EXCUSED), Said(Word.ABSENT)]),
)


@given(weekly=st.integers(-60, 2000).map(Minutes))
def test_nobody_gives_more_than_sixteen_hours_a_week(weekly: Minutes) -> None:
    """R9."""
    if 0 < weekly <= hours(16):
        check_hours(Basis.VOLUNTARY, weekly)
    else:
        with pytest.raises((NoHours, TooManyWeeklyHours)):
            check_hours(Basis.VOLUNTARY, weekly)


@given(weekly=st.integers(1, 960).map(Minutes))
def test_a_puc_takes_from_eight_to_sixteen_hours(weekly: Minutes) -> None:
    """R9."""
    if weekly >= hours(8):
        check_hours(Basis.PUC, weekly)
    else:
        with pytest.raises(TooFewPucHours):
            check_hours(Basis.PUC, weekly)


def test_giving_back_has_an_end() -> None:
    check_span(MONDAY, MONDAY)
    with pytest.raises(NeverEnds):
        check_span(MONDAY, MONDAY - timedelta(days=1))


@pytest.mark.parametrize("places", [0, 4])
def test_places_at_once_are_one_to_three(places: int) -> None:
    with pytest.raises(TooManyPlaces):
        check_places(places)


@given(first=some_slots, second=some_slots)
def test_common_time_is_the_same_from_both_sides(first: Slot, second: Slot) -> None:
    assert first.overlap(second) == second.overlap(first)
    assert 0 <= first.overlap(second) <= min(first.minutes, second.minutes)


def test_who_is_free_every_tuesday_is_free_on_one() -> None:
    tuesday = MONDAY + timedelta(days=1)
    weekly, dated = Slot(1, 900, 1020), Slot(1, 930, 990, on=tuesday)
    assert weekly.overlap(dated) == 60
    assert dated.overlap(weekly) == 0, "free on one Tuesday is not free on all"


@given(slots=st.lists(some_slots, max_size=6))
def test_stretches_that_share_a_moment_are_refused(slots: list[Slot]) -> None:
    shared = any(
        one.overlap(other) > 0 for at, one in enumerate(slots) for other in slots[at + 1 :]
    )
    if shared:
        with pytest.raises(SlotsOverlap):
            checked(slots)
    else:
        assert sorted(checked(slots)) == sorted(slots)


def test_a_stretch_ends_after_it_begins() -> None:
    with pytest.raises(SlotTooShort):
        checked([Slot(1, 900, 910)])
    with pytest.raises(SlotTooShort):
        checked([Slot(1, 1430, 1460)])


def test_bands_that_touch_are_one_stretch() -> None:
    week = week_of(
        [
            (1, Band.EARLY_AFTERNOON, Answer.YES),
            (1, Band.AFTERNOON, Answer.YES),
            (2, Band.MORNING, Answer.MAYBE),
        ]
    )
    assert slots_of(week) == (
        Slot(1, 13 * 60, 17 * 60),
        Slot(2, 9 * 60, 12 * 60, is_certain=False),
    )


@given(slot=some_slots, first=some_days, length=st.integers(0, 60))
def test_days_of_a_stretch_are_all_its_weekdays(slot: Slot, first: date, length: int) -> None:
    last = first + timedelta(days=length)
    every = [first + timedelta(days=at) for at in range(length + 1)]
    assert list(days_of(slot, first=first, last=last)) == [
        day for day in every if slot.falls_on(day)
    ]


def test_a_dated_stretch_is_on_its_day_alone() -> None:
    slot = Slot(0, 540, 600, on=MONDAY)
    assert list(days_of(slot, first=MONDAY, last=MONDAY + timedelta(days=30))) == [MONDAY]
    assert not list(days_of(slot, first=MONDAY + timedelta(days=1), last=date(2027, 1, 1)))


def test_hours_are_read_off_a_clock() -> None:
    assert [clock_face(minutes) for minutes in (540, 1050, 545)] == ["9", "17.30", "9.05"]


@given(spoken=st.sampled_from(list(Level)), asked=st.sampled_from(list(Level)))
def test_a_level_says_those_before_it(spoken: Level, asked: Level) -> None:
    assert speaks_enough(spoken, asked) == (asked in levels_within(spoken))
    assert speaks_enough(spoken, "")


def test_a_finer_skill_holds_the_broader_one() -> None:
    assert has_skill("S1.2", "S1")
    assert has_skill("S1", "S")
    assert not has_skill("S1", "S1.2")
    assert not has_skill("S10", "S1")


def test_a_paper_was_seen_and_is_not_over() -> None:
    check_requirement(MONDAY, MONDAY, today=MONDAY)
    check_requirement(MONDAY, None, today=MONDAY)
    with pytest.raises(RequirementNotYet):
        check_requirement(MONDAY + timedelta(days=1), None, today=MONDAY)
    with pytest.raises(RequirementExpired):
        check_requirement(MONDAY, MONDAY - timedelta(days=1), today=MONDAY)
    assert Requirement("food_hygiene") is Requirement.FOOD_HYGIENE


def test_a_host_is_asked_again_after_two_months() -> None:
    assert not wants_asking(MONDAY, today=MONDAY + timedelta(days=59))
    assert wants_asking(MONDAY, today=MONDAY + timedelta(days=60))


@given(stage=st.sampled_from(list(MatchStage)), move=st.sampled_from(list(MatchMove)))
def test_a_match_moves_only_along_its_table(stage: MatchStage, move: MatchMove) -> None:
    if (stage, move) in NEXT:
        assert match_moved(stage, move) is NEXT[stage, move]
    else:
        with pytest.raises(MatchMovedAlready):
            match_moved(stage, move)


def test_what_has_ended_stays_ended() -> None:
    ended = {MatchStage.COMPLETED, MatchStage.INTERRUPTED, MatchStage.DECLINED}
    assert not {stage for stage, _move in NEXT} & ended


@given(person=some_words, host=some_words)
def test_two_words_agree_or_are_heard(person: Said, host: Said) -> None:
    outcome = verdict(person, host)
    held = Word.HELD in {person.word, host.word}
    assert outcome is (Verdict.DISPUTED if held and person != host else Verdict.AGREED)
    if outcome is Verdict.AGREED:
        said = agreed_word(person, host)
        assert said.word in {person.word, host.word}
        assert bool(said.minutes) == held


@given(said=some_words)
def test_one_word_waits_for_the_other(said: Said) -> None:
    assert verdict(said, None) is verdict(None, said) is Verdict.WAITS


def test_an_excuse_outweighs_an_absence() -> None:
    assert agreed_word(Said(Word.EXCUSED), Said(Word.ABSENT)) == Said(Word.EXCUSED)
    assert agreed_word(Said(Word.ABSENT), Said(Word.EXCUSED)) == Said(Word.EXCUSED)


@pytest.mark.parametrize("minutes", [0, 721])
def test_a_turn_has_a_length(minutes: int) -> None:
    with pytest.raises(LengthImpossible):
        check_said(Said(Word.HELD, Minutes(minutes)))
    check_said(Said(Word.ABSENT))

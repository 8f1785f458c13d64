from datetime import date
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farelegami.people.rules.duplicates import Known, Reason, likeness, sound_key
from farelegami.people.rules.ecomap import (
    MOST_TIES,
    Circle,
    Direction,
    NothingDrawn,
    Strength,
    TieDraft,
    TieTwice,
    TieWithoutName,
    TooManyTies,
    check_ties,
    compared,
)
from farelegami.people.rules.households import HouseholdRole, household_name, role_at
from farelegami.people.rules.persons import (
    BornInTheFuture,
    BornTooLongAgo,
    NameMissing,
    check_person,
    phone_key,
)
from farelegami.people.rules.weeks import Answer, Band, Week, week_of

slots = st.tuples(st.integers(0, 6), st.sampled_from(Band), st.sampled_from(Answer))
DAY = date(2026, 11, 22)


@given(st.lists(slots))
def test_a_week_answers_what_was_last_said_of_each_slot(
    answers: list[tuple[int, Band, Answer]],
) -> None:
    week = week_of(answers)
    said = {(day, band): answer for day, band, answer in answers}
    for band, row in week.rows():
        for day, answer in enumerate(row):
            assert answer is said.get((day, band), Answer.NO)
    assert week.yes & week.maybe == 0


@given(st.lists(slots), st.lists(slots))
def test_two_weeks_have_in_common_what_both_can(one: list, other: list) -> None:
    a, b = week_of(one), week_of(other)
    assert a.common(b) == b.common(a) <= 28
    assert a.common(a) == sum(
        row.count(Answer.YES) + row.count(Answer.MAYBE) for _, row in a.rows()
    )


def test_a_week_has_seven_days() -> None:
    with pytest.raises(ValueError, match="0 to 6"):
        Week().answer(7, Band.MORNING)


@pytest.mark.parametrize(
    ("born", "role"),
    [
        (date(2008, 11, 23), HouseholdRole.CHILD),
        (date(2008, 11, 22), HouseholdRole.ADULT),
        (date(1961, 11, 23), HouseholdRole.ADULT),
        (date(1961, 11, 22), HouseholdRole.ELDER),
        (None, HouseholdRole.ADULT),
    ],
)
def test_an_age_suggests_a_role(born: date | None, role: HouseholdRole) -> None:
    assert role_at(born, DAY) is role


def test_a_family_goes_by_the_surname_most_of_it_bears() -> None:
    assert household_name(["Acero", "Trifoglio", "Trifoglio"]) == "famiglia Trifoglio"
    assert household_name(["Acero", "Trifoglio"]) == "famiglia Acero"
    assert household_name([]) == ""


def test_a_registration_needs_a_name_and_a_possible_birth() -> None:
    check_person("Samira", "Belprato", None, day=DAY)
    check_person("Samira", "Belprato", DAY, day=DAY)
    with pytest.raises(NameMissing):
        check_person("", "Belprato", None, day=DAY)
    with pytest.raises(BornInTheFuture):
        check_person("Samira", "Belprato", date(2026, 11, 23), day=DAY)
    with pytest.raises(BornTooLongAgo):
        check_person("Samira", "Belprato", date(1899, 12, 31), day=DAY)


@pytest.mark.parametrize(
    "typed", ["+39 333 12.34.567", "0039 3331234567", "333/1234567", "3331234567"]
)
def test_a_telephone_is_the_same_however_it_is_written(typed: str) -> None:
    assert phone_key(typed) == "3331234567"


def tie(
    label: str, circle: Circle = Circle.FRIENDS, strength: Strength = Strength.GOOD
) -> TieDraft:
    return TieDraft(label, circle, strength, Direction.BOTH)


def test_two_drawings_tell_what_is_new_lost_and_stronger() -> None:
    before = [
        tie("Karim", Circle.HOME),
        tie("Teresa", strength=Strength.WEAK),
        tie("Vecchio corso"),
    ]
    after = [tie("Karim", Circle.HOME), tie("teresa", strength=Strength.STRONG), tie("Nadia")]
    change = compared(before, after)
    assert [one.label for one in change.new] == ["Nadia"]
    assert [one.label for one in change.lost] == ["Vecchio corso"]
    assert [(one.before, one.after) for one in change.changed] == [(Strength.WEAK, Strength.STRONG)]
    assert change.new_outside_home == 1


def test_a_drawing_is_kept_only_if_it_can_be_read() -> None:
    with pytest.raises(NothingDrawn):
        check_ties([])
    with pytest.raises(TieWithoutName):
        check_ties([tie(" ")])
    with pytest.raises(TieTwice):
        check_ties([tie("Teresa"), tie("TERESA")])
    with pytest.raises(TooManyTies):
        check_ties([tie(str(number)) for number in range(MOST_TIES + 1)])


def known(given_name: str, family_name: str, born: date | None = None, **more: str) -> Known:
    return Known(uuid4(), given_name, family_name, born, **more)


@pytest.mark.parametrize(
    ("one", "other", "reasons"),
    [
        (
            known("Mohamed", "Youssef", date(1980, 5, 4)),
            known("Muhammad", "Yusuf", date(1980, 4, 5)),
            {Reason.NAMES_ALIKE, Reason.BIRTH_ALIKE},
        ),
        (
            known("Samira", "Belprato", date(1992, 3, 8)),
            known("Belprato", "Samira", date(1992, 3, 8)),
            {Reason.SWAPPED_NAMES, Reason.SAME_BIRTH},
        ),
        (
            known("Samira", "Belprato", phone_key="3331234567"),
            known("Samira", "Belprado", phone_key="3331234567"),
            {Reason.NAMES_ALIKE, Reason.SAME_PHONE},
        ),
        (
            known("A", "B", tax_code_index="x"),
            known("C", "D", tax_code_index="x"),
            {Reason.SAME_TAX_CODE},
        ),
    ],
)
def test_one_person_registered_twice_is_proposed_with_reasons(
    one: Known, other: Known, reasons: set[Reason]
) -> None:
    found = likeness(one, other)
    assert found.proposed
    assert set(found.reasons) == reasons


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # Brother and sister: same surname, town and telephone.
        (
            known("Adam", "Belprato", date(2018, 1, 2), phone_key="1", municipality_id="019035"),
            known("Lina", "Belprato", date(2021, 6, 9), phone_key="1", municipality_id="019035"),
        ),
        # Two people of one name, born years apart.
        (known("Mario", "Rossi", date(1950, 1, 1)), known("Mario", "Rossi", date(1988, 7, 30))),
        # Twins.
        (known("Marco", "Acero", date(2010, 2, 3)), known("Lucia", "Acero", date(2010, 2, 3))),
    ],
)
def test_two_people_are_not_proposed_as_one(one: Known, other: Known) -> None:
    assert not likeness(one, other).proposed


names = st.text(alphabet="abcdefghilmnoprstuvz", min_size=1, max_size=12)
people = st.builds(
    Known,
    st.uuids().map(lambda one: UUID(int=one.int)),
    names,
    names,
    st.one_of(st.none(), st.dates(date(1920, 1, 1), DAY)),
)


@given(people, people)
def test_likeness_is_the_same_from_both_sides(one: Known, other: Known) -> None:
    assert likeness(one, other) == likeness(other, one)


@given(names, names)
def test_the_order_of_names_does_not_change_how_they_sound(
    given_name: str, family_name: str
) -> None:
    assert sound_key(given_name, family_name) == sound_key(family_name, given_name)

"""From which day somebody is covered, what a register asks, how its entries are chained."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farelegami.kernel import clock
from farelegami.kernel.periods import Period
from farelegami.volunteering.rules.covers import (
    MinutesOfADay,
    PolicyKind,
    PucEndsBeforeItStarts,
    PucOpenedInTheFuture,
    PucOpenedLate,
    PucWeek,
    Risk,
    check_minutes,
    check_puc,
    check_risks,
    earliest,
    first_day,
    gaps,
    span_under,
)
from farelegami.volunteering.rules.puc import (
    Premium,
    Quarter,
    cost_of,
    premium_of,
    quarter_of,
    read_premiums,
)
from farelegami.volunteering.rules.refunds import (
    SELF_A_DAY,
    SELF_A_MONTH,
    KindLimit,
    KindLimitExceeded,
    Manner,
    SelfDayExceeded,
    SelfMonthExceeded,
    Used,
    check_limits,
)
from farelegami.volunteering.rules.registers import (
    Facts,
    LeavesBeforeEntering,
    LeavesInTheFuture,
    ServedAfterwards,
    check_leaving,
    digest_of_facts,
    entry_hash,
    missing_facts,
    new_salt,
    read_facts,
    written,
)

DAY = timedelta(days=1)
days = st.dates(date(2023, 1, 1), date(2029, 12, 31))
# The clocks go forward and back; a leap day; the last of a year.
ODD = (
    date(2026, 3, 29),
    date(2026, 10, 25),
    date(2028, 2, 28),
    date(2028, 2, 29),
    date(2027, 12, 31),
)


@st.composite
def periods(draw) -> Period:
    first = draw(days)
    return Period(first, first + draw(st.integers(0, 800)) * DAY)


@given(days, days)
def test_cover_runs_from_the_end_of_the_day_of_the_entry(entered: date, recorded: date) -> None:
    """R10: whatever day is written, never before the day after it was."""
    first = first_day(entered, recorded_on=recorded)
    assert first > entered
    assert first > recorded
    assert first - DAY in {entered, recorded}


@pytest.mark.parametrize("day", ODD)
@pytest.mark.parametrize("hour", [0, 1, 2, 3, 12, 23])
def test_whatever_the_hour_of_an_odd_day_cover_begins_on_the_next(day: date, hour: int) -> None:
    moment = datetime(day.year, day.month, day.day, hour, 59, tzinfo=clock.ROME)
    with clock.at(moment):
        assert first_day(clock.today(), recorded_on=clock.today()) == day + DAY


@given(periods(), days, st.none() | days)
def test_a_day_is_covered_if_the_policy_runs_and_the_volunteer_is_there(
    policy: Period, from_day: date, until: date | None
) -> None:
    span = span_under(policy, from_day=from_day, until=until)
    for day in {from_day, policy.starts_on, policy.ends_on, until or from_day} - {None}:
        for near in (day - DAY, day, day + DAY):
            there = near >= from_day and (until is None or near <= until)
            covered = span is not None and span[0] <= near <= span[1]
            assert covered == (near in policy and there)


@given(st.lists(periods(), max_size=5), days)
def test_the_earliest_day_is_the_first_that_a_policy_holds(
    policies: list[Period], from_day: date
) -> None:
    found = earliest(policies, from_day=from_day)
    if found is None:
        assert not any(p.ends_on >= from_day for p in policies)
        return
    assert found >= from_day
    assert any(found in policy for policy in policies)
    if found > from_day:
        assert not any(found - DAY in policy for policy in policies)


@given(st.lists(periods(), max_size=6), days, st.integers(0, 60))
def test_gaps_and_covers_share_the_days_between_them(
    policies: list[Period], start: date, length: int
) -> None:
    end = start + length * DAY
    covers = [(p.starts_on, p.ends_on) for p in policies]
    bare = gaps(covers, start=start, end=end)
    for number in range(length + 1):
        day = start + number * DAY
        held = any(first <= day <= last for first, last in covers)
        assert held != any(first <= day <= last for first, last in bare)


def test_a_policy_for_the_register_needs_three_risks_and_inail_none_of_ours() -> None:
    """R12."""
    assert check_risks(PolicyKind.REGISTER, list(Risk)) == ()
    assert check_risks(PolicyKind.REGISTER, [Risk.ACCIDENT]) == (Risk.ILLNESS, Risk.LIABILITY)
    assert check_risks(PolicyKind.INAIL_PUC, []) == ()


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"opened_on": date(2026, 3, 3)}, PucOpenedInTheFuture),
        ({"starts_on": date(2026, 3, 2)}, PucOpenedLate),
        ({"ends_on": date(2026, 3, 2)}, PucEndsBeforeItStarts),
        ({"weekly_minutes": 479}, PucWeek),
        ({"weekly_minutes": 961}, PucWeek),
    ],
)
def test_a_puc_is_opened_the_day_before_for_8_to_16_hours(change, refusal) -> None:
    """R11."""
    said = {
        "opened_on": date(2026, 3, 2), "starts_on": date(2026, 3, 3), "ends_on": date(2026, 6, 30),
        "weekly_minutes": 480, "today": date(2026, 3, 2),
    }  # fmt: skip
    check_puc(**said)
    check_puc(**said | {"weekly_minutes": 960})
    with pytest.raises(refusal):
        check_puc(**said | change)


@pytest.mark.parametrize("minutes", [0, -1, 1441])
def test_a_day_has_some_minutes_and_at_most_its_own(minutes: int) -> None:
    check_minutes(1)
    check_minutes(1440)
    with pytest.raises(MinutesOfADay):
        check_minutes(minutes)


@given(days, days, days, st.none() | days)
def test_one_leaves_between_the_entry_and_today_or_before_it_began(
    left: date, entered: date, today: date, served: date | None
) -> None:
    fits = entered <= left <= max(today, entered) and (served is None or served <= left)
    try:
        check_leaving(left, entered_on=entered, today=today, served_on=served)
    except (LeavesInTheFuture, LeavesBeforeEntering, ServedAfterwards):
        assert not fits
    else:
        assert fits


def test_the_decree_takes_a_tax_code_or_place_and_day_of_birth() -> None:
    """D.M. 6/10/2021 art. 3."""
    named = Facts("Lidia", "Fontana", residence="Crema")
    assert len(missing_facts(named)) == 1
    assert not missing_facts(Facts("Lidia", "Fontana", tax_code="X", residence="Crema"))
    born = Facts(
        "Lidia", "Fontana", birth_place="Crema", birth_date=date(1960, 5, 4), residence="Crema"
    )
    assert not missing_facts(born)
    assert len(missing_facts(Facts("Lidia", " ", birth_place="Crema"))) == 3


@given(st.text(max_size=30), st.text(max_size=30), st.none() | days)
def test_sealed_facts_are_read_back_and_their_digest_tells_nothing(
    given_name: str, family_name: str, born: date | None
) -> None:
    facts = Facts(given_name, family_name, birth_date=born)
    one, other = written(facts, new_salt()), written(facts, new_salt())
    assert read_facts(one) == facts
    assert digest_of_facts(one) != digest_of_facts(other)
    assert read_facts("") is None


@given(st.text(), st.text(), st.dictionaries(st.text(), st.text()))
def test_a_hash_depends_on_everything_before_it(one: str, other: str, content) -> None:
    assert (entry_hash(one, content) == entry_hash(other, content)) == (one == other)


asked = st.lists(
    st.tuples(st.dates(date(2026, 1, 25), date(2026, 2, 5)), st.integers(1, 1500)),
    min_size=1, max_size=8,
)  # fmt: skip
before = st.dictionaries(
    st.dates(date(2026, 1, 1), date(2026, 2, 28)), st.integers(1, 1500), max_size=40
)


@given(asked, before, st.sampled_from(Manner), st.integers(1, 4000))
def test_what_passes_is_within_ten_euro_a_day_and_150_a_month(
    parts, used, manner: Manner, most: int
) -> None:
    """R14."""
    by_day: dict[date, int] = {}
    for day, cents in parts:
        by_day[day] = by_day.get(day, 0) + cents
    after = {day: used.get(day, 0) + by_day.get(day, 0) for day in {*used, *by_day}}
    months = {}
    for day, cents in after.items():
        months[day.month] = months.get(day.month, 0) + cents
    fits = all(cents <= most for cents in by_day.values())
    if manner is Manner.SELF:
        fits = fits and all(after[day] <= SELF_A_DAY for day in by_day)
        fits = fits and all(months[day.month] <= SELF_A_MONTH for day in by_day)
    try:
        check_limits(
            parts, limit=KindLimit(most, by_self=True), manner=manner,
            used=Used(self_by_day=used, kind_by_day={}),
        )  # fmt: skip
    except (KindLimitExceeded, SelfDayExceeded, SelfMonthExceeded):
        assert not fits
    else:
        assert fits


def test_the_last_cent_of_a_day_and_of_a_month_may_be_asked_and_no_more() -> None:
    limit = KindLimit(5_000, by_self=True)
    first = date(2026, 3, 1)
    fourteen = {first + n * DAY: 1_000 for n in range(14)}
    used = Used(self_by_day=fourteen, kind_by_day={})
    check_limits([(date(2026, 3, 31), 1_000)], limit=limit, manner=Manner.SELF, used=used)
    with pytest.raises(SelfMonthExceeded) as refused:
        check_limits(
            [(date(2026, 3, 30), 1_000), (date(2026, 3, 31), 1)],
            limit=limit, manner=Manner.SELF, used=used,
        )  # fmt: skip
    assert refused.value.left_cents == 1_000
    # Another month begins anew.
    check_limits([(date(2026, 4, 1), 1_000)], limit=limit, manner=Manner.SELF, used=used)


@given(days)
def test_every_day_is_of_one_quarter_and_is_declared_by_the_30th_of_the_month_after(
    day: date,
) -> None:
    """R11."""
    quarter = quarter_of(day)
    assert quarter.starts_on <= day <= quarter.ends_on
    assert quarter.following.before == quarter
    assert quarter.ends_on + DAY == quarter.following.starts_on
    assert (quarter.due_on.month, quarter.due_on.day) in {(4, 30), (7, 30), (10, 30), (1, 30)}
    assert quarter.ends_on < quarter.due_on


def test_a_year_without_a_figure_takes_the_last_and_says_so() -> None:
    premiums = read_premiums(b'[2024]\nday_cents = 104\nmore_permille = 10\nsource = "INAIL"\n')
    assert premium_of(premiums, 2024) == (Premium(104, 10, "INAIL"), True)
    assert premium_of(premiums, 2026) == (Premium(104, 10, "INAIL"), False)
    with pytest.raises(KeyError):
        premium_of(premiums, 2023)
    assert Quarter(2026, 4).due_on == date(2027, 1, 30)


@given(st.integers(0, 100_000))
def test_what_days_cost_is_exact_to_the_half_cent(worked: int) -> None:
    cents = cost_of(worked, Premium(104, 10, ""))
    assert abs(cents * 1000 - worked * 104 * 1010) <= 500

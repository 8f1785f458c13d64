"""The rules of a pact, alone."""

from dataclasses import replace
from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from farelegami.kernel.ids import new_id
from farelegami.kernel.units import Cents, hours
from farelegami.pacts.rules.changes import changes
from farelegami.pacts.rules.closing import whole_outcome
from farelegami.pacts.rules.meetings import follow_up_days, next_meeting_by
from farelegami.pacts.rules.money import (
    NEXT_SPEND,
    BudgetExceeded,
    CategoryExceeded,
    DocumentInFuture,
    DocumentLate,
    DocumentNumberMissing,
    DocumentOutOfDates,
    PactNotInForce,
    Spend,
    SpendMove,
    SpendMovedAlready,
    check_category,
    check_document_dates,
    check_in_force,
    left_after,
    paper_key,
    spend_moved,
    supplier_key,
)
from farelegami.pacts.rules.plans import Plan, PlanMove, PlanMovedAlready, plan_moved
from farelegami.pacts.rules.readiness import (
    CategoryRule,
    Draft,
    Holder,
    TypeRule,
    missing_to_agree,
    weekly_time_is_right,
)
from farelegami.pacts.rules.signing import drawing_is_readable
from farelegami.pacts.rules.stages import (
    FACT_OF,
    NEXT,
    OVER,
    Move,
    Outcome,
    Stage,
    WrongStage,
    moved,
    stage_of,
)
from farelegami.pacts.rules.terms import (
    Basis,
    Commitment,
    Goal,
    Result,
    Support,
    Terms,
    decode,
    encode,
    with_goal,
    without,
)
from farelegami.pacts.rules.wording import Heading, hash_of, money, time, words

MAY = date(2026, 5, 4)
cents = st.integers(min_value=0, max_value=10**9).map(Cents)
some_cents = st.integers(min_value=1, max_value=10**9).map(Cents)
days = st.dates(min_value=date(2020, 1, 1), max_value=date(2035, 1, 1))
texts = st.text(min_size=1, max_size=30)
keys = st.uuids().map(lambda key: key.hex)
results = st.builds(Result, key=keys, text=texts, due_on=days, indicator=texts)
goals = st.builds(Goal, key=keys, title=texts, results=st.lists(results, max_size=3).map(tuple))
supports = st.builds(
    Support, key=keys, category=texts, title=texts, provider=texts, amount_cents=cents
)
commitments = st.builds(
    Commitment, key=keys, person_id=st.uuids(), person_name=texts, title=texts, host=texts,
    minutes=st.integers(0, 10_000), ends_on=days,
)  # fmt: skip
all_terms = st.builds(
    Terms, starts_on=days, ends_on=days,
    goals=st.lists(goals, max_size=3).map(tuple),
    supports=st.lists(supports, max_size=3).map(tuple),
    commitments=st.lists(commitments, max_size=3).map(tuple),
)  # fmt: skip


def a_draft(**changes_: object) -> Draft:
    terms = Terms(
        starts_on=MAY,
        ends_on=MAY + timedelta(days=365),
        goals=(Goal("g", "Lavorare in cucina", (Result("r", "Corso finito", MAY),)),),
        supports=(Support("s", "formazione", "Corso", "Scuola", 64_000),),
        giveback_discussed=True,
    )
    holder = Holder(new_id(), "Amal", date(1996, 3, 1), notice_given=True, unemployed=True)
    draft = Draft(
        terms=terms,
        cap=Cents(200_000),
        holders=[holder],
        has_case_manager=True,
        type_rule=TypeRule(),
        categories={"formazione": CategoryRule("formazione", "Formazione")},
        on=MAY,
    )
    return replace(draft, **changes_)


def codes(draft: Draft) -> set[str]:
    return {missing.code for missing in missing_to_agree(draft)}


@given(asked=some_cents, left=cents)
def test_money_is_committed_whole_or_not_at_all(asked: Cents, left: Cents) -> None:
    """R1."""
    if asked > left:
        with pytest.raises(BudgetExceeded) as refused:
            left_after(asked, left=left)
        assert refused.value.facts() == {"asked_cents": asked, "left_cents": left}
    else:
        assert left_after(asked, left=left) == left - asked >= 0


@given(asked=some_cents, used=cents, limit=st.none() | cents)
def test_a_category_with_a_limit_is_never_passed(asked, used, limit) -> None:
    if limit is not None and used + asked > limit:
        with pytest.raises(CategoryExceeded):
            check_category(asked, used=used, limit=limit, label="Salute")
    else:
        check_category(asked, used=used, limit=limit, label="Salute")


@given(day=days, start=days, length=st.integers(1, 900), stage=st.sampled_from(Stage))
def test_money_is_committed_only_while_the_pact_is_active(day, start, length, stage) -> None:
    """R3: both ends of the pact included."""
    end = start + timedelta(days=length)
    if stage == Stage.ACTIVE and start <= day <= end:
        check_in_force(stage, day=day, starts_on=start, ends_on=end)
    else:
        with pytest.raises(PactNotInForce):
            check_in_force(stage, day=day, starts_on=start, ends_on=end)


def test_a_document_is_dated_in_the_pact_and_presented_within_thirty_days_of_its_end() -> None:
    """R3, at the boundaries."""
    end = MAY + timedelta(days=100)
    terms = {"starts_on": MAY, "ends_on": end, "days_to_present": 30}
    check_document_dates(end, presented_on=end + timedelta(days=30), **terms)
    check_document_dates(MAY, presented_on=MAY, **terms)
    with pytest.raises(DocumentLate):
        check_document_dates(end, presented_on=end + timedelta(days=31), **terms)
    with pytest.raises(DocumentOutOfDates):
        check_document_dates(MAY - timedelta(days=1), presented_on=end, **terms)
    with pytest.raises(DocumentOutOfDates):
        check_document_dates(end + timedelta(days=1), presented_on=end + timedelta(2), **terms)
    with pytest.raises(DocumentInFuture):
        check_document_dates(MAY + timedelta(days=9), presented_on=MAY + timedelta(8), **terms)


@given(stage=st.sampled_from(Spend), move=st.sampled_from(SpendMove))
def test_a_spend_goes_only_forward(stage: Spend, move: SpendMove) -> None:
    if (stage, move) in NEXT_SPEND:
        assert spend_moved(stage, move) != stage
    else:
        with pytest.raises(SpendMovedAlready):
            spend_moved(stage, move)


def test_one_supplier_and_number_are_one_however_they_are_typed() -> None:
    """R4."""
    assert paper_key("Fatt. 12/B ") == paper_key("FATT 12-b") == "fatt-12-b"
    assert supplier_key("Bottega S.r.l.") == supplier_key("BOTTEGA SRL")


@pytest.mark.parametrize(("one", "other"), [("1/22", "12/2"), ("1-1", "11"), ("A 1/23", "A 12/3")])
def test_two_numbers_of_one_supplier_stay_two(one: str, other: str) -> None:
    """R4."""
    assert paper_key(one) != paper_key(other)


@pytest.mark.parametrize("number", ["", "---", " / ", "___"])
def test_a_number_has_a_letter_or_a_digit(number: str) -> None:
    """R4."""
    with pytest.raises(DocumentNumberMissing):
        paper_key(number)


@given(stage=st.sampled_from(Stage), move=st.sampled_from(Move))
def test_no_move_leaves_a_pact_that_is_over(stage: Stage, move: Move) -> None:
    if stage in OVER:
        with pytest.raises(WrongStage):
            moved(stage, move)
    elif (stage, move) in NEXT:
        assert moved(stage, move) in Stage


def test_every_stage_can_be_reached_from_a_draft() -> None:
    reached, frontier = {Stage.DRAFT}, [Stage.DRAFT]
    while frontier:
        here = frontier.pop()
        for (start, _move), after in NEXT.items():
            if start == here and after not in reached:
                reached.add(after)
                frontier.append(after)
    assert reached == set(Stage)


def test_the_latest_fact_names_the_stage() -> None:
    facts: dict[str, date | None] = dict.fromkeys(FACT_OF.values())
    assert stage_of(facts) == Stage.DRAFT
    for stage, fact in reversed(FACT_OF.items()):
        facts[fact] = MAY
        assert stage_of(facts) == stage


def test_a_whole_draft_lacks_nothing() -> None:
    assert codes(a_draft()) == set()


def test_a_draft_says_everything_it_lacks_at_once() -> None:
    """R5."""
    empty = Terms(starts_on=MAY, ends_on=MAY + timedelta(days=30))
    draft = a_draft(terms=empty, holders=[], has_case_manager=False)
    assert codes(draft) == {"goal", "holder", "case_manager", "giveback"}


def test_a_goal_without_a_result_is_named_by_its_number() -> None:
    draft = a_draft()
    terms = with_goal(draft.terms, Goal("h", "Parlare italiano"))
    missing = missing_to_agree(replace(draft, terms=terms))
    assert [(m.code, dict(m.facts)) for m in missing] == [("result", {"number": 2})]


def test_nobody_signs_before_the_privacy_notice() -> None:
    """R5."""
    holder = replace(a_draft().holders[0], notice_given=False)
    assert codes(a_draft(holders=[holder])) == {"notice"}


@pytest.mark.parametrize(
    ("born_on", "lacks"),
    [
        (date(2007, 5, 4), set()),
        (date(2007, 5, 5), {"age"}),
        (date(1986, 5, 5), set()),
        (date(1986, 5, 4), {"age"}),
        (None, {"birth"}),
    ],
)
def test_autonomy_is_for_people_from_19_to_39(born_on: date | None, lacks: set[str]) -> None:
    """R6: nineteen on the day itself, not yet forty."""
    holder = replace(a_draft().holders[0], born_on=born_on)
    rule = TypeRule(min_age=19, max_age=39, requires_unemployed=True)
    assert codes(a_draft(holders=[holder], type_rule=rule)) == lacks


def test_autonomy_is_for_people_without_a_job() -> None:
    """R6."""
    holder = replace(a_draft().holders[0], unemployed=False)
    rule = TypeRule(min_age=19, max_age=39, requires_unemployed=True)
    assert codes(a_draft(holders=[holder], type_rule=rule)) == {"unemployed"}


def test_supports_above_the_cap_need_an_act() -> None:
    """R1."""
    assert codes(a_draft(cap=Cents(63_999))) == {"cap"}
    assert codes(a_draft(cap=Cents(64_000))) == set()


def test_a_category_that_wants_a_reason_gets_one() -> None:
    rule = CategoryRule("formazione", "Altro", limit=Cents(1), needs_reason=True)
    assert codes(a_draft(categories={"formazione": rule})) == {"category_limit", "reason"}


@pytest.mark.parametrize(
    ("weekly", "basis", "right"),
    [
        (hours(0), Basis.VOLUNTARY, True),
        (hours(16), Basis.VOLUNTARY, True),
        (hours(16) + 1, Basis.VOLUNTARY, False),
        (hours(8), Basis.PUC, True),
        (hours(8) - 1, Basis.PUC, False),
        (hours(17), Basis.PUC, False),
    ],
)
def test_weekly_hours_keep_to_their_limits(weekly: int, basis: Basis, right: bool) -> None:
    """R9."""
    commitment = Commitment("c", new_id(), "Amal", "Mediare", "Scuola", 60, MAY, weekly, basis)
    assert weekly_time_is_right(commitment) is right


@given(all_terms)
def test_terms_come_back_as_they_were_written(terms: Terms) -> None:
    assert decode(encode(terms)) == terms
    assert encode(decode(encode(terms))) == encode(terms)


@given(all_terms)
def test_nothing_changes_between_a_text_and_itself(terms: Terms) -> None:
    assert changes(terms, terms) == ()


@given(all_terms, goals)
def test_every_difference_is_told(terms: Terms, goal: Goal) -> None:
    told = changes(terms, with_goal(terms, goal))
    assert any(change.after == goal.title and change.before is None for change in told)
    assert without(with_goal(terms, goal), goal.key).goals == tuple(
        each for each in terms.goals if each.key != goal.key
    )


def test_a_raised_support_is_told_in_euro() -> None:
    before = a_draft().terms
    after = msgspec.structs.replace(
        before, supports=(msgspec.structs.replace(before.supports[0], amount_cents=80_000),)
    )
    told = {(c.what, c.name): (c.before, c.after) for c in changes(before, after)}
    assert told == {("Budget", ""): (64_000, 80_000), ("Sostegno", "Corso"): (64_000, 80_000)}


@given(all_terms, all_terms)
def test_other_words_have_another_hash(one: Terms, other: Terms) -> None:
    heading = Heading("CR1-2026-0001", "FareLegami", "Inclusione", "Comune", "Anna", ["A"], [], 1)
    first, second = words(heading, one, {}), words(heading, other, {})
    assert (first == second) == (hash_of(first) == hash_of(second))


def test_a_pact_is_written_in_plain_italian() -> None:
    assert money(123_450) == "1.234,50 euro"
    assert time(210) == "3 ore e 30 minuti"
    assert time(60) == "1 ora"
    heading = Heading(
        "CR1-2026-0001",
        "FareLegami",
        "Inclusione",
        "Comune di Prova",
        "Anna",
        ["Amal"],
        ["Adam"],
        1,
    )
    text = words(heading, a_draft().terms, {"formazione": "Formazione"})
    assert "Fra Amal e Comune di Prova." in text
    assert "- Corso (Formazione), da Scuola: 640,00 euro" in text
    assert "Per ora nessuna ora" in text


@pytest.mark.parametrize("path", ["", "M1 1", "<svg>", "M1 1 L2 2 L3 3 L4 4 L5 5; alert(1)"])
def test_a_signature_is_a_drawing_and_nothing_else(path: str) -> None:
    assert not drawing_is_readable(path)


def test_a_drawn_line_is_a_signature() -> None:
    assert drawing_is_readable("M10 20 L30 40 L50 60 M10 10 L20 20 L30 30")


def test_the_next_meeting_is_ninety_days_after_the_last_and_waits_for_suspensions() -> None:
    """R7."""
    start = date(2026, 1, 1)
    assert next_meeting_by(started_on=start, last_held_on=None, interval_days=90) == date(
        2026, 4, 1
    )
    assert next_meeting_by(
        started_on=start, last_held_on=date(2026, 3, 1), interval_days=90, suspended_days=10
    ) == date(2026, 6, 9)


def test_follow_ups_come_after_three_six_and_twelve_months() -> None:
    """R8."""
    assert follow_up_days(date(2026, 11, 30)) == (
        (3, date(2027, 2, 28)), (6, date(2027, 5, 30)), (12, date(2027, 11, 30)),
    )  # fmt: skip


@given(st.lists(st.sampled_from(Outcome), min_size=1))
def test_a_pact_is_reached_only_if_every_goal_is(outcomes: list[Outcome]) -> None:
    whole = whole_outcome(outcomes)
    assert (whole == Outcome.REACHED) == (set(outcomes) == {Outcome.REACHED})
    assert (whole == Outcome.NOT_REACHED) == (set(outcomes) == {Outcome.NOT_REACHED})


def test_a_plan_is_judged_only_after_somebody_worked_on_it() -> None:
    assert plan_moved(Plan.ACCOMPANIED, PlanMove.VALIDATE) == Plan.VALIDATED
    with pytest.raises(PlanMovedAlready):
        plan_moved(Plan.PRESENTED, PlanMove.VALIDATE)
    with pytest.raises(PlanMovedAlready):
        plan_moved(Plan.VALIDATED, PlanMove.TURN_DOWN)

from datetime import date

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from farelegami.cases.queries.instruments import instrument_for, instruments
from farelegami.cases.rules import phases, referrals
from farelegami.cases.rules.assessments import (
    RESOURCE_MAP,
    AnswersIncomplete,
    UnknownInstrument,
    checked_answers,
    read_instrument,
    score_of,
)
from farelegami.cases.rules.phases import CaseFacts, Missing, Phase, PhaseMove, StillMissing
from farelegami.cases.rules.referrals import (
    ContactFirst,
    NoWayToAnswer,
    ReferralAlreadyAnswered,
    ReferralMove,
    ReferralStage,
    TooFewAttempts,
)
from farelegami.cases.rules.teamwork import InvitationWithoutEnd, check_invitation

COMPLETE = CaseFacts(
    adults=1,
    notices_given=1,
    first_meeting_on=date(2026, 3, 2),
    needs=1,
    resources=1,
    first_map_confirmed=True,
    deep_analysis_on=date(2026, 3, 9),
)
EMPTY = CaseFacts(
    adults=0,
    notices_given=0,
    first_meeting_on=None,
    needs=0,
    resources=0,
    first_map_confirmed=False,
    deep_analysis_on=None,
)


def test_nobody_is_answered_before_being_heard():
    with pytest.raises(ContactFirst):
        referrals.moved(ReferralStage.RECEIVED, ReferralMove.ACCEPT)


@pytest.mark.parametrize("made", [0, 1, 2])
def test_nobody_is_unreachable_before_three_attempts(made):
    with pytest.raises(TooFewAttempts):
        referrals.moved(ReferralStage.RECEIVED, ReferralMove.GIVE_UP, failed_attempts=made)
    assert ReferralMove.GIVE_UP not in referrals.moves_from(
        ReferralStage.RECEIVED, failed_attempts=made
    )


def test_after_three_attempts_somebody_is_unreachable_until_they_call_back():
    stage = referrals.moved(ReferralStage.RECEIVED, ReferralMove.GIVE_UP, failed_attempts=3)
    assert stage is ReferralStage.UNREACHABLE
    assert referrals.moved(stage, ReferralMove.REACH) is ReferralStage.CONTACTED


@given(st.sampled_from(ReferralStage), st.sampled_from(ReferralMove), st.integers(0, 9))
def test_a_referral_moves_only_along_its_table(stage, move, failed):
    if (stage, move) in referrals.NEXT and (move is not ReferralMove.GIVE_UP or failed >= 3):
        assert referrals.moved(stage, move, failed_attempts=failed) is referrals.NEXT[stage, move]
        offered = move in referrals.moves_from(stage, failed_attempts=failed)
        assert offered is (move is not ReferralMove.RECALL)
    else:
        with pytest.raises((ContactFirst, ReferralAlreadyAnswered, TooFewAttempts)):
            referrals.moved(stage, move, failed_attempts=failed)
        assert move not in referrals.moves_from(stage, failed_attempts=failed)


@pytest.mark.parametrize(("phone", "email"), [("", ""), ("12", ""), ("telefono", "sara")])
def test_a_referral_leaves_a_way_to_answer(phone, email):
    with pytest.raises(NoWayToAnswer):
        referrals.checked_contact(phone, email)


def test_r7_sixty_days_to_call_and_a_hundred_and_twenty_at_most():
    assert referrals.contact_terms(date(2026, 1, 1)) == (date(2026, 3, 2), date(2026, 5, 1))
    assert phases.first_meeting_terms(date(2026, 1, 1), target_days=45, limit_days=90) == (
        date(2026, 2, 15),
        date(2026, 4, 1),
    )


def test_receipt_codes_have_no_signs_that_look_alike():
    codes = {referrals.receipt_code() for _ in range(200)}
    assert len(codes) == 200
    assert not {sign for code in codes for sign in code[3:]} & set("01IOL")


def test_an_intake_waits_for_an_adult_and_the_notice():
    assert phases.what_is_missing(Phase.INTAKE, EMPTY) == [Missing.ADULT, Missing.NOTICE]
    assert phases.what_is_missing(Phase.INTAKE, COMPLETE) == []


def test_codesign_waits_for_what_is_read_together():
    with pytest.raises(StillMissing) as refusal:
        phases.check_ready(Phase.FIRST_ANALYSIS, PhaseMove.START_CODESIGN, EMPTY)
    assert refusal.value.missing == ("meeting", "need", "resource", "map")


def test_complex_families_pass_through_the_deep_analysis():
    after = phases.moved(Phase.FIRST_ANALYSIS, PhaseMove.DEEPEN)
    assert after is Phase.DEEP_ANALYSIS
    assert phases.what_is_missing(after, EMPTY) == [Missing.DEEP_ANALYSIS]


@given(st.sampled_from(Phase), st.sampled_from(PhaseMove))
def test_a_case_moves_only_along_its_table(phase, move):
    if (phase, move) in phases.NEXT:
        assert phases.moved(phase, move) is phases.NEXT[phase, move]
    else:
        with pytest.raises(phases.PhaseRefused):
            phases.moved(phase, move)


def test_a_case_in_pact_is_not_closed_over_its_head():
    with pytest.raises(phases.PhaseRefused):
        phases.moved(Phase.IN_PACT, PhaseMove.CLOSE)
    assert phases.moves_from(Phase.IN_PACT) == []
    assert PhaseMove.SIGN_PACT not in phases.moves_from(Phase.CODESIGN)


def test_every_phase_but_the_last_leads_somewhere():
    for phase in phases.OPEN_PHASES:
        assert any(at is phase for at, _move in phases.NEXT)
    assert set(phases.PHASE_LABELS) == set(Phase)
    assert set(phases.MISSING_SENTENCES) == set(Missing)


def test_the_map_has_eight_areas_from_one_to_five():
    used = instrument_for(RESOURCE_MAP)
    assert len(used.items) == 8
    assert (used.lowest, used.highest) == (1, 5)
    assert score_of(used, dict.fromkeys([item.code for item in used.items], 5)) is None


def test_who5_adds_up_from_nothing_to_twenty_five():
    who5 = instrument_for("who5")
    codes = [item.code for item in who5.items]
    assert score_of(who5, dict.fromkeys(codes, 0)) == 0
    assert score_of(who5, dict.fromkeys(codes, 5)) == 25
    assert who5.talk_below == 13


def test_every_instrument_says_under_which_licence_it_comes():
    assert {"mappa_delle_risorse", "who5"} <= set(instruments())
    assert all(used.licence for used in instruments().values())
    with pytest.raises(UnknownInstrument):
        instrument_for("star")


@given(st.dictionaries(st.sampled_from(["allegro", "calmo", "altro"]), st.integers(-2, 9)))
def test_answers_are_all_there_and_on_the_scale(answers):
    with pytest.raises(AnswersIncomplete):
        checked_answers(instrument_for("who5"), answers)


@pytest.mark.parametrize("content", [b"", b"code = 1", b"= broken"])
def test_a_broken_instrument_is_said_to_be_broken(content):
    with pytest.raises(ValueError, match=r".+"):
        read_instrument(content)


def test_an_invitation_ends_within_a_year():
    check_invitation(starts_on=date(2026, 1, 1), ends_on=date(2027, 1, 1))
    for ends_on in (date(2025, 12, 31), date(2027, 2, 1)):
        with pytest.raises(InvitationWithoutEnd):
            check_invitation(starts_on=date(2026, 1, 1), ends_on=ends_on)


def test_who5_is_asked_in_its_own_english_words():
    with override("en"):
        who5 = instrument_for("who5")
    assert [item.text for item in who5.items] == [
        "I have felt cheerful and in good spirits",
        "I have felt calm and relaxed",
        "I have felt active and vigorous",
        "I woke up feeling fresh and rested",
        "My daily life has been filled with things that interest me",
    ]
    assert who5.steps == [
        "At no time",
        "Some of the time",
        "Less than half of the time",
        "More than half of the time",
        "Most of the time",
        "All of the time",
    ]
    assert instrument_for("who5").steps[0] == "mai"

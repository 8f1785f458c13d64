"""What happens to the words, the signatures and the life of a pact, and what is refused."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from farelegami.access.tests.builders import an_actor
from farelegami.cases.models import Case
from farelegami.cases.tests.builders import an_analysed_case
from farelegami.documents.models import Document
from farelegami.documents.tests.builders import A_PDF, an_upload
from farelegami.kernel import clock
from farelegami.kernel.actor import Role
from farelegami.kernel.errors import NotAllowed, NotFound, SentAlready
from farelegami.kernel.ids import new_id
from farelegami.kernel.units import Minutes, euros, hours
from farelegami.ledger.queries import balances
from farelegami.network.tests.builders import an_organisation
from farelegami.pacts.models import (
    FollowUp,
    HoursEntry,
    Meeting,
    Pact,
    PactMember,
    PactVersion,
    ResultProgress,
    Signature,
)
from farelegami.pacts.queries import hours_given, hours_of, open_version, pact_file
from farelegami.pacts.rules.closing import OutcomeMissing
from farelegami.pacts.rules.drafts import (
    CannotBeOffered,
    CaseNotInDesign,
    DatesWrong,
    HolderNotAdult,
    MemberHasCommitment,
    MemberNotInHousehold,
    MembersFixed,
    NothingToEdit,
    OpenAmendment,
    PeriodWrong,
    StaleEdit,
    StartIsPast,
    UnknownTemplate,
    WordsAgreed,
)
from farelegami.pacts.rules.giving import HoursInFuture, HoursOutsidePact, HoursSettled
from farelegami.pacts.rules.meetings import (
    MeetingBeforePact,
    MeetingInFuture,
    MeetingOutsidePact,
    MeetingSettled,
    WorkImpossible,
)
from farelegami.pacts.rules.money import OwnHousehold, Spend
from farelegami.pacts.rules.plans import NoPlanInThisType, PlanMovedAlready
from farelegami.pacts.rules.readiness import NotReady
from farelegami.pacts.rules.signing import (
    BudgetBelowSpent,
    DrawingUnreadable,
    NotASigner,
    NothingToSign,
    OtherText,
    SignedAlready,
    Signer,
)
from farelegami.pacts.rules.stages import FACT_OF, Outcome, Stage, WrongStage
from farelegami.pacts.rules.terms import Commitment
from farelegami.pacts.services.agreeing import agree, amend, drop_amendment, reopen, withdraw
from farelegami.pacts.services.deciding import authorise, send_back
from farelegami.pacts.services.drafting import (
    remove_line,
    save_commitment,
    save_goal,
    save_result,
    save_support,
    set_dates,
)
from farelegami.pacts.services.giving import cancel_hours, confirm_hours, report_hours
from farelegami.pacts.services.living import (
    close,
    hold_meeting,
    interrupt,
    miss_meeting,
    plan_meeting,
    record_follow_up,
    resume,
    set_result,
    start_review,
    suspend,
)
from farelegami.pacts.services.opening import confirm_unemployed, open_pact, set_members
from farelegami.pacts.services.planning import accompany_plan, judge_plan, present_plan
from farelegami.pacts.services.signing import sign, sign_on_paper, start_pact
from farelegami.pacts.tests.builders import (
    A_DRAWING,
    Crew,
    a_crew,
    a_draft_pact,
    a_pact,
    a_spend,
    all_reached,
    an_amendment,
    open_terms,
    reread,
    settle,
    sign_all,
    some_hours,
    terms_of,
    write_words,
)
from farelegami.programmes.models import PactType

pytestmark = pytest.mark.django_db


# ---- the words


def test_only_the_case_manager_writes() -> None:
    crew = a_crew()
    pact = a_draft_pact(crew)
    with pytest.raises(NotAllowed):
        save_goal(crew.coordinator, pact.pk, title="Un altro")
    with pytest.raises(NotFound):
        save_goal(an_actor(Role.SOCIAL_WORKER, district_id=1902), pact.pk, title="Un altro")


def test_a_pact_is_opened_once_the_family_has_been_listened_to() -> None:
    crew = a_crew()
    case = an_analysed_case(crew.worker, crew.district_id)
    with pytest.raises(CaseNotInDesign):
        open_pact(
            crew.worker, case_id=case.pk, pact_type_id=case.pk, body_id=case.pk, title="x",
            starts_on=clock.today(), holder_ids=[case.contact_id],
        )  # fmt: skip


def test_words_that_changed_meanwhile_are_not_written_over() -> None:
    crew = a_crew()
    pact = a_draft_pact(crew)
    before = open_version(pact.pk).edit_number
    save_goal(crew.worker, pact.pk, title="Uno", edit_number=before)
    with pytest.raises(StaleEdit):
        save_goal(crew.worker, pact.pk, title="Due", edit_number=before)


def test_a_pact_names_only_who_lives_there_and_only_adults_sign() -> None:
    crew = a_crew()
    pact, other = a_draft_pact(crew), a_draft_pact(crew)
    child = PactMember.objects.get(pact=pact, is_holder=False).person_id
    mother = pact.case.contact_id
    with pytest.raises(HolderNotAdult):
        set_members(crew.worker, pact.pk, holder_ids=[child])
    with pytest.raises(MemberNotInHousehold):
        set_members(crew.worker, pact.pk, holder_ids=[mother, other.case.contact_id])
    set_members(crew.worker, pact.pk, holder_ids=[mother])
    assert PactMember.objects.filter(pact=pact).count() == 1


def test_who_promised_something_stays_in_the_pact_and_signers_stay_once_signed() -> None:
    crew = a_crew()
    pact = a_draft_pact(crew)
    child = PactMember.objects.get(pact=pact, is_holder=False).person_id
    commitment = Commitment("", child, "", "legge ai piccoli", "Biblioteca", 60, pact.ends_on)
    save_commitment(crew.worker, pact.pk, commitment)
    with pytest.raises(MemberHasCommitment):
        set_members(crew.worker, pact.pk, holder_ids=[pact.case.contact_id])
    signed, crew = a_pact()
    with pytest.raises(MembersFixed):
        set_members(crew.worker, signed.pk, holder_ids=[signed.case.contact_id])


def test_days_stay_within_the_pact() -> None:
    crew = a_crew()
    pact = a_draft_pact(crew)
    save_goal(crew.worker, pact.pk, title="Uno")
    goal = open_terms(pact).goals[0].key
    with pytest.raises(DatesWrong):
        save_result(
            crew.worker, pact.pk, goal_key=goal, text="Tardi",
            due_on=pact.ends_on + timedelta(days=1),
        )  # fmt: skip
    with pytest.raises(PeriodWrong):
        set_dates(crew.worker, pact.pk, starts_on=pact.ends_on, ends_on=pact.starts_on)
    longer = pact.ends_on + timedelta(days=30)
    set_dates(crew.worker, pact.pk, starts_on=pact.starts_on, ends_on=longer)
    assert reread(pact).ends_on == longer


def test_a_draft_that_lacks_something_is_not_agreed() -> None:
    """R5."""
    crew = a_crew()
    pact = a_draft_pact(crew)
    with pytest.raises(NotReady) as refused:
        agree(crew.worker, pact.pk)
    assert "un obiettivo" in refused.value.list


def test_agreed_words_are_changed_only_once_reopened() -> None:
    pact, crew = a_pact(Stage.AGREED)
    with pytest.raises(WordsAgreed):
        save_goal(crew.worker, pact.pk, title="Un altro")
    reopen(crew.worker, pact.pk)
    save_goal(crew.worker, pact.pk, title="Un altro")
    assert reread(pact).stage == Stage.DRAFT
    with pytest.raises(NothingToEdit):
        reopen(crew.worker, pact.pk)


def test_authorised_words_go_back_only_by_the_coordinator() -> None:
    pact, crew = a_pact(Stage.AUTHORISED)
    with pytest.raises(WordsAgreed):
        reopen(crew.worker, pact.pk)
    with pytest.raises(NotAllowed):
        send_back(crew.worker, pact.pk, reason="x")
    send_back(crew.coordinator, pact.pk, reason="Manca il preventivo.")
    assert reread(pact).stage == Stage.DRAFT


def test_who_wrote_or_is_of_the_family_does_not_authorise() -> None:
    """R2."""
    pact, crew = a_pact(Stage.AGREED)
    with pytest.raises(NotAllowed):
        authorise(crew.worker, pact.pk)
    coordinator = crew.coordinator
    relative = type(coordinator)(
        coordinator.account_id, "x", pact.case.contact_id, grants=coordinator.grants
    )
    with pytest.raises(OwnHousehold):
        authorise(relative, pact.pk)


# ---- signatures


def test_a_signature_is_under_one_exact_text_and_given_once() -> None:
    pact, crew = a_pact(Stage.AUTHORISED)
    version = open_version(pact.pk)
    mother = pact.case.contact_id
    good = {"signer": Signer.HOLDER, "person_id": mother, "text_hash": version.text_hash}
    with pytest.raises(OtherText):
        sign(crew.worker, pact.pk, **{**good, "text_hash": "0" * 64}, drawing=A_DRAWING)
    with pytest.raises(DrawingUnreadable):
        sign(crew.worker, pact.pk, **good, drawing="M1 1")
    with pytest.raises(NotASigner):
        sign(crew.worker, pact.pk, **{**good, "person_id": None}, drawing=A_DRAWING)
    with pytest.raises(NotAllowed):
        sign(crew.coordinator, pact.pk, **good, drawing=A_DRAWING)
    sign(crew.worker, pact.pk, **good, drawing=A_DRAWING)
    with pytest.raises(SignedAlready):
        sign(crew.worker, pact.pk, **good, drawing=A_DRAWING)
    office = {"signer": Signer.BODY, "text_hash": version.text_hash}
    sign(crew.coordinator, pact.pk, **office, drawing=A_DRAWING)
    with pytest.raises(SignedAlready):
        sign(crew.coordinator, pact.pk, **office, drawing=A_DRAWING)
    assert Signature.objects.count() == 2


def test_a_text_is_signed_only_once_authorised() -> None:
    pact, crew = a_pact(Stage.AGREED)
    with pytest.raises(NothingToSign):
        sign(crew.worker, pact.pk, signer=Signer.BODY, text_hash="", drawing=A_DRAWING)


def test_the_database_refuses_to_change_what_was_signed() -> None:
    pact, crew = a_pact()
    version = PactVersion.objects.get(pact=pact)
    for act in (
        lambda: PactVersion.objects.filter(pk=version.pk).update(terms_json="{}"),
        lambda: PactVersion.objects.filter(pk=version.pk).update(text="altro"),
        lambda: Signature.objects.filter(version=version).delete(),
        lambda: Signature.objects.filter(version=version).update(name="Altra"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    del crew


def test_a_pact_signed_ahead_of_time_starts_on_its_day() -> None:
    pact, crew = a_pact(Stage.SIGNED)
    assert reread(pact).started_on is None
    with clock.at(pact.starts_on):
        start_pact(crew.worker, pact.pk)
    assert reread(pact).stage == Stage.ACTIVE
    with pytest.raises(WrongStage):
        start_pact(crew.worker, pact.pk)


# ---- amendments


def test_an_amendment_leaves_the_words_in_force_untouched_until_it_is_signed() -> None:
    pact, crew = a_pact()
    old = PactVersion.objects.get(pact=pact)
    an_amendment(crew, pact)
    with pytest.raises(OpenAmendment):
        amend(crew.worker, pact.pk, kind="integration", reason="Un’altra.")
    agree(crew.worker, pact.pk)
    authorise(crew.coordinator, pact.pk)
    assert reread(pact).authorised_cents == euros(1_800)
    assert reread(pact).stage == Stage.ACTIVE
    sign_all(crew, pact)
    assert reread(pact).authorised_cents == euros(1_900)
    kept = PactVersion.objects.get(pk=old.pk)
    assert (kept.terms_json, kept.text_hash) == (old.terms_json, old.text_hash)
    assert balances([pact.pk])[pact.pk]["available"] == euros(1_900)


def test_an_amendment_keeps_how_far_the_results_are() -> None:
    pact, crew = a_pact()
    key = terms_of(pact).goals[0].results[0].key
    set_result(crew.worker, pact.pk, key, status=ResultProgress.Status.REACHED)
    an_amendment(crew, pact)
    agree(crew.worker, pact.pk)
    authorise(crew.coordinator, pact.pk)
    sign_all(crew, pact)
    assert ResultProgress.objects.get(pact=pact, result_key=key).status == "reached"


def test_a_budget_below_what_is_committed_is_refused() -> None:
    pact, crew = a_pact()
    a_spend(crew, pact, Spend.COMMITTED, cents=euros(1_300))
    amend(crew.worker, pact.pk, kind="integration", reason="Meno.")
    course = open_terms(pact).supports[0]
    remove_line(crew.worker, pact.pk, course.key)
    agree(crew.worker, pact.pk)
    authorise(crew.coordinator, pact.pk)
    with pytest.raises(BudgetBelowSpent):
        sign_all(crew, pact)
    assert reread(pact).version_number == 1
    assert balances([pact.pk])[pact.pk]["available"] == euros(500)


def test_what_is_not_committed_goes_back_to_the_source() -> None:
    pact, crew = a_pact()
    amend(crew.worker, pact.pk, kind="integration", reason="Meno.")
    remove_line(crew.worker, pact.pk, open_terms(pact).supports[0].key)
    agree(crew.worker, pact.pk)
    authorise(crew.coordinator, pact.pk)
    sign_all(crew, pact)
    assert balances([pact.pk])[pact.pk]["available"] == euros(1_160)


def test_an_extension_moves_only_the_end() -> None:
    pact, crew = a_pact()
    with pytest.raises(NothingToEdit):
        set_dates(crew.worker, pact.pk, starts_on=pact.starts_on, ends_on=pact.ends_on)
    amend(crew.worker, pact.pk, kind="extension", reason="Il corso è slittato.")
    later = pact.ends_on + timedelta(days=60)
    with pytest.raises(StartIsPast):
        set_dates(crew.worker, pact.pk, starts_on=pact.starts_on + timedelta(days=1), ends_on=later)
    set_dates(crew.worker, pact.pk, starts_on=pact.starts_on, ends_on=later)
    assert reread(pact).ends_on == pact.ends_on
    agree(crew.worker, pact.pk)
    authorise(crew.coordinator, pact.pk)
    sign_all(crew, pact)
    assert reread(pact).ends_on == later


def test_a_dropped_amendment_leaves_no_trace_in_the_words() -> None:
    pact, crew = a_pact()
    with pytest.raises(NothingToEdit):
        drop_amendment(crew.worker, pact.pk)
    an_amendment(crew, pact)
    drop_amendment(crew.worker, pact.pk)
    assert open_version(pact.pk) is None
    with pytest.raises(NothingToEdit):
        save_support(
            crew.worker, pact.pk, category="altro", title="x", provider="y", amount_cents=0
        )
    again = an_amendment(crew, pact)
    assert again.number == 3


def test_the_first_text_is_not_dropped_but_withdrawn() -> None:
    crew = a_crew()
    pact = a_draft_pact(crew)
    with pytest.raises(NothingToEdit):
        drop_amendment(crew.worker, pact.pk)
    withdraw(crew.worker, pact.pk, reason="Cambiano città.")
    assert reread(pact).stage == Stage.WITHDRAWN
    signed, crew = a_pact()
    with pytest.raises(WrongStage):
        withdraw(crew.worker, signed.pk, reason="x")


# ---- meetings and hours


def test_a_meeting_held_moves_the_next_term_and_a_missed_one_changes_nothing() -> None:
    """R7."""
    with clock.at(clock.today() - timedelta(days=100)):
        pact, crew = a_pact()
    assert reread(pact).next_meeting_by == pact.started_on + timedelta(days=90)
    planned = plan_meeting(crew.worker, pact.pk, planned_at=clock.now())
    miss_meeting(crew.worker, pact.pk, planned.pk, reason="Febbre", is_justified=True)
    assert reread(pact).stage == Stage.ACTIVE
    with pytest.raises(MeetingSettled):
        miss_meeting(crew.worker, pact.pk, planned.pk, reason="x", is_justified=False)
    with pytest.raises(MeetingInFuture):
        hold_meeting(crew.worker, pact.pk, held_on=clock.today() + timedelta(days=1))
    hold_meeting(crew.worker, pact.pk, held_on=clock.today())
    assert reread(pact).next_meeting_by == clock.today() + timedelta(days=90)


def test_days_of_suspension_do_not_count() -> None:
    """R7."""
    with clock.at(clock.today() - timedelta(days=40)):
        pact, crew = a_pact()
    with clock.at(clock.today() - timedelta(days=20)):
        suspend(crew.worker, pact.pk, reason="Un ricovero.")
    resume(crew.worker, pact.pk)
    assert reread(pact).next_meeting_by == pact.started_on + timedelta(days=110)


def test_hours_are_told_after_they_are_given_and_within_the_pact() -> None:
    pact, crew = a_pact()
    key = terms_of(pact).commitments[0].key
    told = {"commitment_key": key, "minutes": Minutes(60)}
    with pytest.raises(HoursInFuture):
        report_hours(crew.worker, pact.pk, **told, done_on=clock.today() + timedelta(days=1))
    with pytest.raises(HoursOutsidePact):
        report_hours(crew.worker, pact.pk, **told, done_on=pact.started_on - timedelta(days=1))
    with pytest.raises(NotFound):
        report_hours(
            crew.worker, pact.pk, commitment_key="no", minutes=Minutes(60), done_on=clock.today()
        )


def test_hours_are_confirmed_or_taken_back_once_and_more_than_promised_is_welcome() -> None:
    """R9: nobody is stopped from giving more."""
    pact, crew = a_pact()
    entries = [some_hours(crew, pact, 23 * 60) for _day in range(3)]
    confirm_hours(crew.worker, pact.pk, entries[0].pk, confirmed_name="Lucia")
    cancel_hours(crew.worker, pact.pk, entries[1].pk, reason="Errore")
    for entry in entries[:2]:
        with pytest.raises(HoursSettled):
            confirm_hours(crew.worker, pact.pk, entry.pk, confirmed_name="Lucia")
    told = hours_of(balances([pact.pk])[pact.pk], pact.promised_minutes)
    assert (told.done, told.confirmed) == (hours(46), hours(23))
    live = HoursEntry.objects.filter(pact=pact, cancelled_at=None)
    assert hours_given(pact.promised_minutes, live) == told


# ---- the end


def test_closing_wants_everything_settled() -> None:
    """R8."""
    pact, crew = a_pact()
    a_spend(crew, pact, Spend.PAID)
    entry = some_hours(crew, pact)
    start_review(crew.worker, pact.pk)
    outcomes = all_reached(reread(pact))
    with pytest.raises(OutcomeMissing):
        close(crew.worker, pact.pk, outcomes={}, reason="Finito.")
    with pytest.raises(NotReady) as refused:
        close(crew.worker, pact.pk, outcomes=outcomes, reason="Finito.")
    for word in ("spese", "conferma", "T2"):
        assert word in refused.value.list
    assert reread(pact).stage == Stage.FINAL_REVIEW
    confirm_hours(crew.worker, pact.pk, entry.pk, confirmed_name="Lucia")
    with pytest.raises(NotReady):
        close(crew.worker, pact.pk, outcomes=outcomes, reason="Finito.", t2_declined=True)


def test_a_closed_pact_says_how_its_goals_ended_and_is_asked_after_again() -> None:
    """R8."""
    pact, crew = a_pact(Stage.FINAL_REVIEW)
    settle(crew, pact)
    outcomes = dict.fromkeys(all_reached(reread(pact)), (Outcome.NOT_REACHED, "Poco tempo"))
    close(crew.worker, pact.pk, outcomes=outcomes, reason="Finito.")
    assert reread(pact).outcome == Outcome.NOT_REACHED
    assert Case.objects.get(pk=pact.case_id).phase == "follow_up"
    assert list(FollowUp.objects.order_by("months").values_list("months", flat=True)) == [3, 6, 12]
    record_follow_up(crew.worker, pact.pk, months=3, is_still_active=True, note="Lavora.")
    with pytest.raises(NotFound):
        record_follow_up(crew.worker, pact.pk, months=4, is_still_active=None)
    for late in (
        lambda: suspend(crew.worker, pact.pk, reason="x"),
        lambda: amend(crew.worker, pact.pk, kind="integration", reason="x"),
        lambda: interrupt(crew.worker, pact.pk, by="family", reason="x"),
    ):
        with pytest.raises(WrongStage):
            late()


def test_an_open_amendment_holds_the_final_review() -> None:
    pact, crew = a_pact()
    an_amendment(crew, pact)
    with pytest.raises(NotReady):
        start_review(crew.worker, pact.pk)
    drop_amendment(crew.worker, pact.pk)
    start_review(crew.worker, pact.pk)
    resume(crew.worker, pact.pk)
    assert reread(pact).stage == Stage.ACTIVE


def test_an_interrupted_pact_says_by_whom_and_frees_its_case() -> None:
    pact, crew = a_pact(Stage.INTERRUPTED)
    assert (pact.ended_by, pact.stage) == ("family", Stage.INTERRUPTED)
    assert Case.objects.get(pk=pact.case_id).phase == "follow_up"
    with pytest.raises(WrongStage):
        resume(crew.worker, pact.pk)


# ---- business plans


def test_a_plan_is_presented_accompanied_and_judged_by_the_panel() -> None:
    pact, crew = a_pact(kind="autonomia")
    plan = present_plan(crew.worker, pact.pk, title="Gelateria", summary="Tre ruote.")
    with pytest.raises(PlanMovedAlready):
        judge_plan(crew.panel, plan.pk, is_valid=True, reason="x")
    accompany_plan(crew.worker, plan.pk, accompanied_by="Sportello")
    with pytest.raises(NotAllowed):
        judge_plan(crew.worker, plan.pk, is_valid=True, reason="x")
    with pytest.raises(NotFound):
        judge_plan(an_actor(Role.PANEL, district_id=1902), plan.pk, is_valid=True, reason="x")
    judge_plan(crew.panel, plan.pk, is_valid=False, reason="Conti fragili.")
    with pytest.raises(PlanMovedAlready):
        judge_plan(crew.panel, plan.pk, is_valid=True, reason="x")


def test_a_family_pact_takes_no_plan_and_a_draft_takes_none_either() -> None:
    pact, crew = a_pact()
    with pytest.raises(NoPlanInThisType):
        present_plan(crew.worker, pact.pk, title="x", summary="y")
    crew = a_crew()
    draft = a_draft_pact(crew, kind="autonomia")
    write_words(crew, draft)
    with pytest.raises(WrongStage):
        present_plan(crew.worker, draft.pk, title="x", summary="y")


# ---- words live only where they make sense


def an_open_amendment_left_in(stage: Stage, step: str) -> tuple[Pact, Crew, PactVersion]:
    """Return a pact in `stage` whose row still has an open amendment, as no service leaves it."""
    pact, crew = a_pact()
    version = an_amendment(crew, pact)
    if step in {"agreed", "authorised"}:
        agree(crew.worker, pact.pk)
    if step == "authorised":
        authorise(crew.coordinator, pact.pk)
    outcome = Outcome.REACHED if stage == Stage.CLOSED else ""
    Pact.objects.filter(pk=pact.pk).update(**{FACT_OF[stage]: clock.today()}, outcome=outcome)
    version.refresh_from_db()
    return reread(pact), crew, version


OVER_OR_IN_REVIEW = [Stage.FINAL_REVIEW, Stage.CLOSED, Stage.INTERRUPTED, Stage.WITHDRAWN]


@pytest.mark.parametrize("stage", OVER_OR_IN_REVIEW)
def test_no_word_is_written_agreed_or_decided_in_a_pact_that_is_ending(stage: Stage) -> None:
    pact, crew, _version = an_open_amendment_left_in(stage, "written")
    mother = pact.case.contact_id
    for act in (
        lambda: save_goal(crew.worker, pact.pk, title="Tardi"),
        lambda: set_dates(
            crew.worker, pact.pk, starts_on=pact.starts_on, ends_on=pact.ends_on + timedelta(1)
        ),
        lambda: set_members(crew.worker, pact.pk, holder_ids=[mother]),
        lambda: confirm_unemployed(crew.worker, pact.pk, mother),
        lambda: agree(crew.worker, pact.pk),
        lambda: amend(crew.worker, pact.pk, kind="integration", reason="Tardi"),
    ):
        with pytest.raises(WrongStage):
            act()
    pact, crew, _version = an_open_amendment_left_in(stage, "agreed")
    for act in (
        lambda: reopen(crew.worker, pact.pk),
        lambda: authorise(crew.coordinator, pact.pk),
        lambda: send_back(crew.coordinator, pact.pk, reason="Tardi"),
    ):
        with pytest.raises(WrongStage):
            act()


@pytest.mark.parametrize("stage", OVER_OR_IN_REVIEW)
def test_no_text_is_signed_in_a_pact_that_is_ending(stage: Stage) -> None:
    pact, crew, version = an_open_amendment_left_in(stage, "authorised")
    body = {"signer": Signer.BODY, "text_hash": version.text_hash}
    with pytest.raises(WrongStage):
        sign(crew.worker, pact.pk, **body, drawing=A_DRAWING)
    with pytest.raises(WrongStage):
        sign_on_paper(crew.worker, pact.pk, **body, upload=an_upload(A_PDF))
    assert not Document.objects.filter(kind="pacts.signed_paper").exists()


def test_an_amendment_left_open_is_dropped_only_while_the_pact_is_in_force() -> None:
    pact, crew, _version = an_open_amendment_left_in(Stage.FINAL_REVIEW, "written")
    with pytest.raises(NotReady):
        close(crew.worker, pact.pk, outcomes=all_reached(pact), reason="x", t2_declined=True)
    drop_amendment(crew.worker, pact.pk)
    close(crew.worker, pact.pk, outcomes=all_reached(pact), reason="x", t2_declined=True)
    pact, crew, _version = an_open_amendment_left_in(Stage.CLOSED, "written")
    with pytest.raises(WrongStage):
        drop_amendment(crew.worker, pact.pk)


def test_interrupting_and_withdrawing_leave_no_open_words() -> None:
    pact, crew = a_pact()
    amendment = an_amendment(crew, pact)
    interrupt(crew.worker, pact.pk, by="family", reason="La famiglia si trasferisce.")
    amendment.refresh_from_db()
    assert amendment.dropped_on == clock.today()
    draft, crew = a_pact(Stage.AUTHORISED)
    withdraw(crew.worker, draft.pk, reason="Cambiano città.")
    assert open_version(draft.pk) is None
    file = pact_file(crew.worker, draft.pk)
    assert file.open_version is None
    assert file.terms is not None
    assert file.terms.budget == euros(1_800)


def test_words_of_a_suspended_or_just_signed_pact_are_still_amended() -> None:
    for stage in (Stage.SIGNED, Stage.SUSPENDED):
        pact, crew = a_pact(stage)
        an_amendment(crew, pact)
        agree(crew.worker, pact.pk)
        authorise(crew.coordinator, pact.pk)
        sign_all(crew, pact)
        assert reread(pact).version_number == 2


# ---- an act sent again


@pytest.mark.parametrize(
    ("field", "other"),
    [("title", "Un altro"), ("starts_on", clock.today() + timedelta(days=9)),
     ("member_ids", []), ("template_codes", ["mestiere"])],
)  # fmt: skip
def test_a_pact_sent_again_with_other_data_is_refused(field: str, other: object) -> None:
    once = new_id()
    crew = a_crew()
    pact = a_draft_pact(crew, once=once)
    sent = as_sent(pact)
    assert open_pact(crew.worker, **sent, once=once) == pact
    with pytest.raises(SentAlready):
        open_pact(crew.worker, **{**sent, field: other}, once=once)
    assert Pact.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "other"),
    [("minutes", Minutes(61)), ("note", "Con Zohra"), ("done_on", clock.today() - timedelta(1))],
)
def test_hours_sent_again_with_other_data_are_refused(field: str, other: object) -> None:
    with clock.at(clock.today() - timedelta(days=10)):
        pact, crew = a_pact()
    key = terms_of(pact).commitments[0].key
    sent = {"commitment_key": key, "done_on": clock.today(), "minutes": Minutes(60)}
    once = new_id()
    entry = report_hours(crew.worker, pact.pk, **sent, once=once)
    assert report_hours(crew.worker, pact.pk, **sent, once=once) == entry
    with pytest.raises(SentAlready):
        report_hours(crew.worker, pact.pk, **{**sent, field: other}, once=once)
    assert HoursEntry.objects.count() == 1


def test_a_meeting_sent_again_with_other_data_is_refused() -> None:
    pact, crew = a_pact()
    once, moment = new_id(), clock.now() + timedelta(days=3)
    planned = plan_meeting(crew.worker, pact.pk, planned_at=moment, place="A casa", once=once)
    again = plan_meeting(crew.worker, pact.pk, planned_at=moment, place="A casa", once=once)
    assert again == planned
    with pytest.raises(SentAlready):
        plan_meeting(crew.worker, pact.pk, planned_at=moment, place="In ufficio", once=once)
    # A meeting merely planned is not one that was held.
    with pytest.raises(SentAlready):
        hold_meeting(crew.worker, pact.pk, held_on=clock.today(), once=once)
    sent = {"held_on": clock.today(), "progress": "Bene", "once": new_id()}
    held = hold_meeting(crew.worker, pact.pk, **sent)
    assert hold_meeting(crew.worker, pact.pk, **sent) == held
    with pytest.raises(SentAlready):
        hold_meeting(crew.worker, pact.pk, **{**sent, "progress": "Benissimo"})
    assert Meeting.objects.count() == 2


@pytest.mark.parametrize("minutes", [0, -60, 24 * 60 + 1])
def test_a_meeting_takes_no_more_than_a_day_of_those_who_accompany(minutes: int) -> None:
    pact, crew = a_pact()
    with pytest.raises(WorkImpossible):
        hold_meeting(crew.worker, pact.pk, held_on=clock.today(), worked_minutes=Minutes(minutes))
    held = hold_meeting(crew.worker, pact.pk, held_on=clock.today(), worked_minutes=hours(2))
    assert Meeting.objects.get() == held
    assert held.worked_minutes == hours(2)


def test_a_plan_sent_again_with_other_data_is_refused() -> None:
    pact, crew = a_pact(kind="autonomia")
    sent = {"title": "Gelateria", "summary": "Tre ruote.", "once": new_id()}
    plan = present_plan(crew.worker, pact.pk, **sent)
    assert present_plan(crew.worker, pact.pk, **sent) == plan
    with pytest.raises(SentAlready):
        present_plan(crew.worker, pact.pk, **{**sent, "summary": "Quattro ruote."})


# ---- days that cannot be


def test_a_meeting_is_held_within_the_pact_and_planned_around_it() -> None:
    """R7."""
    pact, crew = a_pact()
    with pytest.raises(MeetingBeforePact):
        hold_meeting(crew.worker, pact.pk, held_on=pact.starts_on - timedelta(days=1))
    noon = datetime.combine(pact.starts_on, time(12), tzinfo=clock.ROME)
    length = (pact.ends_on - pact.starts_on).days
    for days in (-60, length + 400):
        plan_meeting(crew.worker, pact.pk, planned_at=noon + timedelta(days=days))
    for days in (-61, length + 401):
        with pytest.raises(MeetingOutsidePact):
            plan_meeting(crew.worker, pact.pk, planned_at=noon + timedelta(days=days))


# ---- opening what is not offered


def as_sent(pact: Pact) -> dict[str, Any]:
    """What a form said when it opened this pact."""
    members = PactMember.objects.filter(pact=pact)
    return {
        "case_id": pact.case_id,
        "pact_type_id": pact.pact_type_id,
        "body_id": pact.body_id,
        "title": pact.title,
        "starts_on": pact.starts_on,
        "template_codes": [],
        "holder_ids": list(members.filter(is_holder=True).values_list("person_id", flat=True)),
        "member_ids": list(members.filter(is_holder=False).values_list("person_id", flat=True)),
    }


def test_a_pact_is_signed_only_by_a_partner_of_its_programme() -> None:
    crew = a_crew()
    stranger = an_organisation(crew.coordinator, crew.district_id)
    with pytest.raises(CannotBeOffered):
        a_draft_pact(crew, body_id=stranger.pk)
    assert not Pact.objects.exists()


def test_a_type_closed_to_new_pacts_opens_none() -> None:
    crew = a_crew()
    pact = a_draft_pact(crew)
    PactType.objects.filter(pk=pact.pact_type_id).update(is_open=False)
    with pytest.raises(CannotBeOffered):
        open_pact(crew.worker, **as_sent(pact))


def test_a_goal_template_of_another_type_is_refused() -> None:
    crew = a_crew()
    with pytest.raises(UnknownTemplate):
        a_draft_pact(crew, template_codes=["mai-vista"])


def test_a_pact_sent_twice_takes_one_number() -> None:
    crew, once = a_crew(), new_id()
    pact = a_draft_pact(crew, once=once)
    assert open_pact(crew.worker, **as_sent(pact), once=once) == pact
    second = open_pact(crew.worker, **as_sent(pact), once=new_id())
    assert int(second.code[-4:]) == int(pact.code[-4:]) + 1

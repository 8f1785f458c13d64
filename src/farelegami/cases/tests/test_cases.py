from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from farelegami.access.queries import actor_for
from farelegami.audit.models import Entry
from farelegami.cases import queries
from farelegami.cases.models import Assessment, Case, DiaryEntry, DiaryOpening, ManagerPeriod
from farelegami.cases.queries.assessments import resource_map
from farelegami.cases.queries.terms import Due
from farelegami.cases.rules.assessments import (
    RESOURCE_MAP,
    AlreadyConfirmed,
    AnswersIncomplete,
    Moment,
    NotInTheHousehold,
    Respondent,
)
from farelegami.cases.rules.phases import (
    AlreadyInCharge,
    BeforeTheCase,
    CaseClosed,
    FindingKind,
    MeetingInTheFuture,
    Phase,
    PhaseMove,
    PhaseRefused,
    StillMissing,
)
from farelegami.cases.rules.referrals import ReasonNeeded
from farelegami.cases.rules.teamwork import (
    AlreadyInTheTeam,
    DeadlinePassed,
    DiaryKind,
    HandoverAnswered,
    HandoverOpen,
    HandoverToOneself,
    InvitationWithoutEnd,
    NotASocialWorkerHere,
)
from farelegami.cases.services.assessments import confirm_assessment, take_assessment
from farelegami.cases.services.cases import (
    add_finding,
    enter_pact,
    leave_pact,
    move_case,
    note_deep_analysis,
    note_first_meeting,
    open_case,
    read_case,
    remove_finding,
)
from farelegami.cases.services.diaries import open_diary, read_diary, write_diary
from farelegami.cases.services.handovers import (
    Passage,
    accept_handover,
    decline_handover,
    propose_handover,
    withdraw_handover,
)
from farelegami.cases.services.teams import (
    Invitation,
    end_invitation,
    invite,
)
from farelegami.cases.tests.builders import (
    A_MORNING,
    CREMA,
    a_case,
    a_case_in_codesign,
    a_coordinator,
    a_map,
    a_person,
    a_worker,
    an_account,
    an_analysed_case,
    some_answers,
)
from farelegami.kernel import clock
from farelegami.kernel.actor import Role
from farelegami.kernel.errors import NotAllowed, NotFound
from farelegami.network.rules import OrganisationKind
from farelegami.network.services import OrganisationDraft, register_organisation

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_morning():
    with clock.at(A_MORNING):
        yield


def in_days(days):
    return clock.today() + timedelta(days=days)


def a_diary_note(actor, case, text="Sara racconta la sua stanchezza."):
    return write_diary(actor, case.pk, kind=DiaryKind.TALK, happened_on=clock.today(), text=text)


# ---- sight


def test_a_case_is_seen_by_its_manager_and_its_coordinator_only():
    anna = a_worker()
    case = a_case(anna)
    assert queries.case_for(anna, case.pk) == case
    assert queries.case_for(a_coordinator(), case.pk) == case
    for stranger in (a_worker(), a_worker(CREMA), a_coordinator(CREMA)):
        with pytest.raises(NotFound):
            queries.case_for(stranger, case.pk)


def test_reading_a_case_is_logged_for_everybody_of_the_household():
    anna = a_worker()
    case = a_case(anna)
    file = read_case(anna, case.pk)
    reads = Entry.objects.filter(object_id=case.pk, verb="read")
    assert [entry.person_id for entry in reads] == file.person_ids == [case.contact_id]


def test_a_household_has_one_open_case():
    anna = a_worker()
    case = a_case(anna)
    with pytest.raises(AlreadyInCharge):
        open_case(
            anna,
            household_id=case.household_id,
            contact_id=case.contact_id,
            programme_id=case.programme_id,
        )


@pytest.mark.parametrize("how_many", [1, 20])
def test_the_caseload_costs_one_query(how_many, django_assert_num_queries):
    anna = a_worker()
    for _ in range(how_many):
        a_case(anna)
    with django_assert_num_queries(1):
        assert len(queries.caseload_page(anna).rows) == how_many
    carla = a_coordinator()
    with django_assert_num_queries(1):
        assert len(queries.caseload_page(carla, scope="district").rows) == how_many


def test_the_page_of_a_case_costs_the_same_with_much_on_it(django_assert_max_num_queries):
    anna = a_worker()
    case = an_analysed_case(anna)
    for _ in range(20):
        add_finding(anna, case.pk, kind=FindingKind.NEED, area="casa", text="x")
    with django_assert_max_num_queries(12):
        read_case(anna, case.pk)


# ---- phases


def test_an_intake_waits_for_the_privacy_notice():
    anna = a_worker()
    case = a_case(anna)
    with pytest.raises(StillMissing) as refusal:
        move_case(anna, case.pk, PhaseMove.START_ANALYSIS)
    assert refusal.value.missing == ("notice",)


def test_a_case_comes_to_codesign_when_all_is_read_together():
    anna = a_worker()
    case = an_analysed_case(anna)
    assert read_case(anna, case.pk).missing == []
    assert move_case(anna, case.pk, PhaseMove.START_CODESIGN).phase == Phase.CODESIGN


def test_the_pact_moves_the_case_and_nobody_else_does():
    anna = a_worker()
    case = a_case_in_codesign(anna)
    with pytest.raises(PhaseRefused):
        enter_pact(anna, a_case(anna).pk)
    assert enter_pact(anna, case.pk).phase == Phase.IN_PACT
    assert enter_pact(anna, case.pk).phase == Phase.IN_PACT
    with pytest.raises(PhaseRefused):
        move_case(anna, case.pk, PhaseMove.CLOSE, reason="finito")
    assert leave_pact(anna, case.pk).phase == Phase.FOLLOW_UP
    assert move_case(anna, case.pk, PhaseMove.REDESIGN).phase == Phase.CODESIGN


def test_a_case_is_closed_with_a_reason_and_then_stands_still():
    anna = a_worker()
    case = a_case(anna)
    with pytest.raises(ReasonNeeded):
        move_case(anna, case.pk, PhaseMove.CLOSE)
    closed = move_case(anna, case.pk, PhaseMove.CLOSE, reason="trasferita a Lodi")
    assert closed.closed_on == clock.today()
    assert not ManagerPeriod.objects.filter(ends_on=None).exists()
    with pytest.raises(CaseClosed):
        note_first_meeting(anna, case.pk, day=clock.today())
    assert queries.caseload_page(anna).rows == []
    assert queries.caseload_page(anna, phase="closed").rows[0].id == case.pk


def test_a_deep_analysis_has_a_day_before_codesign():
    anna = a_worker()
    case = an_analysed_case(anna)
    move_case(anna, case.pk, PhaseMove.DEEPEN)
    with pytest.raises(StillMissing):
        move_case(anna, case.pk, PhaseMove.START_CODESIGN)
    note_deep_analysis(anna, case.pk, day=clock.today())
    assert move_case(anna, case.pk, PhaseMove.START_CODESIGN).phase == Phase.CODESIGN


def test_a_meeting_is_noted_once_it_was_held():
    anna = a_worker()
    with pytest.raises(MeetingInTheFuture):
        note_first_meeting(anna, a_case(anna).pk, day=in_days(1))


@pytest.mark.parametrize("noted", [note_first_meeting, note_deep_analysis])
def test_a_family_is_not_met_before_its_case_nor_tomorrow(noted):
    anna = a_worker()
    case = a_case(anna)
    with pytest.raises(BeforeTheCase) as refusal:
        noted(anna, case.pk, day=in_days(-1))
    assert refusal.value.opened_on == case.opened_on
    with pytest.raises(MeetingInTheFuture):
        noted(anna, case.pk, day=in_days(1))
    noted(anna, case.pk, day=clock.today())


def test_a_coordinator_reads_and_does_not_write():
    anna, carla = a_worker(), a_coordinator()
    case = a_case(anna)
    read_case(carla, case.pk)
    with pytest.raises(NotAllowed):
        add_finding(carla, case.pk, kind=FindingKind.NEED, area="casa", text="x")


def test_what_was_read_wrongly_is_taken_away():
    anna = a_worker()
    case = a_case(anna)
    finding = add_finding(anna, case.pk, kind=FindingKind.NEED, area="casa", text="muffa")
    with pytest.raises(NotFound):
        remove_finding(a_worker(), finding.pk)
    remove_finding(anna, finding.pk)
    assert read_case(anna, case.pk).findings == []


def test_r7_a_family_not_met_falls_due_by_the_rules_of_its_programme():
    anna = a_worker()
    case = a_case(anna)
    assert queries.due_soon(anna, 14) == []
    with clock.at(A_MORNING + timedelta(days=50)):
        (due,) = queries.due_soon(anna, 14)
        assert (due.kind, due.object_id) == (Due.FIRST_MEETING, case.pk)
        assert (due.on - case.opened_on).days == 60
        assert (due.limit_on - case.opened_on).days == 120
        note_first_meeting(anna, case.pk, day=clock.today())
        assert queries.due_soon(anna, 14) == []


def test_what_falls_due_costs_four_queries(django_assert_num_queries):
    anna = a_worker()
    for _ in range(5):
        a_case(anna)
    with clock.at(A_MORNING + timedelta(days=70)), django_assert_num_queries(4):
        assert len(queries.due_soon(anna, 14)) == 5


# ---- assessments


def test_the_map_is_shown_at_its_three_times():
    anna = a_worker()
    case = a_case(anna)
    a_map(anna, case, Moment.T0, 2)
    a_map(anna, case, Moment.T2, 4)
    areas = dict(resource_map(read_case(anna, case.pk).assessments))
    assert areas["Carico di cura"] == [2, None, 4]
    assert len(areas) == 8


def test_answers_are_corrected_until_confirmed_and_never_after():
    anna = a_worker()
    case = a_case(anna)
    first = a_map(anna, case, level=2)
    assert a_map(anna, case, level=3) == first
    assert not queries.assessed_at(case.pk, "T0")
    confirm_assessment(anna, first)
    assert queries.assessed_at(case.pk, "T0")
    with pytest.raises(AlreadyConfirmed):
        a_map(anna, case, level=4)
    with pytest.raises(AlreadyConfirmed):
        confirm_assessment(anna, first)


def test_the_database_keeps_confirmed_answers_but_lets_registrations_merge():
    anna = a_worker()
    case = a_case(anna)
    taken = a_map(anna, case)
    confirm_assessment(anna, taken)
    rows = Assessment.objects.filter(pk=taken)
    for change in ({"answers": {}}, {"score": 4}, {"confirmed_at": None}, {"moment": "T1"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.delete()
    rows.update(person_id=a_person(anna))
    assert rows.get().answers == some_answers()


def test_answers_off_the_scale_or_of_a_stranger_are_refused():
    anna = a_worker()
    case = a_case(anna)
    facts = {
        "instrument": RESOURCE_MAP,
        "moment": Moment.T0,
        "respondent": Respondent.PERSON,
        "taken_on": clock.today(),
    }
    with pytest.raises(AnswersIncomplete):
        take_assessment(anna, case.pk, person_id=case.contact_id, answers=some_answers(6), **facts)
    with pytest.raises(NotInTheHousehold):
        take_assessment(anna, case.pk, person_id=a_person(anna), answers=some_answers(), **facts)


# ---- the diary


def test_the_diary_is_for_the_case_manager_alone():
    anna = a_worker()
    case = a_case(anna)
    a_diary_note(anna, case)
    _case, (entry,) = read_diary(anna, case.pk)
    assert entry.text == "Sara racconta la sua stanchezza."
    with pytest.raises(NotAllowed):
        read_diary(a_coordinator(), case.pk)
    with pytest.raises(NotFound):
        read_diary(a_worker(), case.pk)
    assert Entry.objects.filter(kind="cases.diary", verb="read").count() == 1


def test_the_diary_is_sealed_and_leaves_no_words_in_the_log():
    anna = a_worker()
    a_diary_note(anna, a_case(anna), "PAROLE SEGRETE")
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM cases_diaryentry")
        assert "SEGRETE" not in cursor.fetchone()[0]
    assert not any("SEGRETE" in str(entry.facts) for entry in Entry.objects.all())


def test_a_team_member_reads_the_case_and_not_the_diary():
    anna, marta = a_worker(), a_worker(name="Marta Prova")
    case = a_case(anna)
    invite(anna, case.pk, Invitation(marta.account_id, "educatrice", in_days(30)))
    marta = actor_for(marta.account_id)
    assert read_case(marta, case.pk).team[0].account_id == marta.account_id
    with pytest.raises(NotAllowed):
        read_diary(marta, case.pk)
    with pytest.raises(NotAllowed):
        a_diary_note(marta, case)


def test_a_substitute_reads_and_writes_the_diary_while_invited():
    anna, marta = a_worker(), a_worker(name="Marta Prova")
    case = a_case(anna)
    invite(
        anna, case.pk, Invitation(marta.account_id, "sostituzione", in_days(30), reads_diary=True)
    )
    marta = actor_for(marta.account_id)
    a_diary_note(marta, case)
    assert len(read_diary(marta, case.pk)[1]) == 1
    with clock.at(A_MORNING + timedelta(days=31)), pytest.raises(NotFound):
        read_diary(marta, case.pk)


def test_a_coordinator_opens_a_diary_for_a_day_with_a_reason():
    anna, carla = a_worker(), a_coordinator()
    case = a_case(anna)
    a_diary_note(anna, case)
    with pytest.raises(ReasonNeeded):
        open_diary(carla, case.pk, reason=" ")
    open_diary(carla, case.pk, reason="segnalazione al Tribunale")
    assert len(read_diary(carla, case.pk)[1]) == 1
    assert Entry.objects.filter(verb="decided", facts__reason="segnalazione al Tribunale").exists()
    with clock.at(A_MORNING + timedelta(hours=25)), pytest.raises(NotAllowed):
        read_diary(carla, case.pk)
    with pytest.raises(NotAllowed):
        open_diary(anna, case.pk, reason="mia")


def test_a_diary_note_is_corrected_by_another():
    anna = a_worker()
    case, other = a_case(anna), a_case(anna)
    first = a_diary_note(anna, case)
    with pytest.raises(DatabaseError), transaction.atomic():
        DiaryEntry.objects.filter(pk=first.pk).update(happened_on=in_days(-3))
    fix = write_diary(
        anna,
        case.pk,
        kind=DiaryKind.NOTE,
        happened_on=clock.today(),
        text="Era mercoledì.",
        corrects_id=first.pk,
    )
    assert fix.corrects == first
    with pytest.raises(NotFound):
        write_diary(
            anna,
            other.pk,
            kind=DiaryKind.NOTE,
            happened_on=clock.today(),
            text="x",
            corrects_id=first.pk,
        )


def test_the_opening_of_a_diary_is_never_rewritten():
    carla = a_coordinator()
    case = a_case(a_worker())
    open_diary(carla, case.pk, reason="verifica")
    with pytest.raises(DatabaseError), transaction.atomic():
        DiaryOpening.objects.update(reason="altro")


# ---- the team


def test_an_invitation_ends_by_itself_or_when_taken_back():
    anna, marta = a_worker(), a_worker(name="Marta Prova")
    case = a_case(anna)
    member = invite(anna, case.pk, Invitation(marta.account_id, "tutor", in_days(10)))
    assert [row.id for row in queries.caseload_page(marta, scope="team").rows] == [case.pk]
    with pytest.raises(AlreadyInTheTeam):
        invite(anna, case.pk, Invitation(marta.account_id, "tutor", in_days(10)))
    with clock.at(A_MORNING + timedelta(days=11)), pytest.raises(NotFound):
        queries.case_for(marta, case.pk)
    end_invitation(anna, member.pk)
    with pytest.raises(NotFound):
        queries.case_for(marta, case.pk)


def test_invitations_have_an_end_and_go_to_people_of_the_district():
    anna, far = a_worker(), a_worker(CREMA)
    maker = an_account(Role.COMMUNITY_MAKER, district_id=1901)
    case = a_case(anna)
    with pytest.raises(InvitationWithoutEnd):
        invite(anna, case.pk, Invitation(maker.account_id, "x", in_days(500)))
    with pytest.raises(NotASocialWorkerHere):
        invite(anna, case.pk, Invitation(far.account_id, "x", in_days(5)))
    with pytest.raises(NotASocialWorkerHere):
        invite(anna, case.pk, Invitation(maker.account_id, "x", in_days(5), reads_diary=True))
    with pytest.raises(NotFound):
        invite(far, case.pk, Invitation(maker.account_id, "x", in_days(5)))


# ---- passing a case on


def a_passage(**to):
    return Passage(reason="congedo", basis="delibera 12/2026", deadline=in_days(7), **to)


def test_a_case_passes_only_when_it_is_accepted():
    anna, marta = a_worker(), a_worker(name="Marta Prova")
    case = a_case(anna)
    handover = propose_handover(anna, case.pk, a_passage(to_account_id=marta.account_id))
    assert [row.kind for row in queries.due_soon(marta, 14)] == [Due.HANDOVER]
    with pytest.raises(NotFound):
        queries.case_for(marta, case.pk)
    with pytest.raises(NotFound):
        accept_handover(a_worker(), handover.pk)
    accept_handover(marta, handover.pk)
    assert queries.case_for(marta, case.pk).manager_id == marta.account_id
    with pytest.raises(NotFound):
        queries.case_for(anna, case.pk)
    assert list(ManagerPeriod.objects.order_by("id").values_list("account_id", "ends_on")) == [
        (anna.account_id, clock.today()),
        (marta.account_id, None),
    ]
    with pytest.raises(HandoverAnswered):
        accept_handover(marta, handover.pk)


def test_a_passage_may_be_declined_or_taken_back():
    anna, marta = a_worker(), a_worker(name="Marta Prova")
    case = a_case(anna)
    first = propose_handover(anna, case.pk, a_passage(to_account_id=marta.account_id))
    with pytest.raises(HandoverOpen):
        propose_handover(anna, case.pk, a_passage(to_account_id=marta.account_id))
    with pytest.raises(ReasonNeeded):
        decline_handover(marta, first.pk, answer="")
    decline_handover(marta, first.pk, answer="troppi percorsi")
    second = propose_handover(anna, case.pk, a_passage(to_account_id=marta.account_id))
    withdraw_handover(anna, second.pk)
    with pytest.raises(HandoverAnswered):
        withdraw_handover(anna, second.pk)
    assert Case.objects.get(pk=case.pk).manager_id == anna.account_id


def test_a_case_passed_to_another_body_closes_here():
    anna = a_worker()
    case = a_case(anna)
    body = register_organisation(
        a_coordinator(),
        1901,
        OrganisationDraft(name="Cooperativa di prova", kind=OrganisationKind.COOPERATIVE),
    )
    host = an_account(Role.HOST, organisation_id=body.pk)
    handover = propose_handover(anna, case.pk, a_passage(to_organisation_id=body.pk))
    accept_handover(host, handover.pk)
    closed = Case.objects.get(pk=case.pk)
    assert (closed.phase, closed.closed_on) == ("closed", clock.today())
    assert "delibera 12/2026" in closed.closing_reason


def test_a_case_in_pact_is_not_given_away_to_a_body():
    anna = a_worker()
    case = a_case_in_codesign(anna)
    enter_pact(anna, case.pk)
    with pytest.raises(PhaseRefused):
        propose_handover(anna, case.pk, a_passage(to_organisation_id=case.pk))


def test_a_passage_has_reason_ground_and_term():
    anna = a_worker()
    case = a_case(anna)
    with pytest.raises(ReasonNeeded):
        propose_handover(anna, case.pk, Passage("", "x", in_days(3), to_account_id=case.pk))
    with pytest.raises(DeadlinePassed):
        propose_handover(anna, case.pk, Passage("x", "x", in_days(-1), to_account_id=case.pk))
    with pytest.raises(HandoverToOneself):
        propose_handover(anna, case.pk, a_passage(to_account_id=anna.account_id))

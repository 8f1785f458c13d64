"""A case that passes to another district, told by messages that may come late, twice or crossed."""

from datetime import timedelta
from itertools import permutations

import pytest
from django.db import transaction

from farelegami.audit.models import Entry
from farelegami.cases import queries
from farelegami.cases.models import Case, Handover, Referral
from farelegami.cases.queries.cases import crossed_transfer
from farelegami.cases.queries.retention import referrals_past
from farelegami.cases.queries.terms import Due
from farelegami.cases.rules.phases import FindingKind, PhaseMove, PhaseRefused
from farelegami.cases.rules.referrals import Channel, ReferralAlreadyAnswered
from farelegami.cases.rules.teamwork import (
    DiaryKind,
    HandoverAnswered,
    HandoverOpen,
    SameDistrict,
    answer_came_first,
)
from farelegami.cases.services import transfers
from farelegami.cases.services.cases import (
    Intake,
    add_finding,
    enter_pact,
    move_case,
    take_in_charge,
)
from farelegami.cases.services.diaries import write_diary
from farelegami.cases.services.handovers import (
    Passage,
    accept_handover,
    propose_handover,
    withdraw_handover,
)
from farelegami.cases.services.messages import ANSWERED, PROPOSED, WITHDRAWN, opened
from farelegami.cases.services.referrals import (
    direct_elsewhere,
    give_up,
    note_attempt,
    note_renounced,
)
from farelegami.cases.tests.builders import (
    A_MORNING,
    CREMA,
    CREMONA,
    a_case,
    a_case_in_codesign,
    a_coordinator,
    a_person,
    a_worker,
)
from farelegami.cases.tests.pages import desk_of, url
from farelegami.kernel import clock
from farelegami.kernel.errors import NotFound
from farelegami.outbox.models import Event
from farelegami.outbox.services import deliver_one, register
from farelegami.programmes.models import Programme

pytestmark = pytest.mark.django_db
HANDLERS = {
    PROPOSED: transfers.receive_transfer,
    ANSWERED: transfers.hear_answer,
    WITHDRAWN: transfers.take_back,
}


@pytest.fixture(autouse=True)
def _a_morning():
    with clock.at(A_MORNING):
        yield


def later(minutes):
    return clock.at(A_MORNING + timedelta(minutes=minutes))


def deliver(topic):
    """Bring a message, as often as it is asked."""
    (event,) = Event.objects.filter(topic=topic)
    HANDLERS[topic](event.payload)


def deliver_all():
    while deliver_one():
        pass


def propose(actor, case, **more):
    facts = {"to_district_id": CREMA, "deadline": clock.today() + timedelta(days=14)} | more
    return propose_handover(
        actor, case.pk, Passage(reason="si trasferisce", basis="accordo 3/2026", **facts)
    )


def a_transfer():
    """Return a worker of Cremona, their case, its proposal, and a worker of Crema."""
    anna, bruno = a_worker(), a_worker(CREMA, name="Bruno Prova")
    case = a_case(anna)
    return anna, case, propose(anna, case), bruno


def reached(bruno, transfer_id):
    return note_attempt(bruno, transfer_id, channel=Channel.PHONE, reached=True)


def take(bruno, transfer_id):
    person = a_person(bruno, CREMA)
    programme = Programme.objects.get(code="farelegami")
    return take_in_charge(bruno, transfer_id, Intake(programme_id=programme.pk, person_id=person))


# ---- proposing


def test_the_other_district_gets_a_referral_and_nothing_else():
    anna = a_worker()
    bruno = a_worker(CREMA)
    case = a_case(anna)
    case.contact.phone, case.contact.contact_limits = "0372 000009", "mai di sera"
    case.contact.save(update_fields=["phone", "contact_limits"])
    add_finding(anna, case.pk, kind=FindingKind.NEED, area="casa", text="MUFFA")
    write_diary(anna, case.pk, kind=DiaryKind.NOTE, happened_on=clock.today(), text="DIARIO")
    handover = propose(anna, case)
    assert not Referral.objects.exists()
    deliver_all()
    referral = queries.referral_for(bruno, handover.pk)
    assert (referral.name, referral.phone) == ("Sara Prova", "0372 000009")
    assert (referral.source, referral.stage) == ("district", "received")
    assert (referral.transfer_from_id, referral.answer_by) == (CREMONA, handover.deadline)
    assert "Anna Prova, " in referral.referrer_name
    assert case.district.lead_body in referral.referrer_contact
    for words in ("si trasferisce", "accordo 3/2026", "mai di sera"):
        assert words in referral.reason
    for secret in ("MUFFA", "DIARIO"):
        assert secret not in referral.reason
    assert Case.objects.get(pk=case.pk).is_open
    with pytest.raises(NotFound):
        queries.referral_for(anna, handover.pk)
    with pytest.raises(NotFound):
        queries.case_for(bruno, case.pk)


def test_the_message_says_nothing_of_people_in_clear():
    a_transfer()
    (event,) = Event.objects.filter(topic=PROPOSED)
    assert event.district_id == CREMA
    for words in ("Sara", "Prova", "trasferisce", "accordo"):
        assert words not in str(event.payload)
    assert opened(event.payload).told["given_name"] == "Sara"


def test_a_proposal_that_was_undone_sends_nothing():
    anna, case, _handover, _bruno = a_transfer()
    with pytest.raises(HandoverOpen):
        propose(anna, case)
    assert Event.objects.filter(topic=PROPOSED).count() == 1


def test_a_case_does_not_pass_to_its_own_district_nor_to_none_nor_in_pact():
    anna = a_worker()
    case = a_case_in_codesign(anna)
    with pytest.raises(SameDistrict):
        propose(anna, case, to_district_id=CREMONA)
    with pytest.raises(NotFound):
        propose(anna, case, to_district_id=9999)
    enter_pact(anna, case.pk)
    with pytest.raises(PhaseRefused):
        propose(anna, case)
    assert not Event.objects.filter(topic=PROPOSED).exists()


def test_nobody_of_either_district_answers_it_as_a_handover():
    _anna, _case, handover, bruno = a_transfer()
    for actor in (bruno, a_coordinator(CREMA), a_worker()):
        with pytest.raises(NotFound):
            accept_handover(actor, handover.pk)


# ---- coming twice, dying between


def test_a_message_that_comes_twice_is_heard_once():
    _anna, case, handover, bruno = a_transfer()
    for _ in range(2):
        deliver(PROPOSED)
    assert Referral.objects.count() == 1
    assert Entry.objects.filter(kind="cases.referral", verb="created").count() == 1
    reached(bruno, handover.pk)
    with later(5):
        take(bruno, handover.pk)
    for _ in range(2):
        deliver(ANSWERED)
    assert Case.objects.get(pk=case.pk).phase == "closed"
    decided = Entry.objects.filter(kind="cases.handover", verb="decided", district_id=CREMONA)
    assert decided.count() == 1
    deliver(PROPOSED)
    assert Referral.objects.get().stage == "accepted"


def test_a_withdrawal_that_comes_twice_is_heard_once():
    anna, _case, handover, _bruno = a_transfer()
    deliver(PROPOSED)
    with later(5):
        withdraw_handover(anna, handover.pk)
    for _ in range(2):
        deliver(WITHDRAWN)
    assert Entry.objects.filter(kind="cases.referral", verb="decided").count() == 1


@pytest.mark.parametrize("topic", [PROPOSED, ANSWERED, WITHDRAWN])
def test_a_handler_that_dies_leaves_all_or_nothing_and_is_called_again(topic):
    anna, case, handover, bruno = a_transfer()
    if topic != PROPOSED:
        deliver_all()
    if topic == ANSWERED:
        reached(bruno, handover.pk)
        take(bruno, handover.pk)
    elif topic == WITHDRAWN:
        withdraw_handover(anna, handover.pk)
    deaths = []

    def dies_after(payload):
        HANDLERS[topic](payload)
        if not deaths:
            deaths.append(1)
            raise OSError("power cut before the event was marked")

    register(topic, dies_after)
    try:
        deliver_all()
        with later(60):
            deliver_all()
    finally:
        register(topic, HANDLERS[topic])
    assert deaths
    assert Event.objects.get(topic=topic).delivered_at is not None
    assert Referral.objects.count() == 1
    referral, case = Referral.objects.get(), Case.objects.get(pk=case.pk)
    ends = {
        PROPOSED: ("proposed", "received", True),
        ANSWERED: ("accepted", "accepted", False),
        WITHDRAWN: ("withdrawn", "withdrawn", True),
    }
    stage = Handover.objects.get().stage
    assert (stage, referral.stage, case.is_open) == ends[topic]


def test_a_handler_that_dies_before_the_end_leaves_nothing():
    _anna, _case, handover, bruno = a_transfer()
    deliver(PROPOSED)
    reached(bruno, handover.pk)
    take(bruno, handover.pk)
    before = Handover.objects.get().stage, Entry.objects.count()
    with pytest.raises(OSError, match="power cut"), transaction.atomic():
        deliver(ANSWERED)
        raise OSError("power cut")
    assert (Handover.objects.get().stage, Entry.objects.count()) == before
    assert Case.objects.filter(closed_on=None).count() == 2
    deliver(ANSWERED)
    assert Handover.objects.get().stage == "accepted"


# ---- the answer


def test_an_intake_there_closes_the_case_here():
    _anna, case, handover, bruno = a_transfer()
    deliver_all()
    reached(bruno, handover.pk)
    taken = take(bruno, handover.pk)
    assert taken.district_id == CREMA
    assert Case.objects.get(pk=case.pk).is_open
    deliver_all()
    closed, handover = Case.objects.get(pk=case.pk), Handover.objects.get(pk=handover.pk)
    assert (closed.phase, closed.closed_on) == ("closed", clock.today())
    assert "accordo 3/2026" in closed.closing_reason
    assert (handover.stage, handover.answered_by_name) == ("accepted", "Bruno Prova")
    for district_id, kind in ((CREMONA, "cases.handover"), (CREMA, "cases.referral")):
        entries = Entry.objects.filter(district_id=district_id, kind=kind, object_id=handover.pk)
        assert {"created", "decided"} <= set(entries.values_list("verb", flat=True))
    assert not Entry.objects.filter(district_id=CREMA, person_id=case.contact_id).exists()
    assert not Event.objects.filter(topic=PROPOSED, delivered_at=None).exists()


@pytest.mark.parametrize("answer", ["elsewhere", "renounced", "unreachable"])
def test_a_referral_closed_there_leaves_the_case_here_with_the_words(answer):
    anna, case, handover, bruno = a_transfer()
    deliver_all()
    if answer == "unreachable":
        for _ in range(3):
            note_attempt(bruno, handover.pk, channel=Channel.PHONE, reached=False)
        give_up(bruno, handover.pk)
    else:
        reached(bruno, handover.pk)
        if answer == "elsewhere":
            direct_elsewhere(bruno, handover.pk, directed_to="Caritas", answer="meglio lì")
        else:
            note_renounced(bruno, handover.pk, answer="resta a Cremona")
    deliver_all()
    handover = Handover.objects.get(pk=handover.pk)
    assert handover.stage == "declined"
    said = {
        "elsewhere": "orientata altrove: Caritas. meglio lì",
        "renounced": "rinunciata. resta a Cremona",
        "unreachable": "irreperibile",
    }
    assert handover.answer == said[answer]
    assert Case.objects.get(pk=case.pk).is_open
    with pytest.raises(ReferralAlreadyAnswered):
        reached(bruno, handover.pk)
    assert propose(anna, case).stage == "proposed"


def test_a_pact_signed_while_the_answer_travelled_keeps_the_case_open():
    anna = a_worker()
    bruno = a_worker(CREMA)
    case = a_case_in_codesign(anna)
    handover = propose(anna, case)
    deliver_all()
    reached(bruno, handover.pk)
    take(bruno, handover.pk)
    enter_pact(anna, case.pk)
    deliver_all()
    assert Case.objects.get(pk=case.pk).phase == "in_pact"
    assert Handover.objects.get().stage == "accepted"
    assert "si chiude a mano" in desk_of(anna).get(url("case", case.pk)).content.decode()


def test_a_case_closed_here_meanwhile_stays_as_it_was_closed():
    anna, case, handover, bruno = a_transfer()
    deliver_all()
    move_case(anna, case.pk, PhaseMove.CLOSE, reason="partita")
    reached(bruno, handover.pk)
    take(bruno, handover.pk)
    deliver_all()
    assert Case.objects.get(pk=case.pk).closing_reason == "partita"
    assert Handover.objects.get().stage == "accepted"


# ---- withdrawing, and crossing


def test_a_withdrawal_closes_the_referral_that_waits():
    anna, case, handover, bruno = a_transfer()
    deliver_all()
    reached(bruno, handover.pk)
    withdraw_handover(anna, handover.pk)
    deliver_all()
    referral = Referral.objects.get()
    assert referral.stage == "withdrawn"
    with pytest.raises(ReferralAlreadyAnswered):
        take(bruno, handover.pk)
    with pytest.raises(HandoverAnswered):
        withdraw_handover(anna, handover.pk)
    assert queries.referrals_page(bruno).rows == []
    assert Case.objects.get(pk=case.pk).is_open
    assert list(referrals_past(CREMA, clock.today() + timedelta(days=400))) == [referral]


def test_a_withdrawal_that_overtakes_its_proposal_waits_for_it():
    anna, _case, handover, _bruno = a_transfer()
    withdraw_handover(anna, handover.pk)
    Event.objects.filter(topic=PROPOSED).update(due_at=A_MORNING + timedelta(seconds=10))
    deliver_all()
    assert "NotHereYet" in Event.objects.get(topic=WITHDRAWN).last_error
    with later(1):
        deliver_all()
    assert Referral.objects.get().stage == "withdrawn"


@pytest.mark.parametrize("order", permutations([ANSWERED, WITHDRAWN]))
def test_an_acceptance_written_before_the_withdrawal_stands(order):
    anna, case, handover, bruno = a_transfer()
    deliver(PROPOSED)
    reached(bruno, handover.pk)
    with later(5):
        take(bruno, handover.pk)
    with later(6):
        withdraw_handover(anna, handover.pk)
    for topic in (*order, *order):
        deliver(topic)
    assert Handover.objects.get().stage == "accepted"
    assert not Case.objects.get(pk=case.pk).is_open
    referral = Referral.objects.get()
    assert (referral.stage, referral.withdrawn_at) == ("accepted", None)


@pytest.mark.parametrize("order", permutations([ANSWERED, WITHDRAWN]))
def test_a_withdrawal_written_before_the_acceptance_stands_and_is_shown(order):
    anna, case, handover, bruno = a_transfer()
    deliver(PROPOSED)
    reached(bruno, handover.pk)
    with later(5):
        withdraw_handover(anna, handover.pk)
    with later(6):
        taken = take(bruno, handover.pk)
    assert crossed_transfer(taken) is None
    for topic in (*order, *order):
        deliver(topic)
    assert Handover.objects.get().stage == "withdrawn"
    assert Case.objects.get(pk=case.pk).is_open
    referral = Referral.objects.get()
    assert referral.stage == "accepted"
    assert crossed_transfer(taken) == referral
    page = desk_of(bruno).get(url("case", taken.pk)).content.decode()
    assert "segue ancora la famiglia" in page
    page = desk_of(anna).get(url("case", case.pk)).content.decode()
    assert "ha aperto un percorso suo" in page


@pytest.mark.parametrize("order", permutations([ANSWERED, WITHDRAWN]))
def test_a_refusal_and_a_withdrawal_that_cross_leave_the_case_here(order):
    anna, case, handover, bruno = a_transfer()
    deliver(PROPOSED)
    reached(bruno, handover.pk)
    with later(5):
        withdraw_handover(anna, handover.pk)
    with later(6):
        note_renounced(bruno, handover.pk, answer="no")
    for topic in order:
        deliver(topic)
    assert Handover.objects.get().stage == "withdrawn"
    assert Case.objects.get(pk=case.pk).is_open


def test_both_districts_ask_the_same_of_the_same_two_moments():
    early, late = A_MORNING, A_MORNING + timedelta(seconds=1)
    assert answer_came_first(answered_at=early, withdrawn_at=late)
    assert not answer_came_first(answered_at=late, withdrawn_at=early)
    assert not answer_came_first(answered_at=early, withdrawn_at=early)
    assert answer_came_first(answered_at=early, withdrawn_at=None)


def test_a_message_of_a_district_that_is_not_in_it_changes_nothing():
    _anna, _case, handover, bruno = a_transfer()
    deliver(PROPOSED)
    reached(bruno, handover.pk)
    take(bruno, handover.pk)
    (event,) = Event.objects.filter(topic=ANSWERED)
    transfers.hear_answer(event.payload | {"from_district": 1802})
    assert Handover.objects.get().stage == "proposed"


# ---- terms and pages


def test_a_term_that_passed_is_late_on_both_sides():
    anna, case, handover, bruno = a_transfer()
    deliver_all()
    (due,) = queries.due_soon(bruno, 14)
    assert (due.kind, due.object_id, due.on) == (Due.CONTACT, handover.pk, handover.deadline)
    assert not queries.referrals_page(bruno).rows[0].late
    assert queries.due_soon(anna, 14) == []
    with clock.at(A_MORNING + timedelta(days=15)):
        (unanswered,) = queries.due_soon(anna, 14)
        assert (unanswered.kind, unanswered.object_id) == (Due.TRANSFER, case.pk)
        home = desk_of(anna).get("/lavoro/").content.decode()
        assert "non ha ancora risposto" in home
        assert url("case", case.pk) in home
        assert queries.referrals_page(bruno).rows[0].late
        assert "in ritardo" in desk_of(anna).get(url("case", case.pk)).content.decode()
        assert "in ritardo" in desk_of(bruno).get(url("referral", handover.pk)).content.decode()
        withdraw_handover(anna, handover.pk)
        assert "in ritardo" not in desk_of(anna).get(url("case", case.pk)).content.decode()


def test_a_case_is_proposed_to_another_district_on_its_page():
    anna, bruno = a_worker(), a_worker(CREMA, name="Bruno Prova")
    case, desk = a_case(anna), desk_of(anna)
    page = desk.get(url("hand_over", case.pk)).content.decode()
    assert f"district:{CREMA}" in page
    assert f"district:{CREMONA}" not in page
    passage = {
        "to": f"district:{CREMA}",
        "reason": "si trasferisce",
        "basis": "accordo",
        "deadline": "2026-03-10",
    }
    assert desk.post(url("hand_over", case.pk), passage)["Location"] == url("case", case.pk)
    deliver_all()
    theirs = desk_of(bruno)
    (referral,) = Referral.objects.all()
    assert "Sara Prova" in theirs.get(url("referrals")).content.decode()
    page = theirs.get(url("referral", referral.pk)).content.decode()
    assert "Passaggio da:" in page
    assert "10/03/2026" in page
    theirs.post(url("note_attempt", referral.pk), {"channel": "phone", "reached": "1"})
    theirs.post(url("answer_referral", referral.pk), {"move": "renounce", "answer": "non ora"})
    deliver_all()
    page = desk.get(url("case", case.pk)).content.decode()
    assert "non accettato" in page
    assert "non ora" in page
    page = theirs.get(url("referral", referral.pk)).content.decode()
    assert "Segna il tentativo" not in page
    assert "La risposta è arrivata" in page


@pytest.mark.parametrize("knows", [True, False])
def test_the_other_district_sees_whether_the_family_knows(knows):
    anna = a_worker()
    handover = propose(anna, a_case(anna), family_knows=knows)
    deliver(PROPOSED)
    assert Referral.objects.get(pk=handover.pk).person_informed is knows

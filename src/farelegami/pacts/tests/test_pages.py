"""The pages of pacts: who gets in, what they cost, what happens to what one types."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from farelegami.access.models import Account
from farelegami.access.tests.builders import an_actor
from farelegami.audit.models import Entry
from farelegami.cases.tests.builders import CREMA, a_case_in_codesign
from farelegami.documents.tests.builders import A_PDF, an_upload
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor, Role
from farelegami.kernel.ids import new_id
from farelegami.kernel.units import euros
from farelegami.pacts.models import (
    BusinessPlan,
    HoursEntry,
    Meeting,
    Pact,
    PactVersion,
    ResultProgress,
    Signature,
    SpendRequest,
)
from farelegami.pacts.queries import open_version
from farelegami.pacts.rules.money import Spend
from farelegami.pacts.rules.stages import Stage
from farelegami.pacts.services.agreeing import agree
from farelegami.pacts.services.deciding import authorise
from farelegami.pacts.services.living import hold_meeting, plan_meeting, set_result
from farelegami.pacts.services.planning import accompany_plan, present_plan
from farelegami.pacts.tests.builders import (
    A_DRAWING,
    Crew,
    a_crew,
    a_draft_pact,
    a_pact,
    a_reached_result,
    a_spend,
    an_amendment,
    open_terms,
    reread,
    sign_all,
    some_hours,
    terms_of,
    write_words,
)
from farelegami.people.rules.households import HouseholdRole
from farelegami.people.services.households import add_member
from farelegami.people.services.persons import PersonDraft, register_person
from farelegami.web.formats import hours as told_hours

pytestmark = pytest.mark.django_db


def as_(actor: Actor) -> Client:
    """Return a browser in which the actor has signed in."""
    client = Client()
    client.force_login(
        Account.objects.get(pk=actor.account_id),
        backend="farelegami.access.backends.AccountBackend",
    )
    # The first page of a session also notes where it is held.
    client.get("/lavoro/")
    return client


def page(actor: Actor, name: str, /, *args: Any, **query: Any) -> Any:
    return as_(actor).get(reverse(f"pacts:{name}", args=args), query)


def send(actor: Actor, name: str, /, *args: Any, **data: Any) -> Any:
    return as_(actor).post(reverse(f"pacts:{name}", args=args), data)


@pytest.mark.parametrize("stage", list(Stage))
def test_the_page_of_a_pact_opens_in_every_stage(stage: Stage) -> None:
    pact, crew = a_pact(stage)
    for reader in (crew.worker, crew.coordinator):
        answer = page(reader, "pact", pact.pk)
        assert answer.status_code == 200
        assert "Il patto di Sara e della sua famiglia" in answer.content.decode()
    assert page(crew.worker, "print", pact.pk).status_code == 200
    assert page(crew.worker, "pacts").status_code == 200


@pytest.mark.parametrize("stage", list(Stage))
@pytest.mark.parametrize("kind", ["inclusione", "autonomia"])
def test_a_pact_costs_ten_queries_at_most(
    stage: Stage, kind: str, django_assert_max_num_queries: Any
) -> None:
    pact, crew = a_pact(stage, kind=kind)
    if stage == Stage.ACTIVE:
        an_amendment(crew, pact)
    client = as_(crew.worker)
    with django_assert_max_num_queries(10):
        assert client.get(reverse("pacts:pact", args=[pact.pk])).status_code == 200


def a_full_life(crew: Crew, pact: Pact, times: int) -> None:
    """Fill an active pact with spends, hours and meetings."""
    for _number in range(times):
        a_spend(crew, pact, Spend.PAID, cents=500)
        some_hours(crew, pact, 30, confirmed=True)
        hold_meeting(crew.worker, pact.pk, held_on=clock.today(), changed_for_family="Esce di casa")


def queries_of(client: Client, url: str, capture: Any) -> int:
    with capture as context:
        assert client.get(url).status_code == 200
    return len(context.captured_queries)


@pytest.mark.parametrize("times", [1, 25])
def test_a_pact_costs_the_same_with_one_spend_or_many(
    times: int, django_assert_num_queries: Any
) -> None:
    pact, crew = a_pact()
    a_full_life(crew, pact, times)
    client = as_(crew.worker)
    with django_assert_num_queries(9):
        client.get(reverse("pacts:pact", args=[pact.pk]))


@pytest.mark.parametrize("times", [1, 26])
def test_the_list_costs_six_queries(times: int, django_assert_num_queries: Any) -> None:
    crew = a_crew()
    for _number in range(times):
        a_pact(Stage.DRAFT, crew=crew)
    client = as_(crew.worker)
    url = reverse("pacts:pacts")
    with django_assert_num_queries(6):
        answer = client.get(url, {"fase": "draft", "testo": "cucina", "miei": "1"})
    assert answer.content.decode().count('class="prow"') == min(times, 25)


@pytest.mark.parametrize("times", [1, 12])
@pytest.mark.parametrize("name", ["decisions", "payments"])
def test_the_lists_of_money_cost_the_same_however_long(
    name: str, times: int, django_assert_max_num_queries: Any
) -> None:
    pact, crew = a_pact()
    for _number in range(times):
        a_spend(crew, pact, Spend.DOCUMENTED if name == "payments" else Spend.REQUESTED, cents=200)
    client = as_(crew.clerk if name == "payments" else crew.coordinator)
    with django_assert_max_num_queries(6):
        assert client.get(reverse(f"pacts:{name}")).status_code == 200


def test_opening_a_pact_is_written_in_the_log_once_for_each_person() -> None:
    """R22."""
    pact, crew = a_pact()
    Entry.objects.all()
    before = Entry.objects.filter(verb="read", object_id=pact.pk).count()
    page(crew.worker, "pact", pact.pk)
    read = Entry.objects.filter(verb="read", object_id=pact.pk)
    assert read.count() == before + 2
    assert set(read.values_list("purpose", flat=True)) == {"pagina del patto"}


def urls_of(pact: Pact, crew: Crew) -> Iterator[str]:
    """Yield every address that belongs to a pact."""
    spend = a_spend(crew, pact)
    meeting = plan_meeting(crew.worker, pact.pk, planned_at=clock.now() + timedelta(days=3))
    entry = some_hours(crew, pact)
    terms = terms_of(pact)
    an_amendment(crew, pact)
    goal, result = terms.goals[0].key, terms.goals[0].results[0].key
    for step in ("risorse", "obiettivi", "sostegni", "restituzione", "rilettura"):
        yield reverse("pacts:wizard", args=[pact.pk, step])
    for name in (
        "pact", "print", "goal", "support", "commitment", "giveback_note", "dates", "members",
        "agree", "reopen", "amend", "drop_amendment", "withdraw", "sign", "start", "decide_text",
        "authorise", "send_back", "cap", "ask_spend", "plan_meeting", "note_meeting",
        "report_hours", "suspend", "resume", "interrupt", "start_review", "close",
    ):  # fmt: skip
        yield reverse(f"pacts:{name}", args=[pact.pk])
    yield reverse("pacts:version", args=[pact.pk, 1])
    yield reverse("pacts:compare", args=[pact.pk, 2])
    yield reverse("pacts:edit_goal", args=[pact.pk, goal])
    yield reverse("pacts:result", args=[pact.pk, goal])
    yield reverse("pacts:edit_result", args=[pact.pk, goal, result])
    yield reverse("pacts:edit_support", args=[pact.pk, terms.supports[0].key])
    yield reverse("pacts:edit_commitment", args=[pact.pk, terms.commitments[0].key])
    yield reverse("pacts:set_result", args=[pact.pk, result])
    yield reverse("pacts:hold_meeting", args=[pact.pk, meeting.pk])
    yield reverse("pacts:miss_meeting", args=[pact.pk, meeting.pk])
    yield reverse("pacts:confirm_hours", args=[pact.pk, entry.pk])
    yield reverse("pacts:cancel_hours", args=[pact.pk, entry.pk])
    yield reverse("pacts:follow_up", args=[pact.pk, 3])
    for name in ("spend", "approve_spend", "reject_spend", "document_spend", "release_spend",
                 "pay", "reconcile"):  # fmt: skip
        yield reverse(f"pacts:{name}", args=[spend.pk])


def test_to_strangers_nothing_of_a_pact_exists() -> None:
    pact, crew = a_pact()
    urls = list(urls_of(pact, crew))
    strangers = [
        an_actor(Role.SOCIAL_WORKER, Role.COORDINATOR, Role.CLERK, district_id=CREMA),
        an_actor(Role.COMMUNITY_MAKER, district_id=crew.district_id),
        an_actor(Role.SOCIAL_WORKER, district_id=crew.district_id),
    ]
    for stranger in strangers:
        client = as_(stranger)
        for url in urls:
            assert client.get(url).status_code == 404, url


def test_the_case_manager_opens_every_page_of_their_pact() -> None:
    pact, crew = a_pact()
    client = as_(crew.worker)
    for url in urls_of(pact, crew):
        answer = client.get(url, follow=True)
        assert answer.status_code in {200, 404}, url
        if answer.status_code == 404:
            assert any(
                word in url
                for word in ("da-decidere", "tetto", "approva", "paga", "ricon", "seguito")
            )


def test_the_clerk_reads_codes_and_papers_and_no_story() -> None:
    pact, crew = a_pact()
    spend = a_spend(crew, pact, Spend.DOCUMENTED)
    for name, *args in (("payments",), ("spend", spend.pk), ("pay", spend.pk)):
        answer = page(crew.clerk, name, *args)
        text = answer.content.decode()
        assert answer.status_code == 200
        assert pact.code in text
        assert "Bottega del cuoco" in text
        for story in (pact.title, spend.title, spend.reason, "Sara", "Adam"):
            assert story not in text, (name, story)
    assert page(crew.clerk, "pact", pact.pk).status_code == 404


# ---- writing the words


def test_a_new_pact_is_opened_once_however_often_it_is_sent() -> None:
    crew = a_crew()
    case = a_case_in_codesign(crew.worker, crew.district_id)
    form = page(crew.worker, "new", case.pk).context["form"]
    data = {
        "once": new_id(),
        "pact_type": form.fields["pact_type"].choices[0][0],
        "body": form.fields["body"].choices[0][0],
        "title": "Lavorare in una cucina",
        "starts_on": clock.today().isoformat(),
        "holders": [str(case.contact_id)],
        "templates": ["mestiere"],
    }
    for _twice in range(2):
        answer = send(crew.worker, "new", case.pk, **data)
        assert answer.status_code == 302
    (pact,) = Pact.objects.all()
    assert [goal.title for goal in open_terms(pact).goals] == [
        "Imparare un mestiere che mi somiglia"
    ]


def test_what_was_typed_wrongly_is_still_there() -> None:
    crew = a_crew()
    pact = a_draft_pact(crew)
    version = open_version(pact.pk)
    answer = send(
        crew.worker, "support", pact.pk, edit_number=version.edit_number, category="formazione",
        title="Corso da aiuto cuoca", provider="Scuola", amount_cents="seicento", detail="60 ore",
    )  # fmt: skip
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Scrivi un importo in euro" in text
    for typed in ("Corso da aiuto cuoca", "seicento", "60 ore"):
        assert typed in text


def test_words_written_meanwhile_are_not_overwritten_and_saving_again_works() -> None:
    crew = a_crew()
    pact = a_draft_pact(crew)
    stale = open_version(pact.pk).edit_number
    send(crew.worker, "goal", pact.pk, edit_number=stale, title="Parlare italiano")
    answer = send(crew.worker, "goal", pact.pk, edit_number=stale, title="Avere tempo per sé")
    assert answer.status_code == 422
    assert "Avere tempo per sé" in answer.content.decode()
    assert [goal.title for goal in open_terms(pact).goals] == ["Parlare italiano"]
    newer = answer.context["form"]["edit_number"].value()
    send(crew.worker, "goal", pact.pk, edit_number=newer, title="Avere tempo per sé")
    assert len(open_terms(pact).goals) == 2


def test_what_is_missing_in_a_file_leads_to_that_file_and_back() -> None:
    crew = a_crew()
    pact = a_draft_pact(crew)
    case = pact.case
    partner = PersonDraft(given_name="Karim", family_name="Prova", birth_date=date(1990, 2, 3))
    second = register_person(crew.worker, crew.district_id, partner).person
    add_member(crew.worker, case.household_id, second.pk, HouseholdRole.ADULT, day=clock.today())
    send(crew.worker, "members", pact.pk, holders=[str(case.contact_id), str(second.pk)])
    notice = reverse("desk:give_notice", args=[second.pk])
    for step in ("risorse", "rilettura"):
        text = page(crew.worker, "wizard", pact.pk, step).content.decode()
        assert f'href="{notice}?torna=' in text, step
    assert reverse("desk:give_notice", args=[case.contact_id]) not in text


def test_closing_recalls_the_results_not_marked_and_does_not_insist() -> None:
    pact, crew = a_pact()
    send(crew.worker, "start_review", pact.pk)
    hint = "Risultati segnati come raggiunti finora: 0 di "
    assert hint in page(crew.worker, "close", pact.pk).content.decode()
    goal = terms_of(pact).goals[0]
    for result in goal.results:
        set_result(crew.worker, pact.pk, result.key, status=ResultProgress.Status.REACHED)
    assert hint not in page(crew.worker, "close", pact.pk).content.decode()


def test_the_wizard_writes_a_whole_pact_and_says_when_nothing_is_missing() -> None:
    crew = a_crew()
    pact = a_draft_pact(crew)

    def now() -> int:
        return open_version(pact.pk).edit_number

    worker, pk = crew.worker, pact.pk
    send(worker, "goal_template", pk, edit_number=now(), code="mestiere")
    send(worker, "support", pk, edit_number=now(), category="formazione", title="Corso",
         provider="Scuola", amount_cents="640", detail="")  # fmt: skip
    text = page(worker, "wizard", pk, "sostegni").content.decode()
    assert "restano 1.360,00" in text
    assert "parlare della restituzione" in page(worker, "wizard", pk, "rilettura").content.decode()
    send(worker, "giveback_note", pk, edit_number=now(), note="Per ora no.")
    assert "È concordato" in page(worker, "wizard", pk, "rilettura").content.decode()
    assert send(worker, "agree", pk).status_code == 302
    assert reread(pact).stage == Stage.AGREED
    assert send(worker, "agree", pk).status_code == 422


def test_lines_are_changed_and_taken_out() -> None:
    crew = a_crew()
    pact = a_draft_pact(crew)
    write_words(crew, pact)
    support = open_terms(pact).supports[0]
    number = open_version(pact.pk).edit_number
    send(crew.worker, "edit_support", pact.pk, support.key, edit_number=number,
         category=support.category, title="Corso da cuoca", provider="Scuola",
         amount_cents="700,50", detail="")  # fmt: skip
    assert open_terms(pact).supports[0].amount_cents == 70_050
    commitment = open_terms(pact).commitments[0]
    number = open_version(pact.pk).edit_number
    answer = send(crew.worker, "remove_line", pact.pk, "restituzione", commitment.key,
                  edit_number=number)  # fmt: skip
    assert answer.status_code == 302
    assert commitment.key not in [each.key for each in open_terms(pact).commitments]


def test_the_dates_hold_every_due_day() -> None:
    crew = a_crew()
    pact = a_draft_pact(crew)
    write_words(crew, pact)
    terms = open_terms(pact)
    answer = send(
        crew.worker, "dates", pact.pk, edit_number=open_version(pact.pk).edit_number,
        starts_on=terms.starts_on.isoformat(),
        ends_on=(terms.starts_on + timedelta(days=30)).isoformat(),
    )  # fmt: skip
    assert answer.status_code == 422
    assert open_terms(pact).ends_on == terms.ends_on


# ---- deciding and signing


def test_who_wrote_a_pact_does_not_authorise_it() -> None:
    """R2: not even with the role of a coordinator."""
    both = an_actor(Role.SOCIAL_WORKER, Role.COORDINATOR, district_id=1901)
    crew = a_crew()
    mine = Crew(both, crew.coordinator, crew.clerk, crew.panel)
    pact, _crew = a_pact(Stage.AGREED, crew=mine)
    assert pact.code not in page(both, "decisions").content.decode()
    assert send(both, "authorise", pact.pk).status_code == 403
    assert pact.code in page(crew.coordinator, "decisions").content.decode()
    assert page(crew.coordinator, "decide_text", pact.pk).status_code == 200
    assert send(crew.coordinator, "authorise", pact.pk).status_code == 302
    assert reread(pact).stage == Stage.AUTHORISED


def test_a_text_goes_back_only_with_a_reason() -> None:
    pact, crew = a_pact(Stage.AGREED)
    assert send(crew.coordinator, "send_back", pact.pk, reason="").status_code == 422
    send(crew.coordinator, "send_back", pact.pk, reason="Manca il preventivo.")
    assert reread(pact).stage == Stage.DRAFT
    assert "Manca il preventivo." in page(crew.worker, "pact", pact.pk).content.decode()


def test_a_pact_over_its_cap_waits_for_an_act() -> None:
    """R1."""
    crew = a_crew()
    pact = a_draft_pact(crew)
    write_words(crew, pact)
    number = open_version(pact.pk).edit_number
    send(crew.worker, "support", pact.pk, edit_number=number, category="abitare",
         title="Caparra", provider="Proprietario", amount_cents="900", detail="")  # fmt: skip
    assert "Sopra il tetto" in page(crew.worker, "wizard", pact.pk, "sostegni").content.decode()
    assert send(crew.worker, "agree", pact.pk).status_code == 422
    answer = send(crew.coordinator, "cap", pact.pk, cap_cents="2.700", reason="Uno sfratto.")
    assert answer.status_code == 302
    assert send(crew.worker, "agree", pact.pk).status_code == 302
    assert reread(pact).cap_cents == euros(2_700)


def test_everyone_signs_on_the_screen_or_on_paper_and_the_last_puts_it_in_force() -> None:
    pact, crew = a_pact(Stage.AUTHORISED)
    version = open_version(pact.pk)
    answer = page(crew.worker, "sign", pact.pk)
    assert version.text_hash in answer.content.decode()
    assert "Mancano 3 firme" in answer.content.decode()
    holder = {"signer": "holder", "person_id": pact.case.contact_id}
    same = {"text_hash": version.text_hash}
    empty = send(crew.worker, "sign", pact.pk, **holder, **same, drawing="")
    assert empty.status_code == 422
    forged = send(crew.worker, "sign", pact.pk, **holder, text_hash="0" * 64, drawing=A_DRAWING)
    assert forged.status_code == 422
    drawn = send(crew.worker, "sign", pact.pk, **holder, **same, drawing=A_DRAWING)
    assert drawn.status_code == 302
    again = send(crew.worker, "sign", pact.pk, **holder, **same, drawing=A_DRAWING)
    assert again.status_code == 422
    send(crew.worker, "sign", pact.pk, signer="case_manager", **same, drawing=A_DRAWING)
    paper = send(crew.coordinator, "sign", pact.pk, signer="body", name="La sindaca", **same,
                 upload=an_upload(A_PDF, "firma.pdf"))  # fmt: skip
    assert paper.status_code == 302
    assert reread(pact).stage == Stage.ACTIVE
    assert Signature.objects.filter(version=version).count() == 3
    scan = Signature.objects.get(signer="body").document_id
    assert as_(crew.worker).get(reverse("documents:open", args=[scan])).status_code == 200
    stranger = an_actor(Role.SOCIAL_WORKER, district_id=CREMA)
    assert as_(stranger).get(reverse("documents:open", args=[scan])).status_code == 404


# ---- money


def asked(**changes: Any) -> dict[str, Any]:
    return {
        "once": new_id(), "support_key": "", "category": "formazione", "title": "Divisa",
        "amount_cents": "80", "supplier": "Bottega", "route": "supplier", "reason": "",
        **changes,
    }  # fmt: skip


def test_a_spend_is_asked_once_however_often_it_is_sent() -> None:
    pact, crew = a_pact()
    data = asked()
    for _twice in range(2):
        assert send(crew.worker, "ask_spend", pact.pk, **data).status_code == 302
    assert SpendRequest.objects.count() == 1


def statements(context: Any) -> int:
    """Return how many queries were made, the savepoints of the test left out."""
    return sum("SAVEPOINT" not in query["sql"] for query in context.captured_queries)


def test_asking_approving_and_telling_hours_cost_eleven_queries_at_most() -> None:
    """scale.md, 10."""
    pact, crew = a_pact()
    told = {
        "once": new_id(), "commitment_key": terms_of(pact).commitments[0].key,
        "done_on": clock.today().isoformat(), "minutes": "1 h",
    }  # fmt: skip
    for actor, name, data in (
        (crew.worker, "ask_spend", asked()),
        (crew.coordinator, "approve_spend", {}),
        (crew.worker, "report_hours", told),
    ):
        spend = SpendRequest.objects.first()
        args = [spend.pk if name == "approve_spend" else pact.pk]
        client = as_(actor)
        with CaptureQueriesContext(connection) as context:
            assert client.post(reverse(f"pacts:{name}", args=args), data).status_code == 302
        assert statements(context) <= 11, name


def test_more_than_is_left_is_refused_and_what_was_typed_stays() -> None:
    pact, crew = a_pact()
    answer = send(crew.worker, "ask_spend", pact.pk, **asked(amount_cents="1.900"))
    assert answer.status_code == 422
    assert "restano 1.800,00" in answer.content.decode()
    assert "Bottega" in answer.content.decode()


def test_a_spend_travels_through_three_pairs_of_hands() -> None:
    pact, crew = a_pact()
    send(crew.worker, "ask_spend", pact.pk, **asked())
    spend = SpendRequest.objects.get()
    assert send(crew.worker, "approve_spend", spend.pk).status_code == 404
    assert send(crew.coordinator, "approve_spend", spend.pk).status_code == 302
    assert send(crew.coordinator, "approve_spend", spend.pk).status_code == 422
    paper = {
        "document_number": "12/B", "document_date": clock.today().isoformat(),
        "document_cents": "79,90",
    }  # fmt: skip
    missing = send(crew.worker, "document_spend", spend.pk, **paper)
    assert missing.status_code == 422
    assert "12/B" in missing.content.decode()
    done = send(crew.worker, "document_spend", spend.pk, **paper, upload=an_upload())
    assert done.status_code == 302
    line = page(crew.clerk, "pay", spend.pk).context["form"]["budget_line"].value()
    pay = {"paid_on": clock.today().isoformat(), "payment_reference": "m 7", "budget_line": line}
    assert send(crew.clerk, "pay", spend.pk, **pay).status_code == 302
    assert send(crew.clerk, "pay", spend.pk, **pay).status_code == 422
    assert send(crew.clerk, "reconcile", spend.pk, statement_reference="r 3").status_code == 302
    assert SpendRequest.objects.get().stage == Spend.RECONCILED
    assert page(crew.worker, "spend", spend.pk).status_code == 200


def test_a_spend_is_refused_with_a_reason_or_released_before_its_paper() -> None:
    pact, crew = a_pact()
    one, other = a_spend(crew, pact), a_spend(crew, pact, Spend.COMMITTED)
    assert send(crew.coordinator, "reject_spend", one.pk, reason="").status_code == 422
    send(crew.coordinator, "reject_spend", one.pk, reason="C’è già nel corso.")
    send(crew.worker, "release_spend", other.pk, reason="Non serve più.")
    stages = SpendRequest.objects.order_by("id").values_list("stage", flat=True)
    assert list(stages) == [Spend.REJECTED, Spend.RELEASED]


# ---- the life of a pact


def test_meetings_are_planned_held_and_missed_once() -> None:
    pact, crew = a_pact()
    day = clock.today() + timedelta(days=20)
    data = {"once": new_id(), "day": day.isoformat(), "hour": "15:00", "place": "A casa"}
    for _twice in range(2):
        assert send(crew.worker, "plan_meeting", pact.pk, **data).status_code == 302
    (meeting,) = Meeting.objects.all()
    assert "A casa" in page(crew.worker, "pact", pact.pk).content.decode()
    send(crew.worker, "miss_meeting", pact.pk, meeting.pk, reason="Febbre", is_justified="on")
    held = {"once": new_id(), "held_on": clock.today().isoformat(), "progress": "Bene",
            "changed_for_family": "Il giovedì esco di casa.", "worked_minutes": "1:30"}  # fmt: skip
    for _twice in range(2):
        assert send(crew.worker, "note_meeting", pact.pk, **held).status_code == 302
    assert Meeting.objects.count() == 2
    shown = page(crew.worker, "pact", pact.pk).content.decode()
    assert "Il giovedì esco di casa." in shown
    assert f"Tempo di chi accompagna: {told_hours(90)}" in shown
    late = send(crew.worker, "note_meeting", pact.pk, **{**held, "held_on": day.isoformat()})
    assert late.status_code == 422


def test_results_and_hours_show_on_the_page() -> None:
    pact, crew = a_pact()
    key = terms_of(pact).goals[0].results[0].key
    assert send(crew.worker, "set_result", pact.pk, key, status="reached").status_code == 302
    assert send(crew.worker, "set_result", pact.pk, key, status="fatto").status_code == 422
    hours = {
        "once": new_id(), "commitment_key": terms_of(pact).commitments[0].key,
        "done_on": clock.today().isoformat(), "minutes": "3 h 30", "note": "",
    }  # fmt: skip
    for _twice in range(2):
        assert send(crew.worker, "report_hours", pact.pk, **hours).status_code == 302
    entry = HoursEntry.objects.get()
    assert "3 h 30" in page(crew.worker, "pact", pact.pk).content.decode().replace("\xa0", " ")
    send(crew.worker, "confirm_hours", pact.pk, entry.pk, confirmed_name="Lucia",
         changed_for_others="Sei donne non saltano più una lezione.")  # fmt: skip
    text = page(crew.worker, "pact", pact.pk).content.decode()
    assert "Sei donne non saltano più una lezione." in text
    assert send(crew.worker, "cancel_hours", pact.pk, entry.pk, reason="Errore").status_code == 422


def test_a_pact_stands_still_goes_on_and_closes_with_an_outcome_for_each_goal() -> None:
    pact, crew = a_pact()
    a_reached_result(crew, pact)
    worker, pk = crew.worker, pact.pk
    send(worker, "suspend", pk, reason="Un ricovero", expected_until="")
    assert reread(pact).stage == Stage.SUSPENDED
    assert send(worker, "ask_spend", pk, **asked()).status_code == 422
    send(worker, "resume", pk)
    send(worker, "start_review", pk)
    goal = terms_of(pact).goals[0].key
    half = {f"reason_{goal}": "", "reason": "È andata", "next_steps": ""}
    assert send(worker, "close", pk, **half).status_code == 422
    whole = {**half, f"outcome_{goal}": "reached"}
    assert send(worker, "close", pk, **whole).status_code == 422
    assert send(worker, "close", pk, **whole, t2_declined="on").status_code == 302
    assert reread(pact).stage == Stage.CLOSED
    assert send(worker, "follow_up", pk, 3, is_still_active="si", note="Lavora").status_code == 302
    assert "Lavora" in page(worker, "pact", pk).content.decode()


def test_an_amendment_is_compared_and_dropped() -> None:
    pact, crew = a_pact()
    answer = send(crew.worker, "amend", pact.pk, kind="integration", reason="Serve altro")
    assert answer.status_code == 302
    assert send(crew.worker, "amend", pact.pk, kind="integration", reason="x").status_code == 422
    send(crew.worker, "support", pact.pk, edit_number=open_version(pact.pk).edit_number,
         category="cura-minori", title="Babysitter al sabato", provider="La Filanda",
         amount_cents="100", detail="")  # fmt: skip
    text = page(crew.worker, "compare", pact.pk, 2).content.decode()
    assert "1.900,00" in text
    assert "Babysitter al sabato" in text
    send(crew.worker, "drop_amendment", pact.pk)
    assert open_version(pact.pk) is None
    assert page(crew.worker, "wizard", pact.pk, "sostegni").status_code == 302


def test_an_amendment_is_authorised_and_signed_like_the_first_text() -> None:
    pact, crew = a_pact()
    an_amendment(crew, pact)
    assert page(crew.worker, "wizard", pact.pk, "rilettura").status_code == 200
    agree(crew.worker, pact.pk)
    assert "Che cosa cambia" in page(crew.coordinator, "decide_text", pact.pk).content.decode()
    authorise(crew.coordinator, pact.pk)
    sign_all(crew, pact)
    now = reread(pact)
    assert (now.version_number, now.authorised_cents) == (2, euros(1_900))
    assert "Budget" in page(crew.worker, "pact", pact.pk).content.decode()
    assert PactVersion.objects.filter(pact=pact, signed_on__isnull=False).count() == 2


# ---- business plans


def test_the_panel_reads_the_plan_and_not_the_story() -> None:
    pact, crew = a_pact(kind="autonomia")
    data = {"once": new_id(), "title": "Gelateria", "summary": "Gelato a tre ruote."}
    for _twice in range(2):
        assert send(crew.worker, "present_plan", pact.pk, **data).status_code == 302
    plan = BusinessPlan.objects.get()
    for name, *args in (("plans",), ("plan", plan.pk)):
        text = page(crew.panel, name, *args).content.decode()
        assert "Gelateria" in text
        assert pact.code in text
        for story in ("Sara", pact.title):
            assert story not in text
    assert page(crew.panel, "pact", pact.pk).status_code == 404
    assert send(crew.worker, "judge_plan", plan.pk, decision="yes", reason="x").status_code == 404
    send(crew.panel, "accompany_plan", plan.pk, accompanied_by="Sportello nuove imprese")
    assert send(crew.panel, "judge_plan", plan.pk, decision="yes", reason="").status_code == 422
    send(crew.panel, "judge_plan", plan.pk, decision="yes", reason="Conti solidi")
    assert BusinessPlan.objects.get().stage == "validated"
    text = page(crew.worker, "pact", pact.pk).content.decode()
    assert reverse("pacts:plan", args=[plan.pk]) in text


def test_a_family_pact_has_no_business_plan() -> None:
    pact, crew = a_pact()
    assert page(crew.worker, "present_plan", pact.pk).status_code == 404
    other, other_crew = a_pact(kind="autonomia")
    plan = present_plan(other_crew.worker, other.pk, title="Orto", summary="Verdura")
    accompany_plan(other_crew.worker, plan.pk, accompanied_by="Sportello")
    assert page(crew.worker, "plan", plan.pk).status_code == 404


def test_a_meeting_of_another_pact_and_a_day_never_asked_about_are_not_there() -> None:
    pact, crew = a_pact()
    other, others = a_pact()
    meeting = plan_meeting(others.worker, other.pk, planned_at=clock.now())
    client = as_(crew.worker)
    for url in (
        reverse("pacts:hold_meeting", args=[pact.pk, meeting.pk]),
        reverse("pacts:hold_meeting", args=[pact.pk, new_id()]),
        reverse("pacts:miss_meeting", args=[pact.pk, meeting.pk]),
        reverse("pacts:follow_up", args=[pact.pk, 4]),
        reverse("pacts:follow_up", args=[pact.pk, 10**30]),
    ):
        assert client.get(url).status_code == 404, url
        assert client.post(url, {"held_on": "2026-03-01"}).status_code == 404, url


def test_who_does_not_write_a_pact_is_not_led_to_where_it_is_written() -> None:
    pact, crew = a_pact(Stage.DRAFT)
    way = reverse("pacts:wizard", args=[pact.pk, "rilettura"])
    url = reverse("pacts:pact", args=[pact.pk])
    assert way in as_(crew.worker).get(url).content.decode()
    assert way not in as_(crew.coordinator).get(url).content.decode()

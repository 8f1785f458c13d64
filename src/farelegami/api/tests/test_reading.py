"""People, households, referrals, cases, documents: the sight of the pages, and their log."""

import pytest

from farelegami.access.tests.builders import an_actor
from farelegami.api.tests.builders import a_program
from farelegami.audit.models import Entry
from farelegami.cases.models import Referral
from farelegami.cases.tests.builders import TOWNS
from farelegami.documents.services import store
from farelegami.documents.tests.builders import an_upload
from farelegami.kernel import clock
from farelegami.kernel.actor import Role
from farelegami.kernel.ids import new_id
from farelegami.pacts.models import Meeting
from farelegami.pacts.tests.builders import a_body, a_draft_pact, a_pact

pytestmark = pytest.mark.django_db
SARA = {
    "given_name": "Sara", "phone": "333 1234567", "municipality_id": TOWNS[1901], "source": "self",
    "channel": "phone", "reason": "Vorrei parlare con qualcuno.",
}  # fmt: skip


@pytest.fixture
def told():
    return a_pact()


def reads() -> int:
    return Entry.objects.filter(verb="read").count()


def test_people_are_listed_searched_and_read(told) -> None:
    pact, crew = told
    program = a_program(crew.worker)
    listed = program.get("/people", limit=1).json()
    assert len(listed["rows"]) == 1
    assert listed["next"]
    rest = program.get("/people", limit=100, cursor=listed["next"]).json()
    assert listed["rows"][0]["id"] not in [row["id"] for row in rest["rows"]]
    found = program.get("/people", text="prova").json()
    assert found["rows"]
    before = reads()
    person = program.get(f"/people/{pact.case.contact_id}")
    assert person.status_code == 200, person.content
    assert person.json()["households"]
    assert "tax_code" not in person.json()
    assert reads() == before + 1
    clerk = a_program(crew.clerk)
    assert clerk.get("/people").status_code == 404
    elsewhere = a_program(an_actor(Role.SOCIAL_WORKER, district_id=1902))
    assert elsewhere.get(f"/people/{pact.case.contact_id}").status_code == 404


def test_households_are_listed_and_read(told) -> None:
    pact, crew = told
    program = a_program(crew.worker)
    assert program.get("/households").json()["rows"]
    before = reads()
    home = program.get(f"/households/{pact.household_id}").json()
    assert home["cases"] == [str(pact.case_id)]
    assert len(home["members"]) == reads() - before == 2


def test_cases_are_listed_and_read_without_their_diary(told) -> None:
    pact, crew = told
    program = a_program(crew.worker)
    assert [row["id"] for row in program.get("/cases").json()["rows"]] == [str(pact.case_id)]
    case = program.get(f"/cases/{pact.case_id}")
    assert case.status_code == 200, case.content
    assert case.json()["phase"] == "in_pact"
    assert "diary" not in case.content.decode()
    assert a_program(crew.coordinator).get("/cases", scope="district").json()["rows"]


def test_a_referral_is_written_once_and_read(told) -> None:
    _pact, crew = told
    program = a_program(crew.worker)
    key = {"Idempotency_Key": str(new_id())}
    before = Referral.objects.count()
    first, again = program.post("/referrals", SARA, **key), program.post("/referrals", SARA, **key)
    assert first.status_code == 201, first.content
    assert first.content == again.content
    assert Referral.objects.count() == before + 1
    read = program.client.get(first["Location"], headers=program.headers()).json()
    assert read["reason"] == SARA["reason"]
    assert program.get("/referrals", stage="received").json()["rows"][0]["id"] == read["id"]
    no_phone = {name: value for name, value in SARA.items() if name != "phone"}
    refused = program.post("/referrals", no_phone)
    assert (refused.status_code, refused.json()["code"]) == (409, "cases.no_way_to_answer")
    assert refused.json()["errors"][0]["at"] == ["body", "phone"]
    elsewhere = program.post("/referrals", SARA | {"municipality_id": "999999"})
    assert elsewhere.json()["code"] == "cases.place_not_served"
    for odd in ({"email": "no"}, {"source": "district"}, {"unknown": 1}, {"person_informed": "x"}):
        assert program.post("/referrals", SARA | odd).status_code == 422, odd


def test_the_words_of_a_draft_are_written_on_what_was_read(told) -> None:
    _pact, crew = told
    draft = a_draft_pact(crew)
    program, path = a_program(crew.worker), f"/pacts/{draft.pk}/draft"
    read = program.get(path)
    assert program.post(f"{path}/goals", {"title": "Una casa"}).status_code == 428
    goal = program.post(f"{path}/goals", {"title": "Una casa"}, If_Match=read["ETag"])
    assert goal.status_code == 201, goal.content
    late = program.post(f"{path}/goals", {"title": "Altro"}, If_Match=read["ETag"])
    assert late.status_code == 412
    support = {
        "category": "formazione", "title": "Corso", "provider": "Scuola", "amount_cents": 10_000,
    }  # fmt: skip
    done = program.post(f"{path}/supports", support, If_Match=goal["ETag"])
    assert done.status_code == 201, done.content
    commitment = {
        "person_id": str(draft.case.contact_id), "title": "Traduce", "host": "Biblioteca",
        "minutes": 600, "ends_on": draft.ends_on.isoformat(),
    }  # fmt: skip
    done = program.post(f"{path}/commitments", commitment, If_Match=done["ETag"])
    assert done.status_code == 201, done.content
    whole = program.get(path)
    assert whole["ETag"] == done["ETag"]
    assert whole.json()["edit_number"] == 4
    assert [each["title"] for each in whole.json()["goals"]] == ["Una casa"]
    others = a_program(crew.coordinator)
    assert others.post(f"{path}/goals", {"title": "X"}, If_Match="*").status_code == 403


def test_meetings_are_planned_and_held_and_hours_told(told) -> None:
    pact, crew = told
    program = a_program(crew.worker)
    day = clock.today().isoformat()
    planned = program.post(
        f"/pacts/{pact.pk}/meetings", {"planned_at": f"{day}T10:00:00+01:00", "place": "In sede"}
    )
    assert planned.status_code == 201, planned.content
    path = planned["Location"].removeprefix("/api/v1")
    assert program.get(path)["ETag"] == planned["ETag"]
    held = program.post(f"{path}/held", {"held_on": day}, If_Match=planned["ETag"])
    assert held.status_code == 200, held.content
    assert Meeting.objects.get(pk=planned.json()["id"]).held_on == clock.today()
    again = program.post(f"{path}/held", {"held_on": day}, If_Match=planned["ETag"])
    assert again.status_code == 412
    key = program.get(f"/pacts/{pact.pk}/commitments").json()["rows"][0]["key"]
    hours = {"commitment_key": key, "done_on": day, "minutes": 90}
    assert program.post(f"/pacts/{pact.pk}/hours", hours).status_code == 201
    assert program.get(f"/pacts/{pact.pk}/balances").json()["done_minutes"] == 90
    for odd in ({"minutes": 1441}, {"minutes": "90"}, {"done_on": "2026-02-30"}, {"minutes": 1.5}):
        answer = program.post(f"/pacts/{pact.pk}/hours", hours | odd)
        assert answer.status_code == 422, odd


def test_a_document_opens_to_who_sees_what_it_belongs_to(told) -> None:
    pact, crew = told
    document = store(
        crew.worker, upload=an_upload(), kind="prova", district_id=pact.district_id,
        title="Un foglio", owner_kind="pacts.pact", owner_id=pact.pk,
    )  # fmt: skip
    program = a_program(crew.worker)
    listed = program.get(f"/pacts/{pact.pk}/documents").json()["rows"]
    assert str(document.pk) in [row["id"] for row in listed]
    assert program.get(f"/documents/{document.pk}").json()["sha256"] == document.sha256
    content = program.get(f"/documents/{document.pk}/content")
    assert len(content.content) == document.size
    assert "attachment" in content["Content-Disposition"]
    stranger = a_program(an_actor(Role.SOCIAL_WORKER, district_id=pact.district_id))
    for path in (f"/documents/{document.pk}", f"/documents/{document.pk}/content"):
        assert stranger.get(path).status_code == 404


def test_what_is_wrong_with_the_data_is_said_in_the_language_asked_for(told) -> None:
    _pact, crew = told
    program = a_program(crew.worker)
    wrong = SARA | {"given_name": "x" * 81, "person_informed": 1, "urgency": "odd", "more": 1}
    del wrong["reason"]
    said = {}
    for language in ("it", "en"):
        answer = program.post("/referrals", wrong, Accept_Language=language)
        said[language] = {each["at"][-1]: each["says"] for each in answer.json()["errors"]}
        assert "x" * 81 not in answer.content.decode()
    assert said["it"]["given_name"] == "Al massimo 80 segni."
    assert said["it"]["reason"] == "Manca."
    assert "at_once" in said["it"]["urgency"]
    assert said["it"].keys() == said["en"].keys()
    assert not set(said["it"].values()) & set(said["en"].values())


def test_a_host_sends_a_referral_and_follows_its_code_alone(told) -> None:
    _pact, crew = told
    body = a_body()
    host = a_program(an_actor(Role.HOST, organisation_id=body.pk, name="Olga Ente"))
    sent = {name: SARA[name] for name in ("given_name", "phone", "municipality_id", "reason")} | {
        "organisation_id": str(body.pk), "referrer_contact": "333 7654321", "person_informed": True,
    }  # fmt: skip
    assert host.post("/sent-referrals", sent | {"person_informed": False}).status_code == 422
    answer = host.post("/sent-referrals", sent)
    assert answer.status_code == 201, answer.content
    referral = Referral.objects.get(pk=answer.json()["id"])
    assert (referral.source, referral.referrer_name) == ("organisation", "Olga Ente")
    rows = host.get("/sent-referrals").json()["rows"]
    assert [row["code"] for row in rows] == [referral.code]
    assert "reason" not in rows[0]
    assert host.get(f"/referrals/{referral.pk}").status_code == 404
    other = host.post("/sent-referrals", sent | {"organisation_id": str(new_id())})
    assert other.status_code == 403
    assert a_program(crew.worker).post("/sent-referrals", sent).status_code == 404


def test_what_a_pact_is_opened_with_can_be_asked(told) -> None:
    _pact, crew = told
    draft = a_draft_pact(crew)
    program = a_program(crew.worker)
    offers = program.get(f"/cases/{draft.case_id}/offers").json()["rows"]
    offer = next(each for each in offers if each["pact_type_id"] == str(draft.pact_type_id))
    assert str(draft.body_id) in [each["id"] for each in offer["bodies"]]
    assert "formazione" in [each["code"] for each in offer["categories"]]
    assert offer["cap_cents"] == draft.cap_cents
    towns = program.get("/municipalities").json()["rows"]
    assert TOWNS[1901] in [each["id"] for each in towns]

from datetime import date

import pytest
from django.urls import reverse

from farelegami.audit.models import Entry
from farelegami.desk.tests.builders import a_person, at_work, rows_of
from farelegami.kernel.actor import Role
from farelegami.people.models import Person
from farelegami.people.queries.files import contents_of
from farelegami.people.rules.ecomap import Circle, Strength, TieDraft
from farelegami.people.rules.households import HouseholdRole
from farelegami.people.rules.privacy import ConsentPurpose, Manner
from farelegami.people.services.ecomaps import draw_ecomap
from farelegami.people.services.households import form_household
from farelegami.people.services.merging import merge_people
from farelegami.people.services.privacy import record_consent
from farelegami.territory.models import BirthPlace
from farelegami.territory.tests.builders import CREMASCO, CREMONESE

pytestmark = pytest.mark.django_db
A_DAY = date(2026, 3, 2)
TABS = (
    "desk:person",
    "desk:person_household",
    "desk:person_ties",
    "desk:person_pacts",
    "desk:person_access",
)
ACTS = (
    "desk:change_person",
    "desk:draw_ecomap",
    "desk:person_skills",
    "desk:person_week",
    "desk:person_conditions",
    "desk:give_notice",
    "desk:give_consent",
    "desk:merge_people",
)


def typed(**changes):
    return {
        "given_name": "Mohamed",
        "family_name": "Youssef",
        "form_of_address": "neutral",
        "preferred_language": "it",
        **rows_of("lingue"),
        **changes,
    }


@pytest.mark.parametrize("name", [*TABS, *ACTS])
def test_a_worker_opens_the_pages_of_a_person_and_a_stranger_meets_nobody(name) -> None:
    browser, anna = at_work()
    stranger, _ugo = at_work(district_id=CREMONESE, name="Ugo Altrove")
    person = a_person(anna)
    assert browser.get(reverse(name, args=[person.pk])).status_code == 200
    assert stranger.get(reverse(name, args=[person.pk])).status_code == 404
    assert stranger.post(reverse(name, args=[person.pk]), typed()).status_code in {404, 405}


@pytest.mark.parametrize("role", [Role.CLERK, Role.COMMUNITY_MAKER, Role.DPO, Role.SYSTEM_ADMIN])
def test_the_registry_is_no_door_for_other_roles(role) -> None:
    _browser, anna = at_work()
    other, _actor = at_work(role)
    person = a_person(anna)
    assert other.get(reverse("desk:people")).status_code == 404
    assert other.get(reverse("desk:person", args=[person.pk])).status_code == 404


@pytest.mark.parametrize("name", TABS)
def test_each_opening_is_written_down_with_its_reason_and_shown(name) -> None:
    browser, anna = at_work()
    person = a_person(anna)
    browser.get(reverse(name, args=[person.pk]) + "?perche=colloquio")
    entry = Entry.objects.filter(verb="read", person_id=person.pk).latest("id")
    assert entry.actor_name == "Anna Prova"
    assert entry.purpose.endswith(", colloquio con la persona")
    page = browser.get(reverse("desk:person_access", args=[person.pk])).content.decode()
    assert "ha letto la scheda della persona" in page
    assert "colloquio con la persona" in page


def a_full_person(anna, extent: int):
    person = a_person(anna, "Zaira", "Lunga")
    mates = [a_person(anna, f"Nome{n}", f"Familiare{n}") for n in range(extent)]
    members = [(person.pk, HouseholdRole.ADULT)]
    members += [(mate.pk, HouseholdRole.CHILD) for mate in mates]
    form_household(anna, CREMASCO, members=members, day=A_DAY)
    for month in (1, 2):
        ties = [TieDraft(f"Legame {n}", Circle.FRIENDS, Strength.GOOD) for n in range(extent)]
        draw_ecomap(anna, person.pk, ties, day=A_DAY.replace(month=month))
    return person


@pytest.mark.parametrize("name", TABS)
def test_the_pages_of_a_person_cost_the_same_however_much_is_known(
    name, django_assert_max_num_queries, django_assert_num_queries
) -> None:
    browser, anna = at_work()
    small, large = a_full_person(anna, 1), a_full_person(anna, 25)
    browser.get(reverse(name, args=[small.pk]))
    with django_assert_max_num_queries(25) as spent:
        browser.get(reverse(name, args=[small.pk]))
    with django_assert_num_queries(len(spent)):
        browser.get(reverse(name, args=[large.pk]))


@pytest.mark.parametrize("many", [1, 25])
def test_the_list_costs_the_same_for_one_and_for_25(
    many, django_assert_num_queries, django_assert_max_num_queries
) -> None:
    browser, anna = at_work()
    for number in range(many):
        a_person(anna, f"Persona{number}", "Famosa")
    browser.get(reverse("desk:people"))
    with django_assert_num_queries(4):
        page = browser.get(reverse("desk:people"))
    assert page.content.decode().count("Famosa</a>") == many
    with django_assert_max_num_queries(7):
        found = browser.get(reverse("desk:people"), {"testo": "famosa"})
    assert found.content.decode().count("Famosa</a>") == many


def test_the_list_forgives_spelling_and_offers_to_register_who_is_not_there() -> None:
    browser, anna = at_work()
    a_person(anna, "Mohamed", "Youssef")
    assert (
        "Mohamed Youssef"
        in browser.get(reverse("desk:people"), {"testo": "muhamad iussef"}).content.decode()
    )
    nobody = browser.get(reverse("desk:people"), {"testo": "zzqq"}).content.decode()
    assert "Registra «zzqq»" in nobody
    assert reverse("desk:register_person") + "?nome=zzqq" in nobody


def test_the_list_leaves_out_other_districts_whatever_is_asked() -> None:
    browser, _anna = at_work()
    _other, ugo = at_work(district_id=CREMONESE, name="Ugo Altrove")
    a_person(ugo, "Segreta", "Lontana")
    for query in ({}, {"testo": "segreta lontana"}, {"ambito": str(CREMONESE)}):
        assert "Lontana" not in browser.get(reverse("desk:people"), query).content.decode()


def test_a_new_person_is_registered_with_the_languages_they_speak() -> None:
    browser, _anna = at_work()
    data = typed(phone="333 1234567", municipality_id="019035")
    data |= rows_of(
        "lingue", {"language": "ar", "level": "native"}, {"language": "", "level": "native"}
    )
    answer = browser.post(reverse("desk:register_person"), data)
    person = Person.objects.get()
    assert answer["Location"] == reverse("desk:person", args=[person.pk])
    assert [row.language for row in person.languages.all()] == ["ar"]
    assert "Arabo" in browser.get(answer["Location"]).content.decode()


def test_what_was_typed_stays_when_something_is_missing() -> None:
    browser, _anna = at_work()
    answer = browser.post(reverse("desk:register_person"), typed(family_name="", address="via Po"))
    assert answer.status_code == 422
    assert 'value="via Po"' in answer.content.decode()
    assert not Person.objects.exists()


def test_the_same_language_twice_is_refused() -> None:
    browser, _anna = at_work()
    arabic = {"language": "ar", "level": "native"}
    answer = browser.post(
        reverse("desk:register_person"), typed() | rows_of("lingue", arabic, arabic)
    )
    assert answer.status_code == 422
    assert "compare due volte" in answer.content.decode()


def test_who_may_be_here_already_is_proposed_before_anybody_is_registered() -> None:
    browser, anna = at_work()
    known = a_person(anna, "Yusuf", "Muhammad", birth_date=date(1980, 4, 5), phone="333 1234567")
    data = typed(birth_date="1980-05-04", phone="+39 333 12 34 567")
    asked = browser.post(reverse("desk:register_person"), data)
    page = asked.content.decode()
    assert asked.status_code == 422
    assert "Forse è già qui" in page
    assert "stesso telefono" in page
    assert reverse("desk:person", args=[known.pk]) in page
    assert Person.objects.count() == 1
    again = browser.post(
        reverse("desk:register_person"),
        data | {"anyway": "1", "seen": asked.context["seen"]},
    )
    assert again.status_code == 302
    assert Person.objects.count() == 2


def test_registering_anyway_answers_only_the_doubt_that_was_shown() -> None:
    browser, anna = at_work()
    a_person(anna, "Mohamed", "Youssef", birth_date=date(1980, 4, 5))
    data = typed(birth_date="1980-04-05", anyway="1", seen="")
    assert browser.post(reverse("desk:register_person"), data).status_code == 422
    assert Person.objects.count() == 1


def test_a_wrong_check_character_blocks_and_a_mismatch_only_asks() -> None:
    browser, _anna = at_work()
    url = reverse("desk:register_person")
    wrong = browser.post(url, typed(tax_code="RSSMRA85T10A562T"))
    assert wrong.status_code == 422
    assert "errore di battitura" in wrong.content.decode()
    doubt = browser.post(url, typed(tax_code="RSSMRA85T10A562S"))
    page = doubt.content.decode()
    assert doubt.status_code == 422
    assert "Il codice fiscale dice altro" in page
    assert "Cognome: nel codice è RSS" in page
    assert 'value="RSSMRA85T10A562S"' in page
    kept = typed(tax_code="RSSMRA85T10A562S", anyway="1", seen=doubt.context["seen"])
    assert browser.post(url, kept).status_code == 302


def test_a_place_of_birth_is_typed_by_name_and_proposed() -> None:
    browser, _anna = at_work()
    for code, name, folded in (("D142", "Crema", "crema"), ("D150", "Cremona", "cremona")):
        BirthPlace.objects.create(
            belfiore_code=code, name=name, sigla="CR", kind="municipality", folded=folded
        )
    proposed = browser.get(reverse("desk:birth_places"), {"testo": "crem"}).json()
    assert proposed == {"places": ["Crema (CR) [D142]", "Cremona (CR) [D150]"]}
    url = reverse("desk:register_person")
    assert browser.post(url, typed(birth_place_code="Crem")).status_code == 422
    browser.post(url, typed(birth_place_code="Crema"))
    person = Person.objects.get()
    assert person.birth_place_code == "D142"
    change = reverse("desk:change_person", args=[person.pk])
    assert "Crema (CR) [D142]" in browser.get(change).content.decode()
    browser.post(change, typed(birth_place_code="Cremona (CR) [D150]"))
    person.refresh_from_db()
    assert person.birth_place_code == "D150"


def test_two_registrations_are_compared_joined_and_parted_again() -> None:
    browser, anna = at_work()
    keep = a_person(anna, birth_date=date(1992, 3, 8))
    gone = a_person(anna, "Samira", "Bel Prato", birth_date=date(1992, 3, 8))
    url = reverse("desk:merge_people", args=[keep.pk])
    assert "Confronta" in browser.get(url).content.decode()
    page = f"{url}?con={gone.pk}"
    assert browser.get(page).status_code == 200
    without = browser.post(page, {"keep": str(keep.pk), "reason": ""})
    assert without.status_code == 422
    browser.post(page, {"keep": str(keep.pk), "reason": "Me lo ha confermato"})
    gone.refresh_from_db()
    assert gone.merged_into_id == keep.pk
    merge = browser.get(reverse("desk:person", args=[keep.pk])).context["merges"][0]
    undo = reverse("desk:unmerge", args=[merge.pk])
    assert "Bel Prato" in browser.get(undo).content.decode()
    assert browser.post(undo).status_code == 302
    gone.refresh_from_db()
    assert gone.merged_into_id is None


def test_a_stranger_undoes_no_merge() -> None:
    _browser, anna = at_work()
    stranger, _ugo = at_work(district_id=CREMONESE, name="Ugo Altrove")
    keep, gone = a_person(anna), a_person(anna, "Samira", "Bel Prato")
    merge = merge_people(anna, keep.pk, gone.pk, reason="stessa persona")
    assert stranger.get(reverse("desk:unmerge", args=[merge.pk])).status_code == 404
    assert stranger.post(reverse("desk:unmerge", args=[merge.pk])).status_code == 404


def test_nobody_is_born_nor_drawn_in_the_future() -> None:
    browser, anna = at_work()
    person = a_person(anna)
    draw = reverse("desk:draw_ecomap", args=[person.pk])
    answer = browser.post(draw, {"day": "2099-01-01"} | rows_of("legami", tie("Teresa")))
    assert answer.status_code == 422
    assert "Il giorno del disegno non è ancora arrivato." in answer.content.decode()
    change = reverse("desk:change_person", args=[person.pk])
    data = {
        "given_name": "Samira", "family_name": "Belprato", "form_of_address": "neutral",
        "preferred_language": "it", "birth_date": "2099-01-01", **rows_of("lingue"),
    }  # fmt: skip
    answer = browser.post(change, data)
    assert answer.status_code == 422
    assert "La data di nascita non è ancora arrivata." in answer.content.decode()


def test_the_address_of_a_registration_merged_away_leads_to_the_one_kept() -> None:
    browser, anna = at_work()
    stranger, _ugo = at_work(district_id=CREMONESE, name="Ugo Altrove")
    keep, gone = a_person(anna), a_person(anna, "Samira", "Bel Prato")
    last = a_person(anna, "Samira", "Belpratto")
    merge_people(anna, keep.pk, gone.pk, reason="stessa persona")
    merge_people(anna, last.pk, keep.pk, reason="stessa persona")
    for name in ("person", "person_household", "person_ties", "person_pacts", "person_access"):
        old = reverse(f"desk:{name}", args=[gone.pk])
        answer = browser.get(old, {"perche": "equipe"})
        assert answer.status_code == 302, name
        assert answer["Location"] == reverse(f"desk:{name}", args=[last.pk]) + "?perche=equipe"
        assert stranger.get(old).status_code == 404, name
    assert browser.get(reverse("desk:person", args=[anna.account_id])).status_code == 404


def test_after_the_notice_one_goes_back_to_the_page_of_ours_that_asked_for_it() -> None:
    browser, anna = at_work()
    person = a_person(anna)
    url = reverse("desk:give_notice", args=[person.pk])
    told = {"language": "it", "how": "read_aloud"}
    for asked, back in (
        ("/lavoro/patti/", "/lavoro/patti/"),
        ("https://altrove.example/", reverse("desk:person", args=[person.pk])),
        ("//altrove.example/", reverse("desk:person", args=[person.pk])),
    ):
        answer = browser.post(f"{url}?torna={asked}", told)
        assert (answer.status_code, answer["Location"]) == (302, back)


def tie(label: str, **more: str) -> dict[str, str]:
    return {
        "label": label, "detail": "", "circle": "friends", "strength": "good",
        "direction": "both", "before": "", **more,
    }  # fmt: skip


def test_ties_are_drawn_as_plain_rows_and_the_old_drawing_stays() -> None:
    browser, anna = at_work()
    person, friend = a_person(anna), a_person(anna, "Teresa", "Vicina")
    known = TieDraft("Teresa", Circle.FRIENDS, Strength.WEAK, other_person_id=friend.pk)
    draw_ecomap(anna, person.pk, [known], day=A_DAY)
    before = contents_of(person).ecomap.ties[0]
    url = reverse("desk:draw_ecomap", args=[person.pk])
    assert 'value="Teresa"' in browser.get(url).content.decode()
    drawn = rows_of(
        "legami",
        tie("Teresa", strength="strong", before=str(before.pk)),
        tie("Scuola", circle="community"),
        tie("Nessuno", DELETE="on"),
        tie(""),
        initial=1,
    )
    answer = browser.post(url, {"day": "2026-11-03", "drawn_with": "Samira", **drawn})
    assert answer["Location"] == reverse("desk:person_ties", args=[person.pk])
    newest, older = contents_of(person).ecomaps
    assert [one.label for one in newest.ties] == ["Teresa", "Scuola"]
    assert newest.ties[0].other_person_id == friend.pk
    page = browser.get(f"{answer['Location']}?con={older.id}").content.decode()
    assert "1 legame nuovo, fuori casa." in page
    assert "Con Teresa: da debole a forte." in page
    assert "com’era prima" in page


def test_a_drawing_with_a_fault_keeps_its_rows() -> None:
    browser, anna = at_work()
    person = a_person(anna)
    url = reverse("desk:draw_ecomap", args=[person.pk])
    twice = rows_of("legami", tie("Teresa"), tie("teresa", detail="la stessa"))
    answer = browser.post(url, {"day": "2026-11-03", **twice})
    assert answer.status_code == 422
    assert "compare due volte" in answer.content.decode()
    assert 'value="la stessa"' in answer.content.decode()
    nameless = rows_of("legami", tie("", detail="chi sarà"))
    assert browser.post(url, {"day": "2026-11-03", **nameless}).status_code == 422


def test_skills_week_and_conditions_are_written_and_shown() -> None:
    browser, anna = at_work()
    person = a_person(anna)
    skills = rows_of(
        "capacita",
        {"words": "Cucinare per tanti", "listed": "", "stage": "can"},
        {"words": "", "listed": "una voce inventata", "stage": "can"},
    )
    url = reverse("desk:person_skills", args=[person.pk])
    refused = browser.post(url, skills)
    assert refused.status_code == 422
    assert "una voce inventata" in refused.content.decode()
    assert browser.post(url, skills | {"capacita-1-listed": ""}).status_code == 302
    week = reverse("desk:person_week", args=[person.pk])
    assert browser.post(week, {"slot-1-0": "yes", "slot-3-0": "maybe"}).status_code == 302
    conditions = reverse("desk:person_conditions", args=[person.pk])
    assert browser.post(conditions, {"travel_minutes": "mille"}).status_code == 422
    data = {"transport": ["bus"], "travel_minutes": "20", "limits": "niente pesi", "wishes": ""}
    assert browser.post(conditions, data).status_code == 302
    page = browser.get(reverse("desk:person_ties", args=[person.pk])).content.decode()
    for words in ("Cucinare per tanti", "in autobus, fino a 20 min", "niente pesi", "forse"):
        assert words in page
    person.refresh_from_db()
    assert (person.week_yes, person.week_maybe) == (1 << 4, 1 << 12)


def test_the_notice_and_the_consents_are_recorded_and_withdrawn() -> None:
    browser, anna = at_work()
    person = a_person(anna)
    here = reverse("desk:person", args=[person.pk])
    assert "non è ancora stata data" in browser.get(here).content.decode()
    notice = reverse("desk:give_notice", args=[person.pk])
    assert browser.post(notice, {"language": "it", "how": ""}).status_code == 422
    assert browser.post(notice, {"language": "it", "how": "read_aloud"}).status_code == 302
    consent = reverse("desk:give_consent", args=[person.pk])
    assert browser.post(consent, {"purpose": "photo", "how": "paper"}).status_code == 302
    assert browser.post(consent, {"purpose": "photo", "how": "paper"}).status_code == 422
    withdraw = reverse("desk:withdraw_consent", args=[person.pk, "photo"])
    assert "fotografie e video" in browser.get(withdraw).content.decode()
    assert browser.post(withdraw).status_code == 302
    assert "ritirato il" in browser.get(here).content.decode()
    assert browser.post(withdraw).status_code == 422
    assert browser.get(withdraw.replace("photo", "anything")).status_code == 404


def test_a_consent_of_another_district_is_nobody_s() -> None:
    _browser, anna = at_work()
    stranger, _ugo = at_work(district_id=CREMONESE, name="Ugo Altrove")
    person = a_person(anna)
    record_consent(anna, person.pk, ConsentPurpose.PHOTO, how=Manner.PAPER)
    url = reverse("desk:withdraw_consent", args=[person.pk, "photo"])
    assert stranger.post(url).status_code == 404
    assert person.consents.filter(withdrawn_at=None).exists()

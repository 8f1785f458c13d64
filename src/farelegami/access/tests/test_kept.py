"""What was typed is not lost when the session ends, the form grows old or the thing is gone."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from farelegami.access.models import Account, RoleGrant
from farelegami.access.tests.builders import PASSWORD, an_actor
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor, Role
from farelegami.kernel.ids import new_id
from farelegami.people.models import Person
from farelegami.people.services.persons import PersonDraft, register_person
from farelegami.territory.tests.builders import CREMASCO, a_district

pytestmark = pytest.mark.django_db
HERE = "http://testserver"
WORDS = "Samira chiede <b>aiuto</b> & ascolto"
FORM = "/lavoro/persone/nuova/?nome=Samira"
TYPED = {
    "given_name": "Samira", "family_name": WORDS, "preferred_language": "it",
    "lingue-0-language": "ar", "lingue-TOTAL_FORMS": "1", "once": "segno-del-modulo",
}  # fmt: skip


def a_worker(name: str = "Anna Prova") -> Actor:
    a_district(CREMASCO, "Cremasco")
    return an_actor(Role.SOCIAL_WORKER, district_id=CREMASCO, name=name)


def at_work(actor: Actor, *, checks: bool = False) -> Client:
    browser = Client(enforce_csrf_checks=checks)
    browser.force_login(
        Account.objects.get(pk=actor.account_id), "farelegami.access.backends.AccountBackend"
    )
    return browser


def session_ends(browser: Client) -> None:
    key = browser.cookies["sessionid"].value
    Session.objects.filter(pk=key).update(expire_date=clock.now() - timedelta(hours=1))


def sends(browser: Client, data=TYPED, **headers):
    return browser.post(FORM, data, headers={"referer": HERE + FORM, **headers})


def signs_in(browser: Client, actor: Actor, where: str) -> str:
    username = Account.objects.get(pk=actor.account_id).username
    page = browser.get(where)
    following = page.context["redirect_field_value"]
    data = {"login": username, "password": PASSWORD, "next": following}
    answer = browser.post(where, data)
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"]


def main_of(answer) -> str:
    return answer.content.decode().partition("<main")[2]


def test_who_signs_in_again_finds_the_form_and_what_was_typed() -> None:
    anna = a_worker()
    browser = at_work(anna)
    session_ends(browser)
    asked = sends(browser)
    assert asked.status_code == 302
    assert "La sessione era finita" in browser.get(asked["Location"]).content.decode()
    assert not Person.objects.exists()
    place = signs_in(browser, anna, asked["Location"])
    assert place == FORM
    page = main_of(browser.get(place))
    assert "Samira chiede &lt;b&gt;aiuto&lt;/b&gt; &amp; ascolto" in page
    assert "<b>aiuto" not in page
    assert '<label class="lb" for="kept-2">Cognome</label>' in page
    assert "segno-del-modulo" not in page
    assert not Person.objects.exists(), "nothing is sent by itself"
    assert "kept-values" not in main_of(browser.get("/lavoro/persone/nuova/"))
    assert "kept-values" in main_of(browser.get(FORM)), "a page loaded again still has it"
    sends(browser, {"given_name": "Samira", "family_name": "Belprato"})
    assert "kept-values" not in main_of(browser.get(FORM)), "sent again, it is dropped"


def test_another_account_gets_nothing_and_leaves_nothing() -> None:
    anna, marta = a_worker(), a_worker("Marta Prova")
    browser = at_work(anna)
    session_ends(browser)
    place = signs_in(browser, marta, sends(browser)["Location"])
    page = browser.get(place)
    assert "kept-values" not in main_of(page)
    assert "chiede" not in main_of(page)
    assert "kept" not in browser.session


def test_what_is_kept_is_sealed_and_grows_old() -> None:
    anna = a_worker()
    browser = at_work(anna)
    session_ends(browser)
    where = sends(browser)["Location"]
    assert "Samira" not in str(dict(browser.session))
    place = signs_in(browser, anna, where)
    with clock.at(clock.now() + timedelta(minutes=31)):
        assert "kept-values" not in main_of(browser.get(place))
        assert "kept" not in browser.session


@pytest.mark.parametrize("gone", ["logged out elsewhere", "too long"])
def test_what_cannot_be_kept_is_shown_to_who_sent_it(gone: str) -> None:
    browser = at_work(a_worker())
    data = TYPED
    if gone == "too long":
        session_ends(browser)
        data = TYPED | {"address": "via " * 20_000}
    else:
        browser.logout()
    answer = sends(browser, data)
    assert answer.status_code == 403
    page = main_of(answer)
    assert "La sessione è finita" in page
    assert "aiuto&lt;/b&gt;" in page
    assert "no-store" in answer["Cache-Control"]
    assert "/accounts/login/?next=/lavoro/persone/nuova/%3Fnome%3DSamira" in page
    assert "kept" not in browser.session


def test_a_password_is_neither_kept_nor_shown() -> None:
    browser = at_work(a_worker())
    session_ends(browser)
    data = {"oldpassword": PASSWORD, "password1": "x y z", "password2": "x y z", "note": "a b"}
    answer = browser.post(reverse("account_change_password"), data)
    assert answer.status_code == 302
    assert "kept" not in browser.session
    old = Client(enforce_csrf_checks=True)
    answer = old.post(reverse("account_login"), {"login": "anna prova", "password": "p q r"})
    assert answer.status_code == 403
    assert "anna prova" not in main_of(answer)
    assert "p q r" not in main_of(answer)


def test_nothing_typed_leads_to_the_door_as_before() -> None:
    browser = at_work(a_worker())
    session_ends(browser)
    answer = browser.post(FORM, {"csrfmiddlewaretoken": "x", "once": "y"})
    assert answer.status_code == 302
    assert "kept" not in browser.session


def test_the_way_back_never_leads_to_another_site() -> None:
    anna = a_worker()
    for referer in (
        "http://evil.example/lavoro/",
        HERE + "//evil.example/x",
        "javascript:alert(1)",
    ):
        browser = at_work(anna)
        session_ends(browser)
        answer = sends(browser, referer=referer)
        assert "evil.example/lavoro" not in answer.get("Location", "")
        assert "next=//" not in answer.get("Location", "")
        assert "javascript" not in answer.get("Location", "")


def test_an_old_form_is_given_back_to_be_copied_with_the_way_to_a_new_one() -> None:
    browser = at_work(a_worker(), checks=True)
    browser.get("/lavoro/")
    answer = sends(browser, TYPED | {"csrfmiddlewaretoken": "x" * 64}, origin=HERE)
    assert answer.status_code == 403
    page = main_of(answer)
    assert "Il modulo non vale più" in page
    assert "aiuto&lt;/b&gt;" in page
    assert "Cognome" in page
    assert f'href="{FORM}"' in page
    assert "x" * 64 not in page
    assert "segno-del-modulo" not in page
    assert "no-store" in answer["Cache-Control"]


def test_what_another_site_sends_is_not_repeated() -> None:
    browser = at_work(a_worker(), checks=True)
    for headers in ({"origin": "http://evil.example"}, {"origin": "null"}):
        answer = sends(browser, **headers)
        assert answer.status_code == 403
        assert "aiuto" not in main_of(answer)
        assert FORM not in main_of(answer)


def test_what_was_typed_about_something_gone_is_shown() -> None:
    anna = a_worker()
    browser = at_work(anna)
    url = reverse("desk:give_notice", args=[new_id()])
    answer = browser.post(url, {"note": "parole mie", "language": "it"})
    assert answer.status_code == 404
    assert "parole mie" in main_of(answer)
    person = register_person(anna, CREMASCO, PersonDraft("Samira", "Belprato")).person
    RoleGrant.objects.filter(account_id=anna.account_id).delete()
    url = reverse("desk:change_person", args=[person.pk])
    answer = browser.post(url, {"given_name": "Samira", "address": "via Roma 3"})
    assert answer.status_code == 404
    assert "via Roma 3" in main_of(answer)
    assert "Indirizzo" in main_of(answer)
    assert "typed-1" not in main_of(browser.get(url))


def test_an_address_that_takes_only_forms_says_so_on_a_page() -> None:
    browser = at_work(a_worker())
    answer = browser.get(reverse("cases:add_finding", args=[new_id()]))
    assert answer.status_code == 405
    assert answer["Allow"] == "POST"
    assert "Qui non c’è niente" in main_of(answer)


def test_files_and_the_rest_of_a_huge_form_are_left_out() -> None:
    browser = at_work(a_worker())
    session_ends(browser)
    paper = SimpleUploadedFile("segreto.txt", b"contenuto segreto")
    answer = sends(browser, {"family_name": "due parole", "paper": paper})
    assert answer.status_code == 302
    browser.logout()
    many = {f"campo_{n}": "due parole" for n in range(1500)}
    answer = sends(browser, many)
    assert main_of(answer).count("<textarea") == 300

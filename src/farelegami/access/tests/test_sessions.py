"""Sessions: listed, closed one by one or all, never reopened by a stolen cookie, ended by time."""

from datetime import timedelta

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.test import Client
from django.urls import reverse

from farelegami.access.models import Account
from farelegami.access.queries import sessions_of
from farelegami.access.rules import device_of
from farelegami.access.services import end_sessions
from farelegami.access.tests.builders import PASSWORD, an_account, an_actor
from farelegami.audit.models import Entry
from farelegami.kernel.actor import Role
from farelegami.kernel.errors import NotAllowed, NotFound
from farelegami.territory.tests.builders import CREMASCO, a_district

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
OWN = "/accounts/mio/"
WELCOME = "/accounts/login/"


def signed_in(username: str, agent: str = FIREFOX) -> Client:
    client = Client(headers={"user-agent": agent})
    answer = client.post(WELCOME, {"login": username, "password": PASSWORD})
    assert answer.status_code == 302, answer.content
    return client


def is_in(client: Client) -> bool:
    return client.get(OWN).status_code == 200


def test_one_s_own_sessions_are_listed_with_the_browser_and_this_one_marked() -> None:
    account = an_account(username="anna")
    here = signed_in("anna")
    signed_in("anna", "Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36")
    page = here.get(OWN).content.decode()
    assert "Firefox" in page
    assert "Android" in page
    assert page.count("fchip-ok") == 1
    assert len(sessions_of(account.pk)) == 2


def test_a_stolen_cookie_opens_nothing_after_its_session_was_closed() -> None:
    an_account(username="anna")
    here, thief = signed_in("anna"), Client()
    taken = signed_in("anna", "altrove").cookies[settings.SESSION_COOKIE_NAME].value
    thief.cookies[settings.SESSION_COOKIE_NAME] = taken
    assert is_in(thief)
    number = UserSession.objects.get(session_key=taken).pk
    here.post(reverse("access:end_own_session", args=[number]))
    assert not is_in(thief)
    assert is_in(here)


def test_all_other_sessions_close_at_once_and_this_one_stays() -> None:
    an_account(username="anna")
    here, there, elsewhere = signed_in("anna"), signed_in("anna"), signed_in("anna")
    here.post(reverse("access:end_own_sessions"))
    assert [is_in(client) for client in (here, there, elsewhere)] == [True, False, False]


def test_nobody_closes_a_session_of_somebody_else_by_its_number() -> None:
    an_account(username="anna")
    an_account(username="bruno")
    anna, bruno = signed_in("anna"), signed_in("bruno")
    number = UserSession.objects.get(user__username="bruno").pk
    answer = anna.post(reverse("access:end_own_session", args=[number]))
    assert answer.status_code == 404
    assert is_in(bruno)


def test_who_governs_a_district_ends_the_sessions_of_its_workers_and_of_no_one_above() -> None:
    here, there = a_district(CREMASCO, "Cremasco"), a_district(1901, "Cremonese")
    coordinator = an_actor(Role.COORDINATOR, district_id=here.pk)
    worker = an_actor(Role.SOCIAL_WORKER, district_id=here.pk)
    Account.objects.filter(pk=worker.account_id).update(username="anna")
    client = signed_in("anna")
    assert end_sessions(coordinator, worker.account_id) == 1
    assert not is_in(client)
    other = an_actor(Role.SOCIAL_WORKER, district_id=there.pk)
    with pytest.raises(NotFound):
        end_sessions(coordinator, other.account_id)
    peer = an_actor(Role.COORDINATOR, district_id=here.pk)
    with pytest.raises(NotAllowed):
        end_sessions(coordinator, peer.account_id)


def test_coming_in_going_out_and_wrong_passwords_are_written_down_without_what_was_typed() -> None:
    account = an_account(username="anna")
    client = signed_in("anna")
    client.post("/accounts/logout/")
    Client().post(WELCOME, {"login": "anna", "password": "sbagliata-davvero"})
    Client().post(WELCOME, {"login": "nessuno-qui", "password": "sbagliata"})
    entries = Entry.objects.filter(kind="access.session", object_id=account.pk).order_by("pk")
    facts = [entry.facts for entry in entries]
    assert facts == [{"signed_in": ["password"]}, {"signed_out": True}, {"refused": True}]
    assert "sbagliata" not in str(list(Entry.objects.values_list("facts", "actor_name")))
    assert not Entry.objects.filter(kind="access.session", object_id=None).exists()


def test_a_session_left_alone_ends_and_one_in_use_lasts_until_its_longest() -> None:
    with time_machine.travel("2026-03-02 08:00", tick=False) as clock:
        admin = an_actor(Role.SYSTEM_ADMIN)
        Account.objects.filter(pk=admin.account_id).update(username="anna")
        left, used = signed_in("anna"), signed_in("anna")
        for _half_hour in range(19):
            clock.shift(timedelta(minutes=30))
            assert is_in(used)
        assert not is_in(left)
        clock.shift(timedelta(minutes=31))
        assert not is_in(used)


def test_who_holds_no_role_stays_signed_in_as_long_as_they_asked_for() -> None:
    an_account(username="anna")
    with time_machine.travel("2026-03-02 08:00", tick=False) as clock:
        family = signed_in("anna")
        clock.shift(timedelta(hours=9))
        assert is_in(family)


def test_a_session_begun_by_another_way_in_is_listed_and_ends_too() -> None:
    account = an_account(username="anna")
    client = Client()
    client.force_login(account, "farelegami.access.backends.AccountBackend")
    assert is_in(client)
    assert len(sessions_of(account.pk)) == 1
    actor = an_actor(Role.SYSTEM_ADMIN)
    end_sessions(actor, account.pk)
    assert not is_in(client)


def test_browsers_are_told_apart() -> None:
    assert device_of(FIREFOX) == ("Firefox", "Windows")
    assert device_of("curl/8.0") == ("", "")

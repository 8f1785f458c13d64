"""Coming in through a provider of identities: a real one, in a process of its own."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from django.conf import settings as django_settings
from django.test import Client

from farelegami.access.models import Account
from farelegami.access.services import accept_invitation, create_account, grant_role, invite
from farelegami.access.tests.builders import PASSWORD as OUR_PASSWORD
from farelegami.access.tests.builders import SYSTEM, an_actor
from farelegami.audit.models import Entry
from farelegami.config.env import Gateway
from farelegami.kernel.actor import Role
from farelegami.territory.tests.builders import CREMASCO, a_district
from tests.gateway.known import CLAIMS, CLIENT, LEVEL_2, PASSWORD, SECRET

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
RETURN = "http://testserver/accounts/identita/ritorno/"
START = "/accounts/identita/"
INSIDE = "/accounts/chi-puo-fare-cosa/"
CODE = "BLPSMR92C48Z330Y"


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = tmp_path_factory.mktemp("provider")
    command = [sys.executable, "-m", "tests.gateway.provider", str(port), RETURN]
    environment = {"PYTHONPATH": str(ROOT), "PROVIDER_FOLDER": str(folder)}
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            assert process.poll() is None, "the provider did not start"
            try:
                requests.get(f"{url}/.well-known/openid-configuration", timeout=2)
                break
            except requests.ConnectionError:
                time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait()


def use(settings, gateway: Gateway) -> None:
    settings.GATEWAY = gateway
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            **django_settings.SOCIALACCOUNT_PROVIDERS["openid_connect"],
            "APPS": [
                {
                    "provider_id": "gateway",
                    "name": gateway.name,
                    "client_id": gateway.client_id,
                    "secret": gateway.client_secret,
                    "settings": {
                        "server_url": gateway.issuer,
                        "scope": gateway.scopes,
                        "oauth_pkce_enabled": True,
                    },
                }
            ],
        }
    }


@pytest.fixture
def gateway(provider: str, settings) -> Gateway:
    made = Gateway(
        issuer=provider,
        client_id=CLIENT,
        client_secret=SECRET,
        name="SPID o CIE",
        scopes=["openid", "profile", "email"],
        claim="fiscal_number",
        by_tax_code=True,
        acr=[],
    )
    use(settings, made)
    return made


def recognised(way: str, person: str = "samira") -> str:
    """Sign in at the provider as somebody and return the address it sends the browser back to."""
    browser = requests.Session()
    page = browser.get(way, timeout=10)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert token, page.text
    answer = browser.post(
        page.url,
        {"login": person, "password": PASSWORD, "csrfmiddlewaretoken": token[1]},
        allow_redirects=False,
        timeout=10,
    )
    while not answer.headers["Location"].startswith(RETURN):
        where = requests.compat.urljoin(answer.url, answer.headers["Location"])
        answer = browser.get(where, allow_redirects=False, timeout=10)
        assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def leave_for(client: Client, **changes: str) -> str:
    """Begin, and return the address of the provider one is led to, perhaps tampered with."""
    way = client.get(START)
    assert way.status_code == 302, way.content
    parts = urlsplit(way["Location"])
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    return f"{parts.scheme}://{parts.netloc}{parts.path}?{urlencode({**asked, **changes})}"


def come_back(client: Client, address: str):
    return client.get(address.removeprefix("http://testserver"))


@pytest.fixture
def samira() -> Account:
    a_district(CREMASCO, "Cremasco")
    admin = an_actor(Role.SYSTEM_ADMIN)
    _invitation, link = invite(
        admin,
        email="samira@example.org",
        name="Samira Belprato",
        role=Role.SOCIAL_WORKER,
        district_id=CREMASCO,
        tax_code=CODE,
        accept_url="http://testserver/accounts/invito/TOKEN/",
    )
    token = link.rstrip("/").rsplit("/", 1)[1]
    return accept_invitation(token, username="samira.nostra", password=OUR_PASSWORD)


def test_who_has_an_account_comes_in_by_fiscal_code(gateway: Gateway, samira: Account) -> None:
    client = Client()
    answer = come_back(client, recognised(leave_for(client)))
    assert answer.status_code == 302, answer.content
    assert client.get(INSIDE).context["me"].name == "Samira Belprato"
    facts = Entry.objects.filter(kind="access.session", object_id=samira.pk).first().facts
    assert facts == {"signed_in": ["gateway"]}


def test_one_is_led_back_to_the_page_asked_for(gateway: Gateway, samira: Account) -> None:
    client = Client()
    way = client.get(f"{START}?next={INSIDE}")["Location"]
    assert come_back(client, recognised(way))["Location"] == INSIDE


def test_nothing_the_provider_says_is_kept(gateway: Gateway, samira: Account) -> None:
    client = Client()
    come_back(client, recognised(leave_for(client)))
    assert not SocialAccount.objects.exists()
    kept = str(dict(client.session.items()))
    assert CODE not in kept
    assert CLAIMS["samira"]["email"] not in kept


def test_a_stranger_reads_a_kind_page_and_gets_no_account(gateway: Gateway, samira) -> None:
    before = Account.objects.count()
    client = Client()
    answer = come_back(client, recognised(leave_for(client), "nessuno"))
    assert answer.status_code == 403
    assert "Non ti conosciamo ancora" in answer.content.decode()
    assert client.get(INSIDE).status_code == 302
    assert (Account.objects.count(), SocialAccount.objects.count()) == (before, 0)


def test_an_account_closed_meanwhile_stays_closed(gateway: Gateway, samira: Account) -> None:
    Account.objects.filter(pk=samira.pk).update(is_active=False)
    client = Client()
    come_back(client, recognised(leave_for(client)))
    assert client.get(INSIDE).status_code == 302


def test_by_e_mail_only_who_took_up_an_invitation_sent_there(
    gateway: Gateway, samira: Account, settings
) -> None:
    use(settings, replace(gateway, by_tax_code=False, claim="email"))
    create_account(SYSTEM, username="altra", name="Altra", email="nessuno@example.org")
    client, stranger = Client(), Client()
    come_back(client, recognised(leave_for(client)))
    assert client.get(INSIDE).status_code == 200
    answer = come_back(stranger, recognised(leave_for(stranger), "nessuno"))
    assert answer.status_code == 403


@pytest.mark.parametrize("state", ["", "inventato"])
def test_another_state_is_refused(gateway: Gateway, samira: Account, state: str) -> None:
    client = Client()
    back = re.sub(r"state=[^&]*", f"state={state}", recognised(leave_for(client)))
    answer = come_back(client, back)
    assert answer.status_code == 401
    assert "Non siamo riusciti a riconoscerti" in answer.content.decode()
    assert client.get(INSIDE).status_code == 302


def test_an_answer_belongs_to_the_browser_that_asked(gateway: Gateway, samira) -> None:
    victim, thief = Client(), Client()
    back = recognised(leave_for(thief))
    assert come_back(victim, back).status_code == 401
    assert victim.get(INSIDE).status_code == 302


def test_an_answer_is_taken_once(gateway: Gateway, samira: Account) -> None:
    client = Client()
    back = recognised(leave_for(client))
    come_back(client, back)
    client.post("/accounts/logout/")
    assert come_back(client, back).status_code == 401


def test_another_nonce_is_refused(gateway: Gateway, samira: Account) -> None:
    client = Client()
    answer = come_back(client, recognised(leave_for(client, nonce="di-un-altro")))
    assert answer.status_code == 401
    assert client.get(INSIDE).status_code == 302


def test_another_issuer_is_refused(gateway: Gateway, samira: Account, settings) -> None:
    client = Client()
    back = recognised(leave_for(client))
    settings.GATEWAY = replace(gateway, issuer="https://altrove.example.it")
    assert come_back(client, back).status_code == 401
    assert client.get(INSIDE).status_code == 302


def test_a_wrong_secret_between_us_and_the_provider_is_refused(
    gateway: Gateway, samira: Account, settings
) -> None:
    use(settings, replace(gateway, client_secret="sbagliato"))
    client = Client()
    assert come_back(client, recognised(leave_for(client))).status_code == 401


@pytest.mark.parametrize(("level", "status"), [(LEVEL_2, 302), ("SpidL3", 401)])
def test_a_level_asked_for_is_proved(
    gateway: Gateway, samira: Account, settings, level: str, status: int
) -> None:
    use(settings, replace(gateway, acr=[level]))
    client = Client()
    way = leave_for(client)
    assert parse_qs(urlsplit(way).query)["acr_values"] == [level]
    assert come_back(client, recognised(way)).status_code == status


@pytest.mark.parametrize(("acr", "led_to_factor"), [([], True), ([LEVEL_2], False)])
def test_a_proved_level_is_a_second_factor_and_no_level_is_none(
    gateway: Gateway, samira: Account, settings, acr: list[str], led_to_factor: bool
) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    use(settings, replace(gateway, acr=acr))
    client = Client()
    come_back(client, recognised(leave_for(client)))
    assert (client.get(INSIDE).status_code == 302) is led_to_factor


def test_no_address_adds_to_what_is_asked(gateway: Gateway) -> None:
    way = Client().get(f"{START}?auth_params=prompt%3Dnone&scope=admin")["Location"]
    asked = parse_qs(urlsplit(way).query)
    assert "prompt" not in asked
    assert set(asked["scope"][0].split()) == set(gateway.scopes)
    assert asked["code_challenge_method"] == ["S256"]


def test_without_a_provider_there_is_no_way_to_one(client: Client) -> None:
    assert client.get(START).status_code == 404
    assert "Entra con SPID" not in client.get("/accounts/login/").content.decode()


def test_a_role_is_asked_for_as_ever(gateway: Gateway, samira: Account) -> None:
    grant_role(SYSTEM, samira.pk, Role.DPO, district_id=CREMASCO)
    client = Client()
    come_back(client, recognised(leave_for(client)))
    assert client.get("/accounts/persone/").status_code == 404

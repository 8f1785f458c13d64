"""The main pages of each role: readable by everybody, whole on a telephone, quiet in the console."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from farelegami.access.models import Account
from farelegami.access.queries import actor_for
from farelegami.demo.services import build_province
from farelegami.demo.staff import PASSWORD
from farelegami.pacts.models import Pact, PactMember
from farelegami.pacts.rules.stages import Stage
from farelegami.pacts.tests.builders import Crew, a_pact
from farelegami.territory.services import load_reference
from tests.journeys.screen import DESK, PHONE, Screen
from tests.journeys.site import served

pytestmark = pytest.mark.browser

WCAG: Final = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
_PATHS: Final[Mapping[str, Sequence[str]]] = {
    "": (
        "/",
        "/chiedi-un-incontro/",
        "/come-contiamo/",
        "/accessibilita/",
        "/privacy/",
        "/accounts/login/",
    ),
    "assistente": (
        "/lavoro/",
        "/lavoro/cerca/?q=belprato",
        "/lavoro/persone/",
        "/lavoro/persone/nuova/",
        "/lavoro/persone/{person}/",
        "/lavoro/persone/{person}/legami/",
        "/lavoro/persone/{person}/legami/disegna/",
        "/lavoro/persone/{person}/settimana/",
        "/lavoro/segnalazioni/",
        "/lavoro/percorsi/",
        "/lavoro/percorsi/{case}/",
        "/lavoro/percorsi/{case}/diario/",
        "/lavoro/percorsi/{case}/rilevazione/mappa_delle_risorse/T2/",
        "/lavoro/patti/",
        "/lavoro/patti/{pact}/",
        "/lavoro/patti/{pact}/testi/1/",
        "/lavoro/patti/{pact}/spese/nuova/",
        "/lavoro/patti/{draft}/scrivere/risorse/",
        "/lavoro/patti/{draft}/scrivere/obiettivi/",
        "/lavoro/patti/{draft}/scrivere/sostegni/",
        "/lavoro/patti/{draft}/scrivere/restituzione/",
        "/lavoro/patti/{draft}/scrivere/rilettura/",
        "/lavoro/patti/{authorised}/firme/",
        "/lavoro/restituzione/opportunita/",
        "/lavoro/restituzione/opportunita/nuova/",
        "/lavoro/persone/{person}/offre/",
    ),
    "coordinatore": (
        "/lavoro/",
        "/lavoro/da-decidere/",
        "/lavoro/da-decidere/{agreed}/",
        "/lavoro/enti/",
        "/accounts/persone/",
        "/accounts/chi-puo-fare-cosa/",
    ),
    "amministrativo": ("/lavoro/", "/lavoro/pagamenti/?stato=chiuse"),
    "maker": ("/lavoro/", "/lavoro/segnalazioni/inviate/", "/lavoro/segnalazioni/invia/"),
    "ente": ("/lavoro/", "/ente/", "/ente/richieste/nuova/"),
    "commissione": ("/lavoro/piani/",),
    "programma": ("/lavoro/risultati/",),
    "dpo": ("/lavoro/registro/",),
}


@dataclass(frozen=True)
class Place:
    """A served province and what the addresses of its pages name."""

    url: str
    names: Mapping[str, str]


@pytest.fixture(scope="module")
def place(
    site_database: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    with served(django_db_blocker) as url:
        load_reference()
        build_province(tmp_path_factory.mktemp("province"), pacts=8, pavia_pacts=1)
        yield Place(url, names_of_pages(Account.objects.in_bulk(field_name="username")))


def names_of_pages(users: Mapping[str, Account]) -> Mapping[str, str]:
    """Return the pact, case and person of the showcase, and a pact of each stage before it."""
    pact = Pact.objects.filter(
        case__manager_id=users["assistente"].pk, stage=Stage.ACTIVE
    ).earliest("created_at")
    holder = PactMember.objects.filter(pact=pact, is_holder=True).earliest("id")
    roles = ("assistente", "coordinatore", "amministrativo", "commissione")
    crew = Crew(*(actor_for(users[role].pk) for role in roles), district_id=pact.district_id)
    found = {"pact": pact.pk, "case": pact.case_id, "person": holder.person_id}
    for stage in (Stage.DRAFT, Stage.AGREED, Stage.AUTHORISED):
        found[stage.value] = a_pact(stage, crew=crew)[0].pk
    return {name: str(value) for name, value in found.items()}


@pytest.mark.parametrize("username", _PATHS)
def test_the_pages_of_a_role_are_sound(browser: Browser, place: Place, username: str) -> None:
    screen = Screen(browser, place.url)
    if username:
        screen.signs_in(username, PASSWORD)
    defects: list[str] = []
    for path in _PATHS[username]:
        screen.turns_to(DESK)
        address = path.format_map(place.names)
        status = screen.opens(address)
        if status != 200:
            defects.append(f"{path}: answers {status}")
            continue
        defects += [f"{path}: {each}" for each in defects_of(screen)]
    assert [*defects, *screen.complaints] == []
    screen.context.close()


def defects_of(screen: Screen) -> Iterator[str]:
    """Yield what is wrong with the page in front: at the desk, then on a telephone."""
    heads = screen.page.locator("h1:visible").count()
    if heads != 1:
        yield f"{heads} headings of the first level"
    yield from barriers(screen, "desk")
    screen.turns_to(PHONE)
    wide = screen.page.evaluate("document.documentElement.scrollWidth")
    if wide > PHONE[0]:
        yield f"scrolls sideways on a telephone: {wide} px"
    yield from barriers(screen, "telephone")
    name = screen.page.url.split("/", 3)[3].split("?")[0].strip("/").replace("/", "-") or "home"
    screen.takes_picture(f"page-{name[-60:]}")


def barriers(screen: Screen, where: str) -> Iterator[str]:
    for broken in Axe().run(screen.page, options=WCAG).response["violations"]:
        nodes = [" ".join(node["target"]) for node in broken["nodes"][:3]]
        yield f"{where}: {broken['id']} ({broken['help']}) at {nodes}"


def test_the_slash_goes_to_the_search_and_enter_finds(browser: Browser, place: Place) -> None:
    screen = Screen(browser, place.url)
    screen.signs_in("assistente", PASSWORD)
    screen.opens("/lavoro/patti/")
    screen.page.keyboard.press("/")
    expect(
        screen.page.get_by_role("searchbox", name="Cerca persone, patti, luoghi")
    ).to_be_focused()
    screen.page.keyboard.type("youssef")
    screen.page.keyboard.press("Enter")
    screen.page.wait_for_url("**/lavoro/cerca/?q=youssef")
    assert screen.complaints == []
    screen.context.close()


@pytest.mark.parametrize("path", ["/", "/chiedi-un-incontro/", "/lavoro/"])
def test_the_first_tab_offers_to_skip_to_the_content(
    browser: Browser, place: Place, path: str
) -> None:
    screen = Screen(browser, place.url)
    if path.startswith("/lavoro/"):
        screen.signs_in("assistente", PASSWORD)
    screen.opens(path)
    screen.page.keyboard.press("Tab")
    skip = screen.page.get_by_role("link", name="Vai al contenuto")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    screen.page.keyboard.press("Enter")
    expect(screen.page.get_by_role("main")).to_be_focused()
    screen.context.close()

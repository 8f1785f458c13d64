"""The public pages open to anyone, load nothing from elsewhere and tell no small number."""

import re

import pytest
from django.urls import reverse

from farelegami.publicsite import queries
from farelegami.publicsite.queries import home_ground
from farelegami.territory.models import District, Municipality, Province

pytestmark = pytest.mark.django_db
PAGES = ["home", "accessibility", "privacy", "how_we_count"]


@pytest.fixture(autouse=True)
def _nothing_kept():
    queries.cache.clear()
    yield
    queries.cache.clear()


def a_province_of_three_districts() -> None:
    cremona = Province.objects.create(
        code="019", name="Cremona", sigla="CR", region_code="03", region_name="Lombardia"
    )
    for number, name in ((19001, "Cremonese"), (19002, "Cremasco"), (19003, "Casalasco")):
        District.objects.create(
            pk=number, name=name, short_name=name, lead_body=f"Ente {name}", province=cremona
        )
    Municipality.objects.create(
        istat_code="019035",
        name="Crema",
        province=cremona,
        district_id=19002,
        belfiore_code="D142",
        latitude=45.36,
        longitude=9.68,
        area_km2=34.5,
    )


@pytest.mark.parametrize("name", PAGES)
def test_a_public_page_opens_without_signing_in(client, name):
    answer = client.get(reverse(f"publicsite:{name}"))
    html = answer.content.decode()
    assert answer.status_code == 200
    assert html.count("<h1") == 1
    assert re.search(r"<title>\s*\S", html)


@pytest.mark.parametrize("name", PAGES)
def test_a_public_page_loads_nothing_from_elsewhere(client, name):
    html = client.get(reverse(f"publicsite:{name}")).content.decode()
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', html)
    assert not re.search(r"\sstyle=", html)


def test_the_map_says_its_districts_in_words_too(client):
    a_province_of_three_districts()
    html = client.get(reverse("publicsite:home")).content.decode()
    assert "Mappa della provincia di Cremona" in html
    assert "Ente Cremasco" in html


def test_before_the_reference_data_the_page_has_no_map():
    assert home_ground() is None


def test_the_page_can_be_read_in_english(client):
    answer = client.post(reverse("set_language"), {"language": "en", "next": "/"}, follow=True)
    assert '<html lang="en"' in answer.content.decode()

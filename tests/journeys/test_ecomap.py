"""The drawing of ties, in the hands of somebody with a mouse and of somebody with a keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.template import Context, Template
from playwright.sync_api import Browser, Locator, Page, expect

import farelegami.web
from farelegami.web.drawings.ecomap import Direction, Ecomap, Kind, Node, Ring, Strength, Tie

pytestmark = pytest.mark.browser

SCRIPT = Path(farelegami.web.__file__).parent / "static" / "web" / "ecomap.js"
TERESA = Node("t", "Teresa", "vicina", Ring.FRIENDS, Kind.FRIEND)
ZOHRA = Node("z", "Zohra", "suocera", Ring.HOME, Kind.FAMILY)
MULINO = Node("m", "Scuola Il Mulino", "", Ring.SERVICES, Kind.COMMUNITY)
NOW = Ecomap(
    "Samira",
    (
        (TERESA, Tie(Strength.STRONG)),
        (ZOHRA, Tie(Strength.TENSE)),
        (MULINO, Tie(Strength.WEAK, Direction.GIVES)),
    ),
)
BEFORE = Ecomap("Samira", ((TERESA, Tie(Strength.WEAK)),))


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1000, "height": 1100})
    page = context.new_page()
    html = Template("{% ecomap now earlier=before %}").render(
        Context({"now": NOW, "before": BEFORE})
    )
    page.set_content(html)
    page.add_script_tag(path=SCRIPT)
    yield page
    context.close()


def node(page: Page, name: str) -> Locator:
    return page.locator("svg").get_by_role("button", name=name)


def ties(page: Page) -> list[str | None]:
    paths = page.locator("g.tie path")
    return [paths.nth(one).get_attribute("d") for one in range(paths.count())]


def middle(one: Locator) -> tuple[float, float]:
    box = one.locator("circle").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_circle_is_dragged_with_its_ties_and_put_back(page: Page) -> None:
    mulino, drawn = node(page, "Scuola Il Mulino"), ties(page)
    x, y = middle(mulino)
    aim = (500 + (500 - x) / 2, y)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(*aim, steps=4)
    page.mouse.up()
    assert middle(mulino) == pytest.approx(aim, abs=2)
    assert ties(page) != drawn
    page.get_by_role("button", name="Rimetti tutti al loro posto").click()
    assert middle(mulino) == pytest.approx((x, y), abs=1)
    expect(page.get_by_role("button", name="Rimetti tutti al loro posto")).to_be_hidden()


def test_drawn_again_where_they_were_the_ties_are_those_of_the_server(page: Page) -> None:
    drawn = [path for path in ties(page) if path]
    for name in ("Teresa", "Zohra", "Scuola Il Mulino"):
        node(page, name).focus()
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("ArrowRight")

    def places(path: str) -> list[float]:
        return [
            float(word) for word in path.replace("M", "").replace("z", "").replace("L", " ").split()
        ]

    for before, after in zip(drawn, ties(page), strict=True):
        assert places(after or "") == pytest.approx(places(before), abs=0.2)


def test_a_circle_neither_leaves_the_drawing_nor_covers_the_middle(page: Page) -> None:
    teresa = node(page, "Teresa")
    teresa.focus()
    frame = page.locator("svg.ecomap").bounding_box()
    hub = page.locator("circle.mid").bounding_box()
    assert frame is not None
    assert hub is not None
    for key in ("ArrowUp", "ArrowLeft", "ArrowDown", "ArrowRight"):
        for _press in range(90):
            page.keyboard.press(key)
        x, y = middle(teresa)
        assert frame["x"] < x < frame["x"] + frame["width"]
        assert frame["y"] < y < frame["y"] + frame["height"]
        far = (
            (x - hub["x"] - hub["width"] / 2) ** 2 + (y - hub["y"] - hub["height"] / 2) ** 2
        ) ** 0.5
        assert far > hub["width"] / 2


def test_who_is_pointed_at_stands_out_in_the_drawing_and_in_the_table(page: Page) -> None:
    page.get_by_text("Gli stessi legami in tabella").click()
    row = page.get_by_role("row", name="Zohra")
    node(page, "Zohra").focus()
    expect(row).to_have_class("lit")
    page.get_by_role("row", name="Teresa").hover()
    expect(row).not_to_have_class("lit")
    assert page.locator("g.tie.lit").count() == 2
    page.keyboard.press("Enter")
    expect(node(page, "Zohra")).to_have_attribute("aria-pressed", "true")

"""A person in front of a browser of their own: what they open, write, press and read."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Response, expect

DESK = (1366, 900)
TABLET = (820, 1180)
PHONE = (390, 844)
# A folder for pictures along the way; without it none are taken.
PICTURES = os.environ.get("JOURNEY_PICTURES", "")
_PATIENCE = 10_000


def _is_document(response: Response) -> bool:
    return response.request.is_navigation_request()


def _called(name: str | re.Pattern[str]) -> re.Pattern[str]:
    """Return what finds a name whole; hidden words after a colon are read with a space before it."""
    if isinstance(name, re.Pattern):
        return name
    words = r"\s+".join(re.escape(word) for word in name.split()).replace(":", r"\s*:")
    return re.compile(rf"^\s*{words}\s*$")


class Screen:
    """Whoever holds it reads labels and buttons, never the markup."""

    def __init__(self, browser: Browser, site: str, size: tuple[int, int] = DESK) -> None:
        width, height = size
        self.context = browser.new_context(
            base_url=site,
            viewport={"width": width, "height": height},
            locale="it-IT",
            timezone_id="Europe/Rome",
            reduced_motion="reduce",
        )
        self.context.set_default_timeout(_PATIENCE)
        self.complaints: list[str] = []
        self.page: Page = self.context.new_page()
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _heard(self, message: ConsoleMessage) -> None:
        # The browser itself notes every page that answers with a refusal.
        if message.type == "error" and "the server responded with a status of" not in message.text:
            self.complaints.append(f"{self.page.url}: {message.text}")

    # ---- moving about

    def turns_to(self, size: tuple[int, int]) -> None:
        """Hold the screen the other way, or change to another one."""
        self.page.set_viewport_size({"width": size[0], "height": size[1]})

    def opens(self, address: str) -> int:
        """Go to an address and return the status it answers with."""
        response = self.page.goto(address)
        assert response is not None
        return response.status

    def signs_in(self, username: str, password: str) -> None:
        """Come in by the sign-in page."""
        self.opens("/accounts/login/")
        self.writes({"Nome utente o e-mail": username, "Password": password})
        self.presses("Entra")
        assert "/lavoro/" in self.page.url, f"{username} is still at the door"

    def follows(self, name: str | re.Pattern[str], within: Locator | None = None) -> None:
        """Follow the first link of exactly that name."""
        link = (within or self.page.get_by_role("main")).get_by_role("link", name=_called(name))
        with self.page.expect_event("load"):
            link.first.click()

    def presses(self, name: str | re.Pattern[str], within: Locator | None = None) -> int:
        """Press a button that sends a form; return the status of the page that answers."""
        place = within or self.page.get_by_role("main")
        button = place.get_by_role("button", name=_called(name)).first
        # The page's scripts touch the history by themselves: only a document counts as an answer.
        with self.page.expect_event("load"), self.page.expect_response(_is_document) as answer:
            button.click()
        status = answer.value.status
        return 200 if status == HTTPStatus.FOUND else status

    # ---- filling in

    def field(self, label: str, within: Locator | None = None) -> Locator:
        """Return the field of exactly that label, whether obligatory or not."""
        words = re.compile(rf"^\s*{re.escape(label)}\s*(\(obbligatorio\))?\s*$")
        return (within or self.page.get_by_role("main")).get_by_label(words)

    def writes(self, words: Mapping[str, str], within: Locator | None = None) -> None:
        """Fill fields in by label; in a list, choose what is called so."""
        for label, value in words.items():
            field = self.field(label, within)
            if field.evaluate("field => field.tagName") == "SELECT":
                field.select_option(label=value)
            else:
                field.fill(value)

    def chooses(self, answer: str | re.Pattern[str], *, of: str | re.Pattern[str] = "") -> None:
        """Tick a radio button or a box, of a named group if that helps."""
        place: Locator = self.page.get_by_role("main")
        if of:
            place = place.get_by_role("group", name=of)
        radio = place.get_by_role("radio", name=answer)
        box = place.get_by_role("checkbox", name=answer)
        radio.or_(box).first.check()

    def draws(self, canvas: Locator) -> None:
        """Draw a signature with the mouse."""
        canvas.scroll_into_view_if_needed()
        area = canvas.bounding_box()
        assert area is not None
        mouse = self.page.mouse
        points = ((0.1, 0.7), (0.2, 0.2), (0.3, 0.8), (0.45, 0.3), (0.6, 0.7), (0.8, 0.4))
        for number, (right, down) in enumerate(points):
            spot = area["x"] + right * area["width"], area["y"] + down * area["height"]
            mouse.move(*spot, steps=3)
            if not number:
                mouse.down()
        mouse.up()

    # ---- reading

    def reads(self, *sentences: str) -> None:
        """See each of the sentences in the page's own part."""
        main = self.page.get_by_role("main")
        for sentence in sentences:
            expect(main).to_contain_text(sentence)

    def does_not_read(self, *words: str) -> None:
        """See none of the words anywhere on the page."""
        text = self.page.locator("html").inner_text() + self.page.content()
        found = [word for word in words if word.casefold() in text.casefold()]
        assert not found, f"{self.page.url} shows {found}"

    def is_told(self, sentence: str) -> None:
        """See the sentence among the messages that answer an act."""
        expect(self.page.locator("#avvisi")).to_contain_text(sentence)

    def sees_stage(self, stage: str, line: str = "Fasi del patto") -> None:
        """See where the pact, or the case, is on its line."""
        here = self.page.get_by_role("list", name=line).locator("[aria-current=step]")
        expect(here).to_have_count(1)
        expect(here).to_contain_text(stage)

    def sees_wheel(self, *parts: str) -> None:
        """Hear the sentence of the big wheel."""
        wheel = self.page.get_by_role("main").locator("svg.wheel-L")
        said = (wheel.get_attribute("aria-label") or "").replace("\xa0", " ")
        for part in parts:
            assert part in said, f"the wheel says {said!r}, not {part!r}"

    def takes_picture(self, name: str) -> None:
        """Keep a picture, if somebody asked for them."""
        if PICTURES:
            size = self.page.viewport_size or {"width": 0}
            file = Path(PICTURES) / f"{name}-{size['width']}.png"
            self.page.screenshot(path=file, full_page=True)

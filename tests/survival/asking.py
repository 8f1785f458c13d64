"""Somebody at the public form and a program at the API, on a good day and on a bad one."""

from __future__ import annotations

import http.client
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from farelegami.kernel.ids import new_id
from tests.survival.conftest import Scene
from tests.survival.installation import Installation
from tests.survival.reckoning import contradictions, losses
from tests.survival.writers import Noted

FORM = "/chiedi-un-incontro/"
WORDS = "Vorrei parlare con qualcuno, di persona."
SAID = {"it": "Per ora non si può salvare", "en": "Nothing can be saved for now"}


@dataclass
class Sent:
    """The public form, opened while all was well, to be sent when it is not."""

    place: Installation
    body: dict[str, str]
    cookies: str

    def send(self, language: str = "it") -> tuple[int, Mapping[str, str], str]:
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": self.cookies,
            "Accept-Language": language,
        }
        return self.place.ask("POST", FORM, urlencode(self.body), headers)


def open_form(place: Installation) -> Sent:
    line = http.client.HTTPConnection("127.0.0.1", place.port, timeout=30)
    line.request("GET", FORM)
    answer = line.getresponse()
    page = answer.read().decode()
    cookies = "; ".join(
        value.partition(";")[0]
        for name, value in answer.getheaders()
        if name.lower() == "set-cookie"
    )
    hidden = dict(re.findall(r'name="(csrfmiddlewaretoken|once)" value="([^"]*)"', page))
    words = {
        "for_whom": "self", "given_name": "Sara", "phone": "0372 000001",
        "municipality": re.findall(r'<option value="(019\d{3})"', page)[0], "reason": WORDS,
    }  # fmt: skip
    return Sent(place, {**hidden, **words}, cookies)


def ask_spend(scene: Scene, noted: Noted) -> tuple[int, str]:
    """Ask a spend as a program, and note it if it was acknowledged."""
    facts, name = scene.facts["writers"][0], f"guasto-{new_id()}"
    sent = {"category": "formazione", "title": name, "amount_cents": 1, "supplier": "Bottega"}
    status, _headers, text = scene.place.ask(
        "POST",
        f"/api/v1/pacts/{facts['pact']}/spends",
        json.dumps(sent),
        {
            "Authorization": f"Bearer {facts['asks']}",
            "Content-Type": "application/json",
            "Idempotency-Key": name,
        },
    )
    if status == 201:
        noted.spends[name] = json.loads(text)["id"]
    return status, text


def is_said_plainly(scene: Scene, form: Sent) -> None:
    """Check the form's page in two languages, the program's answer and the health address."""
    for language, said in SAID.items():
        status, headers, page = form.send(language)
        assert status == 503, page
        assert said in page
        assert WORDS in page
        assert "Traceback" not in page
        assert "retry-after" in headers
    status, text = ask_spend(scene, Noted())
    assert (status, json.loads(text)["code"]) == (503, "unavailable")


def health(place: Installation) -> tuple[int, list[str]]:
    # What was found is kept for five seconds.
    time.sleep(5.5)
    status, _headers, text = place.get("/salute/")
    return status, json.loads(text)["faults"]


def is_well_again(scene: Scene, noted: Noted, form: Sent) -> None:
    """Check that writing works, that what was acknowledged is there, and that all adds up."""
    place = scene.place
    assert health(place) == (200, [])
    assert ask_spend(scene, noted)[0] == 201
    status, headers, _page = form.send()
    assert status == 302, headers
    # Sent again it is the same act: that nothing was saved before did not make two of it.
    assert form.send()[1]["location"] == headers["location"]
    assert losses(place, noted) == []
    place.must("worker", "--once")
    assert contradictions(place) == []

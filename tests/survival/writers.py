"""Programs that write without rest and note every answer they were given."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from farelegami.kernel import clock
from tests.survival.installation import Installation

# No answer, or one that says "not now": asked again under the same key until it is answered.
AGAIN = {429, 500, 502, 503}


@dataclass
class Noted:
    """What the server said it had done: the name of each act, and the id it gave it."""

    spends: dict[str, str] = field(default_factory=dict)
    hours: dict[str, str] = field(default_factory=dict)
    approved: set[str] = field(default_factory=set)
    unsure: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)
    asked_again: int = 0

    @property
    def acknowledged(self) -> int:
        return len(self.spends) + len(self.hours) + len(self.approved)


class Writer(threading.Thread):
    def __init__(self, place: Installation, facts: dict[str, Any], stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.place, self.facts, self.ended = place, facts, stop
        self.noted = Noted()

    def run(self) -> None:
        number = 0
        while not self.ended.is_set():
            name = f"{self.facts['name']}-{number}"
            try:
                self.one(name, number)
            except Exception as error:
                self.noted.faults.append(f"{name}: {type(error).__name__} {error}")
                return
            number += 1

    def one(self, name: str, number: int) -> None:
        pact, asks = self.facts["pact"], self.facts["asks"]
        if number % 3 == 2:
            told = {"commitment_key": self.facts["commitment"], "minutes": 1, "note": name}
            sent = told | {"done_on": f"{clock.today():%Y-%m-%d}"}
            found = self.post(f"/pacts/{pact}/hours", asks, sent, name)
            self.note(self.noted.hours, name, found["id"])
            return
        spend = {"category": "formazione", "title": name, "amount_cents": 1, "supplier": "Bottega"}
        found = self.post(f"/pacts/{pact}/spends", asks, spend, name)
        self.note(self.noted.spends, name, found["id"])
        if number % 3 == 1:
            self.approve(found["id"], name)

    def note(self, where: dict[str, str], name: str, given: str) -> None:
        if where.setdefault(name, given) != given:
            self.noted.faults.append(f"{name}: {where[name]}, then {given}")

    def approve(self, spend: str, name: str) -> None:
        decides = self.facts["decides"]
        self.noted.unsure.add(spend)
        while True:
            _status, headers, text = self.until_answered("GET", f"/spends/{spend}", decides)
            if json.loads(text)["stage"] == "committed":
                # The approval was done, and its answer lost with the server.
                break
            given = {"If-Match": headers["etag"], "Idempotency-Key": f"ok-{name}"}
            status, _headers, text = self.until_answered(
                "POST", f"/spends/{spend}/approval", decides, None, given
            )
            if status == 200:
                break
            if status != 412:
                raise AssertionError(text)
        self.noted.unsure.discard(spend)
        self.noted.approved.add(spend)

    def post(self, path: str, token: str, sent: Any, key: str) -> dict[str, Any]:
        status, _headers, text = self.until_answered(
            "POST", path, token, json.dumps(sent), {"Idempotency-Key": key}
        )
        assert status == 201, (status, text)
        return dict(json.loads(text))

    def until_answered(
        self,
        method: str,
        path: str,
        token: str,
        body: str | None = None,
        more: dict[str, str] | None = None,
    ) -> tuple[int, dict[str, str], str]:
        headers = {"Authorization": f"Bearer {token}", **(more or {})}
        if body is not None:
            headers["Content-Type"] = "application/json"
        end = time.monotonic() + 120
        while time.monotonic() < end:
            try:
                status, given, text = self.place.ask(method, f"/api/v1{path}", body, headers)
            except OSError:
                status = 503
            if status not in AGAIN:
                return status, dict(given), text
            self.noted.asked_again += 1
            time.sleep(0.05)
        raise AssertionError(f"{method} {path}: no answer for two minutes")


def together(noted: list[Noted]) -> Noted:
    """Return all that was noted, as one."""
    whole = Noted()
    for each in noted:
        whole.spends |= each.spends
        whole.hours |= each.hours
        whole.approved |= each.approved
        whole.unsure |= each.unsure
        whole.faults += each.faults
        whole.asked_again += each.asked_again
    return whole

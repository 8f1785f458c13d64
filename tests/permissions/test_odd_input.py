"""Whatever is typed, sent or asked for, an address answers: never with a page that broke."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.forms import BaseForm, BaseFormSet, fields
from django.test import Client
from django.urls import reverse

from farelegami.access.doors import Door, all_doors
from farelegami.kernel import clock
from farelegami.kernel.actor import Role
from farelegami.kernel.ids import new_id
from farelegami.web.forms import EuroField, MinutesField
from tests.permissions.test_walk import ADDRESSES, CREMASCO, NOT_OURS, USER_OF, Things
from tests.permissions.waiting import Waiting
from tests.world import World

pytestmark = pytest.mark.django_db
ODD = {
    "empty": "",
    "spaces": " \t\n ",
    "nul": "a\x00b",
    "long": "x" * 10_000,
    "longer words": "parola " * 3_000,
    "emoji": "👩‍👩‍👧🏽 famiglia",
    "right to left": "\u202eعائلة\u202c \u200f",
    "half a letter": "\ud83d",
    "combined": "Z̸͔̈́" * 50,
    "markup": "<script>alert('x')</script>{{ 7 }}{% now %}",
    "quotes": "'\";--\\",
    "percent": "100% %s %(name)s",
    "huge": "9" * 40,
    "over int64": str(2**63),
    "negative": "-1",
    "nan": "nan",
    "infinite": "1e999",
    "eastern digits": "٣٢١",
    "superscript": "²",
    "no day": "2026-02-30",
    "no leap day": "2027-02-29",
    "leap day": "2028-02-29",
    "first day": "0001-01-01",
    "midnight": "24:00",
    "a part": "1.5",
    "year zero": "0000-00-00",
    "far year": "9999-12-31",
    "uuid": "00000000-0000-0000-0000-000000000000",
    "not a uuid": "123e4567-e89b-12d3-a456-42661417400g",
    "json": '{"a": [1]}',
    "path": "../../etc/passwd",
}
# Parameters that some address reads from its query.
ASKED = (
    "testo", "q", "dopo", "stato", "mie", "di", "fase", "tipo", "ruolo", "persona", "nucleo",
    "con", "nome", "perche", "torna", "prima", "stage", "mine", "next", "page", "dal", "al",
    "programma", "ambito", "chi", "cosa", "verbo", "da", "a", "ordine", "anno", "kind", "verb",
)  # fmt: skip
# By hand, with ODD_INPUT=all, every value goes in every field; the suite takes a few for each door,
# others for the next.
EVERY = os.environ.get("ODD_INPUT") == "all"
FEW, SOME_FIELDS = 3, 12


def doors() -> Iterator[tuple[str, tuple[str, ...], Door]]:
    for name, needs in ADDRESSES:
        door = all_doors().get(name)
        if door is not None and name not in NOT_OURS | {"account_logout"}:
            yield name, needs, door


@pytest.fixture
def hands(world: World) -> dict[Role | None, Client]:
    """A browser for each role and one for a visitor; a page that breaks answers 500."""
    found: dict[Role | None, Client] = {None: Client(raise_request_exception=False)}
    for role, username in USER_OF.items():
        found[role] = Client(raise_request_exception=False)
        found[role].force_login(world.users[username], "farelegami.access.backends.AccountBackend")
    return found


def hand_of(door: Door, hands: dict[Role | None, Client], url: str) -> Client:
    """Return the browser of an entitled role, of one who can open the page if it can be opened."""
    if door.public:
        return hands[None]
    roles = sorted(door.roles or Role, key=lambda role: role is not Role.SOCIAL_WORKER)
    for role in roles:
        if hands[role].get(url).status_code == 200:
            return hands[role]
    return hands[roles[0]]


def forms_of(answer: Any) -> Iterator[BaseForm]:
    seen: set[int] = set()
    for layer in answer.context or ():
        for values in layer:
            for value in values.values() if isinstance(values, dict) else ():
                if id(value) in seen:
                    continue
                seen.add(id(value))
                if isinstance(value, BaseForm):
                    yield value
                elif isinstance(value, BaseFormSet):
                    yield value.management_form
                    yield from value.forms


USUAL = {
    fields.DateField: clock.today().isoformat(),
    fields.TimeField: "10:00",
    fields.EmailField: "prova@example.org",
    fields.UUIDField: str(new_id()),
    fields.BooleanField: "on",
    MinutesField: "8",
    EuroField: "1",
}
TAG = re.compile(r'<(?P<kind>\w+)[^>]*? name="(?P<name>[^"]*)"[^>]*>')


def marked_up(words: str) -> Iterator[tuple[str, str | None]]:
    """Yield the fields of a page with the value they begin with."""
    for tag in TAG.finditer(words):
        if tag["kind"] == "select":
            options = words[tag.end() :].partition("</select>")[0]
            value = re.search(r'value="([^"]+)" selected', options)
        else:
            value = re.search(r' value="([^"]+)"', tag[0])
        yield tag["name"], value and value[1]


# What a field of this name takes, whatever kind it is: without it the form never gets any further.
CALLED = {
    "tax_code": "RSSMRA85T10A562S", "birth_date": "1985-12-10", "point": "45,3637 9,6842",
    "max_age": "60", "starts": "10:00", "ends": "12:00", "on": "", "listed": "", "language": "",
    "level": "", "weight": "must", "word": "held", "minutes": "1", "document": "", "receipt": "",
    "manner": "self", "seen": "", "same": "",
    "starts_on": (clock.today() + timedelta(days=1)).isoformat(),
    "ends_on": (clock.today() + timedelta(days=90)).isoformat(),
}  # fmt: skip
LATER_LINE = re.compile(r"-[1-9]\d*-")


def plausible(field: fields.Field, value: Any) -> list[str]:
    """Return what somebody could well send for a field."""
    if value not in (None, "", []):
        shown = field.prepare_value(value)
        return [str(one) for one in shown] if isinstance(shown, list) else [str(shown)]
    if isinstance(field, fields.MultipleChoiceField):
        return list(filter(None, keys_of(field)))
    if isinstance(field, fields.ChoiceField):
        return [next(filter(None, keys_of(field)), "")]
    for kind, usual in USUAL.items():
        if isinstance(field, kind):
            return [usual]
    return ["Una parola" if type(field) is fields.CharField else "12"]


def keys_of(field: fields.ChoiceField) -> Iterator[str]:
    for key, label in field.choices:
        nested = label if isinstance(label, list | tuple) else [(key, label)]
        yield from (str(inner or "") for inner, _label in nested)


def asked_for(page: Any) -> dict[str, list[str]]:
    """Return a plausible answer to every form of a page, and to what its markup asks besides."""
    found: dict[str, list[str]] = {}
    for form in forms_of(page):
        for name, field in form.fields.items():
            called, first = form.add_prefix(name), form.get_initial_for_field(field, name)
            is_empty = first in (None, "", [])
            if is_empty and LATER_LINE.search(called):
                found[called] = [""]
            elif is_empty and name in CALLED:
                found[called] = [CALLED[name]]
            else:
                found[called] = plausible(field, first)
    for name, value in marked_up(main_of(page)):
        called = name.rpartition("-")[2]
        usual = "" if LATER_LINE.search(name) else CALLED.get(called, "1")
        found.setdefault(name, [usual if value is None else value])
    found.pop("csrfmiddlewaretoken", None)
    return found


def encoded(data: dict[str, list[str]]) -> bytes:
    """Return a body as a careless program sends it: half letters and all."""
    return urlencode(data, doseq=True, errors="surrogatepass").encode()


def status_of(hand: Client, url: str, data: dict[str, list[str]]) -> int:
    """Send a form and undo what it did."""
    with transaction.atomic():
        answer = hand.post(url, encoded(data), "application/x-www-form-urlencoded")
        transaction.set_rollback(True)
    return answer.status_code


def variants(data: dict[str, list[str]], turn: int) -> Iterator[tuple[str, dict[str, list[str]]]]:
    yield "plausible", data
    yield "nothing", {}
    yield "twice the same", {name: values * 3 for name, values in data.items()}
    values = list(ODD)
    for what in values if EVERY else (values * 2)[turn % len(values) :][:FEW]:
        odd = ODD[what]
        yield f"all {what}", {name: [odd] for name in data} | {odd[:50]: [odd]}
    for number, name in enumerate(data if EVERY else list(data)[turn % 5 :][:SOME_FIELDS]):
        for what in values if EVERY else [values[(turn + number) % len(values)]]:
            yield f"{name} {what}", data | {name: [ODD[what]]}
        if EVERY:
            yield f"no {name}", {key: kept for key, kept in data.items() if key != name}


def main_of(page: Any) -> str:
    return page.content.decode(errors="replace").partition("<main")[2].partition("</main>")[0]


def test_no_form_breaks_a_page(hands: dict[Role | None, Client], world: World) -> None:
    own, broken = Waiting(CREMASCO, "assistente", world), []
    for turn, (name, needs, door) in enumerate(doors()):
        url = reverse(name, kwargs={need: own.get(need, name) for need in needs}) + own.query(name)
        hand = hand_of(door, hands, url)
        page = hand.get(url)
        data = asked_for(page) if page.status_code == 200 else own.blind(name)
        data |= own.chosen(name)
        if page.status_code == 200 and 'method="post"' not in main_of(page):
            continue
        broken += [
            (name, what)
            for what, sent in variants(data, turn * FEW)
            if status_of(hand, url, sent) >= 500
        ]
    assert broken == []


def test_bytes_that_are_no_letters_break_no_page(
    hands: dict[Role | None, Client], world: World
) -> None:
    own = Things(CREMASCO, "assistente", world)
    plain, parts = "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"
    sent = (
        (b"a=%ff%fe&b=%ed%a0%80&%00=%00", plain),
        (b"\xff\xfe\x00=\x00", plain),
        (b"=&&;=%", parts),
    )
    for name, needs, door in doors():
        url = reverse(name, kwargs={need: own.get(need, name) for need in needs})
        hand = hand_of(door, hands, url)
        for body, kind in sent:
            with transaction.atomic():
                answer = hand.post(url, body, kind)
                transaction.set_rollback(True)
            assert answer.status_code < 500, (name, body, kind)


def test_no_question_breaks_a_page(hands: dict[Role | None, Client], world: World) -> None:
    own, broken = Things(CREMASCO, "assistente", world), []
    for name, needs, door in doors():
        url = reverse(name, kwargs={need: own.get(need, name) for need in needs})
        hand = hand_of(door, hands, url)
        for what, odd in ODD.items() if EVERY else list(ODD.items())[3:9:2]:
            with transaction.atomic():
                query = encoded({each: [odd] for each in ASKED}).decode()
                answer = hand.get(f"{url}?{query[:200_000]}")
                transaction.set_rollback(True)
            if answer.status_code >= 500:
                broken.append((name, what))
    assert broken == []

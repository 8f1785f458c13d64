"""Other programs are told of acts: signed, in order, without a word on anybody, until they listen."""

import hashlib
import hmac
import json
import socket
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from farelegami.access.tests.builders import SYSTEM, an_actor
from farelegami.api.models import Hook
from farelegami.api.rules import HookAddressRefused, UnknownTopic, is_about, is_public
from farelegami.api.services.hooks import create_hook, end_hook, queue_hooks
from farelegami.audit.rules import Verb
from farelegami.audit.services import record, record_read, seal
from farelegami.kernel.actor import Role
from farelegami.kernel.errors import NotAllowed
from farelegami.kernel.ids import new_id
from farelegami.outbox.models import Event
from farelegami.outbox.services import deliver_one

pytestmark = pytest.mark.django_db


class Listener:
    """A program of ours on this machine; it can be told to answer otherwise than 200."""

    def __init__(self) -> None:
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.answer = 200
        listener = self

        class Hears(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                listener.heard.append((dict(self.headers), body))
                self.send_response(listener.answer)
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
                self.end_headers()

            def log_message(self, *_args: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Hears)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook?a=1"
        Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def listener():
    one = Listener()
    yield one
    one.server.shutdown()
    one.server.server_close()


def an_act(kind: str = "pacts.spend", verb: Verb = Verb.DECIDED) -> None:
    record(SYSTEM, verb, kind=kind, object_id=new_id(), district_id=1901,
           person_ids=[new_id()], purpose="Anna Prova", facts={"title": "Scarpe"})  # fmt: skip


def told() -> None:
    seal()
    queue_hooks()
    while deliver_one():
        pass


def test_an_act_is_told_signed_and_without_anything_on_anybody(listener) -> None:
    an_act()
    seal()
    _hook, secret = create_hook(SYSTEM, listener.url, topics=["pacts.spend.*"], private=True)
    an_act()
    an_act(kind="people.person")
    record_read(SYSTEM, kind="pacts.spend", object_id=new_id(), district_id=1901)
    told()
    (headers, body) = listener.heard[0]
    assert len(listener.heard) == 1, "neither what came before, nor other topics, nor readings"
    message = json.loads(body)
    assert message["topic"] == "pacts.spend.decided"
    assert set(message) == {
        "number", "topic", "kind", "verb", "object_id", "district_id", "at",
    }  # fmt: skip
    moment, proof = headers["FareLegami-Signature"].split(",")
    signed = moment.removeprefix("t=").encode() + b"." + body
    assert proof == "v1=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    told()
    assert len(listener.heard) == 1


def test_who_does_not_listen_is_told_again_later_and_no_redirection_is_followed(listener) -> None:
    create_hook(SYSTEM, listener.url, topics=["*"], private=True)
    an_act()
    listener.answer = 302
    told()
    event = Event.objects.get(topic="api.hook", payload__message__topic="pacts.spend.decided")
    assert event.delivered_at is None
    assert "302" in event.last_error
    listener.answer = 204
    Event.objects.update(due_at=event.created_at)
    told()
    event.refresh_from_db()
    assert event.delivered_at is not None


def test_many_acts_are_queued_once_each_in_their_order(listener) -> None:
    create_hook(SYSTEM, listener.url, topics=["*"], private=True)
    for _n in range(20):
        an_act()
    told()
    numbers = [json.loads(body)["number"] for _headers, body in listener.heard]
    assert numbers == sorted(numbers)
    assert len(numbers) == len(set(numbers)) == 20


def test_an_ended_hook_hears_nothing_more(listener) -> None:
    hook, _secret = create_hook(SYSTEM, listener.url, topics=["*"], private=True)
    an_act()
    seal()
    queue_hooks()
    end_hook(SYSTEM, hook.pk)
    while deliver_one():
        pass
    assert listener.heard == []


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/", "https://localhost/", "https://127.0.0.1/", "https://[::1]/",
        "https://10.0.0.8/", "https://192.168.1.1/x", "https://169.254.169.254/latest",
        "https://[::ffff:127.0.0.1]/", "https://0.0.0.0/", "https://a:b@93.184.216.34/",
        "ftp://93.184.216.34/", "https://", "https://93.184.216.34:99999/", "not an address",
        "https://[fe80::1]/", "https://224.0.0.1/", "https://100.64.0.1/",
    ],
)  # fmt: skip
def test_our_own_network_is_never_told_unless_it_was_said_so(url: str) -> None:
    with pytest.raises(HookAddressRefused):
        create_hook(SYSTEM, url, topics=["*"])
    assert not Hook.objects.exists()


def test_a_name_that_comes_to_lead_inside_is_not_followed(listener, monkeypatch) -> None:
    public = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 443))]
    inside = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: public)
    create_hook(SYSTEM, "https://example.org/hook", topics=["*"])
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: public + inside)
    an_act()
    told()
    event = Event.objects.get(topic="api.hook", payload__message__topic="pacts.spend.decided")
    assert "HookAddressRefused" in event.last_error
    assert listener.heard == []


def test_only_the_administrator_sets_up_a_hook(listener) -> None:
    with pytest.raises(NotAllowed):
        create_hook(an_actor(), listener.url, topics=["*"], private=True)
    create_hook(an_actor(Role.SYSTEM_ADMIN), listener.url, topics=["*"], private=True)


@pytest.mark.parametrize("topic", ["", "pacts", "pacts.**", "Pacts.pact.created", "a.b.c.d"])
def test_a_topic_has_a_shape(topic: str) -> None:
    with pytest.raises(UnknownTopic):
        create_hook(SYSTEM, "https://93.184.216.34/", topics=[topic] if topic else [])


def test_topics_and_addresses_by_rule() -> None:
    assert is_about("pacts.spend.decided", ["pacts.*"])
    assert is_about("pacts.spend.decided", ["pacts.spend.decided"])
    assert not is_about("pacts.spend.decided", ["pacts.pact.*", "people.*"])
    assert is_public("93.184.216.34")
    assert not is_public("::ffff:10.0.0.1")

"""A host never learns that a person has a pact: two people alike but for it leave the same trace."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pypdfium2
import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from farelegami.access.models import Account
from farelegami.access.tests.builders import an_actor
from farelegami.giveback.models import Match, Offer, Session
from farelegami.giveback.rules.matches import Side
from farelegami.giveback.services.matches import accept_as_person, interrupt_match
from farelegami.giveback.services.sessions import (
    Report,
    Said,
    Word,
    begins_at,
    say_as_person,
)
from farelegami.giveback.tests.builders import (
    Meeting,
    a_free_offer,
    a_host,
    a_host_body,
    a_pact_offer,
    a_proposal,
    a_volunteer,
    an_active_pact,
    an_opportunity,
    minutes,
)
from farelegami.kernel import clock
from farelegami.kernel.actor import Role
from farelegami.outbox.models import Event
from farelegami.outbox.services import send_mail
from farelegami.pacts.models import Pact
from farelegami.pacts.services.living import interrupt
from farelegami.pacts.tests.builders import Crew, a_crew
from farelegami.people.models import Person

pytestmark = pytest.mark.django_db
UUID_OR_TOKEN = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    r"|[0-9a-f]{32}\.[\w-]{43}|[0-9a-f]{16,64}|P-[0-9a-f]{6}|[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}"
)
CSRF = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"|"X-CSRFToken": "[^"]*"')
# What a page for a host may not even ask the database for.
OF_PACTS = re.compile(r'"pacts_|"cases_|"pact_id"|"commitment_key"|"basis"|"employer_id"')


def bare(text: str) -> str:
    """Return a page or a letter without what is made anew for each: ids, tokens, form keys."""
    return CSRF.sub("CSRF", UUID_OR_TOKEN.sub("ID", text))


@dataclass
class Trace:
    """Everything a host met along one person's way, in order, and what pages asked for."""

    met: list[tuple[str, str]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


@dataclass
class Walk:
    """A host with a link and one with an account, on the way of one match."""

    meeting: Meeting
    link: Client
    account: Client
    trace: Trace

    def addresses(self, match: Match, turns: list[Session]) -> Iterator[tuple[Client, str, str]]:
        body = self.meeting.opportunity.pk
        yield self.account, "list", reverse("giveback:places")
        ways = ((self.link, "host", self.meeting.token), (self.account, "place", body))
        for client, way, key in ways:
            for page in ("", "_sheet", "_typing"):
                yield client, way + page, reverse(f"giveback:{way}{page}", args=[key])
            for turn in turns:
                for page in ("_turn", "_cancel"):
                    yield client, way + page, reverse(f"giveback:{way}{page}", args=[key, turn.pk])
        yield from self.register()

    def register(self) -> Iterator[tuple[Client, str, str]]:
        """Yield the rest of what a referent opens: the desk, the body's register and its export."""
        yield self.account, "desk", reverse("desk:home")
        yield self.account, "search", reverse("desk:search") + "?q=Prova"
        yield self.account, "person", reverse("desk:person", args=[self.meeting.offer.person_id])
        yield self.account, "registers", reverse("volunteering:registers")
        body = self.meeting.opportunity.organisation_id
        for page in ("register", "check", "table", "policies", "refunds"):
            yield self.account, page, reverse(f"volunteering:{page}", args=[body])

    def looks(self, moment: str, match: Match, turns: list[Session]) -> None:
        for client, page, url in self.addresses(match, turns):
            with CaptureQueriesContext(connection) as seen:
                answer = client.get(url)
            self.trace.asked += [each["sql"] for each in seen]
            assert answer.status_code != 302, f"{page} asks to sign in"
            told = bare(f"{answer.status_code} {answer.content.decode()}")
            self.trace.met.append((f"{moment}: {page}", told))

    def prints(self, moment: str) -> None:
        """Read the body's register as a document."""
        body = self.meeting.opportunity.organisation_id
        answer = self.account.get(reverse("volunteering:paper", args=[body]), follow=True)
        content = b"".join(answer) if answer.streaming else answer.content
        pages = pypdfium2.PdfDocument(content)
        text = "\n".join(page.get_textpage().get_text_range() for page in pages)
        assert "Prova" in text
        self.trace.met.append((f"{moment}: paper", bare(" ".join(text.split()))))

    def sends(self, moment: str, page: str, *rest: Any, **data: Any) -> None:
        url = reverse(f"giveback:host_{page}", args=[self.meeting.token, *rest])
        answer = self.link.post(url, data, follow=True)
        told = bare(f"{answer.status_code} {answer.content.decode()}")
        self.trace.met.append((f"{moment}: sends {page}", told))


def alike(crew: Crew, *, with_pact: bool) -> Meeting:
    """Return an offer and a place; people, bodies and offers differ in the pact alone."""
    if with_pact:
        pact = an_active_pact(crew)
        offer = a_pact_offer(crew, pact)
    else:
        offer = a_free_offer(crew, a_volunteer(crew))
    person = Person.objects.get(pk=offer.person_id)
    person.given_name, person.family_name, person.tax_code = "Rita", "Prova", ""
    person.birth_date = date(1980, 5, 4)
    person.save()
    same = {"total_minutes": 600, "limits": "niente scale", "ends_on": clock.today() + DAYS}
    Offer.objects.filter(pk=offer.pk).update(**same)
    offer = Offer.objects.select_related("person", "pact").get(pk=offer.pk)
    place = an_opportunity(crew, a_host_body(crew))
    host, token = a_host(crew.worker, place)
    return Meeting(crew, offer, place, host, token)


DAYS = timedelta(days=90)
LONG_AGO = clock.now() - timedelta(days=100)


def the_walk(crew: Crew, *, with_pact: bool) -> Trace:
    """Walk one match from the proposal to its end, as a host meets it; return what it met."""
    meeting, trace = alike(crew, with_pact=with_pact), Trace()
    referent = an_actor(
        Role.HOST, organisation_id=meeting.opportunity.organisation_id, name="Ines di prova"
    )
    account = Client()
    account.force_login(
        Account.objects.get(pk=referent.account_id), "farelegami.access.backends.AccountBackend"
    )
    walk = Walk(meeting, Client(), account, trace)
    match = a_proposal(meeting)
    walk.looks("proposed", match, [])
    accept_as_person(crew.worker, match.pk)
    walk.looks("the person said yes", match, [])
    walk.sends("both", "answer", match.pk, answer="yes")
    turns = list(Session.objects.filter(match=match).order_by("day"))
    walk.looks("active", match, turns[:2])
    say_as_person(crew.worker, turns[3].pk, Report(Said(Word.EXCUSED)))
    walk.sends("a turn falls out", "cancel", turns[4].pk, reason="Scuola chiusa")
    with clock.at(after(turns[0])):
        say_as_person(crew.worker, turns[0].pk, Report(Said(Word.HELD, minutes(120))))
        walk.sends("same word", "confirm", turn=f"{turns[0].pk}/120")
        walk.sends("again, otherwise", "turn", turns[0].pk, word="held", minutes="3")
        walk.sends("too early", "confirm", turn=f"{turns[1].pk}/120")
        walk.looks("confirmed", match, turns[:2])
        walk.prints("confirmed")
        walk.sends("what changed", "changed", match.pk, words="Ora ridono")
    with clock.at(after(turns[1])):
        say_as_person(crew.worker, turns[1].pk, Report(Said(Word.HELD, minutes(120))))
        walk.sends("another word", "turn", turns[1].pk, word="held", minutes="1")
        walk.looks("disputed", match, turns[1:2])
    with clock.at(after(turns[2])):
        # The pact ends early and breaks off: to the host nothing has happened.
        if meeting.offer.pact_id is not None:
            pacts = Pact.objects.filter(pk=meeting.offer.pact_id)
            pacts.update(ends_on=turns[1].day, starts_on=turns[0].day - DAYS)
            interrupt(crew.worker, meeting.offer.pact_id, by="family", reason="Si trasferisce")
        walk.looks("the pact is over", match, turns[2:3])
        walk.sends("after the pact", "confirm", turn=f"{turns[2].pk}/120")
        say_as_person(crew.worker, turns[2].pk, Report(Said(Word.HELD, minutes(120))))
        interrupt_match(crew.coordinator, match.pk, by=Side.PERSON, reason="Ha trovato lavoro")
        walk.looks("ended", match, turns[2:3])
        walk.sends("no more", "needed", still="no")
        walk.sends("no more", "answer", match.pk, answer="yes")
    assert list(letters(meeting))
    trace.met += list(letters(meeting))
    return trace


def after(turn: Session) -> datetime:
    return begins_at(turn) + timedelta(hours=3)


def letters(meeting: Meeting) -> Iterator[tuple[str, str]]:
    """Yield what was written to the host, as it goes out."""

    for event in Event.objects.filter(topic="mail").order_by("id"):
        payload: Mapping[str, Any] = event.payload
        if payload["to"] != "luca@example.org" or meeting.token not in str(payload["facts"]):
            continue
        mail.outbox.clear()
        send_mail(payload)
        for letter in mail.outbox:
            page = "".join(str(part[0]) for part in letter.alternatives)
            yield f"letter {payload['subject']}", bare(f"{letter.subject} {letter.body} {page}")


def test_to_a_host_two_people_alike_but_for_a_pact_are_alike() -> None:
    # At one moment, and long enough ago that nobody's session ends on the way.
    with clock.at(LONG_AGO):
        crew = a_crew()
        with_pact = the_walk(crew, with_pact=True)
        without = the_walk(crew, with_pact=False)
    assert Pact.objects.count() == 1
    assert [label for label, _text in with_pact.met] == [label for label, _text in without.met]
    differing = [
        label
        for (label, one), (_same, other) in zip(with_pact.met, without.met, strict=True)
        if one != other
    ]
    assert differing == []
    assert len(with_pact.met) > 60
    assert not [text for _label, text in with_pact.met if "patto" in text.casefold()]


def test_no_page_for_a_host_asks_the_database_for_a_pact() -> None:
    with clock.at(LONG_AGO):
        trace = the_walk(a_crew(), with_pact=True)
    assert len(trace.asked) > 100
    assert [sql for sql in trace.asked if OF_PACTS.search(sql)] == []

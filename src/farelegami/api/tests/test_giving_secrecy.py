"""A host's token never tells that somebody has a pact: two people alike but for it look the same."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from farelegami.access.tests.builders import an_actor
from farelegami.api.permissions import OPERATION_OF
from farelegami.api.tests.builders import Program, a_program
from farelegami.giveback.models import Session
from farelegami.giveback.rules.matches import Side
from farelegami.giveback.services.matches import accept_as_person, interrupt_match
from farelegami.giveback.services.sessions import Report, Said, Word, say_as_person
from farelegami.giveback.tests.builders import a_proposal, minutes
from farelegami.giveback.tests.test_secrecy import DAYS, OF_PACTS, after, alike, bare
from farelegami.kernel import clock
from farelegami.kernel.actor import Role
from farelegami.pacts.models import Pact
from farelegami.pacts.services.living import interrupt
from farelegami.pacts.tests.builders import Crew, a_crew

pytestmark = pytest.mark.django_db
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")


@dataclass
class Trace:
    """What a host's program was answered along one person's way, and what its reading asked for."""

    met: list[tuple[str, str]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def notes(self, moment: str, answer: Any) -> None:
        told = MOMENT.sub("MOMENT", f"{answer.status_code} {answer.content.decode()}")
        self.met.append((moment, bare(told)))

    def looks(self, moment: str, program: Program, place: str) -> None:
        for path in ("/hosted/people", "/hosted/turns", f"/opportunities/{place}"):
            with CaptureQueriesContext(connection) as seen:
                answer = program.get(path)
            assert answer.status_code == 200
            self.asked += [each["sql"] for each in seen]
            self.notes(f"{moment}: {path[:8]}", answer)


def the_walk(crew: Crew, *, with_pact: bool) -> Trace:
    """Walk one match from the proposal to its end, as a host's program meets it."""
    meeting, trace = alike(crew, with_pact=with_pact), Trace()
    organisation = meeting.opportunity.organisation_id
    program = a_program(an_actor(Role.HOST, organisation_id=organisation, name="Ines di prova"))
    place = str(meeting.opportunity.pk)
    match = a_proposal(meeting)
    trace.looks("proposed", program, place)
    accept_as_person(crew.worker, match.pk)
    trace.looks("the person said yes", program, place)
    path = f"/hosted/people/{match.pk}"
    trace.notes("yes", program.post(f"{path}/acceptance"))
    turns = list(Session.objects.filter(match=match).order_by("day"))
    trace.looks("active", program, place)
    words = [f"/hosted/turns/{turn.pk}/word" for turn in turns]
    trace.notes("early", program.post(words[1], {"word": "held", "minutes": 120}))
    held = Report(Said(Word.HELD, minutes(120)))
    with clock.at(after(turns[0])):
        say_as_person(crew.worker, turns[0].pk, held)
        trace.notes("same word", program.post(words[0], {"word": "held", "minutes": 120}))
        trace.notes("otherwise", program.post(words[0], {"word": "held", "minutes": 9}))
    with clock.at(after(turns[1])):
        say_as_person(crew.worker, turns[1].pk, held)
        trace.notes("another word", program.post(words[1], {"word": "held", "minutes": 60}))
        trace.looks("disputed", program, place)
    with clock.at(after(turns[2])):
        if meeting.offer.pact_id is not None:
            pacts = Pact.objects.filter(pk=meeting.offer.pact_id)
            pacts.update(ends_on=turns[1].day, starts_on=turns[0].day - DAYS)
            interrupt(crew.worker, meeting.offer.pact_id, by="family", reason="Si trasferisce")
        trace.looks("the pact is over", program, place)
        trace.notes("after it", program.post(words[2], {"word": "held", "minutes": 120}))
        interrupt_match(crew.coordinator, match.pk, by=Side.PERSON, reason="Ha trovato lavoro")
        trace.notes("no more", program.post(f"{path}/acceptance"))
        trace.notes("no more", program.post(f"{path}/refusal", {}))
        trace.looks("ended", program, place)
    return trace


def test_to_a_host_s_token_two_people_alike_but_for_a_pact_are_alike() -> None:
    crew = a_crew()
    with_pact, without = the_walk(crew, with_pact=True), the_walk(crew, with_pact=False)
    assert Pact.objects.count() == 1
    assert with_pact.met == without.met
    assert len(with_pact.met) > 20
    told = " ".join(text for _moment, text in with_pact.met).casefold()
    assert not [word for word in ("patto", "pact", "basis", "commitment") if word in told]


def test_no_reading_by_a_host_s_token_asks_the_database_for_a_pact() -> None:
    trace = the_walk(a_crew(), with_pact=True)
    assert len(trace.asked) > 50
    assert [sql for sql in trace.asked if OF_PACTS.search(sql)] == []


def test_a_host_s_token_opens_nothing_of_offers_matches_or_plans() -> None:
    """Hosts read by their own operations, and opportunities, which name nobody."""
    closed = ("offer", "match", "session", "plan", "proposal", "weights")
    opened = {
        name for name, each in OPERATION_OF.items()
        if Role.HOST in each.roles and each.scope.startswith(("giving", "hosting", "plans"))
    }  # fmt: skip
    assert not [name for name in opened if any(word in name for word in closed)]

"""Who receives people is written to when they are given their way in, and told nothing of anybody."""

from __future__ import annotations

import pytest
from django.core import mail

from farelegami.giveback.models import HostLink
from farelegami.giveback.queries.sight import token_of
from farelegami.giveback.services.opportunities import give_link
from farelegami.giveback.tests.builders import an_opportunity
from farelegami.outbox.models import Event
from farelegami.outbox.services import MAIL, send_mail
from farelegami.pacts.tests.builders import a_crew

pytestmark = pytest.mark.django_db


def letters() -> list[dict[str, str]]:
    return [each.payload for each in Event.objects.filter(topic=MAIL).order_by("id")]


def test_the_way_in_is_sent_when_it_is_given_and_once() -> None:
    crew = a_crew()
    place = an_opportunity(crew)
    for _time in range(2):
        give_link(crew.worker, place.pk, name="Luca di prova", email="luca@example.org")
    (letter,) = letters()
    send_mail(letter)
    (sent,) = mail.outbox
    assert sent.to == ["luca@example.org"]
    assert f"/ente/{token_of(HostLink.objects.get())}/" in sent.body
    assert place.title in sent.body
    told = f"{sent.subject} {sent.body}".lower()
    assert not [word for word in ("patto", "puc", "reddito", "servizi sociali") if word in told]


def test_without_an_address_nothing_is_sent() -> None:
    crew = a_crew()
    give_link(crew.worker, an_opportunity(crew).pk, name="Luca di prova")
    assert not letters()


def test_another_address_of_the_same_person_gets_its_own_letter() -> None:
    crew = a_crew()
    place = an_opportunity(crew)
    for address in ("luca@example.org", "segreteria@example.org"):
        give_link(crew.worker, place.pk, name="Luca di prova", email=address)
    assert [each["to"] for each in letters()] == ["luca@example.org", "segreteria@example.org"]

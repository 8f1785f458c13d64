"""What is queued with an act goes out after it, once if all is well, again if not."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import transaction
from django.utils.translation import override

from farelegami.kernel import clock
from farelegami.outbox.letters import spoken
from farelegami.outbox.models import Event
from farelegami.outbox.rules import MOST_ATTEMPTS, pause_after
from farelegami.outbox.services import deliver_one, emit, queue_mail, register

pytestmark = pytest.mark.django_db


def test_a_message_goes_out_once() -> None:
    queue_mail("anna@example.org", "Ciao", "Testo", key="a")
    queue_mail("anna@example.org", "Ciao", "Testo", key="a")
    assert deliver_one()
    assert not deliver_one()
    assert [message.to for message in mail.outbox] == [["anna@example.org"]]


def test_a_message_of_an_act_that_was_undone_never_goes_out() -> None:
    with pytest.raises(RuntimeError, match="undone"), transaction.atomic():
        queue_mail("anna@example.org", "Ciao", "Testo", key="b")
        raise RuntimeError("undone")
    assert not deliver_one()


def test_what_fails_is_tried_again_later_and_then_left_in_sight() -> None:
    tries = []

    def fail(_payload) -> None:
        tries.append(1)
        raise OSError("no line")

    register("test.fails", fail)
    emit("test.fails", {}, key="c")
    now = clock.now()
    for attempt in range(MOST_ATTEMPTS + 3):
        with clock.at(now + timedelta(days=attempt)):
            deliver_one()
    event = Event.objects.get(key="c")
    assert len(tries) == MOST_ATTEMPTS
    assert event.gave_up_at is not None
    assert "no line" in event.last_error


def test_a_leased_event_is_not_taken_by_another_worker_and_comes_back_if_the_first_dies() -> None:
    emit("mail", {"to": "a@example.org", "subject": "s", "body": "b"}, key="d")
    event = Event.objects.get()
    event.due_at = clock.now() + timedelta(minutes=5)
    event.save()
    assert not deliver_one()
    with clock.at(clock.now() + timedelta(minutes=6)):
        assert deliver_one()


def test_pauses_grow_and_stay_within_six_hours() -> None:
    pauses = [pause_after(attempt) for attempt in range(30)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == timedelta(hours=6)


def test_a_message_is_put_into_words_when_it_leaves_in_the_language_of_who_receives_it() -> None:
    with override("it"):
        queue_mail(
            "anna@example.org",
            "Patto %(code)s: da rivedere",
            "%(name)s ha rimandato il testo del patto %(code)s.\n\nMotivo: %(reason)s\n",
            key="e",
            facts={"code": "CR-1", "name": "Carla <b>", "reason": "50% dei costi"},
            language="en",
        )
    assert deliver_one()
    (letter,) = mail.outbox
    assert letter.subject == "Pact CR-1: to be revised"
    assert "Reason: 50% dei costi" in letter.body
    ((page, _kind),) = letter.alternatives
    assert "Carla &lt;b&gt;" in page
    assert '<html lang="en" dir="ltr">' in page


def test_what_is_filled_in_stands_apart_where_one_reads_from_the_right_but_addresses_do_not() -> (
    None
):
    said = spoken("%(a)s", "%(b)s", {"a": "Il Mulino", "b": "https://example.org/x"}, "ar")
    assert said.subject == "\u2068Il Mulino\u2069"
    assert said.body == "https://example.org/x"


def test_a_message_queued_before_languages_were_known_leaves_as_it_was() -> None:
    emit("mail", {"to": "a@example.org", "subject": "50%", "body": "b 100%"}, key="f")
    assert deliver_one()
    assert mail.outbox[0].body == "b 100%"


def test_what_was_queued_by_a_clock_that_was_ahead_does_not_wait_for_years() -> None:
    with clock.at(clock.now() + timedelta(days=3650)):
        queue_mail("anna@example.org", "Ciao", "Testo", key="e")
    assert deliver_one()
    assert len(mail.outbox) == 1


def test_an_event_that_ends_every_worker_is_left_in_sight() -> None:
    emit("mail", {"to": "a@example.org", "subject": "s", "body": "b"}, key="f")
    Event.objects.update(attempts=MOST_ATTEMPTS)
    assert deliver_one()
    assert not deliver_one()
    event = Event.objects.get()
    assert event.gave_up_at is not None
    assert event.last_error
    assert mail.outbox == []

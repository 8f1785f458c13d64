"""A refusal becomes words on the form, or a page with the right status."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

import pytest
from django import forms
from django.http import HttpResponse
from django.test import Client, RequestFactory

from farelegami.kernel.errors import NotAllowed, NotFound, Refusal
from farelegami.web.middleware import RefusalMiddleware
from farelegami.web.refusals import sentence, shown_on


@dataclass(eq=False)
class TooMuch(Refusal):
    code: ClassVar[str] = "test.too_much"
    text: ClassVar[str] = "Restano %(left_cents)s fino al %(until)s, %(minutes)s di lavoro."
    field: ClassVar[str] = "amount"
    left_cents: int
    until: date
    minutes: int


class Closed(Refusal):
    code = "test.closed"
    text = "È chiuso al 100%."


class AmountForm(forms.Form):
    amount = forms.CharField()


def too_much():
    return TooMuch(left_cents=64000, until=date(2027, 2, 28), minutes=210)


def test_the_facts_of_a_refusal_are_spelled_out():
    said = sentence(too_much()).replace("\N{NO-BREAK SPACE}", " ")
    assert said == "Restano 640,00 € fino al 28/02/2027, 3 h 30 min di lavoro."


def test_a_refusal_without_facts_may_hold_a_percent_sign():
    assert sentence(Closed()) == "È chiuso al 100%."


def test_a_refusal_is_shown_on_the_field_it_names():
    form = AmountForm({"amount": "700"})
    assert form.is_valid()
    with shown_on(form):
        raise too_much()
    assert "amount" in form.errors


def test_a_refusal_of_the_whole_form_is_shown_on_top():
    form = AmountForm({"amount": "700"})
    assert form.is_valid()
    with shown_on(form):
        raise Closed
    assert form.non_field_errors() == ["È chiuso al 100%."]


def test_what_is_not_a_refusal_passes_through():
    form = AmountForm({"amount": "700"})
    form.is_valid()
    with pytest.raises(ZeroDivisionError), shown_on(form):
        raise ZeroDivisionError


@pytest.fixture
def middleware():
    return RefusalMiddleware(lambda _request: HttpResponse("ok"))


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (NotFound(), 404, "Qui non c’è niente"),
        (NotAllowed(), 403, "Questa pagina non è per te"),
        (Closed(), 409, "È chiuso al 100%."),
    ],
)
def test_each_no_has_its_page(middleware, rf_page, error, status, words):
    answer = middleware.process_exception(rf_page, error)
    assert answer.status_code == status
    assert words in answer.content.decode()


def test_a_bug_is_left_to_the_framework(middleware, rf_page):
    assert middleware.process_exception(rf_page, ValueError()) is None


def test_a_partial_update_shows_the_refusal_among_the_notices(middleware, rf_page):
    rf_page.META["HTTP_HX_REQUEST"] = "true"
    answer = middleware.process_exception(rf_page, Closed())
    assert answer.headers["HX-Retarget"] == "#avvisi"
    assert "<html" not in answer.content.decode()


@pytest.fixture
def rf_page(settings):
    # The pages of refusals must not need the context of any room above.
    settings.TEMPLATES = [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {"builtins": ["farelegami.web.templatetags.fl"]},
        }
    ]
    return RequestFactory().get("/")


def test_an_unknown_host_is_refused_plainly_and_fills_no_log(settings, caplog):
    settings.ALLOWED_HOSTS = ["patti.example.it"]
    answer = Client().get("/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert answer.content == b"host"
    assert caplog.records == []

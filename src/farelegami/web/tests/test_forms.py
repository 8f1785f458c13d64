"""Amounts, durations and days are read as Italians write them."""

import pytest
from django import forms
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from farelegami.web.formats import amount, dmy, euro, hours, hours_tight
from farelegami.web.forms import DayField, EuroField, MinutesField


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("1.234,50", 123450),
        ("1234,5", 123450),
        ("1234.5", 123450),
        ("1234.50", 123450),
        ("1.234", 123400),
        ("1.234.567,89", 123456789),
        ("80", 8000),
        ("80 €", 8000),
        ("€ 80,00", 8000),
        ("0,05", 5),
        ("12,", 1200),
        (" 1 234,50 ", 123450),
    ],
)
def test_an_amount_typed_by_an_italian_is_understood(typed, cents):
    assert EuroField().clean(typed) == cents


@pytest.mark.parametrize(
    "typed",
    [
        "abc",
        "-5",
        "12,345",
        "1,234.50",
        "1.23.4",
        "1e3",
        "١٢",
        ",5",
        ".",
        "0.001",
        "0.500",
        "00.123",
    ],
)
def test_an_unclear_amount_is_refused_not_guessed(typed):
    with pytest.raises(ValidationError):
        EuroField().clean(typed)


@given(st.integers(0, 10**11))
def test_what_is_shown_is_read_back_the_same(cents):
    assert EuroField().clean(amount(cents)) == cents
    assert EuroField().clean(euro(cents)) == cents


@given(st.text(max_size=20))
def test_no_text_breaks_the_amount_or_the_duration(text):
    for field in (EuroField(required=False), MinutesField(required=False)):
        try:
            value = field.clean(text)
        except ValidationError:
            continue
        assert value is None or value >= 0


def test_the_limits_of_an_amount_are_told_in_euro():
    field = EuroField(min_cents=100, max_cents=200000)
    with pytest.raises(ValidationError, match="almeno 1,00"):
        field.clean("0,50")
    with pytest.raises(ValidationError, match=r"al massimo 2\.000,00"):
        field.clean("2000,01")


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("3 h 30", 210),
        ("3 h 30 min", 210),
        ("3h30", 210),
        ("3:30", 210),
        ("2,5", 150),
        ("2.5", 150),
        ("3", 180),
        ("3 h", 180),
        ("3 ore e 15 minuti", 195),
        ("1 ora", 60),
        ("45 min", 45),
        ("90 minuti", 90),
        ("0:05", 5),
        ("1,25", 75),
    ],
)
def test_a_duration_is_understood_in_many_ways(typed, minutes):
    assert MinutesField().clean(typed) == minutes


@pytest.mark.parametrize("typed", ["3:90", "tre ore", "1,333", "-2", "h", "3:3:3"])
def test_an_unclear_duration_is_refused(typed):
    with pytest.raises(ValidationError):
        MinutesField().clean(typed)


@given(st.integers(0, 600000))
def test_a_duration_shown_is_read_back_the_same(minutes):
    assert MinutesField().clean(hours(minutes)) == minutes
    assert MinutesField().clean(hours_tight(minutes)) == minutes


@pytest.mark.parametrize("typed", ["2026-03-12", "12/03/2026", "12.03.2026"])
def test_a_day_is_read_from_the_calendar_and_from_the_keyboard(typed):
    assert dmy(DayField().clean(typed)) == "12/03/2026"


class SpendForm(forms.Form):
    reason = forms.CharField(label="Perché serve", help_text="In poche parole.")
    amount = EuroField(label="Importo")
    kind = forms.ChoiceField(
        label="Chi paga",
        choices=[("a", "L’ambito"), ("f", "La famiglia")],
        widget=forms.RadioSelect,
    )
    agreed = forms.BooleanField(label="Ne abbiamo parlato")


def test_errors_are_summed_up_on_top_and_tied_to_their_field():
    page = str(SpendForm({"reason": "Occhiali", "amount": "12,345"}))
    assert "Ci sono 3 cose da correggere" in page
    assert '<a href="#id_amount">Importo</a>' in page
    assert 'id="id_amount_error"' in page
    assert 'aria-describedby="id_amount_error"' in page
    assert 'aria-invalid="true"' in page


def test_what_was_typed_is_kept():
    page = str(SpendForm({"reason": "Occhiali", "amount": "12,345"}))
    assert 'value="12,345"' in page
    assert 'value="Occhiali"' in page


def test_cents_are_shown_as_euro_in_a_form_filled_before():
    assert 'value="1.234,50"' in str(SpendForm(initial={"amount": 123450}))


def test_what_is_required_is_said_in_words_and_choices_have_a_legend():
    page = str(SpendForm())
    assert page.count("(obbligatorio)") == 4
    assert "<legend" in page
    assert 'aria-describedby="id_reason_helptext"' in page
    assert 'class="fld"' in page

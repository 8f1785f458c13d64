"""Tags escape what people wrote and set figures the Italian way."""

from datetime import date
from types import SimpleNamespace

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory

from farelegami.web.drawings.wheel import WheelFacts
from farelegami.web.parts import PageLinks, Stage


def shown(source: str, **context: object) -> str:
    return Template(source).render(Context(context)).replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("source", "value", "said"),
    [
        ("{{ v|euro }}", 123450, "1.234,50 €"),
        ("{{ v|euro }}", -5, "-0,05 €"),
        ("{{ v|euro }}", None, ""),
        ("{{ v|amount }}", 180000, "1.800,00"),
        ("{{ v|hours }}", 210, "3 h 30 min"),
        ("{{ v|hours }}", 0, "0 h"),
        ("{{ v|hours }}", 45, "45 min"),
        ("{{ v|hours_tight }}", 2070, "34 h 30"),
        ("{{ v|hours_tight }}", 1860, "31 h"),
        ("{{ v|dmy }}", date(2026, 3, 12), "12/03/2026"),
        ("{{ v|grouped }}", 4870, "4.870"),
        ("{{ v|initials }}", "Samira Belprato", "SB"),
    ],
)
def test_figures_are_set_the_italian_way(source, value, said):
    assert shown(source, v=value) == said


def test_what_people_wrote_is_escaped():
    html = shown("{% chip t %}{% avatar t %}{% bar 'ink' 5 1 label=t %}", t='<b>"x"')
    assert "<b>" not in html


def test_an_icon_points_at_the_sprite():
    html = shown('{% icon "it-calendar" %}')
    assert "sprites.svg#it-calendar" in html
    assert 'aria-hidden="true"' in html


def test_the_stage_line_marks_the_present_step():
    html = shown(
        "{% stage_line stages label='Fasi' %}",
        stages=[Stage("Bozza", "done"), Stage("Attivo", "now"), Stage("Chiuso", "todo")],
    )
    assert html.count('aria-current="step"') == 1
    assert ": fatto" in html


def test_a_wheel_in_a_list_is_small():
    html = shown("{% wheel w size='S' %}", w=WheelFacts(0, 0, 0, 0, 0, 0))
    assert 'class="wheel wheel-S"' in html


def test_the_pager_keeps_the_filters_of_the_address():
    request = RequestFactory().get("/?fase=attivo&dopo=vecchio")
    html = shown(
        "{% pager page %}",
        request=request,
        page=SimpleNamespace(next_cursor="nuovo", cursor="vecchio"),
    )
    assert 'href="?fase=attivo&amp;dopo=nuovo"' in html
    assert 'href="?fase=attivo"' in html


def test_a_list_that_fits_has_no_pager():
    assert shown("{% pager page %}", page=PageLinks()).strip() == ""


def test_the_resource_map_tells_the_levels_it_has():
    html = shown("{% resource_map rows %}", rows=[("Casa", (2, None, 4)), ("Soldi", (None, None))])
    assert "T0 2 su 5, T2 4 su 5" in html
    assert "non ancora chiesto" in html


class _Hiding(forms.Form):
    name = forms.CharField(label="Nome")
    once = forms.UUIDField(widget=forms.HiddenInput)
    edit_number = forms.IntegerField(widget=forms.HiddenInput)
    drawing = forms.CharField(label="Firma", max_length=3, widget=forms.HiddenInput)


def test_what_is_wrong_with_a_hidden_field_is_a_sentence_without_its_raw_name():
    form = _Hiding({"name": "Sara", "once": "x", "edit_number": "", "drawing": "una firma"})
    html = shown('{% include "web/form_errors.html" %}', form=form)
    assert "Once" not in html
    assert "Edit number" not in html
    assert html.count("A questa pagina manca una parte") == 1
    assert "Firma: " in html
    assert "<li><a" not in html


def test_a_sentence_written_for_people_stays_when_its_field_is_hidden():
    form = _Hiding({"name": "Sara", "once": "", "edit_number": "3", "drawing": "abc"})
    form.add_error("edit_number", "Nel frattempo Anna ha cambiato il patto.")
    html = shown('{% include "web/form_errors.html" %}', form=form)
    assert "<li>Nel frattempo Anna ha cambiato il patto.</li>" in html

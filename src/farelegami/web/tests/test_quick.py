"""Pages come out as Django makes them, to the last letter."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, NamedTuple

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.http import QueryDict
from django.template import Context, Engine, RequestContext, TemplateDoesNotExist, engines
from django.template.base import Template, VariableDoesNotExist
from django.test import RequestFactory
from django.utils import translation
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from farelegami.web.quick import Loader, _Fixed, _Quick

_LANGUAGES = ("it", "en", "ar")


class Pair(NamedTuple):
    code: str
    count: int


class Tone(Enum):
    QUIET = "q"


@dataclass
class House:
    name: str
    rooms: list[str]

    def loud(self) -> str:
        return self.name.upper()

    def with_guest(self, guest: str) -> str:
        return guest

    def burn(self) -> str:
        return "burnt"

    burn.alters_data = True  # type: ignore[attr-defined]

    @property
    def missing(self) -> str:
        raise AttributeError("inside")

    @property
    def no_row(self) -> str:
        raise ObjectDoesNotExist


class Door:
    """Answers to keys and to attributes: keys come first."""

    colour = "attribute"

    def __getitem__(self, key: str) -> str:
        if key == "colour":
            return "key"
        raise KeyError(key)


def values() -> dict[str, Any]:
    return {
        "words": "<b>l’acero & C.</b>",
        "safe": mark_safe("<i>sì</i>"),
        "lazy": gettext_lazy("Salva"),
        "lazily": SimpleLazyObject(lambda: House("tiglio", ["cucina"])),
        "none": None,
        "yes": True,
        "whole": 1_234_567,
        "part": 12.5,
        "day": date(2026, 11, 2),
        "moment": datetime(2026, 11, 2, 23, 30, tzinfo=UTC),
        "house": House("acero <3", ["cucina", "sala"]),
        "houses": [House("uno", []), House("due", ["x"])],
        "pair": Pair("A-1", 3),
        "door": Door(),
        "tone": Tone.QUIET,
        "kind": House,
        "asked": QueryDict("a=1&a=2"),
        "bag": {"name": "borsa", "items": "voci", 1: "numero", "inner": {"n": 2}},
        "call": lambda: "called",
        "empty": "",
    }


PAGES = [
    "{{ words }}{{ safe }}{{ lazy }}{{ none }}{{ yes }}{{ whole }}{{ part }}{{ empty }}",
    "{% autoescape off %}{{ words }}{{ house.name }}{% endautoescape %}",
    "{{ day }} {{ moment }} {{ moment|date:'H:i' }} {{ whole|default:'x' }}",
    "{{ house.name }}{{ house.loud }}{{ house.with_guest }}{{ house.burn }}{{ house.rooms.1 }}",
    "{{ house.no_row }}|{{ lazily.name }}|{{ lazily.rooms.0 }}",
    "{{ nothing }}|{{ nothing.at.all }}|{{ house.nothing }}|{{ bag.nothing }}|{{ house.rooms.9 }}",
    "{{ nothing|default:'altro' }}{% if nothing %}a{% elif house.nothing %}b{% else %}c{% endif %}",
    "{{ pair.code }}{{ pair.count }}{{ pair.0 }}{{ door.colour }}{{ tone.value }}{{ kind.name }}",
    "{{ bag.name }}{{ bag.items }}{{ bag.keys|length }}{{ bag.inner.n }}{{ asked.a }}{{ call }}",
    "{{ words.upper }}{{ words|upper }}{{ words|length }}{{ 'fisso' }}{{ 3 }}{{ 2.5 }}{{ _('Salva') }}",
    "{% for h in houses %}{{ forloop.counter }}{{ h.name }}{% for r in h.rooms %}{{ r }}"
    "{{ forloop.parentloop.counter }}{% empty %}-{% endfor %}{% endfor %}{{ forloop.counter }}",
    "{% with a=house.name b=pair.count %}{{ a }}{{ b|add:2 }}{% endwith %}{{ a }}",
    "{{ True }}{{ False }}{{ None }}{{ request.path }}{{ csrf_token|length }}",
    '{% load i18n static %}<p>{% translate "Salva" %}</p>{% icon "it-user" %}{% url "desk:home" %}'
    '{% static "web/favicon.svg" %}<b>{% translate "Esci" as out %}{{ out }}</b>{{ words }}',
    '{% load i18n %}{% if yes %}<a>{% translate "Salva" %}{% translate "Esci" %}</a>{% endif %}',
    "{% load i18n %}{% blocktranslate with code=pair.code %}Patto {{ code }}{% endblocktranslate %}",
    "{% load i18n %}{% blocktranslate %}Buongiorno {{ words }},{% endblocktranslate %}",
    "{% load i18n %}{% blocktranslate %}Buongiorno {{ first_name }},{% endblocktranslate %}",
    "{% load i18n %}{% blocktranslate count n=pair.count %}in ritardo di un giorno{% plural %}in"
    " ritardo di {{ n }} giorni{% endblocktranslate %}",
    "{% load i18n %}{% blocktranslate count n=1 asvar late trimmed %}in ritardo di un giorno"
    "{% plural %}in ritardo di {{ n }} giorni{% endblocktranslate %}[{{ late }}]",
    "{% load i18n %}{% blocktranslate with x=nothing.here %}100% di {{ x }}{% endblocktranslate %}",
    '{% load i18n %}{% language "en" %}{% translate "Salva" %}<hr>{% endlanguage %}'
    '{% translate "Salva" %}<hr>',
    '{% extends "web/blank.html" %}{% block title %}{{ words }}{{ block.super }}{% endblock %}',
    '{% include "web/brand.html" with line=words %}{% include "web/brand.html" only %}',
    "{% cycle 'a' 'b' as which %}{{ which }}{% firstof nothing house.name %}{# nota #}",
]


def _engine() -> Engine:
    return engines["django"].engine


@pytest.mark.parametrize("source", PAGES)
@pytest.mark.parametrize("language", _LANGUAGES)
@pytest.mark.parametrize("with_request", [False, True])
def test_a_page_is_the_one_django_makes(source: str, language: str, with_request: bool) -> None:
    request = RequestFactory().get("/scrivania/")
    plain, quick = Template(source, engine=_engine()), _Quick(source, engine=_engine())

    def made(page: Template) -> str:
        given = values()
        context = RequestContext(request, given) if with_request else Context(given)
        return str(page.render(context))

    with translation.override(language):
        expected = made(plain)
        # Twice: the second time stretches are taken from where the first put them.
        assert made(quick) == expected
        assert made(quick) == expected


def test_a_stretch_said_in_one_language_is_not_said_in_another() -> None:
    page = _Quick('{% load i18n %}<p>{% translate "Manda" %}</p>', engine=_engine())
    assert any(isinstance(node, _Fixed) for node in page.nodelist)
    said = {}
    for language in (*_LANGUAGES, *_LANGUAGES):
        with translation.override(language):
            said.setdefault(language, set()).add(str(page.render(Context())))
    assert said["it"] == {"<p>Manda</p>"}
    assert said["en"] == {"<p>Send</p>"}
    assert said["ar"].isdisjoint(said["it"] | said["en"])


def test_a_fault_inside_a_property_is_not_hidden() -> None:
    page = _Quick("{{ house.missing }}", engine=_engine())
    with pytest.raises(AttributeError, match="inside"):
        page.render(Context(values()))


def test_a_name_that_is_not_there_is_said_so_where_it_is_asked_for() -> None:
    page = _Quick("{% with a=nothing %}[{{ a }}]{% endwith %}", engine=_engine())
    assert str(page.render(Context())) == "[]"
    variable = _Quick("{{ nothing }}", engine=_engine()).nodelist[0].filter_expression.var
    with pytest.raises(VariableDoesNotExist):
        variable.resolve(Context())


def test_a_template_is_made_once_and_one_that_is_not_there_is_said_so() -> None:
    loader = Loader(_engine())
    assert loader.get_template("web/base.html") is loader.get_template("web/base.html")
    for _ in range(2):
        with pytest.raises(TemplateDoesNotExist, match=r"web/no\.html"):
            loader.get_template("web/no.html")
    once = loader.get_template("web/base.html")
    loader.reset()
    assert loader.get_template("web/base.html") is not once

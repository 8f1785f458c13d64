"""What pages say over and over is remembered, and each time right."""

from uuid import uuid4

import pytest
from django.template import Context, engines
from django.urls import reverse
from django.utils.translation import override


def said(source: str, **values: object) -> str:
    template = engines["django"].from_string("{% load i18n %}" + source).template
    return template.render(Context(values))


@pytest.mark.parametrize("source", [
    '{% translate "Esci" %}', '{% trans "Esci" as out %}{{ out }}', '{% translate word %}',
    '{% translate "Esci"|lower %}',
])  # fmt: skip
def test_a_sentence_is_said_in_the_language_of_each_page(source: str) -> None:
    template = engines["django"].from_string("{% load i18n %}" + source).template
    texts = []
    for language in ("it", "en", "it", "en"):
        with override(language):
            texts.append(template.render(Context({"word": "Esci"})))
    italian, english, again, last = texts
    assert italian == again != english == last


def test_the_address_of_each_object_is_its_own() -> None:
    one, two = uuid4(), uuid4()
    for pk in (one, two, one):
        assert said('{% url "pacts:pact" pk %}', pk=pk) == reverse("pacts:pact", args=[pk])
        assert said('{% url "pacts:pact" pk as it %}{{ it }}', pk=pk).endswith(f"{pk}/")
        assert said('{% url "pacts:pact" pk %}', pk=str(pk)) == reverse("pacts:pact", args=[pk])
    assert said('{% url "desk:home" %}') == said('{% url "desk:home" %}') == reverse("desk:home")

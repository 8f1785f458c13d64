"""The page of what is kept says what the declarations say."""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import override, pgettext

from farelegami.privacy.queries.plan import kept_as_text, plan
from farelegami.privacy.rules.conservation import SAID_IN
from farelegami.storage.keeping import Kept, declarations

PAGE = Path(__file__).resolve().parents[2] / "docs" / "domain" / "keeping.md"


def test_the_page_in_the_docs_is_the_one_of_the_declarations() -> None:
    assert PAGE.read_text(encoding="utf-8") == kept_as_text(), "python scripts/keeping.py"


def test_every_term_that_a_declaration_names_is_in_the_plan() -> None:
    named = {each.until for each in declarations().values() if isinstance(each, Kept)}
    assert named - set(plan()) == set()


def test_every_sentence_of_the_packaged_plan_is_told_in_english() -> None:
    with override("en"):
        assert all(pgettext(SAID_IN, term.said) != term.said for term in plan().values())

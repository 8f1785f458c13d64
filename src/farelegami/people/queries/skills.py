"""The names of the skill list."""

from collections.abc import Mapping
from typing import Final, cast

from django.core.cache import caches
from django.utils.translation import get_language

from farelegami.people.models import Skill

_REMEMBERED_SECONDS: Final = 300


def skill_labels() -> Mapping[str, str]:
    """Return the name of each skill of the list by its code, in the language of the page.

    As of five minutes ago at most: the list changes with a new reference file.
    """
    column = "label_en" if get_language() == "en" else "label_it"
    found = caches["process"].get_or_set(
        f"people:skills:{column}",
        lambda: dict(Skill.objects.values_list("code", column)),
        _REMEMBERED_SECONDS,
    )
    return cast("Mapping[str, str]", found)

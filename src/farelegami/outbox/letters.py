"""A message in one language: its words, and from which side they are read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.translation import get_language_info, gettext, override

_FIRST: Final = "\u2068"
_LAST: Final = "\u2069"


@dataclass(frozen=True, slots=True)
class Spoken:
    """What somebody receives, in one language; `body` is plain text."""

    language: str
    is_from_the_right: bool
    subject: str
    body: str


def spoken(subject: str, body: str, facts: Mapping[str, str], language: str) -> Spoken:
    """Return a message of Italian sentences in `language`, filled in with `facts`.

    What is filled in is set apart where one reads from the right; an address is left as it is, to be
    followed or copied.
    """
    from_right = bool(get_language_info(language)["bidi"])
    told = {name: _apart(fact) if from_right else fact for name, fact in facts.items()}
    with override(language):
        return Spoken(language, from_right, _filled(subject, told), _filled(body, told))


def _apart(fact: str) -> str:
    return fact if fact.startswith(("http://", "https://")) else f"{_FIRST}{fact}{_LAST}"


def _filled(sentence: str, facts: Mapping[str, str]) -> str:
    said = gettext(sentence)
    return said % facts if facts else said

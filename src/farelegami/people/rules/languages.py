"""The languages offered first, by their ISO 639 code; any other code may be written."""

from collections.abc import Mapping
from typing import Final

from farelegami.kernel.errors import gettext_noop

# Those most spoken at home in the provinces of Cremona and Pavia, and those of the citizen's pages.
LANGUAGE_LABELS: Final[Mapping[str, str]] = {
    "it": gettext_noop("italiano"),
    "ro": gettext_noop("romeno"),
    "ar": gettext_noop("arabo"),
    "pa": gettext_noop("punjabi"),
    "sq": gettext_noop("albanese"),
    "fr": gettext_noop("francese"),
    "en": gettext_noop("inglese"),
    "es": gettext_noop("spagnolo"),
    "pt": gettext_noop("portoghese"),
    "uk": gettext_noop("ucraino"),
    "ru": gettext_noop("russo"),
    "hi": gettext_noop("hindi"),
    "ur": gettext_noop("urdu"),
    "bn": gettext_noop("bengalese"),
    "zh": gettext_noop("cinese"),
    "tl": gettext_noop("tagalog"),
    "si": gettext_noop("singalese"),
    "ta": gettext_noop("tamil"),
    "tr": gettext_noop("turco"),
    "sr": gettext_noop("serbo"),
    "bs": gettext_noop("bosniaco"),
    "mk": gettext_noop("macedone"),
    "pl": gettext_noop("polacco"),
    "bg": gettext_noop("bulgaro"),
    "de": gettext_noop("tedesco"),
    "wo": gettext_noop("wolof"),
    "ber": gettext_noop("berbero"),
    "ti": gettext_noop("tigrino"),
    "am": gettext_noop("amarico"),
    "fa": gettext_noop("persiano"),
    "lis": gettext_noop("lingua dei segni italiana"),
}


def language_label(code: str) -> str:
    """Return the Italian name of a language, or its code where it is none of ours."""
    return LANGUAGE_LABELS.get(code, code)

"""Sentences kept between pages are the same whoever asks at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from types import SimpleNamespace

from django.template import Context
from django.templatetags.i18n import TranslateNode
from django.utils import translation
from django.utils.safestring import SafeString

from farelegami.web.templatetags.kept_i18n import KeptSentence


class Meeting:
    """A sentence that nobody finishes saying before the others have begun."""

    def __init__(self, hands: int) -> None:
        self.var = SimpleNamespace()
        self.barrier = Barrier(hands, timeout=10)

    def resolve(self, _context: Context) -> str:
        self.barrier.wait()
        return SafeString(f"detto in {translation.get_language()}")


def test_a_sentence_under_a_name_stays_there_when_two_pages_meet_on_it() -> None:
    languages = ("it", "en", "ar", "ro")
    node = KeptSentence(TranslateNode(Meeting(len(languages)), noop=False, asvar="said"))

    def page(language: str) -> tuple[str, str]:
        with translation.override(language):
            context = Context()
            return node.render(context), str(context.get("said"))

    with ThreadPoolExecutor(len(languages)) as hands:
        pages = list(hands.map(page, languages))
    assert pages == [("", f"detto in {language}") for language in languages]
    assert node.asvar == "said"

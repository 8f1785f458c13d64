import unicodedata

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farelegami.documents.glyphs import MISSING, all_fonts, in_our_letters
from farelegami.documents.rules.blocks import Facts, Paragraph, Table, Told, ToldLine, facts_of
from farelegami.documents.typesetting import qr_svg, typeset
from farelegami.kernel import clock


def printed(*texts):
    blocks = [
        *(Paragraph(text) for text in texts),
        Told(
            [
                ToldLine(kind, text)
                for text in texts
                for kind in ("section", "goal", "result", "item")
            ]
        ),
        Facts([("Voce", text) for text in texts]),
        Table(["Voce"], [[text] for text in texts]),
    ]
    check = {
        "words": "Si controlla qui.",
        "pages": "Pagina {page} di {pages}",
        "alt": "Codice quadrato",
        "code": "K7F2-0Q9X-MM01",
        "address": "https://esempio.test/verifica/",
        "qr": qr_svg("https://esempio.test/verifica/"),
    }
    data = {
        **facts_of(blocks, programme=""),
        "title": "Prova",
        "body": "Comune di Prova",
        "language": "it",
        "check": check,
    }
    pdf = typeset("documents/papers/paper.typ", data, made_at=clock.now())
    return "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))


@pytest.mark.parametrize(
    "text",
    [
        "bravi 👩‍👩‍👧 🎉",
        "𓀀",
        "uno\u0007due\u202e",
        "a\ufffe\uffff",
        "1 → 2 ≥ 3 ✓ ☐",
        "日本語",
        "a\u0351b",
    ],
)
def test_a_letter_no_font_has_does_not_stop_a_paper(text):
    assert "sotto" in printed(text, "sotto")


def test_a_name_in_other_letters_is_printed():
    assert "Олена Шевченко" in printed("Олена Шевченко")


def test_what_people_write_is_never_read_as_source():
    text = '#read("/etc/hosts") *forte* $x$ `c` \\ @ref <segno> // fine'
    assert text in printed(text).replace("\r\n", " ")


def test_a_letter_no_font_has_becomes_its_like_or_a_point():
    assert in_our_letters("Città, perche\u0300, 12\u00a0€") == "Città, perchè, 12\u00a0€"
    assert in_our_letters("ﬁne 1 → 2") == "fine 1 -> 2"
    assert in_our_letters("fatto 👍") == f"fatto {MISSING}"
    assert in_our_letters("a\u200b\u202e\u0000b\nc").replace("\u200b", "") == "ab\nc"


def test_the_languages_of_the_papers_are_drawn_in_full():
    for text in ("perché È ß ș ț ë ç œ", "مرحبا بكم", "ਸਤਿ ਸ੍ਰੀ ਅਕਾਲ"):
        assert in_our_letters(text) == unicodedata.normalize("NFC", text)


def test_the_names_of_who_lives_here_are_drawn_in_full():
    for text in ("Олена Шевченко-Ґудзь", "Nguyễn Thị Ánh", "Ελένη", "প্রিয়া", "प्रिया"):
        assert in_our_letters(text) == unicodedata.normalize("NFC", text)


@settings(max_examples=6, deadline=None)
@given(st.text(min_size=1, max_size=200).filter(str.strip))
def test_any_text_can_be_printed(text):
    assert printed(text)


@given(st.text(), st.booleans())
def test_only_letters_of_our_fonts_are_left(text, plainly):
    ours = frozenset("\n\t").union(*({chr(point) for point in font} for font in all_fonts()))
    assert set(in_our_letters(text, plainly=plainly)) <= ours


def test_letters_that_no_font_draws_together_do_not_stop_a_paper():
    assert "sotto" in printed("a\u0953b\u1cd5 \u25cc\u0a3c\u0486 م\u0301\u093c ~\u0485", "sotto")

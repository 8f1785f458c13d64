"""PDFs that hide something, and PDFs made to hurt who reads them."""

import io
import zlib
from contextlib import suppress

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name

from farelegami.documents.contents import examined
from farelegami.documents.pdf import Verdict
from farelegami.documents.pdf_reading import read
from farelegami.documents.rules.files import (
    FileIsActive,
    FileIsLocked,
    FileIsTangled,
    FileUnreadable,
)
from farelegami.documents.tests.builders import A_PDF

PACKED = pikepdf.ObjectStreamMode.generate


def written(change=lambda pdf: None, **how):
    file = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        change(pdf)
        pdf.save(file, **how)
    return file.getvalue()


def runs_a_program(pdf):
    pdf.Root.OpenAction = pdf.make_indirect(Dictionary(S=Name.JavaScript, JS="app.alert('ciao')"))


def starts_another_program(pdf):
    pdf.Root.AA = Dictionary(WC=Dictionary(S=Name.Launch, F="calc.exe"))


def carries_a_file(pdf):
    pdf.attachments["programma.exe"] = b"MZ"


def shows_a_film(pdf):
    annotation = Dictionary(Type=Name.Annot, Subtype=Name.RichMedia, Rect=[0, 0, 9, 9])
    pdf.pages[0].obj.Annots = Array([pdf.make_indirect(annotation)])


def is_a_live_form(pdf):
    pdf.Root.AcroForm = Dictionary(Fields=Array([]), XFA=pdf.make_stream(b"<xdp/>"))


@pytest.mark.parametrize("packed", [PACKED, pikepdf.ObjectStreamMode.disable])
@pytest.mark.parametrize(
    "change",
    [runs_a_program, starts_another_program, carries_a_file, shows_a_film, is_a_live_form],
)
def test_a_pdf_that_does_or_carries_something_is_refused(change, packed):
    with pytest.raises(FileIsActive):
        examined(written(change, object_stream_mode=packed))


def test_a_program_under_an_escaped_name_is_refused():
    hidden = (
        written(runs_a_program).replace(b"/JavaScript", b"/J#61vaScript").replace(b"/JS", b"/J#53")
    )
    assert b"/JavaScript" not in hidden
    with pytest.raises(FileIsActive):
        examined(hidden)


@pytest.mark.parametrize("sign", [b"/JavaScript", b"/Launch", b"/EmbeddedFile"])
def test_the_name_of_something_active_is_refused_wherever_it_stands(sign):
    with pytest.raises(FileIsActive):
        examined(A_PDF.replace(b"/Catalog", b"/Catalog " + sign + b" 1"))


def test_links_forms_and_a_first_page_are_only_paper():
    def change(pdf):
        link = Dictionary(
            Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9],
            A=Dictionary(S=Name.URI, URI="https://example.org"),
        )  # fmt: skip
        pdf.pages[0].obj.Annots = Array([pdf.make_indirect(link)])
        pdf.Root.OpenAction = Array([pdf.pages[0].obj, Name.Fit])
        pdf.Root.AcroForm = Dictionary(Fields=Array([]))

    assert examined(written(change, object_stream_mode=PACKED))[0] == "application/pdf"


@pytest.mark.parametrize("password", ["segreta", ""])
def test_a_locked_pdf_is_refused_with_its_own_sentence(password):
    locked = written(encryption=pikepdf.Encryption(owner="padrona", user=password))
    with pytest.raises(FileIsLocked):
        examined(locked)


def a_bomb(times):
    """Return a PDF whose page lies in a stream that unpacks to so many megabytes."""
    packer = zlib.compressobj(9)
    packed = packer.compress(b"3 0 <</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>")
    for _megabyte in range(times):
        packed += packer.compress(b" " * 1_000_000)
    packed += packer.flush()
    out = b"%PDF-1.5\n"
    places = []
    for body in (
        b"1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n",
        b"2 0 obj\n<</Type/Pages/Count 1/Kids[3 0 R]>>\nendobj\n",
        b"4 0 obj\n<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>\nstream\n%s\n"
        b"endstream\nendobj\n" % (len(packed), packed),
    ):
        places.append(len(out))
        out += body
    rows = [(0, 0), (1, places[0]), (1, places[1]), (2, 4), (1, places[2]), (1, len(out))]
    table = b"".join(bytes([kind]) + place.to_bytes(4, "big") + b"\0\0" for kind, place in rows)
    return out + (
        b"5 0 obj\n<</Type/XRef/Size 6/W[1 4 2]/Root 1 0 R/Length %d>>\nstream\n%s\nendstream\n"
        b"endobj\nstartxref\n%d\n%%%%EOF\n" % (len(table), table, len(out))
    )


def test_a_page_that_unpacks_within_reason_is_taken():
    assert examined(a_bomb(1))[0] == "application/pdf"


def test_a_stream_that_would_fill_the_memory_is_refused():
    with pytest.raises((FileUnreadable, FileIsTangled)):
        examined(a_bomb(1_000))


@pytest.mark.parametrize(
    "content",
    [
        A_PDF.replace(b"[3 0 R]", b"[2 0 R 2 0 R]"),
        A_PDF.replace(b"/Count 1", b"/X " + b"[" * 400_000 + b"]" * 400_000),
        A_PDF.replace(b"/Count 1", b"/X " + b"<</A" * 400_000),
        A_PDF.replace(b"/Pages 2 0 R", b"/Pages 1 0 R"),
        b"%PDF-1.4\n" + b"1 0 obj\n" * 50_000 + b"%%EOF\n",
        A_PDF.replace(b"/Kids[3 0 R]", b"/Kids[]"),
    ],
)
def test_loops_depths_and_nothing_are_refused_in_time(content):
    with pytest.raises((FileUnreadable, FileIsTangled)):
        examined(content)


@settings(max_examples=60)
@given(st.data())
def test_a_damaged_pdf_never_breaks_the_reader(data):
    whole = bytearray(written(runs_a_program, object_stream_mode=PACKED))
    for _hit in range(data.draw(st.integers(1, 20))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    assert read(bytes(whole)) in set(Verdict)


def test_what_the_limits_stop_is_called_too_complicated(monkeypatch):
    monkeypatch.setattr("farelegami.documents.pdf._MOST_SECONDS", 0.001)
    with pytest.raises(FileIsTangled):
        examined(A_PDF)
    with suppress(FileIsTangled):
        examined(b"%PDF-1.4\n%%EOF\n")

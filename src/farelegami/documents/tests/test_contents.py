import io
import struct
import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from farelegami.documents.contents import examined
from farelegami.documents.rules.files import (
    EXTENSIONS,
    MOST_BYTES,
    FileKindRefused,
    FileTooLarge,
    FileUnreadable,
    clean_name,
)
from farelegami.documents.tests.builders import A_PDF, a_picture
from farelegami.kernel.errors import Refusal


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_known_by_its_content(kind):
    content_type, kept = examined(a_picture(kind))
    assert content_type == f"image/{kind.lower()}"
    assert Image.open(io.BytesIO(kept)).size == (60, 40)


def test_a_pdf_is_kept_as_it_is():
    assert examined(A_PDF) == ("application/pdf", A_PDF)


def test_plain_text_is_taken():
    note = "Ricevuta n. 4, mamma di Sara: 12,50 €\n".encode()
    assert examined(note) == ("text/plain", note)


def test_where_a_photo_was_taken_is_forgotten():
    exif = Image.Exif()
    exif[0x010E] = "casa di Sara"
    exif.get_ifd(0x8825)[1] = "N"
    _kind, kept = examined(a_picture("JPEG", exif=exif))
    assert b"casa di Sara" not in kept
    assert dict(Image.open(io.BytesIO(kept)).getexif()) == {}


def test_a_photo_taken_sideways_is_kept_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    _kind, kept = examined(a_picture("JPEG", exif=exif))
    assert Image.open(io.BytesIO(kept)).size == (40, 60)


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\x00" + b"\x00" * 200,
        b"<html><script>alert(1)</script></html>",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"PK\x03\x04" + b"\x00" * 100,
        b"\x7fELF" + b"\x00" * 100,
        b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic",
        b"\xff\xfe\x00binary",
    ],
)
def test_programs_pages_and_parcels_are_refused(content):
    with pytest.raises(FileKindRefused):
        examined(content)


@pytest.mark.parametrize("content", [b"", A_PDF[:-7], a_picture("PNG")[:80], a_picture()[:100]])
def test_empty_and_broken_files_are_refused(content):
    with pytest.raises(FileUnreadable):
        examined(content)


def test_a_large_file_is_refused():
    with pytest.raises(FileTooLarge):
        examined(A_PDF + b" " * MOST_BYTES)


def test_a_picture_that_would_fill_the_memory_is_refused_unopened():
    def chunk(name, body):
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    bomb = (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"x") + chunk(b"IEND", b"")
    )
    with pytest.raises(FileTooLarge):
        examined(bomb)


@given(
    st.binary(max_size=400), st.sampled_from([b"", b"%PDF-", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"])
)
def test_any_bytes_are_taken_or_refused_and_nothing_breaks(content, start):
    with suppress(Refusal):
        content_type, _kept = examined(start + content)
        assert content_type in EXTENSIONS


@given(st.text(max_size=300), st.sampled_from(sorted(EXTENSIONS)))
def test_names_never_leave_their_folder(name, content_type):
    clean = clean_name(name, content_type)
    assert clean.endswith(EXTENSIONS[content_type])
    assert 0 < len(clean) <= 110
    assert not set(clean) & set('/\\\0\n\r<>"')
    assert not clean.startswith(".")


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\x\\Scontrino n. 4.PDF", "Scontrino n. 4.pdf"),
        ("fattura\u202efdp.exe", "fatturafdp.pdf"),
        ("...", "documento.pdf"),
        ("", "documento.pdf"),
    ],
)
def test_names_are_made_plain(name, clean):
    assert clean_name(name, "application/pdf") == clean

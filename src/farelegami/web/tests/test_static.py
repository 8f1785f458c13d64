"""What is vendored is what the manifest says; pages can be served under a strict policy."""

import hashlib
import json
import re
from pathlib import Path

import pytest

WEB = Path(__file__).parent.parent
STATIC = WEB / "static/web"
MANIFEST = json.loads((STATIC / "vendor/manifest.json").read_text())


@pytest.mark.parametrize("entry", MANIFEST, ids=lambda entry: entry["file"])
def test_a_vendored_file_is_the_one_in_the_manifest(entry):
    content = (STATIC / "vendor" / entry["file"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == entry["sha256"]


def test_nothing_is_vendored_beside_the_manifest():
    present = {
        str(path.relative_to(STATIC / "vendor"))
        for path in (STATIC / "vendor").rglob("*")
        if path.is_file()
    }
    assert present == {entry["file"] for entry in MANIFEST} | {"manifest.json", "LICENSES.txt"}


def test_every_vendored_work_has_its_licence():
    licences = (STATIC / "vendor/LICENSES.txt").read_text()
    for work in ("Bootstrap Italia", "Titillium Web", "Lora"):
        assert f"== {work}\n" in licences


def test_style_sheets_ask_nothing_from_elsewhere():
    for sheet in STATIC.rglob("*.css"):
        css = sheet.read_text()
        assert "sourceMappingURL" not in css
        assert not re.search(r"url\(\s*['\"]?(https?:)?//", css)


TEMPLATES = sorted((WEB / "templates").rglob("*.html"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_needs_inline_style_or_script(path):
    html = path.read_text()
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:", html)
    assert not re.search(r"<script(?![^>]*\ssrc=)", html)


def test_every_icon_named_in_a_template_is_in_the_sprite():
    sprite = (STATIC / "vendor/sprites.svg").read_text()
    known = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    rooms = WEB.parent
    named = {
        name
        for path in rooms.rglob("templates/**/*.html")
        for name in re.findall(r'{% icon "([^"]+)"', path.read_text())
    }
    assert named <= known

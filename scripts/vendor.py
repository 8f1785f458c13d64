"""Refresh the third-party files the pages are dressed with: maintainers run it, users never do.

`uv run --with 'fonttools[woff]' python scripts/vendor.py` fetches the packages named in PACKAGES
with npm, keeps the few files the product serves, takes out what it never uses, and writes
`manifest.json` and `LICENSES.txt`. The fonts are written a second time, unpacked, for printing.
A test compares every checksum of the manifests with the file beside it.
"""

import hashlib
import io
import json
import re
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from fontTools.ttLib import TTFont

VENDOR: Final = Path(__file__).parent.parent / "src/farelegami/web/static/web/vendor"
PRINT: Final = Path(__file__).parent.parent / "src/farelegami/documents/fonts"


@dataclass(frozen=True)
class Part:
    """One licensed work: the files taken from a package and the text of its licence."""

    name: str
    licence: str
    licence_path: str
    files: tuple[str, ...]
    only_printed: bool = False


@dataclass(frozen=True)
class Package:
    name: str
    version: str
    parts: tuple[Part, ...]


PACKAGES: Final = (
    Package(
        "bootstrap-italia",
        "2.18.3",
        (
            Part(
                "Bootstrap Italia",
                "BSD-3-Clause",
                "LICENSE",
                ("dist/css/bootstrap-italia.min.css", "dist/svg/sprites.svg"),
            ),
            Part(
                "Titillium Web",
                "OFL-1.1",
                "",
                tuple(
                    f"dist/fonts/Titillium_Web/titillium-web-v10-latin-ext_latin-{weight}.woff2"
                    for weight in ("regular", "600", "700")
                ),
            ),
            Part(
                "Lora",
                "OFL-1.1",
                "",
                ("dist/fonts/Lora/lora-v20-latin-ext_latin-regular.woff2",),
            ),
        ),
    ),
    # The two families above come without the text of their licence: these packages carry it.
    Package(
        "@fontsource/titillium-web",
        "5.2.8",
        (Part("Titillium Web", "OFL-1.1", "LICENSE", ()),),
    ),
    Package("@fontsource/lora", "5.2.8", (Part("Lora", "OFL-1.1", "LICENSE", ()),)),
    Package(
        "@fontsource/ibm-plex-sans-arabic",
        "5.3.0",
        (
            Part(
                "IBM Plex Sans Arabic",
                "OFL-1.1",
                "LICENSE",
                tuple(
                    f"files/ibm-plex-sans-arabic-arabic-{weight}-normal.woff2"
                    for weight in ("400", "600")
                ),
            ),
        ),
    ),
    Package(
        "@fontsource/noto-sans-gurmukhi",
        "5.3.0",
        (
            Part(
                "Noto Sans Gurmukhi",
                "OFL-1.1",
                "LICENSE",
                tuple(
                    f"files/noto-sans-gurmukhi-gurmukhi-{weight}-normal.woff2"
                    for weight in ("400", "600")
                ),
            ),
        ),
    ),
    # A screen has letters of its own for these names; a paper has only what it carries.
    Package(
        "@fontsource/noto-sans",
        "5.3.0",
        (
            Part(
                "Noto Sans",
                "OFL-1.1",
                "LICENSE",
                tuple(
                    f"files/noto-sans-{script}-{weight}-normal.woff2"
                    for script in ("cyrillic", "cyrillic-ext", "devanagari", "greek", "vietnamese")
                    for weight in ("400", "600")
                ),
                only_printed=True,
            ),
        ),
    ),
    Package(
        "@fontsource/noto-sans-bengali",
        "5.3.0",
        (
            Part(
                "Noto Sans Bengali",
                "OFL-1.1",
                "LICENSE",
                tuple(
                    f"files/noto-sans-bengali-bengali-{weight}-normal.woff2"
                    for weight in ("400", "600")
                ),
                only_printed=True,
            ),
        ),
    ),
)

RULE: Final = re.compile(r"([^{}]+)\{([^{}]*)\}")
PLAYER: Final = re.compile(r"\.(?:vjs|video-js|video-player)")


def without_video_player(css: str) -> str:
    """The same sheet without the rules that only dress the video player and its `data:` font."""

    def kept(rule: re.Match[str]) -> str:
        head, body = rule[1], rule[2]
        if head.startswith("@font-face"):
            return "" if "VideoJS" in body else rule[0]
        selectors = [one for one in head.split(",") if not PLAYER.search(one)]
        return f"{','.join(selectors)}{{{body}}}" if selectors else ""

    return RULE.sub(kept, css)


def trimmed(path: str, content: bytes) -> bytes:
    if not path.endswith(".css"):
        return content
    css = re.sub(r"/\*# sourceMappingURL=[^*]*\*/\s*", "", content.decode())
    # Their script marks what the mouse focused; the browser knows it without one.
    css = css.replace(":focus:not([data-focus-mouse=true])", ":focus-visible")
    return without_video_player(css).encode()


def fetched(package: Package, into: Path) -> dict[str, bytes]:
    """The files of one published package by their path inside it."""
    spec = f"{package.name}@{package.version}"
    done = subprocess.run(
        ["npm", "pack", "--silent", spec],
        cwd=into,
        check=True,
        capture_output=True,
        text=True,
    )
    with tarfile.open(into / done.stdout.split()[-1]) as archive:
        return {
            member.name.removeprefix("package/"): stream.read()
            for member in archive
            if (stream := archive.extractfile(member))
        }


def unpacked(font: bytes) -> bytes:
    """The same font as the typesetter reads it; its dates stay, so that it is the same each time."""
    opened = TTFont(io.BytesIO(font), recalcTimestamp=False)
    opened.flavor = None
    written = io.BytesIO()
    opened.save(written)
    return written.getvalue()


def entry(file: str, package: Package, part: Part, content: bytes) -> dict[str, str]:
    return {
        "file": file,
        "package": package.name,
        "version": package.version,
        "licence": part.licence,
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def write(folder: Path, file: str, content: bytes) -> None:
    (folder / file).parent.mkdir(parents=True, exist_ok=True)
    (folder / file).write_bytes(content)


def main() -> None:
    entries, printed, licences = [], [], {}
    with tempfile.TemporaryDirectory() as folder:
        for package in PACKAGES:
            files = fetched(package, Path(folder))
            for part in package.parts:
                if part.licence_path:
                    licences[part.name] = files[part.licence_path].decode().strip()
                for path in part.files:
                    content = trimmed(path, files[path])
                    name = PurePosixPath(path)
                    if name.suffix != ".woff2":
                        write(VENDOR, name.name, content)
                        entries.append(entry(name.name, package, part, content))
                        continue
                    if not part.only_printed:
                        write(VENDOR, f"fonts/{name.name}", content)
                        entries.append(entry(f"fonts/{name.name}", package, part, content))
                    paper = unpacked(content)
                    write(PRINT, f"{name.stem}.ttf", paper)
                    printed.append(entry(f"{name.stem}.ttf", package, part, paper))
    parts = [part for package in PACKAGES for part in package.parts]
    served = {part.name for part in parts if not part.only_printed}
    sign(VENDOR, entries, {name: text for name, text in licences.items() if name in served})
    sign(
        PRINT,
        printed,
        {name: text for name, text in licences.items() if name != "Bootstrap Italia"},
    )


def sign(folder: Path, entries: list[dict[str, str]], licences: dict[str, str]) -> None:
    (folder / "manifest.json").write_text(json.dumps(entries, indent=2) + "\n")
    texts = [f"== {name}\n{text}" for name, text in licences.items()]
    (folder / "LICENSES.txt").write_text("\n\n".join(texts) + "\n")


if __name__ == "__main__":
    main()

"""Gather every sentence people see into the catalogues; the Italian is in the code itself.

`python scripts/catalogue.py` adds new sentences and drops dead ones; `--check` changes nothing and
fails where one is missing, untranslated or has other placeholders.
"""

import io
import os
import re
import sys
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

import polib
from babel.messages.extract import extract_python

ROOT: Final = Path(__file__).resolve().parents[1]
SOURCE: Final = ROOT / "src" / "farelegami"
LOCALE: Final = SOURCE / "web" / "locale"
# What families read: the words of the pact, their own pages and letters, what those refuse.
FAMILY: Final = (
    "src/farelegami/access/kept.py",
    "src/farelegami/access/templates/access/ended.html",
    "src/farelegami/cases/rules/letters.py",
    "src/farelegami/documents/rules/files.py",
    "src/farelegami/giveback/rules/letters.py",
    "src/farelegami/kernel/errors.py",
    "src/farelegami/pacts/rules/wording.py",
    "src/farelegami/pacts/rules/giving.py",
    "src/farelegami/pacts/rules/family.py",
    "src/farelegami/pacts/rules/signing.py",
    "src/farelegami/portal/forms.py",
    "src/farelegami/portal/rules.py",
    "src/farelegami/portal/views/",
    "src/farelegami/portal/templates/",
    "src/farelegami/web/drawings/wheel.py",
    "src/farelegami/web/templates/400.html",
    "src/farelegami/web/templates/403_csrf.html",
    "src/farelegami/web/templates/404.html",
    "src/farelegami/web/templates/429.html",
    "src/farelegami/web/templates/500.html",
    "src/farelegami/web/templates/503.html",
    "src/farelegami/web/forms.py",
    "src/farelegami/web/templates/web/base.html",
    "src/farelegami/web/templates/web/blank.html",
    "src/farelegami/web/templates/web/field.html",
    "src/farelegami/web/templates/web/form_errors.html",
    "src/farelegami/web/templates/web/kept.html",
    "src/farelegami/web/templates/web/refused.html",
    "src/farelegami/web/templates/web/typed.html",
)
# A page of the portal that its worker opens at the desk.
DESK_ONLY: Final = "portal/card.html"
# Data files with words that pages show, and under which keys. The folder of the file is the context
# of its sentences: "mai" on a scale is not "mai" in a list. What a pact takes into its own text
# (goals, results) is written there in Italian, with the family, and is shown as it will stand.
DATA: Final = {
    "cases/instruments/*/instrument.toml": (
        "name", "intro", "steps", "talk_text", "items.label", "items.text",
    ),
    "privacy/data/conservation.toml": ("*.said",),
    "programmes/data/*.toml": (
        "budget_lines.label", "pact_types.name", "support_categories.label", "targets.label",
        "targets.counting_rule",
    ),
}  # fmt: skip
LANGUAGES: Final[dict[str, tuple[str, ...]]] = {
    "en": ("src/",), "ro": FAMILY, "ar": FAMILY, "pa": FAMILY, "sq": FAMILY, "fr": FAMILY,
}  # fmt: skip
PLURALS: Final = {
    "en": "nplurals=2; plural=(n != 1);",
    "ro": "nplurals=3; plural=(n==1 ? 0 : n==0 || (n%100>0 && n%100<20) ? 1 : 2);",
    "ar": "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3"
    " : n%100>=11 ? 4 : 5);",
    "pa": "nplurals=2; plural=(n != 1);",
    "sq": "nplurals=2; plural=(n != 1);",
    "fr": "nplurals=2; plural=(n > 1);",
}
KEYWORDS: Final = {
    "gettext": None, "gettext_lazy": None, "gettext_noop": None, "_": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip
PLACEHOLDER: Final = re.compile(r"%\([a-z_]+\)[sd]|%%|\{[a-z_]*\}")
Sentence = tuple[str, str, str]


def main() -> int:
    """Return 1 where a catalogue is not complete."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "farelegami.config.settings.test")
    sys.path.insert(0, str(ROOT / "src"))
    said = [*_sentences(), *_data_sentences()]
    faults = []
    for language, places in LANGUAGES.items():
        found = {
            sentence: where
            for sentence, where in said
            if where.startswith(places) and (language == "en" or not where.endswith(DESK_ONLY))
        }
        path = LOCALE / language / "LC_MESSAGES" / "django.po"
        catalogue = (
            polib.pofile(str(path), wrapwidth=98) if path.is_file() else polib.POFile(wrapwidth=98)
        )
        if "--check" in sys.argv:
            faults += [f"{language}: {fault}" for fault in _compare(catalogue, found)]
        else:
            _update(catalogue, found, path, language)
    for fault in faults:
        print(fault)
    return 1 if faults else 0


def _update(catalogue: polib.POFile, found: dict[Sentence, str], path: Path, language: str) -> None:
    catalogue.metadata = {
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": language,
        "Plural-Forms": PLURALS[language],
    }
    kept = {_key(entry): entry for entry in catalogue}
    entries = [kept.get(sentence) or _entry(sentence, language) for sentence in sorted(found)]
    catalogue[:] = entries
    for entry in entries:
        entry.occurrences = [(found[_key(entry)], "")]
    path.parent.mkdir(parents=True, exist_ok=True)
    catalogue.save(str(path))
    missing = [entry for entry in entries if not entry.translated()]
    print(f"{language}: {len(entries)} sentences, {len(missing)} untranslated")


def _entry(sentence: Sentence, language: str) -> polib.POEntry:
    context, singular, plural = sentence
    forms = int(PLURALS[language].removeprefix("nplurals=")[0])
    empty = dict.fromkeys(range(forms), "")
    more = {"msgid_plural": plural, "msgstr_plural": empty} if plural else {}
    return polib.POEntry(msgid=singular, msgctxt=context or None, **more)


def _key(entry: polib.POEntry) -> Sentence:
    return (entry.msgctxt or "", entry.msgid, entry.msgid_plural or "")


def _compare(catalogue: polib.POFile, found: dict[Sentence, str]) -> list[str]:
    there = {_key(entry): entry for entry in catalogue}
    faults = [
        f"{found[each]}: not in the catalogue: {each[1][:60]!r}"
        for each in found
        if each not in there
    ]
    for key, entry in there.items():
        if key not in found:
            faults.append(f"no longer said: {entry.msgid[:60]!r}")
        elif not entry.translated():
            faults.append(f"{found[key]}: untranslated: {entry.msgid[:60]!r}")
        else:
            faults += _odd_placeholders(entry)
    return faults


def _odd_placeholders(entry: polib.POEntry) -> Iterator[str]:
    texts = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
    wanted = {*PLACEHOLDER.findall(entry.msgid), *PLACEHOLDER.findall(entry.msgid_plural or "")}
    for text in texts:
        odd = set(PLACEHOLDER.findall(text)) - wanted
        lost = set(PLACEHOLDER.findall(entry.msgid)) - set(PLACEHOLDER.findall(text))
        if odd or (lost and not entry.msgid_plural):
            yield f"placeholders differ: {entry.msgid[:60]!r}"


def _sentences() -> Iterator[tuple[Sentence, str]]:
    # Django's template reader wants settings, which import the package.
    from django.utils.translation.template import templatize  # noqa: PLC0415

    for path in sorted(SOURCE.rglob("*")):
        if {"tests", "migrations"} & set(path.parts) or path.suffix not in {".py", ".html", ".txt"}:
            continue
        if path.suffix != ".py" and "templates" not in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            text = templatize(text, origin=str(path))
        where = str(path.relative_to(ROOT))
        for _line, function, message, _comments in extract_python(
            io.BytesIO(text.encode()), list(KEYWORDS), [], {"encoding": "utf-8"}
        ):
            sentence = _sentence(function, message)
            if sentence is not None:
                yield sentence, where


def _data_sentences() -> Iterator[tuple[Sentence, str]]:
    for pattern, keys in DATA.items():
        for path in sorted(SOURCE.glob(pattern)):
            context = str(path.parent.relative_to(SOURCE))
            where = str(path.relative_to(ROOT))
            for key, text in _texts(tomllib.loads(path.read_text(encoding="utf-8"))):
                if text and any(fnmatch(key, wanted) for wanted in keys):
                    yield (context, text, ""), where


def _texts(value: object, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _texts(each, f"{key}.{name}" if key else name)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each, key)
    elif isinstance(value, str):
        yield key, value


def _sentence(function: str, message: object) -> Sentence | None:
    parts = list(message) if isinstance(message, tuple) else [message]
    context = ""
    if function in {"pgettext", "npgettext"}:
        context = str(parts.pop(0))
    if not parts or not isinstance(parts[0], str) or not parts[0]:
        return None
    plural = (
        parts[1]
        if function in {"ngettext", "ngettext_lazy", "npgettext"} and len(parts) > 1
        else ""
    )
    return context, parts[0], plural if isinstance(plural, str) else ""


if __name__ == "__main__":
    sys.exit(main())

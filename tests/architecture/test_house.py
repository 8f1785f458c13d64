"""The house as import-linter cannot see it: foreign keys, private furniture, sizes, words."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import grimp
import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "farelegami"
OPEN_ROOMS = {"kernel", "web", "storage"}
DOORS = {"services", "queries", "rules", "permissions", "models"}
FOUNDATION = {"config"}


def floors() -> dict[str, int]:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = next(c["layers"] for c in contracts["contracts"] if c["id"] == "floors")
    heights: dict[str, int] = {}
    for height, layer in enumerate(reversed(layers)):
        for room in re.findall(r"\w+", layer):
            heights[room] = height
    return heights


def room_of(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def test_foreign_keys_point_down() -> None:
    heights = floors()
    up = [
        f"{model.__name__}.{field.name} → {field.related_model.__name__}"
        for model in apps.get_models()
        if model.__module__.startswith("farelegami.")
        for field in model._meta.get_fields()
        if field.is_relation
        and field.concrete
        and field.related_model is not None
        and field.related_model.__module__.startswith("farelegami.")
        and heights[room_of(field.related_model.__module__)] > heights[room_of(model.__module__)]
    ]
    assert up == [], "a foreign key may only point at the same floor or a lower one"


def test_a_room_is_entered_by_its_doors() -> None:
    graph = grimp.build_graph("farelegami", cache_dir=None)
    breaches = []
    for importer in graph.modules:
        for imported in graph.find_modules_directly_imported_by(importer):
            ours, theirs = room_of(importer), room_of(imported)
            parts = imported.split(".")
            if ours == theirs or not theirs or theirs in OPEN_ROOMS or ours in FOUNDATION:
                continue
            if ".tests" in importer or len(parts) < 3 or parts[2] in DOORS:
                continue
            if theirs == "access" and parts[2] in {"doors", "requests"}:
                continue
            breaches.append(f"{importer} → {imported}")
    assert breaches == [], "enter a room through services, queries, rules or permissions"


def test_models_of_a_room_are_built_by_that_room_alone() -> None:
    """Other rooms may name a model as a type; only its own room asks its manager."""
    breaches = []
    for path in SOURCE.rglob("*.py"):
        room = path.relative_to(SOURCE).parts[0]
        if "tests" in path.parts or "migrations" in path.parts or room in FOUNDATION:
            continue
        tree = ast.parse(path.read_text())
        foreign = {
            alias.asname or alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            and (node.module or "").startswith("farelegami.")
            and (node.module or "").endswith(".models")
            and room_of(node.module or "") != room
            for alias in node.names
        }
        breaches += [
            f"{path.relative_to(ROOT)}:{node.lineno} {node.value.id}.objects"
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute)
            and node.attr == "objects"
            and isinstance(node.value, ast.Name)
            and node.value.id in foreign
        ]
    assert breaches == []


def test_no_view_asks_a_manager() -> None:
    views = [
        path
        for path in SOURCE.rglob("*.py")
        if "views" in path.relative_to(SOURCE).parts[1:2] or path.name == "views.py"
    ]
    breaches = [str(p.relative_to(ROOT)) for p in views if ".objects" in p.read_text()]
    assert breaches == [], "a view reads through queries"


def test_only_the_clock_asks_the_time() -> None:
    asks = re.compile(r"datetime\.now\(|date\.today\(|timezone\.now")
    breaches = [
        str(path.relative_to(ROOT))
        for path in SOURCE.rglob("*.py")
        if "migrations" not in path.parts
        and path.name not in {"clock.py"}
        and asks.search(path.read_text())
    ]
    assert breaches == []


def test_every_model_has_a_glossary_line() -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text()
    without = [
        model.__name__
        for model in apps.get_models()
        if model.__module__.startswith("farelegami.")
        and f"`{model._meta.app_label}.{model.__name__}`" not in glossary
    ]
    assert without == [], "say in docs/glossary.md what the model is in the field's words"


def test_tenant_rows_carry_their_district() -> None:
    """Rows that name people or money lead back to one district, for sight and for splitting."""
    heights = floors()
    shared = {"territory", "access", "api", "programmes", "audit", "outbox", "search", "storage"}
    # Parts of a whole that carries the district: reached only through it.
    parts = {
        "PactMember", "PactVersion", "Signature", "CapAct", "ResultProgress", "GoalOutcome",
        "HoursEntry", "Suspension", "FollowUp", "Tie", "Skill", "OfferSlot", "OpportunitySlot",
        "OpportunityNeed", "PlanItem",
    }  # fmt: skip
    without = []
    for model in apps.get_models():
        room = room_of(model.__module__)
        if not model.__module__.startswith("farelegami.") or room in shared:
            continue
        if heights[room] < heights["people"] or model.__name__ in parts:
            continue
        names = {field.name for field in model._meta.get_fields()}
        if "district" not in names and "district_id" not in names:
            without.append(model.__name__)
    assert without == []


@pytest.mark.parametrize("room", sorted(p.name for p in SOURCE.iterdir() if p.is_dir()))
def test_a_room_keeps_its_size(room: str) -> None:
    lines = sum(
        len(path.read_text().splitlines())
        for path in (SOURCE / room).rglob("*.py")
        if "tests" not in path.parts and "migrations" not in path.parts
    )
    reasons = (ROOT / "docs" / "house.md").read_text()
    assert lines <= 3000 or f"{room} is over its size" in reasons


def test_env_example_is_what_is_read() -> None:
    example = set(re.findall(r"^(FARELEGAMI_\w+)=", (ROOT / ".env.example").read_text(), re.M))
    source = (SOURCE / "config" / "env.py").read_text()
    read = {f"FARELEGAMI_{name}" for name in re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', source)}
    assert example == read


def test_no_file_names_a_package_index() -> None:
    index = re.compile(r"https?://[a-z.]*/(simple|packages)(/|\")|--(extra-)?index-url")
    named = [
        str(path.relative_to(ROOT))
        for folder in ("requirements", "scripts", "src", ".ci")
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
        and path.suffix in {".txt", ".in", ".py", ".toml", "", ".json"}
        and index.search(path.read_text(errors="ignore"))
    ]
    assert named == []

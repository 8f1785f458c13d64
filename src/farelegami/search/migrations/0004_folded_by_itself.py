"""On SQLite the full-text table follows the rows by itself, as words do on PostgreSQL."""

from django.db import migrations

SQLITE = (
    "CREATE TRIGGER search_folded_new AFTER INSERT ON search_entry BEGIN"
    " INSERT INTO search_folded(rowid, folded) VALUES (new.id, new.folded); END",
    "CREATE TRIGGER search_folded_changed AFTER UPDATE OF folded ON search_entry BEGIN"
    " UPDATE search_folded SET folded = new.folded WHERE rowid = new.id; END",
    "CREATE TRIGGER search_folded_gone AFTER DELETE ON search_entry BEGIN"
    " DELETE FROM search_folded WHERE rowid = old.id; END",
)
BACK = (
    "DROP TRIGGER search_folded_new",
    "DROP TRIGGER search_folded_changed",
    "DROP TRIGGER search_folded_gone",
)


def build(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for statement in SQLITE:
            schema_editor.execute(statement)


def take_down(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for statement in BACK:
            schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("search", "0003_words")]
    operations = [migrations.RunPython(build, take_down)]

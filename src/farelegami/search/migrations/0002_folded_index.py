"""The index behind the search box: trigrams with the district in front on PostgreSQL, FTS5 on SQLite."""

from django.db import migrations

POSTGRES = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE EXTENSION IF NOT EXISTS btree_gin",
    "CREATE INDEX search_entry_folded ON search_entry"
    " USING gin (district_id, folded gin_trgm_ops) WITH (fastupdate = off)",
)
SQLITE = ("CREATE VIRTUAL TABLE search_folded USING fts5(folded, tokenize = 'trigram')",)


def build(apps, schema_editor):
    statements = POSTGRES if schema_editor.connection.vendor == "postgresql" else SQLITE
    for statement in statements:
        schema_editor.execute(statement)


def take_down(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX search_entry_folded")
    else:
        schema_editor.execute("DROP TABLE search_folded")


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]
    operations = [migrations.RunPython(build, take_down)]

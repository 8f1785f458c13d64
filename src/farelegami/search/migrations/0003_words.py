"""Near words are looked for among words, not among rows: on PostgreSQL, a table of them.

It has neither key nor lock: two writers of one new word write it twice, and wait for nobody.
"""

from django.db import migrations

WORDS = "string_to_array(btrim(folded), ' ')"
# The bones of words, behind a zero, are found as they are.
LEARN = f"""
CREATE FUNCTION search_learn() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO search_word
        SELECT DISTINCT w.word FROM written, unnest({WORDS}) w(word)
        WHERE w.word NOT LIKE '0%'
            AND NOT EXISTS (SELECT 1 FROM search_word k WHERE k.word = w.word);
    RETURN NULL;
END $$
"""
FORGET = f"""
CREATE FUNCTION search_forget() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    DELETE FROM search_word k
        USING (SELECT DISTINCT w.word FROM gone, unnest({WORDS}) w(word)) w
        WHERE k.word = w.word AND NOT EXISTS
            (SELECT 1 FROM search_entry WHERE {WORDS} @> ARRAY[k.word]);
    RETURN NULL;
END $$
"""
CHANGE = f"""
CREATE FUNCTION search_relearn() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO search_word
        SELECT DISTINCT w.word FROM written, unnest({WORDS}) w(word)
        WHERE w.word NOT LIKE '0%'
            AND NOT EXISTS (SELECT 1 FROM search_word k WHERE k.word = w.word);
    DELETE FROM search_word k
        USING (SELECT w.word FROM gone, unnest({WORDS}) w(word)
            EXCEPT SELECT w.word FROM written, unnest({WORDS}) w(word)) w
        WHERE k.word = w.word AND NOT EXISTS
            (SELECT 1 FROM search_entry WHERE {WORDS} @> ARRAY[k.word]);
    RETURN NULL;
END $$
"""
# Without the index a word is compared with every other, and the planner thinks that cheap.
NEAR = """
CREATE FUNCTION search_near(heard text[]) RETURNS text[] LANGUAGE plpgsql STABLE
    SET enable_seqscan = off
    SET pg_trgm.similarity_threshold = 0.3
    SET pg_trgm.word_similarity_threshold = 0.6
AS $$ DECLARE
    near text[] := heard;
    sound text;
BEGIN
    FOREACH sound IN ARRAY heard LOOP
        near := near || ARRAY(
            SELECT word FROM search_word WHERE word % sound
            UNION ALL SELECT word FROM search_word WHERE word %> sound
            UNION ALL SELECT word FROM search_word
                WHERE length(sound) > 3 AND word LIKE '%' || sound || '%');
    END LOOP;
    RETURN near;
END $$
"""
POSTGRES = (
    "CREATE TABLE search_word (word text NOT NULL)",
    "INSERT INTO search_word SELECT DISTINCT w.word"
    f" FROM search_entry, unnest({WORDS}) w(word) WHERE w.word NOT LIKE '0%'",
    "CREATE INDEX search_word_is ON search_word (word)",
    "CREATE INDEX search_word_near ON search_word USING gin (word gin_trgm_ops)"
    " WITH (fastupdate = off)",
    f"CREATE INDEX search_entry_words ON search_entry USING gin (district_id, ({WORDS}))"
    " WITH (fastupdate = off)",
    "DROP INDEX search_entry_folded",
    LEARN,
    FORGET,
    CHANGE,
    NEAR,
    "CREATE TRIGGER search_learn AFTER INSERT ON search_entry REFERENCING NEW TABLE AS written"
    " FOR EACH STATEMENT EXECUTE FUNCTION search_learn()",
    "CREATE TRIGGER search_forget AFTER DELETE ON search_entry REFERENCING OLD TABLE AS gone"
    " FOR EACH STATEMENT EXECUTE FUNCTION search_forget()",
    "CREATE TRIGGER search_relearn AFTER UPDATE ON search_entry"
    " REFERENCING OLD TABLE AS gone NEW TABLE AS written"
    " FOR EACH STATEMENT EXECUTE FUNCTION search_relearn()",
    "ANALYZE search_word",
    "ANALYZE search_entry",
)
BACK = (
    "DROP TRIGGER search_learn ON search_entry",
    "DROP TRIGGER search_forget ON search_entry",
    "DROP TRIGGER search_relearn ON search_entry",
    "DROP FUNCTION search_learn",
    "DROP FUNCTION search_forget",
    "DROP FUNCTION search_relearn",
    "DROP FUNCTION search_near",
    "DROP INDEX search_entry_words",
    "DROP TABLE search_word",
    "CREATE INDEX search_entry_folded ON search_entry"
    " USING gin (district_id, folded gin_trgm_ops) WITH (fastupdate = off)",
)


def build(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for statement in POSTGRES:
            schema_editor.execute(statement, params=None)


def take_down(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for statement in BACK:
            schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("search", "0002_folded_index")]
    operations = [migrations.RunPython(build, take_down)]

"""What the address of the database may ask."""

from farelegami.config.settings.base import _database


def test_statements_are_kept_by_the_server_unless_the_address_says_no() -> None:
    whole = _database("postgresql://anna:x%40y@db.example.org:6432/legami")
    assert (whole["PASSWORD"], whole["PORT"], whole["NAME"]) == ("x@y", "6432", "legami")
    assert whole["OPTIONS"] == {"server_side_binding": True, "prepare_threshold": 3}
    pooled = _database("postgresql://db/legami?prepare_threshold=0&sslmode=require")
    assert pooled["OPTIONS"]["prepare_threshold"] is None
    assert pooled["OPTIONS"]["sslmode"] == "require"

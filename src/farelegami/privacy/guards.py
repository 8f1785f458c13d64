"""What the database itself refuses: a register that changes, a decision taken back."""

from typing import Final

from farelegami.storage.guards import Guard, append_only

_UNDECIDED: Final = (
    "OLD.approved_at IS NOT NULL AND (NEW.approved_at IS NULL"
    " OR NEW.approved_by_id <> OLD.approved_by_id OR NEW.proposed_by_id <> OLD.proposed_by_id)"
)
_NEVER_APPROVED: Final = (
    "NEW.erased_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM privacy_retentionlist l"
    " WHERE l.id = NEW.list_id AND l.approved_at IS NOT NULL)"
)
_ON_POSTGRES: Final = """
    IF NEW.erased_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM privacy_retentionlist l
            WHERE l.id = NEW.list_id AND l.approved_at IS NOT NULL) THEN
        RAISE EXCEPTION 'privacy: nothing is erased without an approved list'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
"""
_ON_SQLITE: Final = (
    "SELECT RAISE(ABORT, 'privacy: nothing is erased without an approved list')"
    f" WHERE {_NEVER_APPROVED};"
)

GUARDS: Final = (
    *append_only("privacy_erasure", "privacy register"),
    Guard(
        "privacy_list_decided",
        "privacy_retentionlist",
        "UPDATE",
        "privacy: an approval is never taken back",
        when=_UNDECIDED,
    ),
    # A condition of a trigger cannot ask another table on PostgreSQL: the body does.
    Guard(
        "privacy_item_approved",
        "privacy_retentionitem",
        "UPDATE",
        "privacy: nothing is erased without an approved list",
        sqlite_body=_ON_SQLITE,
        postgres_body=_ON_POSTGRES,
    ),
)

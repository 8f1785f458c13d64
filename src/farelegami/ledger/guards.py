"""The triggers that make the ledger true even for whoever writes SQL by hand."""

from typing import Final

from farelegami.storage.guards import Guard, append_only

# Both accounts are locked in the order of their ids, whichever gives: two opposite transfers
# would otherwise wait for each other. Not FOR UPDATE, which would also block the foreign keys.
_CHECK_ON_POSTGRES: Final = """
    PERFORM 1 FROM ledger_account WHERE id IN (NEW.debit_id, NEW.credit_id)
        ORDER BY id FOR NO KEY UPDATE;
    IF (SELECT count(DISTINCT unit) FROM ledger_account
            WHERE id IN (NEW.debit_id, NEW.credit_id)) > 1 THEN
        RAISE EXCEPTION 'ledger: the two accounts count different units'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.reverses_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM ledger_transfer t WHERE t.id = NEW.reverses_id
                AND t.debit_id = NEW.credit_id AND t.credit_id = NEW.debit_id
                AND t.amount = NEW.amount AND t.reverses_id IS NULL) THEN
        RAISE EXCEPTION 'ledger: a reversal mirrors the transfer it reverses'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
"""
# INSERT OR REPLACE deletes the old row without waking any trigger of DELETE.
_CHECK_ON_SQLITE: Final = """
    SELECT RAISE(ABORT, 'ledger: this idempotency_key or id is already written')
        WHERE EXISTS (SELECT 1 FROM ledger_transfer
            WHERE id = NEW.id OR idempotency_key = NEW.idempotency_key);
    SELECT RAISE(ABORT, 'ledger: the two accounts count different units')
        WHERE (SELECT unit FROM ledger_account WHERE id = NEW.debit_id)
            IS NOT (SELECT unit FROM ledger_account WHERE id = NEW.credit_id);
    SELECT RAISE(ABORT, 'ledger: a reversal mirrors the transfer it reverses')
        WHERE NEW.reverses_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM ledger_transfer t WHERE t.id = NEW.reverses_id
                AND t.debit_id = NEW.credit_id AND t.credit_id = NEW.debit_id
                AND t.amount = NEW.amount AND t.reverses_id IS NULL);
"""
_MOVE: Final = """
    UPDATE ledger_account SET balance = balance - NEW.amount, moved_by = NEW.id
        WHERE id = NEW.debit_id;
    UPDATE ledger_account SET balance = balance + NEW.amount, moved_by = NEW.id
        WHERE id = NEW.credit_id;
"""

# PostgreSQL knows from which depth an update comes. SQLite does not: there the update must name
# the newest transfer, for the first time on this account, and move its amount in its direction;
# the newest transfer has always already moved both of its accounts, so a hand can never comply.
_HAND_ON_POSTGRES: Final = """
    IF pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'ledger: accounts change only through transfers'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
"""
_HAND_ON_SQLITE: Final = """
    SELECT RAISE(ABORT, 'ledger: accounts change only through transfers') WHERE
        NEW.id IS NOT OLD.id OR NEW.unit IS NOT OLD.unit OR NEW.kind IS NOT OLD.kind
        OR NEW.owner_id IS NOT OLD.owner_id OR NEW.floor IS NOT OLD.floor
        OR NEW.district_id IS NOT OLD.district_id OR NEW.moved_by IS OLD.moved_by
        OR NOT EXISTS (
            SELECT 1 FROM ledger_transfer t
            WHERE t.rowid = (SELECT max(rowid) FROM ledger_transfer) AND t.id = NEW.moved_by
                AND ((t.debit_id = OLD.id AND NEW.balance = OLD.balance - t.amount)
                    OR (t.credit_id = OLD.id AND NEW.balance = OLD.balance + t.amount)));
"""
_OPEN_ON_POSTGRES: Final = """
    IF NEW.balance <> 0 OR NEW.moved_by IS NOT NULL THEN
        RAISE EXCEPTION 'ledger: an account is opened empty'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
"""
_OPEN_ON_SQLITE: Final = """
    SELECT RAISE(ABORT, 'ledger: an account is opened empty, and once')
        WHERE NEW.balance <> 0 OR NEW.moved_by IS NOT NULL OR EXISTS (
            SELECT 1 FROM ledger_account WHERE id = NEW.id
                OR (owner_id = NEW.owner_id AND kind = NEW.kind));
"""


def _guard(name: str, table: str, event: str, sqlite: str, postgres: str) -> Guard:
    return Guard(name, table, event, name, sqlite_body=sqlite, postgres_body=postgres)


GUARDS: Final = (
    *append_only("ledger_transfer", "ledger"),
    _guard(
        "ledger_transfer_check",
        "ledger_transfer",
        "INSERT",
        _CHECK_ON_SQLITE,
        _CHECK_ON_POSTGRES,
    ),
    Guard(
        "ledger_transfer_move",
        "ledger_transfer",
        "INSERT",
        "ledger_transfer_move",
        timing="AFTER",
        sqlite_body=_MOVE,
        postgres_body=f"{_MOVE} RETURN NULL;",
    ),
    _guard(
        "ledger_account_by_hand", "ledger_account", "UPDATE", _HAND_ON_SQLITE, _HAND_ON_POSTGRES
    ),
    _guard("ledger_account_opened", "ledger_account", "INSERT", _OPEN_ON_SQLITE, _OPEN_ON_POSTGRES),
    Guard(
        "ledger_account_no_delete",
        "ledger_account",
        "DELETE",
        "ledger: accounts are never deleted",
    ),
    Guard(
        "ledger_account_no_truncate",
        "ledger_account",
        "TRUNCATE",
        "ledger: accounts are never deleted",
        postgres_only=True,
    ),
)

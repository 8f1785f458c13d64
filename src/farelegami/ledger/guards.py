"""The triggers that make the ledger true even for whoever writes SQL by hand."""

from typing import Final

from farelegami.storage.guards import Guard, append_only

_ACCOUNT: Final = "ledger_account"
_TRANSFER: Final = "ledger_transfer"
_REFUSE: Final = "RAISE EXCEPTION '{}' USING ERRCODE = 'integrity_constraint_violation';"

_UNITS: Final = "ledger: the two accounts count different units"
_MIRROR: Final = "ledger: a reversal mirrors the transfer it reverses"
_BY_HAND: Final = "ledger: accounts change only through transfers"
_OPENED_EMPTY: Final = "ledger: an account is opened empty and once"
_REPLACED: Final = "ledger: this transfer is already written"

_HAS_MIRROR: Final = (
    "EXISTS (SELECT 1 FROM ledger_transfer t WHERE t.id = NEW.reverses_id"
    " AND t.debit_id = NEW.credit_id AND t.credit_id = NEW.debit_id"
    " AND t.amount = NEW.amount AND t.reverses_id IS NULL)"
)

# Both accounts are locked in the order of their ids, whichever gives: two opposite transfers
# would otherwise wait for each other. Not FOR UPDATE, which would also block the foreign keys.
_CHECK_ON_POSTGRES: Final = f"""
    PERFORM 1 FROM {_ACCOUNT} WHERE id IN (NEW.debit_id, NEW.credit_id)
        ORDER BY id FOR NO KEY UPDATE;
    IF (SELECT count(DISTINCT unit) FROM {_ACCOUNT} WHERE id IN (NEW.debit_id, NEW.credit_id)) > 1
        THEN {_REFUSE.format(_UNITS)} END IF;
    IF NEW.reverses_id IS NOT NULL AND NOT {_HAS_MIRROR}
        THEN {_REFUSE.format(_MIRROR)} END IF;
    RETURN NEW;
"""
# INSERT OR REPLACE deletes the old row without waking any trigger of DELETE.
_CHECK_ON_SQLITE: Final = f"""
    SELECT RAISE(ABORT, '{_REPLACED}') WHERE EXISTS (SELECT 1 FROM {_TRANSFER}
        WHERE id = NEW.id OR idempotency_key = NEW.idempotency_key);
    SELECT RAISE(ABORT, '{_UNITS}')
        WHERE (SELECT unit FROM {_ACCOUNT} WHERE id = NEW.debit_id)
            IS NOT (SELECT unit FROM {_ACCOUNT} WHERE id = NEW.credit_id);
    SELECT RAISE(ABORT, '{_MIRROR}') WHERE NEW.reverses_id IS NOT NULL AND NOT {_HAS_MIRROR};
"""
_MOVE: Final = f"""
    UPDATE {_ACCOUNT} SET balance = balance - NEW.amount, moved_by = NEW.id WHERE id = NEW.debit_id;
    UPDATE {_ACCOUNT} SET balance = balance + NEW.amount, moved_by = NEW.id WHERE id = NEW.credit_id;
"""

# PostgreSQL knows from which depth an update comes. SQLite does not: there the update must name
# the newest transfer, for the first time on this account, and move its amount in its direction;
# the newest transfer has always already moved both of its accounts, so a hand can never comply.
_HAND_ON_POSTGRES: Final = (
    f"IF pg_trigger_depth() < 2 THEN {_REFUSE.format(_BY_HAND)} END IF; RETURN NEW;"
)
_HAND_ON_SQLITE: Final = f"""
    SELECT RAISE(ABORT, '{_BY_HAND}') WHERE
        NEW.id IS NOT OLD.id OR NEW.unit IS NOT OLD.unit OR NEW.kind IS NOT OLD.kind
        OR NEW.owner_id IS NOT OLD.owner_id OR NEW.floor IS NOT OLD.floor
        OR NEW.district_id IS NOT OLD.district_id OR NEW.moved_by IS OLD.moved_by
        OR NOT EXISTS (
            SELECT 1 FROM {_TRANSFER} t
            WHERE t.rowid = (SELECT max(rowid) FROM {_TRANSFER}) AND t.id = NEW.moved_by
                AND ((t.debit_id = OLD.id AND NEW.balance = OLD.balance - t.amount)
                    OR (t.credit_id = OLD.id AND NEW.balance = OLD.balance + t.amount)));
"""

GUARDS: Final = (
    *append_only(_TRANSFER, "ledger"),
    Guard(
        "ledger_transfer_check",
        _TRANSFER,
        "INSERT",
        _UNITS,
        sqlite_body=_CHECK_ON_SQLITE,
        postgres_body=_CHECK_ON_POSTGRES,
    ),
    Guard(
        "ledger_transfer_move",
        _TRANSFER,
        "INSERT",
        _BY_HAND,
        timing="AFTER",
        sqlite_body=_MOVE,
        postgres_body=f"{_MOVE} RETURN NULL;",
    ),
    Guard(
        "ledger_account_by_hand",
        _ACCOUNT,
        "UPDATE",
        _BY_HAND,
        sqlite_body=_HAND_ON_SQLITE,
        postgres_body=_HAND_ON_POSTGRES,
    ),
    Guard(
        "ledger_account_opened_empty",
        _ACCOUNT,
        "INSERT",
        _OPENED_EMPTY,
        sqlite_body=f"""
            SELECT RAISE(ABORT, '{_OPENED_EMPTY}')
                WHERE NEW.balance <> 0 OR NEW.moved_by IS NOT NULL OR EXISTS (
                    SELECT 1 FROM {_ACCOUNT} WHERE id = NEW.id
                        OR (owner_id = NEW.owner_id AND kind = NEW.kind));
        """,
        postgres_body=f"IF NEW.balance <> 0 OR NEW.moved_by IS NOT NULL"
        f" THEN {_REFUSE.format(_OPENED_EMPTY)} END IF; RETURN NEW;",
    ),
    Guard("ledger_account_no_delete", _ACCOUNT, "DELETE", "ledger: accounts are never deleted"),
    Guard(
        "ledger_account_no_truncate",
        _ACCOUNT,
        "TRUNCATE",
        "ledger: accounts are never deleted",
        postgres_only=True,
    ),
)

"""What is not a bug but passes is told apart from bugs, by the error it comes as."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

import psycopg
import pytest
from django.db import OperationalError

from farelegami.kernel.faults import Fault, fault_of


def raised(path: Path, *statements: str, mode: str = "rwc") -> Exception:
    with (
        pytest.raises(sqlite3.Error) as caught,
        sqlite3.connect(f"file:{path}?mode={mode}", uri=True) as line,
    ):
        for statement in statements:
            line.execute(statement)
    return caught.value


def test_sqlite_says_what_keeps_it_from_writing(tmp_path: Path) -> None:
    there = tmp_path / "base"
    small = ("PRAGMA page_size = 512", "PRAGMA max_page_count = 2", "CREATE TABLE a (b)")
    full = raised(there, *small, "INSERT INTO a VALUES (randomblob(9999))")
    assert fault_of(full) is Fault.FULL
    assert fault_of(raised(there, "CREATE TABLE c (d)", mode="ro")) is Fault.READ_ONLY
    assert fault_of(raised(tmp_path / "altrove" / "base", "SELECT 1", mode="ro")) is Fault.GONE
    there.write_bytes(b"non una base" * 99)
    assert fault_of(raised(there, "SELECT * FROM a")) is Fault.GONE


def test_postgresql_says_it_by_its_states() -> None:
    assert fault_of(psycopg.errors.DiskFull()) is Fault.FULL
    assert fault_of(psycopg.errors.ReadOnlySqlTransaction()) is Fault.READ_ONLY
    assert fault_of(psycopg.errors.AdminShutdown()) is Fault.GONE
    assert fault_of(psycopg.errors.CannotConnectNow()) is Fault.GONE
    assert fault_of(psycopg.OperationalError("connection refused")) is Fault.GONE


def test_the_disk_says_it_by_its_numbers() -> None:
    assert fault_of(OSError(errno.ENOSPC, "pieno")) is Fault.FULL
    assert fault_of(OSError(errno.EROFS, "sola lettura")) is Fault.READ_ONLY


def test_bugs_stay_bugs() -> None:
    for error in (
        None,
        ValueError("x"),
        FileNotFoundError(errno.ENOENT, "x"),
        psycopg.errors.UndefinedTable(),
        psycopg.errors.UniqueViolation(),
        psycopg.DataError(),
        sqlite3.IntegrityError("x"),
        OperationalError("x"),
    ):
        assert fault_of(error) is None


def test_the_error_behind_the_error_counts() -> None:
    error = OperationalError("x")
    error.__cause__ = OSError(errno.ENOSPC, "pieno")
    assert fault_of(error) is Fault.FULL

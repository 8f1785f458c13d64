"""The rounds: floor, operation, floor, operation; medians of what each costs in CPU."""

import argparse
import socket
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from django.core.management import call_command
from django.db import connection

from farelegami.config.serving import start_server
from farelegami.people.models import Person
from farelegami.territory.models import Municipality
from farelegami.web.catalogues import compile_catalogues
from tests.bench.load import Ask, Told, ask_all, cpu_seconds, resident_mb, tree
from tests.bench.operations import Operation, cast, operations, queries_of

ROUNDS: Final = 3
_FLOOR_SECONDS: Final = 1.0
_MEMORY_MB: Final = 120
_START_SECONDS: Final = 3.0
Row = dict[str, Any]


@contextmanager
def server() -> Iterator[tuple[int, int, float]]:
    """Start what `farelegami serve` starts; yield its process, its port, seconds to an answer."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    began = time.perf_counter()
    process = start_server("127.0.0.1", port, application="tests.bench.wsgi:application")
    try:
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    told = ask_all(port, [Ask("/")], None)
                    if not told.odd:
                        break
            if process.poll() is not None:
                message = "the server did not start"
                raise RuntimeError(message)
            time.sleep(0.05)
        yield process.pid, port, time.perf_counter() - began
    finally:
        process.terminate()
        process.wait(30)


def database_process() -> int | None:
    """Return the process of the PostgreSQL server, if it is on this machine."""
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = int(cursor.fetchone()[0])
    stat = Path(f"/proc/{pid}/stat")
    return int(stat.read_text().rpartition(")")[2].split()[1]) if stat.exists() else None


class _Meter:
    """Spends requests on the server and says what they cost."""

    def __init__(self, app: int, port: int) -> None:
        self._app, self._port, self._database = app, port, database_process()
        codes = Municipality.objects.order_by("pk").values_list("pk", flat=True)[:500]
        self._floor = [Ask(f"/floor/row/{code}/") for code in codes]

    def spend(self, asks: Sequence[Ask], seconds: float | None) -> tuple[Told, float, float]:
        """Return what was told, and the ms of CPU of application and database for each."""
        app, database = cpu_seconds(self._app), cpu_seconds(self._database)
        told = ask_all(self._port, asks, seconds)
        many = len(told.took) / 1000
        return (
            told,
            (cpu_seconds(self._app) - app) / many,
            (cpu_seconds(self._database) - database) / many,
        )

    def floor(self) -> tuple[Told, float]:
        """Return what the floor costs, in ms of CPU of both."""
        told, app, database = self.spend(self._floor, _FLOOR_SECONDS)
        return told, app + database


def all_of(options: argparse.Namespace) -> list[Row]:
    """Measure everything asked for."""
    compile_catalogues()
    call_command("collectstatic", interactive=False, verbosity=0)
    who = cast()
    chosen = [each for each in operations(who) if options.only in each.name]
    counts = {each.name: _queries(each) for each in chosen}
    connection.close()
    rows: list[Row] = []
    with server() as (app, port, started):
        meter = _Meter(app, port)
        ask_all(port, [Ask("/")], 1.0)
        page_floor = _page_floor(meter)
        for each in chosen:
            rows.append(_row(each, counts[each.name], meter, options))
            print(line(rows[-1]), flush=True)
        workers = [pid for pid in tree(app) if pid != app]
        memory = max(resident_mb(pid) for pid in workers)
    rows += [
        _fact("page floor ×", page_floor, None),
        _fact("memory of a worker, MB", memory, _MEMORY_MB),
        _fact("start to the first answer, s", started, _START_SECONDS),
        _fact("people", Person.objects.count(), None),
    ]
    return rows


def _queries(operation: Operation) -> int:
    """Return how many statements it takes; the first time may fill what a process remembers."""
    asks = operation.asks(2)
    queries_of(asks[0])
    return len(queries_of(asks[-1]))


def _row(operation: Operation, queries: int, meter: _Meter, options: argparse.Namespace) -> Row:
    ratios, apps, databases, tolds = [], [], [], []
    for _ in range(ROUNDS):
        _told, floor = meter.floor()
        if operation.writes:
            asks, seconds = operation.asks(options.writes), None
        else:
            asks, seconds = operation.asks(0), options.seconds
        told, app, database = meter.spend(asks, seconds)
        if told.odd:
            message = f"{operation.name}: {len(told.odd)} odd answers, {told.odd[0]}"
            raise RuntimeError(message)
        ratios.append((app + database) / floor)
        apps.append(app)
        databases.append(database)
        tolds.append(told)
    ratio = statistics.median(ratios)
    return {
        "name": operation.name,
        "kind": operation.kind,
        "queries": queries,
        "queries_limit": operation.queries,
        "p50_ms": round(1000 * statistics.median(t.quantile(0.5) for t in tolds), 1),
        "p95_ms": round(1000 * statistics.median(t.quantile(0.95) for t in tolds), 1),
        "rps": round(statistics.median(len(t.took) / t.seconds for t in tolds)),
        "app_ms": round(statistics.median(apps), 2),
        "database_ms": round(statistics.median(databases), 2),
        "cpu_ratio": round(ratio, 1),
        "limit": operation.ratio,
        "ok": (ratio <= operation.ratio and queries <= operation.queries)
        or (operation.fuzzy and connection.vendor == "sqlite"),
    }


def _page_floor(meter: _Meter) -> float:
    ratios = []
    for _ in range(ROUNDS):
        _told, floor = meter.floor()
        told, app, database = meter.spend([Ask("/floor/page/")], _FLOOR_SECONDS)
        if told.odd:
            raise RuntimeError(told.odd[0])
        ratios.append((app + database) / floor)
    return statistics.median(ratios)


def _fact(name: str, value: float, limit: float | None) -> Row:
    return {
        "name": name, "kind": "fact", "queries": None, "p50_ms": None, "p95_ms": None,
        "rps": None, "cpu_ratio": None, "value": round(value, 1), "limit": limit,
        "ok": limit is None or value <= limit,
    }  # fmt: skip


def table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the report as a table of Markdown."""
    head = "| operation | queries | p50 ms | p95 ms | req/s | CPU ms app + db | × floor | never above | |"
    lines = [head, "|---|---|---|---|---|---|---|---|---|"]
    lines += [line(row) for row in rows]
    return "\n".join(lines)


def line(row: Mapping[str, Any]) -> str:
    """Return one row of it."""
    mark = "" if row["ok"] else "✗"
    if row["kind"] == "fact":
        limit = "" if row["limit"] is None else row["limit"]
        return f"| {row['name']} | | | | | | {row['value']} | {limit} | {mark} |"
    return (
        f"| {row['name']} | {row['queries']} of {row['queries_limit']} | {row['p50_ms']}"
        f" | {row['p95_ms']} | {row['rps']} | {row['app_ms']} + {row['database_ms']}"
        f" | {row['cpu_ratio']} | {row['limit']} | {mark} |"
    )

"""Asking a server from several connections at once, and what its processes spent meanwhile."""

import http.client
import itertools
import os
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

CONNECTIONS: Final = 8
_TICK: Final = os.sysconf("SC_CLK_TCK")
_SPENT: Final = slice(11, 15)


@dataclass(frozen=True, slots=True)
class Ask:
    """One request."""

    path: str
    headers: tuple[tuple[str, str], ...] = ()
    method: str = "GET"
    body: str = ""


@dataclass(slots=True)
class Told:
    """What came back: seconds of each answer, and those that were not as hoped."""

    took: list[float] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def quantile(self, part: float) -> float:
        """Return the seconds under which that part of the answers came."""
        ordered = sorted(self.took)
        return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def ask_all(port: int, asks: Sequence[Ask], seconds: float | None) -> Told:
    """Send requests round and round for some seconds, or each once if `seconds` is None."""
    told, turn, lock = Told(), itertools.count(), threading.Lock()
    ends = time.perf_counter() + seconds if seconds else float("inf")

    def one_connection() -> None:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while time.perf_counter() < ends:
            number = next(turn)
            if seconds is None and number >= len(asks):
                break
            ask = asks[number % len(asks)]
            began = time.perf_counter()
            line.request(ask.method, ask.path, ask.body or None, dict(ask.headers))
            answer = line.getresponse()
            content = answer.read()
            took = time.perf_counter() - began
            with lock:
                told.took.append(took)
                if answer.status not in {200, 201}:
                    told.odd.append(f"{answer.status} {ask.path} {content[:300]!r}")
        line.close()

    threads = [threading.Thread(target=one_connection) for _ in range(CONNECTIONS)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told.seconds = time.perf_counter() - began
    return told


def tree(root: int) -> list[int]:
    """Return a process and all that descend from it."""
    parents = {}
    for each in Path("/proc").iterdir():
        if each.name.isdigit():
            try:
                stat = (each / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents[int(each.name)] = int(stat[1])
    found, grown = {root}, True
    while grown:
        more = {pid for pid, parent in parents.items() if parent in found} - found
        found |= more
        grown = bool(more)
    return sorted(found)


def cpu_seconds(root: int | None) -> float:
    """Return what a process and its descendants spent, the ended ones included."""
    if root is None:
        return 0.0
    ticks = 0
    for pid in tree(root):
        try:
            stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += sum(int(part) for part in stat[_SPENT])
    return ticks / _TICK


def resident_mb(pid: int) -> float:
    """Return the memory of a process alone, its share of what it shares included."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0

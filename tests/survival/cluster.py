"""A PostgreSQL server with the settings of a real one, to be killed and started again."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg

from tests.postgres import _free_port, _unprivileged, binaries
from tests.survival.small_disk import SmallDisk

SAFE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


class Cluster:
    """A server of its own in a temporary folder; `settings` are added to its command line.

    With `megabytes` its folder is a disk of that size, seen by nobody else.
    """

    def __init__(self, megabytes: int = 0, **settings: str) -> None:
        folder = binaries()
        assert folder is not None
        self._programs, self._user = folder, _unprivileged()
        self._settings = SAFE | settings
        self.home = Path(tempfile.mkdtemp(prefix="fl-pg-kill-"))
        if self._user:
            shutil.chown(self.home, self._user)
        self.home.chmod(0o755)
        self.port, self._server = _free_port(), None
        self.disk = self._small_disk(megabytes) if megabytes else None
        self._inside = self.disk.inside if self.disk else []
        self._run(
            "initdb", "-D", self.home / "data", "-U", "farelegami", "-A", "trust", "-E", "UTF8",
            "--locale=C.UTF-8", "--no-sync", "--wal-segsize", 1 if megabytes else 16,
        )  # fmt: skip
        self.start()
        self._run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "farelegami", "fl")

    def _small_disk(self, megabytes: int) -> SmallDisk:
        folder = self.home / "data"
        folder.mkdir()
        if self._user:
            shutil.chown(folder, self._user)
        return SmallDisk(folder, megabytes, user=self._user)

    @property
    def url(self) -> str:
        return f"postgresql://farelegami@127.0.0.1:{self.port}/fl"

    def _run(self, program: str, *arguments: object) -> None:
        subprocess.run(
            [*self._inside, self._programs / program, *map(str, arguments)],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT, **self._as_user(),
        )  # fmt: skip

    def _as_user(self) -> dict[str, str]:
        return {"user": self._user, "cwd": "/"} if self._user else {"cwd": "/"}

    def start(self) -> None:
        options = {
            "shared_buffers": "64MB", "listen_addresses": "127.0.0.1", "port": str(self.port),
            "unix_socket_directories": str(self.home), **self._settings,
        }  # fmt: skip
        flags = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        with (self.home / "log").open("ab") as log:
            self._server = subprocess.Popen(
                [*self._inside, self._programs / "postgres", "-D", self.home / "data", *flags],
                stdout=log, stderr=log, **self._as_user(),
            )  # fmt: skip
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                psycopg.connect(f"{self.url.rpartition('/')[0]}/postgres").close()
            except psycopg.OperationalError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError(self.log())

    def stop_at_once(self) -> None:
        """Stop without a checkpoint, as when the current fails: what is next is a recovery."""
        if self._server is not None:
            self._server.send_signal(signal.SIGQUIT)
            self._server.wait(timeout=60)
            self._server = None

    def kill_a_backend(self) -> None:
        """SIGKILL a process that serves a connection: the server throws everybody out and recovers."""
        with psycopg.connect(self.url) as line:
            found = line.execute(
                "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'"
                " AND pid <> pg_backend_pid() ORDER BY backend_start LIMIT 1"
            ).fetchone()
        if found:
            os.kill(found[0], signal.SIGKILL)

    def log(self) -> str:
        return (self.home / "log").read_text(errors="replace")

    def has_died(self) -> bool:
        """Return whether the server is gone by itself."""
        return self._server is None or self._server.poll() is not None

    def close(self) -> None:
        self.stop_at_once()
        if self.disk:
            self.disk.close()
        shutil.rmtree(self.home, ignore_errors=True)

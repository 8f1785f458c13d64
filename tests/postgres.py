"""A throwaway PostgreSQL cluster for one command: `python -m tests.postgres COMMAND …`.

It is made in a temporary folder by a user who is not root, listens on a socket there and on
127.0.0.1, and is gone with the command.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

VARIABLE = "FARELEGAMI_DATABASE_URL"


def binaries() -> Path | None:
    """Return the folder of the server's programs, newest version first, or None."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    if found:
        return found[0].parent
    initdb = shutil.which("initdb")
    return Path(initdb).parent if initdb else None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _unprivileged() -> str | None:
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return name
    return None


@contextmanager
def cluster() -> Iterator[str]:
    """Yield the address of a fresh, empty server; fast settings, since nothing outlives it."""
    folder = binaries()
    if folder is None:
        sys.exit("PostgreSQL's server programs are not on this machine")
    home = Path(tempfile.mkdtemp(prefix="fl-pg-"))
    user, port = _unprivileged(), _free_port()
    if user:
        shutil.chown(home, user)
    home.chmod(0o755)
    as_user = {"user": user, "cwd": "/"} if user else {"cwd": "/"}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.STDOUT}
    data = home / "data"
    subprocess.run(
        [
            folder / "initdb",
            "-D",
            data,
            "-U",
            "farelegami",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ],
        check=True,
        **quiet,
        **as_user,
    )
    options = {
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "shared_buffers": "256MB",
        "max_connections": "60",
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": str(home),
        "port": str(port),
    }
    flags = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    with (home / "log").open("wb") as log:
        server = subprocess.Popen(
            [folder / "postgres", "-D", data, *flags], stdout=log, stderr=log, **as_user
        )
        try:
            for _ in range(100):
                ready = subprocess.run(
                    [folder / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)], check=False
                )
                if ready.returncode == 0:
                    break
                time.sleep(0.1)
            subprocess.run(
                [
                    folder / "createdb",
                    "-h",
                    "127.0.0.1",
                    "-p",
                    str(port),
                    "-U",
                    "farelegami",
                    "farelegami",
                ],
                check=True,
            )
            yield f"postgresql://farelegami@127.0.0.1:{port}/farelegami"
        finally:
            server.terminate()
            server.wait(timeout=30)
            shutil.rmtree(home, ignore_errors=True)


def main() -> int:
    with cluster() as url:
        return subprocess.run(
            sys.argv[1:], env={**os.environ, VARIABLE: url}, check=False
        ).returncode


if __name__ == "__main__":
    sys.exit(main())

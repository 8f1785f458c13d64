"""A disk of a few megabytes made by anybody: a tmpfs that only its own processes see."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class NoSmallDisk(Exception):
    """This machine does not let one be made; says why."""


class SmallDisk:
    """A tmpfs over an empty folder, in a mount namespace of the user it is for.

    A process of its own holds the namespace, so that the disk outlives whatever works on it.
    Programs are started in it by putting `inside` before them.
    """

    def __init__(self, folder: Path, megabytes: int, *, user: str | None) -> None:
        self._folder, self._user = folder, user
        mount = f"mount -t tmpfs -o size={megabytes}m tmpfs '{folder}'"
        self._holder = subprocess.Popen(
            ["unshare", "-Urm", "sh", "-c", f"{mount} && echo ready && exec sleep infinity"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd="/", user=user,
        )  # fmt: skip
        assert self._holder.stdout is not None
        said = self._holder.stdout.readline().strip()
        if said != "ready":
            self.close()
            message = f"no user may mount a disk of its own here: {said}"
            raise NoSmallDisk(message)
        self._seen = Path(f"/proc/{self._holder.pid}/root{folder}")
        # The user is root in the namespace, and PostgreSQL is nobody's root: a second one undoes it.
        there = self._seen.stat()
        self.inside = [
            "nsenter", "-t", str(self._holder.pid), "-U", "-m", "--preserve-credentials",
            "unshare", "-U", f"--map-user={there.st_uid}", f"--map-group={there.st_gid}",
        ]  # fmt: skip

    @property
    def free(self) -> int:
        """Return how many bytes can still be written."""
        told = os.statvfs(self._seen)
        return told.f_bavail * told.f_frsize

    @contextmanager
    def full(self) -> Iterator[None]:
        """Leave no room for the length of the block."""
        ballast = self._folder / "ballast"
        try:
            # Whoever is not of the namespace may not write to its disk, be it root.
            self.run("dd", "if=/dev/zero", f"of={ballast}", "bs=4k")
            assert self.free == 0
            yield
        finally:
            self.run("rm", ballast)

    def run(self, *command: object) -> None:
        subprocess.run(
            [*self.inside, *map(str, command)],
            check=False, capture_output=True, cwd="/", user=self._user,
        )  # fmt: skip

    def close(self) -> None:
        self._holder.kill()
        self._holder.communicate()

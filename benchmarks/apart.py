"""What only root may have: a network and file systems that nobody else on this machine sees.

All of it goes away with the processes that are in it.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

APART = "RINDA_BENCHMARK_APART"
"""Set in the environment of whoever is there."""


def is_apart() -> bool:
    """Whether this process is there."""
    return APART in os.environ


def go_apart(module: str, arguments: Sequence[str]) -> None:
    """Begin this program anew there; returns where that is not allowed."""
    inside = ["unshare", "--net", "--mount"]
    if not is_apart() and not subprocess.run([*inside, "true"], capture_output=True).returncode:
        command = [*inside, sys.executable, "-m", module, *arguments]
        os.execvpe("unshare", command, {**os.environ, APART: "1"})


class Cable:
    """Between our network and one of its own. `number`: 1 to 250, another for each."""

    def __init__(self, number: int) -> None:
        self.host, self._near, self._far = f"10.77.{number}.1", f"near{number}", f"far{number}"
        self._their = f"10.77.{number}.2/30"
        self._holder = subprocess.Popen(["unshare", "--net", "sleep", "infinity"])
        self.within = ("nsenter", f"--net=/proc/{self._holder.pid}/ns/net")
        """The words before a command that is to run at its other end."""

    def __enter__(self) -> "Cable":
        theirs, ours = Path(f"/proc/{self._holder.pid}/ns/net"), Path("/proc/self/ns/net")
        while theirs.readlink() == ours.readlink():
            time.sleep(0.01)
        for each in ((), self.within):
            _run(*each, "ip", "link", "set", "lo", "up")
        _run("ip", "link", "add", self._near, "type", "veth", "peer", "name", self._far)
        _run("ip", "link", "set", self._far, "netns", str(self._holder.pid))
        _run("ip", "addr", "add", f"{self.host}/30", "dev", self._near)
        _run("ip", "link", "set", self._near, "up")
        _run(*self.within, "ip", "addr", "add", self._their, "dev", self._far)
        _run(*self.within, "ip", "link", "set", self._far, "up")
        return self

    def __exit__(self, *_: object) -> None:
        self._holder.kill()
        self._holder.wait()

    def pull(self) -> None:
        """Both ends see that it is out."""
        _run("ip", "link", "set", self._near, "down")

    def swallow(self, *, ours: bool = True, theirs: bool = True) -> None:
        """Nobody sees it: what we send, or they send, never arrives."""
        if ours:
            _run("tc", "qdisc", "replace", "dev", self._near, "root", "blackhole")
        if theirs:
            _run(*self.within, "tc", "qdisc", "replace", "dev", self._far, "root", "blackhole")

    def mend(self) -> None:
        """As it was."""
        _run("ip", "link", "set", self._near, "up")
        for within, end in (((), self._near), (self.within, self._far)):
            subprocess.run(
                [*within, "tc", "qdisc", "del", "dev", end, "root"],
                check=False,
                capture_output=True,
            )


class SmallDisk:
    """A real file system in a file. Raises OSError where there is no loop device."""

    def __init__(self, folder: Path, mebibytes: int) -> None:
        self.folder, self._image = folder, folder.with_suffix(".ext4")
        self._filler = folder / "filler"
        with self._image.open("wb") as file:
            file.truncate(mebibytes << 20)
        folder.mkdir()

    @contextmanager
    def mounted(self) -> Iterator[None]:
        """The folder is this file system."""
        _run("mkfs.ext4", "-q", "-m", "0", str(self._image))
        _run("mount", "-o", "loop", str(self._image), str(self.folder))
        try:
            yield
        finally:
            _run("umount", "--lazy", str(self.folder))

    def fill(self) -> None:
        """To the last byte."""
        with self._filler.open("ab", buffering=0) as file, suppress(OSError):
            for size in (1 << 16, 1 << 10):
                with suppress(OSError):
                    while True:
                        file.write(bytes(size))
            os.fsync(file.fileno())

    def empty(self) -> None:
        """There is room again."""
        self._filler.unlink(missing_ok=True)


def _run(*words: str) -> None:
    try:
        subprocess.run(words, check=True, capture_output=True, text=True)
    except subprocess.CalledProcessError as error:
        raise OSError(f"{' '.join(words)}: {error.stderr.strip()}") from error

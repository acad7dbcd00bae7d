"""Programs of the demonstration's centre as systemd runs them: processes, killed and started."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from rinda.centre_at_hand import MORNING, SITE


class ProgramProcess:
    """`settings`: name in the environment, without its prefix, → value. The clock says MORNING when
    this is made. `command`: for another program than `rinda`'s of this name."""

    def __init__(
        self,
        name: str,
        folder: Path,
        settings: Mapping[str, object],
        command: Sequence[str] = (),
        site: Path = SITE,
    ) -> None:
        self.log = folder / f"{name}.log"
        self.process: subprocess.Popen[bytes]
        self._command = [*(command or (sys.executable, "-m", "rinda", name)), "--site", str(site)]
        offset = (MORNING - datetime.now(UTC)).total_seconds()
        own = {"UNIT__ID": name, "CLOCK__OFFSET_SECONDS": offset, **settings}
        self.environment = {f"RINDA_{key}": str(value) for key, value in own.items()}

    def start(self) -> None:
        """Start it; it may take a moment until it answers."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self._command,
                env={**_compiling(), **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def end(self, number: int = signal.SIGTERM) -> None:
        """End it, by default as systemd does."""
        self.process.send_signal(number)
        self.process.wait(20)

    @contextmanager
    def running(self) -> Iterator[None]:
        """From start to end, whatever comes."""
        self.start()
        try:
            yield
        finally:
            self.end()


class WatchedProcess(ProgramProcess):
    """One that tells when it is ready, as to systemd: a kiosk after its first picture."""

    def __init__(
        self, name: str, folder: Path, settings: Mapping[str, object], command: Sequence[str] = ()
    ) -> None:
        super().__init__(name, folder, settings, command)
        self.name, self.ready = name, False
        self._told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._told.bind(str(folder / f"{name}.notify"))
        self._told.setblocking(False)
        self.environment["NOTIFY_SOCKET"] = str(folder / f"{name}.notify")

    def start(self) -> None:
        """See ProgramProcess."""
        self._hear()
        self.ready = False
        super().start()

    def became_ready(self) -> bool:
        """Whether it has told so since this was asked last."""
        before, self.ready = self.ready, self._hear() or self.ready
        return self.ready and not before

    def close(self) -> None:
        """Listen no more."""
        self._told.close()

    def _hear(self) -> bool:
        heard = set()
        with suppress(BlockingIOError):
            while True:
                heard.add(self._told.recv(100))
        return b"READY=1" in heard


def _compiling() -> dict[str, str]:
    """An environment in which programs start from what is compiled, as installed ones do."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

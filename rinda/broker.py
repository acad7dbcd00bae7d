"""A Mosquitto of our own, on its own port and in its own folder, for demonstrations and tests."""

import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from rinda.errors import CentreError

CONFIGURATION = """\
listener {port} 127.0.0.1
allow_anonymous true
set_tcp_nodelay true
max_queued_messages 10000
persistence false
log_dest file {log}
user root
"""


def free_port() -> int:
    """A TCP port of the loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Broker:
    """One Mosquitto process. `start` returns when it accepts connections."""

    def __init__(self, folder: Path, port: int, configuration: str = CONFIGURATION) -> None:
        self.port = port
        self._configuration = configuration
        self._folder = folder
        self._log = folder / "mosquitto.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, seconds: float = 10.0) -> None:
        """Start it. Raises CentreError if it does not come up, e.g. when the port is taken."""
        self._folder.mkdir(parents=True, exist_ok=True)
        file = self._folder / "mosquitto.conf"
        file.write_text(self._configuration.format(port=self.port, log=self._log))
        began = len(self._log_since(0))
        self._process = subprocess.Popen(
            ["mosquitto", "-c", str(file)], stderr=subprocess.DEVNULL, start_new_session=True
        )
        try:
            self._wait_until_open(self._process, began, time.monotonic() + seconds)
        except BaseException:
            self.stop()
            raise

    def stop(self, seconds: float = 10.0) -> None:
        """End the process that `start` started, by force if it takes longer than `seconds`."""
        if self._process:
            self._process.terminate()
            try:
                self._process.wait(seconds)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process:
            self._process.kill()
            self._process.wait(10)
            self._process = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _wait_until_open(
        self, process: subprocess.Popen[bytes], began: int, deadline: float
    ) -> None:
        """Its own log says when it listens: on the port itself a stranger might answer."""
        while process.poll() is None and time.monotonic() < deadline:
            if b" running\n" in self._log_since(began):
                return
            time.sleep(0.02)
        raise CentreError(f"Mosquitto did not start on port {self.port}; see {self._log}")

    def _log_since(self, size: int) -> bytes:
        return self._log.read_bytes()[size:] if self._log.exists() else b""

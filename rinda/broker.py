"""A Mosquitto of our own, on its own port and in its own folder, for demonstrations and tests."""

import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

CONFIGURATION = """\
listener {port} 127.0.0.1
allow_anonymous true
set_tcp_nodelay true
max_queued_messages 10000
persistence false
log_dest file {folder}/mosquitto.log
user root
"""


def free_port() -> int:
    """A TCP port of the loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Broker:
    """One Mosquitto process. `start` returns when it accepts connections."""

    def __init__(self, folder: Path, port: int) -> None:
        self.port = port
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, seconds: float = 10.0) -> None:
        """Start it. Raises RuntimeError if it does not come up, e.g. when the port is taken."""
        self._folder.mkdir(parents=True, exist_ok=True)
        file = self._folder / "mosquitto.conf"
        file.write_text(CONFIGURATION.format(port=self.port, folder=self._folder))
        self._process = subprocess.Popen(
            ["mosquitto", "-c", str(file)], stderr=subprocess.DEVNULL, start_new_session=True
        )
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            if self._answers():
                return
            time.sleep(0.02)
        self.stop()
        raise RuntimeError(f"Mosquitto did not start on port {self.port}; see {self._folder}")

    def stop(self) -> None:
        """End the process that `start` started."""
        if self._process:
            self._process.terminate()
            self._process.wait(10)
            self._process = None

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process:
            self._process.kill()
            self._process.wait(10)
            self._process = None

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

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

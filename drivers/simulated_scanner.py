"""A serial scanner in software, on a pseudo-terminal."""

from pathlib import Path
from types import TracebackType
from typing import Self

from drivers.simulated_line import SimulatedLine


class SimulatedScanner:
    """`port` is the name to open. Scans that nobody listens to are lost when the port is opened."""

    def __init__(self, port: Path) -> None:
        self._line = SimulatedLine(port)

    def __enter__(self) -> Self:
        self.plug()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.unplug()

    def scan(self, text: str) -> None:
        """Types the code and Enter."""
        self.scan_bytes(text.encode() + b"\r\n")

    def scan_bytes(self, data: bytes) -> None:
        """Sends exactly these bytes."""
        self._line.write(data)

    def unplug(self) -> None:
        self._line.unplug()

    def plug(self) -> None:
        self._line.plug()

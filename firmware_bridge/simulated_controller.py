"""The controller in software: its own firmware, on a pseudo-terminal."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from drivers.simulated_line import SimulatedLine
from firmware_bridge.flash import lay_out
from firmware_bridge.frames import Button, Contact


class SimulatedController:
    """`port` is the name to open; `folder` becomes the flash memory. `interpreter` runs it."""

    def __init__(
        self, port: Path, folder: Path, interpreter: Sequence[str] = (sys.executable,)
    ) -> None:
        self._line = SimulatedLine(port)
        self._folder, self._interpreter = folder, interpreter
        self._process: subprocess.Popen[bytes] | None = None
        self._words = -1

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

    def press(self, place: int, button: Button) -> None:
        """Shortly."""
        self._tell(f"press {place} {button:d}")

    def contact(self, contact: Contact, active: bool) -> None:
        """It is so from now on, or it is not."""
        self._tell(f"contact {contact:d} {active:d}")

    def celsius(self, degrees: int) -> None:
        """Inside the unit, from now on."""
        self._tell(f"celsius {degrees}")

    def number(self, place: int) -> str:
        """What the display at the place shows."""
        return self._last(f"number {place} ")

    def lit(self, place: int) -> bool:
        """Whether the lamp at the place shines now."""
        return self._last(f"lamp {place} ") == "1"

    def plug(self) -> None:
        """Give it power; it starts anew."""
        if self._process:
            return
        self._line.plug()
        lay_out(self._folder, start="twin.py")
        heard, self._words = os.pipe()
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [*self._interpreter, str(self._folder / "twin.py"), f"/dev/fd/{heard}"],
                stdin=self._line.descriptor,
                stdout=self._line.descriptor,
                stderr=log,
                pass_fds=[heard],
                cwd=self._folder,
                start_new_session=True,
            )
        os.close(heard)

    def unplug(self) -> None:
        """Cable out, which is its power too."""
        if self._process:
            os.close(self._words)
            self.go_on()
            self._process.wait(10)
            self._process = None
            self._line.unplug()

    def hang(self) -> None:
        """It stands still, wherever it is."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """It no longer hangs."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        if self._process:
            self._process.send_signal(number)

    @property
    def _log(self) -> Path:
        return self._folder / "shown.log"

    def _tell(self, words: str) -> None:
        os.write(self._words, f"{words}\n".encode())

    def _last(self, prefix: str) -> str:
        lines = self._log.read_text().splitlines()
        return next((x.removeprefix(prefix) for x in reversed(lines) if x.startswith(prefix)), "")

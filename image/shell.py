"""A shell on a started card, over a line of the emulated computer."""

import base64
import contextlib
import re
import socket
import time
from pathlib import Path

MARK = "@@card@@"

LINE = 2048
"""Characters: a terminal takes no more than twice that at once."""


class SilentError(Exception):
    """The shell did not answer in time."""


class Shell:
    """Commands go one at a time. All times in seconds of this computer's clock."""

    def __init__(self, line: Path) -> None:
        self._line = socket.socket(socket.AF_UNIX)
        self._line.connect(str(line))
        self._line.settimeout(0.5)
        self._is_ready = False
        self._number = 0

    def close(self) -> None:
        """Hang up."""
        self._line.close()

    def restarted(self) -> None:
        """The computer began anew: somebody must be listening first."""
        self._is_ready = False

    def run(self, command: str, seconds: float) -> tuple[str, int]:
        """What it said, errors too, and its status. Raises SilentError."""
        until = time.monotonic() + seconds
        while not self._is_ready:
            self._is_ready = bool(self._ask("stty -echo -onlcr", min(until, time.monotonic() + 3)))
            if not self._is_ready and time.monotonic() > until:
                raise SilentError("nobody listens")
        coded = base64.b64encode(command.encode()).decode()
        for at in range(0, len(coded), LINE):
            self._ask(f"echo {coded[at : at + LINE]} >{'>' if at else ''}/run/card.64", until)
        act = "base64 -d /run/card.64 >/run/card.sh; sh /run/card.sh </dev/null 2>&1"
        if answer := self._ask(act, until):
            return answer[1].removesuffix("\n"), int(answer[2])
        raise SilentError(command)

    def _ask(self, act: str, until: float) -> re.Match[str] | None:
        self._number += 1
        # In quotes that part them, so that the line's own echo is not taken for the answer.
        begin, end = f"{MARK}'{self._number}['", f"{MARK}'{self._number}]'"
        self._line.sendall(f"echo {begin}; {act}; echo {end}$?\n".encode())
        wanted = rf"{MARK}{self._number}\[\n(.*?){MARK}{self._number}\](\d+)\n"
        heard = bytearray()
        while time.monotonic() < until:
            with contextlib.suppress(TimeoutError):
                heard += self._line.recv(65536)
            text = heard.decode(errors="replace").replace("\r", "")
            if found := re.search(wanted, text, re.DOTALL):
                return found
        return None

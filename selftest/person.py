"""Who does the self-test: a technician at a terminal, or nobody."""

import os
import select
import sys
import termios
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from texts import Language

YES, NO = frozenset("jJyY"), frozenset("nN")
"""The keys of both languages, in either."""

LOOK_SECONDS = 0.2
"""A signal may come in the moment before a wait begins, which it then does not end."""


class Person(Protocol):
    """Is asked, sees and hears. Called from one thread."""

    present: bool

    def tell(self, words: str) -> None:
        """Says what to do next."""

    def agrees(self, question: str) -> bool:
        """Waits for yes or no."""

    def gives_up(self, seconds: float) -> bool:
        """Waits so long; True as soon as the person says that it does not work."""


class Nobody:
    """It was started by itself: nothing can be held, pressed, seen or heard."""

    present = False

    def tell(self, words: str) -> None:
        pass

    def agrees(self, question: str) -> bool:
        return False

    def gives_up(self, seconds: float) -> bool:
        time.sleep(seconds)
        return False


class Technician:
    """At the terminal of standard input: single keys, without Enter. Make it with `technician`."""

    present = True

    def __init__(self, language: Language) -> None:
        self._language = language

    def tell(self, words: str) -> None:
        self._say(f"{words}\n")

    def agrees(self, question: str) -> bool:
        keys = self._language.text("Y: yes, N: no")
        self._say(f"{question} {keys} ")
        while (key := self._key(LOOK_SECONDS)) not in YES | NO:
            pass
        print(key.upper(), flush=True)
        return key in YES

    def gives_up(self, seconds: float) -> bool:
        return self._key(seconds) in NO

    def _say(self, words: str) -> None:
        """A key that was pressed before is no answer."""
        termios.tcflush(sys.stdin, termios.TCIFLUSH)
        print(f"   {words}", end="", flush=True)

    def _key(self, seconds: float) -> str:
        """Empty when none came within the seconds."""
        ready, _, _ = select.select([sys.stdin], [], [], seconds)
        return os.read(sys.stdin.fileno(), 1).decode(errors="replace") if ready else ""


@contextmanager
def technician(language: Language) -> Iterator[Technician]:
    """Takes single keys from the terminal, and leaves it as it was."""
    before = termios.tcgetattr(sys.stdin)
    tty.setcbreak(sys.stdin)
    try:
        yield Technician(language)
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)

"""The controller in software: its own firmware, on a pseudo-terminal."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from drivers.simulated_line import SimulatedLine
from drivers.switches import Position, Switch, Switches, Words
from firmware_bridge.flash import ROOM, lay_out
from firmware_bridge.frames import Button, Contact
from texts import Language

PLACES = (1, 2, 3, 4)
BUTTONS: Mapping[str, tuple[Button, Words]] = {
    "next": (Button.NEXT, lambda w: w.text("next")),
    "recall": (Button.RECALL, lambda w: w.text("again")),
    "no-show": (Button.NO_SHOW, lambda w: w.text("did not come")),
}
CONTACTS: Mapping[str, tuple[Contact, Words, Words, Words]] = {
    "presence": (
        Contact.PRESENCE,
        lambda w: w.text("Before the kiosk"),
        lambda w: w.text("nobody"),
        lambda w: w.text("somebody"),
    ),
    "door": (
        Contact.DOOR,
        lambda w: w.text("Door"),
        lambda w: w.text("shut"),
        lambda w: w.text("ajar"),
    ),
    "opened": (
        Contact.TAMPER,
        lambda w: w.text("Case"),
        lambda w: w.text("whole"),
        lambda w: w.text("opened by force"),
    ),
    "mains-gone": (
        Contact.POWER_FAILING,
        lambda w: w.text("Mains"),
        lambda w: w.text("there"),
        lambda w: w.text("gone"),
    ),
}

BOOT_SECONDS = 0.2  # a Pico takes no less


class SimulatedController:
    """`port` is the name to open; `folder` becomes the flash memory. `interpreter` runs it."""

    def __init__(
        self, port: Path, folder: Path, interpreter: Sequence[str] = (sys.executable,)
    ) -> None:
        self._line = SimulatedLine(port)
        self._folder, self._interpreter = folder, interpreter
        self._process: subprocess.Popen[bytes] | None = None
        self._heard = self._words = -1
        self._has_power = False
        self._world: dict[str, int] = {}

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
        """Shortly. Without power nothing comes of it."""
        if self._process:
            self._tell(f"press {place} {button:d}")

    def contact(self, contact: Contact, active: bool) -> None:
        """It is so from now on, or it is not."""
        self._set(f"contact {contact:d}", int(active))

    def celsius(self, degrees: int) -> None:
        """Inside the unit, from now on."""
        self._set("celsius", degrees)

    def number(self, place: int) -> str:
        """What the display at the place shows."""
        return self._last(f"number {place} ")

    def lit(self, place: int) -> bool:
        """Whether the lamp at the place shines now."""
        return self._last(f"lamp {place} ") == "1"

    @property
    def switches(self) -> Switches:
        """See Switch."""
        return {
            "press": Switch(
                lambda w: w.text("Call buttons"),
                {
                    f"{place}-{name}": Position(
                        partial(_button_words, place, words), partial(self.press, place, button)
                    )
                    for place in PLACES
                    for name, (button, words) in BUTTONS.items()
                },
            ),
            **{
                name: Switch(
                    words,
                    {
                        "no": Position(no, partial(self.contact, contact, active=False)),
                        "yes": Position(yes, partial(self.contact, contact, active=True)),
                    },
                    partial(self._contact_now, contact),
                )
                for name, (contact, words, no, yes) in CONTACTS.items()
            },
            "power": Switch(
                lambda w: w.text("Power"),
                {
                    "on": Position(lambda w: w.text("on"), self.plug),
                    "off": Position(lambda w: w.text("off"), self.unplug),
                },
                lambda: "on" if self._process else "off",
            ),
        }

    def plug(self) -> None:
        """Give it power; it starts anew, with what its flash memory has."""
        if self._process:
            return
        self._line.plug()
        if not (self._folder / "main.py").exists():
            lay_out(self._folder)
        shutil.copyfile(ROOM / "firmware" / "twin.py", self._folder / "machine.py")
        self._heard, self._words = os.pipe()
        self._has_power, self._process = True, self._start()
        self._life = threading.Thread(target=self._live, name="controller")
        self._life.start()

    def unplug(self) -> None:
        """Cable out, which is its power too."""
        if self._process:
            self._has_power = False
            os.close(self._words)
            self.go_on()
            self._life.join(10)
            self._process = None
            os.close(self._heard)
            self._line.unplug()

    def kill(self) -> None:
        """Its power is gone for a moment, wherever it is."""
        self._signal(signal.SIGKILL)

    def hang(self) -> None:
        """It stands still, wherever it is."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """It no longer hangs."""
        self._signal(signal.SIGCONT)

    def _start(self) -> subprocess.Popen[bytes]:
        for name, value in self._world.items():
            self._tell(f"{name} {value}")
        with self._log.open("wb") as log:
            return subprocess.Popen(
                [
                    *self._interpreter,
                    str(self._folder.resolve() / "main.py"),
                    f"/dev/fd/{self._heard}",
                ],
                stdin=self._line.descriptor,
                stdout=self._line.descriptor,
                stderr=log,
                pass_fds=[self._heard],
                cwd=self._folder,
                start_new_session=True,
            )

    def _live(self) -> None:
        """As long as it has power, what ends starts again."""
        while self._process and self._process.wait() != 0 and self._has_power:
            time.sleep(BOOT_SECONDS)
            self._process = self._start()

    def _set(self, name: str, value: int) -> None:
        """What is so without power too."""
        self._world[name] = value
        if self._process:
            self._tell(f"{name} {value}")

    def _contact_now(self, contact: Contact) -> str:
        return "yes" if self._world.get(f"contact {contact:d}") else "no"

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


def _button_words(place: int, words: Words, language: Language) -> str:
    return f"{place}: {words(language)}"

"""A technician's update of the controller, without the bridge and the queue."""

import asyncio
import secrets
import time
from collections.abc import Callable
from pathlib import Path

from firmware_bridge import frames
from firmware_bridge.firmware.slots import TRIAL_MS
from firmware_bridge.flash import Image, image
from firmware_bridge.line import Line
from firmware_bridge.link import Link
from firmware_bridge.update import STEADY_SECONDS, Update

PATIENCE_SECONDS = TRIAL_MS / 1000 + 15
TURN_SECONDS = 0.02


def bring(
    port: str,
    baud: int,
    say: Callable[[str], None],
    wanted: Image | None = None,
    steady: float = STEADY_SECONDS,
) -> int:
    """Bring the controller at the port to an image, by default this package's. `say` gets
    sentences. Returns the exit status."""
    if not Path(port).exists():
        say(f"There is no {port}: see that the controller's cable is in.")
        return 1
    wanted = wanted or image()
    update = Update(wanted, wanted=True, steady=steady)
    asyncio.run(_Talk(port, baud, update).run(say))
    if update.version == wanted.version:
        say(f"The controller runs {wanted.version}.")
        return 0
    if update.failure:
        say(f"The controller runs {update.version} and not {wanted.version}: {update.failure}.")
    else:
        say(f"Nothing at {port} says which firmware it runs.")
    return 1


class _Talk:
    def __init__(self, port: str, baud: int, update: Update) -> None:
        self._link = Link(0, first_session=1 + secrets.randbelow(0xFFFF))
        self._line = Line(port, baud, self._arrived)
        self._update, self._session = update, 0

    async def run(self, say: Callable[[str], None]) -> None:
        """Until it is settled, or nothing happens any more."""
        update, said, patient_until = self._update, -1, time.monotonic() + PATIENCE_SECONDS
        while not update.settled and time.monotonic() < patient_until:
            self._line.open(time.monotonic())
            self._turn()
            if update.percent is not None and update.percent // 10 != said:
                said, patient_until = update.percent // 10, time.monotonic() + PATIENCE_SECONDS
                say(f"{10 * said} %")
            await asyncio.sleep(TURN_SECONDS)
        self._line.close()

    def _arrived(self, data: bytes) -> None:
        for message in self._link.receive(data, _now()):
            try:
                frame = frames.read(message)
            except ValueError:  # of a newer controller
                continue
            if isinstance(frame, frames.Firmware | frames.UpdateAnswer):
                self._update.take(frame, time.monotonic())
        self._turn()

    def _turn(self) -> None:
        if self._link.session != self._session:
            self._session = self._link.session
            self._update.begin_session()
        if self._link.ready and (frame := self._update.next(time.monotonic())):
            self._link.send(frames.write(frame))
        self._line.write(self._link.transmit(_now()))


def _now() -> int:
    return time.monotonic_ns() // 1_000_000

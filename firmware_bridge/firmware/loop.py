"""The controller at work: what a board must be able to do, and the loop over it."""

from firmware_bridge.firmware import displays
from firmware_bridge.firmware.controller import Controller
from firmware_bridge.firmware.updates import Updates

REPEAT_MS = 1000  # the chain does not answer; a display that was away is right again after this


class Board:
    """A board. `places`: of the counters wired to it; `capabilities`: as Hello says them.

    MicroPython has neither `abc` nor `Protocol`: what a board does not define says so when called.
    """

    places = (1, 2, 3, 4)
    capabilities = 0x3F

    def elapsed(self) -> int:
        """Milliseconds since it was asked last."""
        raise NotImplementedError

    def read(self) -> bytes:
        """What came from the Pi, within a few milliseconds; empty when nothing."""
        raise NotImplementedError

    def write(self, data: bytes) -> None:
        """To the Pi. What it does not take is lost."""
        raise NotImplementedError

    def inputs(self) -> dict[bytes, bool]:
        """Level of each button and contact, by its message without the level."""
        raise NotImplementedError

    def celsius(self) -> int:
        """The temperature inside the unit."""
        raise NotImplementedError

    def set_lamp(self, place: int, lit: bool) -> None:
        """Light or darken a lamp; place 0 is the unit's own."""
        raise NotImplementedError

    def send_to_chain(self, data: bytes) -> None:
        """To the number displays."""
        raise NotImplementedError

    def alive(self) -> None:
        """The loop goes round. A board starts again when this does not come."""
        raise NotImplementedError

    def restart(self) -> None:
        """Start again, as when it got power."""
        raise NotImplementedError


def run(board: Board) -> None:
    """For ever."""
    controller = Controller(board.capabilities, Updates())
    now = shown_at = 0
    shown: dict[int, str] = {}
    while True:
        board.alive()
        now += board.elapsed()
        board.write(controller.step(board.read(), board.inputs(), board.celsius(), now))
        controller.updates.work()
        if controller.restarts:
            board.restart()
        board.set_lamp(0, controller.lit(0, now))
        again = now - shown_at >= REPEAT_MS
        for place in board.places:
            board.set_lamp(place, controller.lit(place, now))
            text = controller.numbers.get(place, "")
            if again or shown.get(place) != text:
                shown[place] = text
                board.send_to_chain(displays.packet(place, text))
        if again:
            shown_at = now

"""The controller at work: the loop over a board. What a board must be able to do is what `Pico` in
`pins.py` does; another board has another `pins.py`."""

from firmware_bridge.firmware import displays
from firmware_bridge.firmware.controller import Controller
from firmware_bridge.firmware.updates import Updates

TYPE_CHECKING = False  # MicroPython has no `typing`
if TYPE_CHECKING:
    from firmware_bridge.firmware.pins import Pico

REPEAT_MS = 1000  # the chain does not answer; a display that was away is right again after this


def run(board: "Pico") -> None:
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

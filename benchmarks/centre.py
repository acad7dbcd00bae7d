"""What people wait for: touch → first byte to the printer, call → the board's pixels."""

import time

from benchmarks import windows
from benchmarks.timing import Sample
from benchmarks.windows import resident
from firmware_bridge.frames import Button
from queue_core.events import TicketCalled
from rinda import screen
from rinda.centre_at_hand import PROGRAMS, CentreAtHand
from rinda.visit import SERVICE, Visit, touch_points

TOUCHES = 15
CALLS = 8
PRESSES = 5
HEADING = (80, 160, 500, 460)
"""Where the kiosk's first heading is."""


def touch_to_paper(visit: Visit) -> Sample:
    """From the touch on a service until the printer's first byte."""
    sample = Sample("touch → first byte to the printer")
    points = touch_points(visit.centre.screens.kiosk)
    printer = visit.centre.printer
    for _ in range(TOUCHES):
        visit.touch(points["start"]["need_service"])
        visit.touch(points["institutions"]["institution:vsaa"])
        start = time.monotonic()
        screen.touch(visit.display, points["services"][f"service:{SERVICE}"])
        ticket = printer.wait_for_ticket(20)
        assert ticket
        assert printer.first_byte_at
        sample.seconds.append(printer.first_byte_at - start)
        visit.touch(points["ticket"]["done"])
    return sample


def touch_to_frame(visit: Visit) -> Sample:
    """From a touch that changes every word on the kiosk's screen until the heading has changed."""
    point = touch_points(visit.centre.screens.kiosk)["start"]["language"]
    return windows.touch_to_frame(visit.display, point, HEADING)


def calls_to_pixels(visit: Visit) -> tuple[Sample, Sample, Sample]:
    """From the clerk's key, and from the call button, until the board's picture has changed; and
    from the button until the call is on disk and published. Its 30 ms of bouncing are in both."""
    keys = Sample("call (the clerk's key) → the board's pixels")
    buttons = Sample("call button → the board's pixels")
    published = Sample("call button → the call is published")
    with visit.clerk() as page:
        for number in range(CALLS + PRESSES):
            old = screen.picture(visit.display, visit.board_box)
            start = time.monotonic()
            with (keys if number < CALLS else buttons).timed():
                if number < CALLS:
                    page.keyboard.press(" ")
                else:
                    visit.centre.controller.press(1, Button.NEXT)
                visit.until_changed(visit.board_box, old)
            page.wait_for_selector("#now .board.shown")
            if number >= CALLS:
                published.seconds.append(visit.observer.events(TicketCalled)[-1][0] - start)
            visit.finish(page, f"call {number}")
            time.sleep(9)  # the board shows each call for its full time
    return keys, buttons, published


def memory(centre: CentreAtHand) -> dict[str, float]:
    """Resident MiB of each program, as the kernel counts it."""
    return {name: resident(centre.processes[name].pid) for name in PROGRAMS}

"""What people wait for: touch → first byte to the printer, call → the board's pixels."""

import time

from benchmarks import windows
from benchmarks.timing import Sample
from benchmarks.windows import resident
from rinda import screen
from rinda.centre_at_hand import PROGRAMS, CentreAtHand
from rinda.visit import SERVICE, Visit, touch_points

TOUCHES = 10
CALLS = 10
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


def call_to_pixels(visit: Visit) -> Sample:
    """From the clerk's key until the board's picture has changed."""
    sample = Sample("call → the board's pixels")
    with visit.clerk() as page:
        for number in range(CALLS):
            old = screen.picture(visit.display, visit.board_box)
            with sample.timed():
                page.keyboard.press(" ")
                visit.until_changed(visit.board_box, old)
            visit.finish(page, f"call {number}")
            time.sleep(9)  # the board shows each call for its full time
    return sample


def memory(centre: CentreAtHand) -> dict[str, float]:
    """Resident MiB of each program, as the kernel counts it."""
    return {name: resident(centre.processes[name].pid) for name in PROGRAMS}

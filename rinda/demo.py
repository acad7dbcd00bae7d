"""`rinda demo`: a whole centre to look at and play with."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import NoReturn

from firmware_bridge.frames import Button, Contact
from firmware_bridge.simulated_controller import SimulatedController
from messaging.booking_code import qr_text
from rinda import screen
from rinda.centre_at_hand import ENDING, CentreAtHand, Screens, demonstration_codes
from rinda.errors import CentreError
from rinda.observer import Observer

WINDOWS = Screens(kiosk=(480, 853), board=(854, 480), audio="aplay")
"""Small enough for both to stand side by side on a laptop's screen."""

PLACES = (1, 2, 3, 4)
"""Of the call buttons: the demonstration's counters in their order."""

HELP = """\
  scan CODE     hold a booking's QR code to the scanner: {codes}
  scan ticket   hold the latest paper ticket to it
  scan! TEXT    hold any other QR code to it
  paper out | paper low | paper in | cover open | cover closed | knife stuck | knife free
  printer off | printer on
  press PLACE next | press PLACE recall | press PLACE no-show    the call buttons, places 1–4
  displays      what the counters' number displays show
  door open | door closed | controller off | controller on | controller hangs | controller runs
  quit          (or Ctrl-C, Ctrl-D)
"""


def run(folder: Path, *, headless: bool, seconds: float) -> int:
    """Run the demonstration; returns the exit status."""
    for number in ENDING:
        signal.signal(number, _end)
    has_screen = bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    try:
        if headless or not has_screen:
            return _by_itself(folder, seconds)
        return _to_play_with(folder, seconds)
    except KeyboardInterrupt:
        return 0
    except (CentreError, OSError) as error:
        print(f"The demonstration cannot go on: {error}.", file=sys.stderr)
        return 1


def _by_itself(folder: Path, seconds: float) -> int:
    from playwright.sync_api import Error as BrowserError

    from rinda.visit import Visit

    started = time.monotonic()
    screens = Screens()
    width, height = screens.kiosk[0] + screens.board[0], screens.kiosk[1]
    with screen.virtual_screen(width, height) as display:
        environment = {**screen.DRAW_BY_SOFTWARE, "DISPLAY": display}
        with _centre(folder, screens, environment) as (centre, observer):
            visit = Visit(centre, display, observer, print)
            try:
                visit.run()
            except (OSError, AssertionError, BrowserError, subprocess.SubprocessError) as error:
                words = str(error).partition("\n")[0]
                print(f"Went wrong: {words}. See {centre.folder}/logs.", file=sys.stderr)
                return 1
            for what, took in visit.seconds.items():
                print(f"  {what}: {took * 1000:.0f} ms")
            print(f"Screens: {centre.folder}/pictures\nTickets: {centre.folder}/tickets")
            return _wait(centre, seconds and seconds - (time.monotonic() - started))


def _to_play_with(folder: Path, seconds: float) -> int:
    with _centre(folder, WINDOWS, {}) as (centre, _):
        print(f"The desk: {centre.desk_url} (PIN 2580). Tickets: {centre.folder}/tickets")
        print("While somebody has opened the public computer there, the kiosk offers it.")
        print(_help())
        if sys.stdin.isatty() and not seconds:
            return _take_orders(centre)
        return _wait(centre, seconds or float("inf"))


@contextmanager
def _centre(
    folder: Path, screens: Screens, environment: dict[str, str]
) -> Iterator[tuple[CentreAtHand, Observer]]:
    with ExitStack() as stack:
        centre = stack.enter_context(CentreAtHand(folder, screens, environment))
        yield centre, stack.enter_context(Observer("demo", centre.broker.port))


def _wait(centre: CentreAtHand, seconds: float) -> int:
    """Let the centre run on; 1 if a program falls."""
    deadline = time.monotonic() + seconds
    while not centre.fallen() and time.monotonic() < deadline:
        time.sleep(0.2)
    return _say_fallen(centre)


def _say_fallen(centre: CentreAtHand) -> int:
    """Say which programs ended by themselves; 1 if any did."""
    fallen = centre.fallen()
    if fallen:
        print(f"Ended by itself: {', '.join(fallen)}. See {centre.folder}/logs.", file=sys.stderr)
    return 1 if fallen else 0


def _take_orders(centre: CentreAtHand) -> int:
    printer = centre.printer
    verbs = {
        "paper out": printer.remove_paper,
        "paper low": printer.paper_low,
        "paper in": printer.refill,
        "cover open": printer.open_cover,
        "cover closed": printer.close_cover,
        "knife stuck": printer.jam,
        "knife free": printer.free,
        "printer off": printer.unplug,
        "printer on": printer.plug,
        "door open": lambda: centre.controller.contact(Contact.DOOR, active=True),
        "door closed": lambda: centre.controller.contact(Contact.DOOR, active=False),
        "controller off": centre.controller.unplug,
        "controller on": centre.controller.plug,
        "controller hangs": centre.controller.hang,
        "controller runs": centre.controller.go_on,
        "displays": lambda: print(_displays(centre.controller)),
        **_presses(centre.controller),
    }
    while (order := _next_order()) != "quit":
        if order in verbs:
            verbs[order]()
        elif order == "scan ticket":
            centre.scanner.scan(printer.tickets[-1].code if printer.tickets else "")
        elif order.startswith("scan! "):
            centre.scanner.scan(order.removeprefix("scan! "))
        elif order.startswith("scan "):
            centre.scanner.scan(qr_text("demo", order.removeprefix("scan ").upper()))
        elif order:
            print(_help())
        _say_fallen(centre)
    return _say_fallen(centre)


def _presses(controller: SimulatedController) -> dict[str, Callable[[], None]]:
    return {
        f"press {place} {button.name.lower().replace('_', '-')}": partial(
            controller.press, place, button
        )
        for place in PLACES
        for button in Button
    }


def _displays(controller: SimulatedController) -> str:
    lamps = {place: "lit" if controller.lit(place) else "dark" for place in PLACES}
    return "\n".join(
        f"  {each}: {controller.number(each) or '–'} ({lamps[each]})" for each in PLACES
    )


def _next_order() -> str:
    try:
        return input("> ").strip()
    except EOFError:
        print()
        return "quit"


def _help() -> str:
    return HELP.format(codes=", ".join(demonstration_codes()))


def _end(*_: object) -> NoReturn:
    """Once is enough: what comes after it must not disturb the ending."""
    for number in ENDING:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt

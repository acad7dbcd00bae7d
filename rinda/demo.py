"""`rinda demo`: a whole centre to look at and play with."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NoReturn

from queue_core.events import TicketTaken
from rinda import screen
from rinda.broker import free_port
from rinda.centre_at_hand import ENDING, CentreAtHand, Screens
from rinda.control import ControlPage
from rinda.errors import CentreError
from rinda.observer import Observer
from rinda.world import World

WINDOWS = Screens(kiosk=(480, 853), board=(854, 480), audio="aplay")
"""Small enough for both to stand side by side on a laptop's screen."""

HELP = """\
Each line is a device, a switch and its positions; in brackets how it is now. Say one, for example
`printer paper out`. The same is on the control page, and `rinda twin printer paper out` says it
from another terminal. `scan TEXT` holds any text to the scanner, as a QR code. `phone` says where
the newest ticket's code leads a phone.
`quit` (or Ctrl-C, Ctrl-D) ends.
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
        with _centre(folder, screens, environment) as (centre, observer, _):
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
            print(_phone(centre, observer))
            return _wait(centre, seconds and seconds - (time.monotonic() - started))


def _to_play_with(folder: Path, seconds: float) -> int:
    with _centre(folder, WINDOWS, {}) as (centre, observer, world):
        print(f"The desk: {centre.desk_url} (PIN 2580). Tickets: {centre.folder}/tickets")
        print("While somebody has opened the public computer there, the kiosk offers it.")
        print(_help(world))
        if sys.stdin.isatty() and not seconds:
            return _take_orders(centre, observer, world)
        return _wait(centre, seconds or float("inf"))


@contextmanager
def _centre(
    folder: Path, screens: Screens, environment: dict[str, str]
) -> Iterator[tuple[CentreAtHand, Observer, World]]:
    with ExitStack() as stack:
        port = free_port()
        phones = {
            "RINDA_VISITOR_PAGE__ADDRESS": f"http://127.0.0.1:{port}",
            "RINDA_VISITOR_PAGE__HOST": "127.0.0.1",
            "RINDA_VISITOR_PAGE__PORT": str(port),
        }
        centre = stack.enter_context(CentreAtHand(folder, screens, environment | phones))
        centre.start("visitor-page")
        observer, world = Observer("demo", centre.broker.port), World(centre)
        stack.enter_context(observer)
        control = stack.enter_context(ControlPage(centre, observer, world))
        print(f"The world around the devices: {control.url}")
        yield centre, observer, world


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


def _phone(centre: CentreAtHand, observer: Observer) -> str:
    """Where the newest ticket's code leads a phone."""
    taken = observer.events(TicketTaken)
    page = centre.environment["RINDA_VISITOR_PAGE__ADDRESS"]
    return f"The newest ticket on a phone: {page}/{taken[-1][2].ticket}" if taken else "No ticket."


def _take_orders(centre: CentreAtHand, observer: Observer, world: World) -> int:
    while (order := _next_order()) != "quit":
        match order.split():
            case ["scan", text]:
                centre.scanner.scan(text)
            case ["phone"]:
                print(_phone(centre, observer))
            case [device, switch, position]:
                _turn(world, device, switch, position)
            case [_, *_]:
                print(_help(world))
        _say_fallen(centre)
    return _say_fallen(centre)


def _turn(world: World, device: str, switch: str, position: str) -> None:
    try:
        world.turn(device, switch, position)
    except CentreError as error:
        print(f"{error}\n{_help(world)}")


def _next_order() -> str:
    try:
        return input("> ").strip()
    except EOFError:
        print()
        return "quit"


def _help(world: World) -> str:
    return HELP + "\n".join(world.lines())


def _end(*_: object) -> NoReturn:
    """Once is enough: what comes after it must not disturb the ending."""
    for number in ENDING:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt

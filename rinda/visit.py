"""One morning in a centre, by real touches, a real scan and a real browser, step by step.

A walk-in takes a ticket, the holder of a 10:40 slot checks in, a clerk serves both, and the walk-in
says how it was. The demonstration shows it; the end-to-end test demands it.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from PIL import Image, ImageChops
from playwright.sync_api import Page, sync_playwright

from messaging.booking_code import qr_text
from messaging.messages import BoardState, UnitStatus
from queue_core.events import CallConfirmed, TicketCalled, TicketServed, TicketTaken, VisitRated
from queue_core.model import Confirmation, Kind
from rinda import screen
from rinda.centre_at_hand import PROGRAMS, CentreAtHand, demonstration_codes
from rinda.observer import Observer
from web.pictures import CHROMIUM

SERVICE = "vsaa-pensija"
PIN = "2580"

ACTION = (0x0A, 0x4D, 0x8C)
"""The colour of what can be touched."""

Box = tuple[int, int, int, int]
Say = Callable[[str], None]


@dataclass
class Visit:
    """What happened; `pictures` in order, `seconds` of the steps that people wait for."""

    centre: CentreAtHand
    display: str
    observer: Observer
    say: Say
    pictures: list[Path] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    def run(self) -> None:
        """The whole morning. Raises TimeoutError or AssertionError with words where it stops."""
        self.wait_for_programs()
        self.take_ticket()
        self.check_in()
        with self.clerk() as page:
            self.serve(page, "K 001")
            self.serve(page, "A 001")
        self.rate(9)

    def wait_for_programs(self) -> None:
        """Every unit has reported itself, and the kiosk has drawn its first choices."""
        for program in PROGRAMS:
            is_there = partial(self.is_online, program)
            self.observer.wait(is_there, f"{program} is there", seconds=60)
        self._until(self._sees_choices, "the kiosk offers its first choices")
        self._settled(self.kiosk_box)
        self._picture("kiosk-start", self.kiosk_box)
        self.say("Every program is there.")

    def take_ticket(self) -> None:
        """Three touches; the ticket is on disk, on the screen, on paper, and on the board."""
        points = touch_points(self.centre.screens.kiosk)
        self.touch(points["start"]["need_service"])
        self._picture("kiosk-institutions", self.kiosk_box)
        self.touch(points["institutions"]["institution:vsaa"])
        self._picture("kiosk-services", self.kiosk_box)
        touched = time.monotonic()
        screen.touch(self.display, points["services"][f"service:{SERVICE}"])
        taken_at, _, taken = self.observer.wait(
            lambda: self.observer.events(TicketTaken), "a ticket is stored"
        )[0]
        assert (taken.series, taken.number, taken.service) == ("A", 1, SERVICE)
        self.seconds["touch → ticket stored and published"] = taken_at - touched
        ticket = self.centre.printer.wait_for_ticket(20)
        assert ticket, "no ticket came out of the printer"
        self.seconds["touch → ticket cut"] = time.monotonic() - touched
        self.pictures.append(ticket.image)
        self.observer.wait(lambda: self._board().waiting == 1, "the board counts one who waits")
        self._settled(self.kiosk_box)
        self._picture("kiosk-ticket", self.kiosk_box)
        self._picture("board-one-waits", self.board_box)
        self.say("A visitor touched a service and has ticket A 001, stored and printed.")

    def check_in(self) -> None:
        """The QR code of the first booking, held to the scanner."""
        self.centre.scanner.scan(qr_text("demo", demonstration_codes()[0]))
        taken = self.observer.wait(
            lambda: [t for _, _, t in self.observer.events(TicketTaken) if t.kind is Kind.SLOT],
            "the slot holder is checked in",
        )[0]
        assert (taken.series, taken.number) == ("K", 1)
        ticket = self.centre.printer.wait_for_ticket(20)
        assert ticket, "no ticket for the slot holder"
        self.pictures.append(ticket.image)
        self._settled(self.kiosk_box)
        self._picture("kiosk-checked-in", self.kiosk_box)
        self.say("The holder of the 10:40 slot held up a QR code and has ticket K 001.")

    def rate(self, score: int) -> None:
        """The code on the first ticket, held to the scanner after the visit, and one touch."""
        points = touch_points(self.centre.screens.kiosk)
        old = screen.picture(self.display, self.kiosk_box)
        self.centre.scanner.scan(self.centre.printer.tickets[0].code)
        self.until_changed(self.kiosk_box, old)
        self._settled(self.kiosk_box)
        self._picture("kiosk-rate", self.kiosk_box)
        self.touch(points["rate"][f"score:{score}"])
        self.observer.wait(
            lambda: [r for _, _, r in self.observer.events(VisitRated) if r.score == score],
            "the visit is rated",
        )
        self._picture("kiosk-thanks", self.kiosk_box)
        self.say(f"The visitor held the ticket to the scanner and gave the visit {score} of 10.")

    @contextmanager
    def clerk(self) -> Iterator[Page]:
        """A clerk signs in at counter 1 and opens it, by keys alone."""
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(**CHROMIUM)
            page = browser.new_page(viewport={"width": 1366, "height": 768})
            open_counter(page, self.centre.desk_url)
            self._page_picture("desk-waiting", page)
            yield page
            browser.close()

    def serve(self, page: Page, number: str) -> None:
        """One key calls; the board shows and sounds; the desk sees it; two keys finish."""
        before = len(self.observer.events(TicketCalled))
        old = screen.picture(self.display, self.board_box)
        pressed = time.monotonic()
        page.keyboard.press(" ")
        page.wait_for_selector(f"#now .number:text-is('{number}')")
        self.until_changed(self.board_box, old)
        self.seconds[f"call → {number} on the board's pixels"] = time.monotonic() - pressed
        called = self.observer.events(TicketCalled)[before][1]
        for step in (Confirmation.SHOWN, Confirmation.SPOKEN):
            is_confirmed = partial(self._confirmed, called.sequence, step)
            self.observer.wait(is_confirmed, f"the board has {step} {number}")
        page.wait_for_selector("#now .board.shown")
        self._picture(f"board-calls-{number}", self.board_box)
        self._page_picture(f"desk-serves-{number}", page)
        self.finish(page, number)
        self.say(f"The clerk called {number}; the board showed and spoke it; it is served.")

    def finish(self, page: Page, name: str) -> None:
        """Two keys account for what was done."""
        served = len(self.observer.events(TicketServed))
        page.keyboard.press("f")
        page.wait_for_selector("dialog[open]")
        self._page_picture(f"desk-finishes-{name}", page)
        page.keyboard.press("Enter")
        self.observer.wait(
            lambda: len(self.observer.events(TicketServed)) > served, f"{name} is served"
        )
        page.wait_for_selector("#call-next")

    @property
    def kiosk_box(self) -> Box:
        """Where the kiosk's window is."""
        return (0, 0, *self.centre.screens.kiosk)

    @property
    def board_box(self) -> Box:
        """Where the board's window is."""
        left, (width, height) = self.centre.screens.kiosk[0], self.centre.screens.board
        return (left, 0, left + width, height)

    def is_online(self, program: str) -> bool:
        """Whether the program says so of itself. Raises AssertionError if any has fallen."""
        fallen = self.centre.fallen()
        assert not fallen, f"ended by itself: {', '.join(fallen)}"
        status = self.observer.latest(self.observer.topics.unit_status(program), UnitStatus)
        return status is not None and status.online

    def _sees_choices(self) -> bool:
        """The buttons of the first screen cover more than a fifth of it."""
        image = screen.picture(self.display, self.kiosk_box).convert("RGB")
        pixels = image.width * image.height
        colours = {colour: count for count, colour in image.getcolors(pixels) or ()}
        return colours.get(ACTION, 0) > pixels / 5

    def _until(self, condition: Callable[[], bool], words: str, seconds: float = 20.0) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"did not happen: {words}"
            time.sleep(0.05)

    def _board(self) -> BoardState:
        topic = self.observer.topics.board
        state = self.observer.latest(topic, BoardState)
        assert state, "the board's state is not published"
        return state

    def _confirmed(self, call: int, step: Confirmation) -> bool:
        return any(
            (event.call, event.step) == (call, step)
            for _, _, event in self.observer.events(CallConfirmed)
        )

    def touch(self, place: tuple[int, int]) -> None:
        """Touch the kiosk when it rests, and wait until it has answered and rests again."""
        self._settled(self.kiosk_box)
        old = screen.picture(self.display, self.kiosk_box)
        screen.touch(self.display, place)
        self.until_changed(self.kiosk_box, old)
        self._settled(self.kiosk_box)

    def until_changed(self, box: Box, old: Image.Image, seconds: float = 10.0) -> None:
        """Wait until the screen within `box` is no longer as in `old`."""
        deadline = time.monotonic() + seconds
        while _same(screen.picture(self.display, box), old):
            assert time.monotonic() < deadline, "the screen did not change"

    def _settled(self, box: Box, seconds: float = 10.0) -> None:
        """Wait until two pictures a little apart are the same, or for as long as it moves."""
        deadline = time.monotonic() + seconds
        old = screen.picture(self.display, box)
        while time.monotonic() < deadline:
            time.sleep(0.3)
            new = screen.picture(self.display, box)
            if _same(new, old):
                return
            old = new

    def _picture(self, name: str, box: Box) -> None:
        self.pictures.append(screen.save(self.display, box, self._path(name)))

    def _page_picture(self, name: str, page: Page) -> None:
        path = self._path(name)
        page.screenshot(path=path)
        self.pictures.append(path)

    def _path(self, name: str) -> Path:
        number = len(self.pictures) + 1
        folder = self.centre.folder / "pictures"
        folder.mkdir(exist_ok=True)
        return folder / f"{number:02d}-{name.replace(' ', '')}.png"


def touch_points(size: tuple[int, int]) -> dict[str, dict[str, tuple[int, int]]]:
    """Screen → action → pixel, as the kiosk really lays its buttons out at this size."""
    command = [sys.executable, "-m", "kiosk.gallery", "--touch-points", f"{size[0]}x{size[1]}"]
    done = subprocess.run(command, check=True, capture_output=True, timeout=60)
    points: dict[str, dict[str, tuple[int, int]]] = json.loads(done.stdout)
    return points


def _same(one: Image.Image, other: Image.Image) -> bool:
    return ImageChops.difference(one.convert("RGB"), other.convert("RGB")).getbbox() is None


def open_counter(page: Page, address: str) -> None:
    """A clerk signs in at the desk with this address and opens counter 1, by keys alone."""
    page.goto(address)
    page.wait_for_selector("#pin:focus")
    page.keyboard.type(PIN)
    page.keyboard.press("Enter")
    page.wait_for_selector("#open[aria-disabled=false]")
    page.keyboard.press("o")
    page.wait_for_selector("#call-next[aria-disabled=false]")

"""The real program on a virtual screen: real window, real touches, real broker, real module."""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from drivers.simulated_printer import SimulatedPrinter
from drivers.simulated_scanner import SimulatedScanner
from kiosk import demo, gallery
from kiosk.flow import SETTLE_SECONDS
from kiosk.panel import TRIAL
from kiosk.steps.technician import NAME_TOUCHES
from messaging.booking_code import booking_digest, qr_text
from messaging.codec import decode, decode_event, encode
from messaging.messages import Presence, QueueState, UnitStatus
from queue_core.centre import Centre
from queue_core.commands import AddBooking, AnswerHelp, OpenCounter
from queue_core.events import Event, HelpAsked, NumberCorrected, NumbersLeased
from rinda import screen
from rinda.broker import Broker
from tests.conftest import MORNING, ROOT
from tests.parts import TOPICS, ModuleThread, UnitThread, clock_at, wait_until

log = logging.getLogger(__name__)

SIZE = (TRIAL.width, TRIAL.height)
CARMINE = (0x8A, 0x15, 0x38)
EDGES = 3.0
"""The hidden window does not smooth edges. Screens that are another differ by more."""
OTHER_WORDS = 10
"""The same screen with a few other words differs by less."""
NAME = (700, 45)
"""The pixel where the centre's name stands."""
CODE = "K7QM2WDX4T"
F13, F14, F15 = "191", "192", "193"
"""X's codes of these keys: a keyboard's layout gives them no name."""
STILL_SECONDS = 0.7
SHOWN_SECONDS = 2.0
"""A next screen is there and takes keys; with the focus on it, it is like no picture."""

pytestmark = pytest.mark.whole


class Watcher(UnitThread):
    """Sees what the module and the kiosk publish."""

    def __init__(self, port: int) -> None:
        super().__init__(port, "watcher")
        self.listen(TOPICS.queue)
        self.listen(TOPICS.unit_status("kiosk"))
        self.listen(TOPICS.event)
        self.happened: list[type[Event]] = []
        self.queue: QueueState | None = None
        self.kiosk: UnitStatus | None = None

    def ask_for_paper(self, now: datetime) -> None:
        """Of an appointment, as a desk does."""
        asked = demo.asked_paper("lv").model_copy(update={"asked_at": now})
        topics = TOPICS.to_print("watcher", "kiosk"), TOPICS.printed("watcher", "kiosk")
        self.call(lambda: self.link.send(*topics, asked.id, encode(asked)))

    def until_waiting(self, *numbers: str, seconds: float = 30) -> None:
        self._until(
            lambda: self.queue and {t.number for t in self.queue.waiting} == set(numbers), seconds
        )

    def until_kiosk(self, *faults: str, online: bool = True) -> None:
        self._until(
            lambda: (
                self.kiosk and (self.kiosk.online, set(self.kiosk.faults)) == (online, {*faults})
            )
        )

    def until_happened(self, *events: type[Event]) -> None:
        self._until(lambda: set(events) <= set(self.happened))

    def _until(self, condition: Callable[[], object], seconds: float = 30) -> None:
        def read() -> object:
            while not self.arrived.empty():
                arrived = self.arrived.get()
                if arrived.topic == TOPICS.queue:
                    self.queue = decode(arrived.payload, QueueState)
                elif arrived.topic == TOPICS.event:
                    self.happened.append(type(decode_event(arrived.payload).event))
                else:
                    self.kiosk = decode(arrived.payload, UnitStatus)
            return condition()

        wait_until(read, seconds)


@pytest.fixture
def display() -> Iterator[str]:
    with screen.virtual_screen(*SIZE) as name:
        yield name


@contextmanager
def running_kiosk(
    broker: Broker, display: str, folder: Path, **more: str
) -> Iterator[subprocess.Popen[bytes]]:
    settings = {
        "RINDA_UNIT__ID": "kiosk",
        "RINDA_BROKER__PORT": str(broker.port),
        "RINDA_CLOCK__OFFSET_SECONDS": str(clock_at(MORNING).offset.total_seconds()),
        "RINDA_KIOSK__DATABASE": str(folder / "kiosk.db"),
        "RINDA_KIOSK__PRINTER__KIND": "serial",
        "RINDA_KIOSK__PRINTER__PORT": str(folder / "printer"),
        "RINDA_KIOSK__AUDIO__KIND": "simulated",
        "RINDA_KIOSK__AUDIO__LOG": str(folder / "sounds.log"),
        "RINDA_KIOSK__SCANNER__KIND": "serial",
        "RINDA_KIOSK__SCANNER__PORT": str(folder / "scanner"),
        "RINDA_KIOSK__WINDOW__FULLSCREEN": "false",
        "RINDA_KIOSK__WINDOW__WIDTH": str(TRIAL.width),
        "RINDA_KIOSK__WINDOW__HEIGHT": str(TRIAL.height),
        "RINDA_KIOSK__WINDOW__DIAGONAL_INCHES": str(TRIAL.inches),
        **{f"RINDA_KIOSK__{name.upper()}": value for name, value in more.items()},
        "DISPLAY": display,
        **screen.DRAW_BY_SOFTWARE,
    }
    command = [sys.executable, "-m", "rinda", "kiosk", "--site", str(demo.SITE)]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **settings})
    try:
        yield process
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) in {0, -signal.SIGKILL}
    finally:
        process.kill()
        process.wait(10)


class Eyes:
    """What a visitor sees and touches; `gallery` has the pictures to compare with."""

    def __init__(self, display: str, folder: Path) -> None:
        self._display = display
        self.points = gallery.touch_points(TRIAL, "lv")
        self._pictures = folder
        gallery.render(folder, "lv", TRIAL, "normal")

    def until_sees(self, name: str) -> None:
        wait_until(lambda: self.sees(name), 30)

    def sees(self, name: str) -> bool:
        """Whether the window shows the gallery's picture of this screen, but for smooth edges."""
        return self.differs(name) < EDGES

    def differs(self, name: str) -> float:
        """By how much of 255 the window's colours differ from the gallery's picture, on average."""
        with Image.open(self._pictures / f"kiosk-{name}-lv-{TRIAL}.png") as expected:
            difference = ImageChops.difference(self._picture().reduce(4), expected.reduce(4))
        return max(ImageStat.Stat(difference).mean)

    def sees_number(self) -> bool:
        """Numbers are large and carmine; the centre's name has a few hundred such pixels."""
        colours = self._picture().getcolors(TRIAL.width * TRIAL.height) or ()
        return sum(count for count, colour in colours if colour == CARMINE) > 5000

    def touch(self, name: str, action: str) -> None:
        """Touches once the kiosk takes touches on this screen."""
        self.until_sees(name)
        time.sleep(SETTLE_SECONDS)
        self.touched_at = time.monotonic()
        screen.touch(self._display, self.points[name][action])

    def take_ticket(self) -> None:
        self.touch("start", "need_service")
        self.touch("institutions", "institution:vsaa")
        self.touch("services", "service:vsaa-pensija")

    def take_next(self) -> None:
        """The same after another number."""
        wait_until(self.sees_number, 30)

        def done() -> bool:  # a touch just when the paper is out is too early to be meant
            time.sleep(SETTLE_SECONDS)
            screen.touch(self._display, self.points["ticket"]["done"])
            time.sleep(SETTLE_SECONDS)
            return not self.sees_number()

        wait_until(done, 30)
        self.take_ticket()

    def _picture(self) -> Image.Image:
        return screen.picture(self._display, (0, 0, *SIZE)).convert("RGB")


class Ears:
    """What a visitor hears: a sound is the same words as loud as before if it is the same file."""

    def __init__(self, log: Path) -> None:
        self._log, self._heard = log, 0

    def until_new(self) -> list[str]:
        """The files that were played since the last call, once there are some and it is still."""

        def lines() -> list[str]:
            return self._log.read_text().splitlines() if self._log.exists() else []

        wait_until(lambda: len(lines()) > self._heard, 30)
        count = 0
        while count != (count := len(lines())):
            time.sleep(STILL_SECONDS)
        new = [each.split()[-1] for each in lines()[self._heard :]]
        self._heard += len(new)
        return new


def test_touches_and_scans_become_tickets_on_screen_and_paper(
    broker: Broker, display: str, centre: Centre, tmp_path: Path
) -> None:
    clock = clock_at(MORNING)
    with (
        ModuleThread(centre, tmp_path / "queue.db", broker.port, clock),
        SimulatedPrinter(tmp_path / "printer", tmp_path / "paper") as printer,
        SimulatedScanner(tmp_path / "scanner") as scanner,
        Watcher(broker.port) as watcher,
        running_kiosk(broker, display, tmp_path),
    ):
        eyes = Eyes(display, tmp_path / "gallery")
        assert watcher.ask(OpenCounter("1"))
        eyes.until_sees("start")
        watcher.ask_for_paper(clock.now())
        assert "Jūsu pieraksts" in printed(printer)
        eyes.touch("start", "help")
        watcher.until_happened(HelpAsked)
        eyes.until_sees("help")
        assert watcher.ask(AnswerHelp("kiosk"))
        eyes.touch("help-answered", "back")

        eyes.take_ticket()
        watcher.until_waiting("A 001")
        wait_until(eyes.sees_number)
        assert "A 001" in printed(printer)

        digest = booking_digest(demo.settings().site.booking_secret, CODE)
        starts_at = MORNING.replace(minute=40)
        assert watcher.ask(AddBooking(digest, "vsaa-konsultacija", starts_at, 20))

        def is_checked_in() -> bool:
            scanner.scan(qr_text("demo", CODE))  # not heard while the ticket before it is cut
            with suppress(AssertionError):
                watcher.until_waiting("A 001", "K 001", seconds=3)
                return True
            return False

        wait_until(is_checked_in, 30)
        assert "K 001" in printed(printer)

        printer.remove_paper()
        watcher.until_kiosk("paper_out")
        scanner.unplug()
        watcher.until_kiosk("paper_out", "scanner_offline")


def test_cut_off_and_killed_the_kiosk_goes_on_and_all_it_gave_is_merged(
    broker: Broker, display: str, centre: Centre, tmp_path: Path
) -> None:
    database, clock = tmp_path / "queue.db", clock_at(MORNING)
    with (
        SimulatedPrinter(tmp_path / "printer", tmp_path / "paper") as printer,
        SimulatedScanner(tmp_path / "scanner"),
        Watcher(broker.port) as watcher,
    ):
        eyes = Eyes(display, tmp_path / "gallery")
        with running_kiosk(broker, display, tmp_path) as kiosk:
            with ModuleThread(centre, database, broker.port, clock) as module:
                watcher.until_happened(NumbersLeased)
                eyes.take_ticket()
                assert "A 001" in printed(printer)
                with module.hanging():
                    eyes.take_next()
                    assert "A 950" in printed(printer)
                watcher.until_happened(NumberCorrected)
                watcher.until_waiting("A 001", "A 950")
            broker.kill()
            eyes.take_next()
            assert "A 951" in printed(printer)
            assert printer.first_byte_at
            log.info("cut off, touch to paper: %.2f s", printer.first_byte_at - eyes.touched_at)
            kiosk.kill()
        with running_kiosk(broker, display, tmp_path):
            eyes.take_ticket()
            assert "A 952" in printed(printer)
            broker.start()
            with ModuleThread(centre, database, broker.port, clock):
                watcher.until_waiting("A 001", "A 950", "A 951", "A 952")
                watcher.until_kiosk()
        assert watcher.queue
        order = [each.number for each in watcher.queue.waiting]
        assert order == ["A 001", "A 950", "A 951", "A 952"]
        assert len(printer.tickets) == len(order)


def test_by_keys_alone_a_visitor_hears_the_screens_and_takes_a_ticket(
    broker: Broker, display: str, centre: Centre, tmp_path: Path
) -> None:
    with (
        ModuleThread(centre, tmp_path / "queue.db", broker.port, clock_at(MORNING)),
        SimulatedPrinter(tmp_path / "printer", tmp_path / "paper") as printer,
        SimulatedScanner(tmp_path / "scanner"),
        Watcher(broker.port) as watcher,
        running_kiosk(broker, display, tmp_path),
    ):
        eyes = Eyes(display, tmp_path / "gallery")
        eyes.until_sees("start")
        assert watcher.ask(OpenCounter("1"))
        sounds = Ears(tmp_path / "sounds.log")
        sounds.until_new()  # silence, to find out whether there is sound
        screen.press(display, F15)
        first = sounds.until_new()
        screen.press(display, F14, "F2", F13, "F2")
        louder, *then = sounds.until_new()
        assert louder not in first
        assert first[0] in then
        screen.press(display, "F3")
        assert sounds.until_new() != first
        screen.press(display, "Escape")
        assert sounds.until_new() == first
        screen.press(display, "F1")
        watcher.until_happened(HelpAsked)
        for keys in (("Escape",), ("Down", "Return"), ("Return",), ("Return",)):
            screen.press(display, *keys)
            time.sleep(SHOWN_SECONDS)
        watcher.until_waiting("A 001")
        assert "A 001" in printed(printer)


def test_a_technician_wakes_the_screen_comes_in_by_the_hidden_sign_and_restarts_the_program(
    broker: Broker, display: str, centre: Centre, tmp_path: Path
) -> None:
    light = tmp_path / "lights" / "panel" / "brightness"
    light.parent.mkdir(parents=True)
    (light.parent / "max_brightness").write_text("255\n")
    resting = {
        "rest_minutes": "0.02",
        "backlight__kind": "sysfs",
        "backlight__folder": str(tmp_path / "lights"),
    }
    with (
        ModuleThread(centre, tmp_path / "queue.db", broker.port, clock_at(MORNING)),
        SimulatedPrinter(tmp_path / "printer", tmp_path / "paper") as printer,
        SimulatedScanner(tmp_path / "scanner"),
        UnitThread(broker.port, "bridge") as bridge,
        running_kiosk(broker, display, tmp_path, **resting) as kiosk,
    ):
        eyes = Eyes(display, tmp_path / "gallery")
        eyes.until_sees("resting")
        assert light.read_text() == "76\n"
        there = encode(Presence(kiosk="kiosk", present=True))
        bridge.call(lambda: bridge.link.publish(TOPICS.presence("bridge"), there, retain=True))
        eyes.until_sees("start")
        assert light.read_text() == "255\n"
        for _ in range(NAME_TOUCHES):
            time.sleep(SETTLE_SECONDS)
            screen.touch(display, NAME)
        eyes.until_sees("pin")
        for key in ("key:2", "key:5", "key:8", "key:0", "enter"):
            time.sleep(SETTLE_SECONDS)
            screen.touch(display, eyes.points["pin"][key])
        wait_until(lambda: eyes.differs("maintenance") < OTHER_WORDS, 30)
        time.sleep(SETTLE_SECONDS)
        screen.touch(display, eyes.points["maintenance"]["try_printer"])
        assert "āčēģīķļņšūž" in printed(printer)

        def restarted() -> bool:
            time.sleep(SETTLE_SECONDS)
            screen.touch(display, eyes.points["maintenance"]["restart"])
            return kiosk.poll() is not None

        wait_until(restarted, 30)


def printed(printer: SimulatedPrinter) -> str:
    ticket = printer.wait_for_ticket(20)
    assert ticket
    return ticket.text

"""The centre that `benchmarks.chaos` breaks: real processes, twins of their devices, people."""

import queue
import random
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from benchmarks.apart import Cable, SmallDisk, is_apart
from benchmarks.programs import WatchedProcess
from benchmarks.promises import Witness
from benchmarks.staff import Board, Clerk, Listener
from benchmarks.windowless import sights
from drivers.simulated_printer import SimulatedPrinter
from firmware_bridge.simulated_controller import SimulatedController
from rinda import screen
from rinda.broker import Broker, free_port
from rinda.visit import touch_points

KIOSKS = ("kiosk-1", "kiosk-2", "kiosk-3")
WINDOW, SIZE = "kiosk-4", (540, 960)
BRIDGED = "2"
"""The counter at which a button calls, the second of the controller."""

MEBIBYTES = 24
TOUCH_SECONDS = 0.8

BROKER = """\
listener {{port}} {address}
allow_anonymous true
set_tcp_nodelay true
max_queued_messages 20000
persistence true
persistence_location {folder}/
autosave_interval 5
log_dest file {{log}}
user root
"""
"""Killed, it comes back with what it knew up to five seconds before."""

_TICKET = re.compile(r"\[QR (.*)\]")


class Centre:
    """Entered, everything is started; left, it is ended. `cables`: of those kiosks that have one;
    `missing`: what this machine does not have, in sentences."""

    def __init__(self, folder: Path) -> None:
        self.missing: list[str] = []
        self.cables: dict[str, Cable] = {}
        self.disk: SmallDisk | None = None
        self.printers: dict[str, SimulatedPrinter] = {}
        self.programs: dict[str, WatchedProcess] = {}
        self.work: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self.folder, self._stack = folder, ExitStack()

    @property
    def database(self) -> Path:
        """The module's log."""
        return self.folder / "disk" / "queue.db"

    @property
    def kiosks(self) -> tuple[str, ...]:
        """Of all of them."""
        return (*KIOSKS, WINDOW)

    @property
    def witness(self) -> Witness:
        """What people have seen until now."""
        papers = [each for twin in self.printers.values() for each in twin.tickets]
        seen = {name: sights(self.programs[name].log) for name in KIOSKS}
        codes = [(each.text, code) for each in papers for code in _TICKET.findall(each.text)]
        return Witness("demo", seen, codes, self.listener.answered, self.board.announced)

    def forget_broker(self) -> None:
        """What the broker has kept is gone."""
        (self.folder / "broker" / "mosquitto.db").unlink(missing_ok=True)

    def turn(self, seconds: float) -> None:
        """Let the people work for so long."""
        try:
            self.work.get(timeout=seconds)()
        except queue.Empty:
            for each in self._everybody:
                each.turn()

    def go_home(self) -> None:
        """Nobody touches or calls any more."""
        self._closed.set()
        for name in KIOSKS:
            self.programs[name].process.send_signal(signal.SIGUSR1)
        for each in self.clerks:
            each.works = False

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def _start(self) -> None:
        enter = self._stack.enter_context
        self._lay_out()
        address = "" if self.cables else "127.0.0.1"
        configuration = BROKER.format(address=address, folder=self.folder / "broker")
        self.broker = enter(Broker(self.folder / "broker", free_port(), configuration))
        self._devices()
        self._programs()
        for each in self.programs.values():
            enter(each.running())
        self._people()

    def _lay_out(self) -> None:
        """A network for each kiosk, and a disk for the log, where they can be had."""
        if not is_apart():
            self.missing.append("Only root has networks and disks of its own: they stay whole.")
            (self.folder / "disk").mkdir()
            return
        self.cables = {
            name: self._stack.enter_context(Cable(number)) for number, name in enumerate(KIOSKS, 1)
        }
        disk = SmallDisk(self.folder / "disk", MEBIBYTES)
        try:
            self._stack.enter_context(disk.mounted())
            self.disk = disk
        except OSError as error:
            self.missing.append(f"The log has no disk of its own: {error}.")

    def _devices(self) -> None:
        enter = self._stack.enter_context
        for name in self.kiosks:
            twin = SimulatedPrinter(self.folder / f"{name}.tty", self.folder / f"{name}-tickets")
            self.printers[name] = enter(twin)
        controller = SimulatedController(self.folder / "controller.tty", self.folder / "flash")
        self.controller = enter(controller)
        self.display, self._points = enter(screen.virtual_screen(*SIZE)), touch_points(SIZE)

    def _programs(self) -> None:
        module = {"MODULE__DATABASE": self.database, "SITE__BOOKINGS_FILE": ""}
        bridge = {
            "BRIDGE__PORT": self.folder / "controller.tty",
            "BRIDGE__COUNTERS": f'["1", "{BRIDGED}"]',
        }
        self._program("module", module)
        self._program("bridge", bridge)
        for name in KIOSKS:
            command = [sys.executable, "-m", "benchmarks.windowless"]
            self._program(name, self._kiosk(name), command, self.cables.get(name))
        window = {
            "KIOSK__WINDOW__FULLSCREEN": "false",
            "KIOSK__WINDOW__WIDTH": SIZE[0],
            "KIOSK__WINDOW__HEIGHT": SIZE[1],
            "KIOSK__REST_MINUTES": 0,
            "KIOSK__AUDIO__KIND": "none",
        }
        command = [sys.executable, "-m", "rinda", "kiosk"]
        self._program(WINDOW, {**self._kiosk(WINDOW), **window}, command)
        here = {**screen.DRAW_BY_SOFTWARE, "DISPLAY": self.display}
        self.programs[WINDOW].environment.update(here)

    def _kiosk(self, name: str) -> dict[str, object]:
        return {
            "KIOSK__DATABASE": self.folder / f"{name}.db",
            "KIOSK__PRINTER__KIND": "serial",
            "KIOSK__PRINTER__PORT": self.folder / f"{name}.tty",
        }

    def _program(
        self,
        name: str,
        settings: dict[str, object],
        command: Sequence[str] = (),
        cable: Cable | None = None,
    ) -> None:
        host = cable.host if cable else "127.0.0.1"
        settings = {**settings, "BROKER__HOST": host, "BROKER__PORT": self.broker.port}
        if cable:
            command = (*cable.within, *command)
        program = WatchedProcess(name, self.folder, settings, command)
        self._stack.callback(program.close)
        self.programs[name] = program

    def _people(self) -> None:
        port, post = self.broker.port, self.work.put
        self.listener, self.board = Listener(port, post), Board(port, post)
        self.clerks = [
            Clerk(each, port, post, calls=each != BRIDGED) for each in ("1", BRIDGED, "dators")
        ]
        self._everybody: list[Listener | Board | Clerk] = [
            self.listener,
            self.board,
            *self.clerks,
        ]
        for each in self._everybody:
            each.link.start()
            self._stack.callback(each.link.stop)
        self._closed = threading.Event()
        finger = threading.Thread(target=self._touch, name="finger")
        finger.start()
        self._stack.callback(finger.join)
        self._stack.callback(self._closed.set)

    def _touch(self) -> None:
        """The visitors of the window, who see no better than where its buttons are."""
        points, chance = self._points, random.Random(1)
        steps = [("start", "need_service"), ("institutions", "institution:")]
        steps += [("services", "service:"), ("ticket", "done")]
        while not self._closed.is_set():
            for name, begins in steps:
                places = [at for each, at in points[name].items() if each.startswith(begins)]
                with suppress(subprocess.TimeoutExpired):  # a busy machine
                    screen.touch(self.display, chance.choice(places))
                self._closed.wait(TOUCH_SECONDS)

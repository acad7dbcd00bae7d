"""The command at a real terminal, with real broker, module, firmware and window."""

import os
import pty
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

import selftest
from config.load import load_settings
from drivers.simulated_printer import SimulatedPrinter
from drivers.simulated_scanner import SimulatedScanner
from firmware_bridge.frames import Button
from firmware_bridge.simulated_controller import SimulatedController
from messaging.messages import Outcome, Role, SelfTestReport
from queue_core.centre import Centre
from rinda import screen
from rinda.broker import Broker
from rinda.command import main
from rinda.observer import Observer
from selftest import services
from selftest.touch import TARGETS
from tests.conftest import DEMO, MORNING, ROOT
from tests.parts import TOPICS, ModuleThread, clock_at, wait_until
from texts import language

UNIT = """\
unit.id = "unit"
unit.name = {{ lv = "Kiosks pie ieejas", en = "Kiosk at the entrance" }}
broker.port = {port}
module.database = "{folder}/queue.db"
clock.offset_seconds = {offset}
kiosk.printer = {{ kind = "serial", port = "{folder}/printer" }}
kiosk.scanner = {{ kind = "serial", port = "{folder}/scanner" }}
kiosk.audio = {{ kind = "simulated", log = "{folder}/sounds" }}
kiosk.window = {{ fullscreen = false, width = 600, height = 400, diagonal_inches = 10 }}
display.audio = {{ kind = "simulated" }}
"""
BRIDGE = 'bridge = {{ port = "{folder}/controller", counters = ["1"] }}\n'


def write_unit(folder: Path, port: int, more: str = "") -> Path:
    file = folder / "unit.toml"
    offset = clock_at(MORNING).offset.total_seconds()
    file.write_text((UNIT + more).format(folder=folder, port=port, offset=offset))
    return file


def command(role: str, unit: Path, *more: str) -> list[str]:
    files = ["--site", str(DEMO / "site.toml"), "--unit", str(unit)]
    return [sys.executable, "-m", "rinda", "selftest", role, *files, "--language", "en", *more]


SILENT_SECONDS = 90
"""Longer than any part waits for a person."""


@dataclass
class Terminal:
    """The command at a terminal: what it said so far, and the keys."""

    descriptor: int
    process: subprocess.Popen[bytes]
    said: str = field(default="")

    def until(self, words: str) -> None:
        """Read on until it says these words after what was waited for before."""
        while words not in self.said:
            ready, _, _ = select.select([self.descriptor], [], [], SILENT_SECONDS)
            assert ready, f"it waits, and has not said {words!r} but {self.said!r}"
            self.said += os.read(self.descriptor, 4096).decode()
        self.said = self.said.partition(words)[2]

    def key(self, key: str) -> None:
        os.write(self.descriptor, key.encode())


@contextmanager
def at_terminal(words: list[str]) -> Iterator[Terminal]:
    descriptor, end = pty.openpty()
    with subprocess.Popen(words, stdin=end, stdout=end, stderr=end, cwd=ROOT) as process:
        os.close(end)
        yield Terminal(descriptor, process)
    os.close(descriptor)


def alone(role: Role, unit: Path) -> int:
    """The exit status of the unattended self-test."""
    settings = load_settings([DEMO / "site.toml", unit], {})
    options = selftest.Options(role, language("en"), unit, again=(), unattended=True)
    return selftest.main(settings, options)


@pytest.fixture(autouse=True)
def _in_riga(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The unit's clock and users, not those of the machine that tests."""
    monkeypatch.setattr(services, "USER", "")
    says = tmp_path / "bin" / "timedatectl"
    says.parent.mkdir()
    says.write_text("#!/bin/sh\necho Timezone=Europe/Riga\necho NTPSynchronized=no\n")
    says.chmod(0o755)
    monkeypatch.setenv("PATH", f"{says.parent}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def module(centre: Centre, broker: Broker, tmp_path: Path) -> Iterator[ModuleThread]:
    clock = clock_at(MORNING)
    with ModuleThread(centre, tmp_path / "queue.db", broker.port, clock) as module:
        yield module


@pytest.mark.usefixtures("module")
def test_a_board_alone_is_well_and_says_so(
    broker: Broker, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert alone(Role.DISPLAY, write_unit(tmp_path, broker.port)) == selftest.WELL
    with Observer("demo", broker.port) as observer:
        topic = TOPICS.self_test("unit")
        report = observer.wait(lambda: observer.latest(topic, SelfTestReport), "the report is kept")
    assert [each.check for each in report.findings] == [
        *("disk", "network", "broker", "module", "clock", "sound")
    ]
    assert {each.outcome for each in report.findings if each.check != "network"} == {Outcome.GOOD}
    count = len(report.tried)
    assert f"{count} of {count} work." in capsys.readouterr().out
    page = (tmp_path / "selftest.html").read_text()
    assert f"Viss darbojas: {count} no {count}" in page
    assert f"All {count} work" in page


def test_without_a_broker_everything_else_is_tried(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert alone(Role.KIOSK, write_unit(tmp_path, 1)) == selftest.NEEDS_SOMETHING
    said = capsys.readouterr().out
    assert "✗ Broker: 127.0.0.1 does not answer at port 1." in said
    assert "✗ Printer: The ticket printer does not answer." in said
    assert "→ See that it is on and its cable in" in (tmp_path / "selftest.html").read_text()


def test_it_does_not_fight_with_the_units_own_program(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    unit = write_unit(tmp_path, 1)
    waiting = [sys.executable, "-c", "input()", "rinda", "kiosk", "--unit", str(unit)]
    with subprocess.Popen(waiting, stdin=subprocess.PIPE) as kiosk:
        assert alone(Role.KIOSK, unit) == selftest.HELD
        kiosk.communicate(b"\n")
    assert "sudo systemctl stop rinda-kiosk" in capsys.readouterr().out
    assert not (tmp_path / "selftest.html").exists()


def test_who_is_asked_must_be_at_a_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(command("kiosk", write_unit(tmp_path, 1))[3:]) == 2
    assert "--unattended" in capsys.readouterr().err


def test_a_language_without_words_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["selftest", "kiosk", "--language", "xx"])
    assert "languages en, lv" in capsys.readouterr().err


@pytest.mark.usefixtures("module")
def test_a_fault_is_repaired_and_tried_again_at_once(broker: Broker, tmp_path: Path) -> None:
    words = command("display", write_unit(tmp_path, broker.port))
    broker.stop()
    with at_terminal(words) as terminal:
        terminal.until("✗\x1b[0m Broker: 127.0.0.1 does not answer")
        terminal.until("Try again? Y: yes, N: no ")
        broker.start()
        terminal.key("?y")
        terminal.until("✓\x1b[0m Broker: 127.0.0.1 answers in")
        terminal.until("Did you hear them, loud enough?")
        terminal.key("n")
        terminal.until("Try again?")
        terminal.key("N")
        terminal.until("selftest.html")
        assert terminal.process.wait(10) == 1


def test_programs_start_again_when_the_terminal_is_lost(tmp_path: Path) -> None:
    unit, asked = write_unit(tmp_path, 1), tmp_path / "asked"
    waiting = [sys.executable, "-c", "input()", "rinda", "display", "--unit", str(unit)]
    with subprocess.Popen(waiting, stdin=subprocess.PIPE) as board:
        gone = f"while grep -q . /proc/{board.pid}/cmdline; do kill {board.pid}; done"
        systemctl = tmp_path / "bin" / "systemctl"
        systemctl.write_text(f'#!/bin/sh\necho "$@" >>{asked}\n{gone}\n')
        systemctl.chmod(0o755)
        with at_terminal(command("display", unit, "--release")) as terminal:
            terminal.until("Try again?")
            terminal.process.send_signal(signal.SIGHUP)
            assert terminal.process.wait(10) == 130
    assert asked.read_text() == "stop rinda-display.service\nstart rinda-display.service\n"
    assert not (tmp_path / "selftest.html").exists()


@pytest.mark.whole
@pytest.mark.usefixtures("module")
def test_a_whole_kiosk(broker: Broker, tmp_path: Path) -> None:
    unit = write_unit(tmp_path, broker.port, BRIDGE)
    with (
        SimulatedPrinter(tmp_path / "printer", tmp_path / "tickets") as printer,
        SimulatedScanner(tmp_path / "scanner") as scanner,
        SimulatedController(tmp_path / "controller", tmp_path / "flash") as controller,
        screen.virtual_screen(600, 400) as display,
        at_terminal(["env", *drawn_on(display), *command("kiosk", unit)]) as terminal,
    ):
        terminal.until("Is it whole")
        terminal.key("y")
        terminal.until("If nothing happens")
        scanner.scan(printer.tickets[0].code)
        terminal.until("Did you hear")
        terminal.key("j")
        terminal.until("Touch the five rings")
        for x, y in TARGETS:
            ring = int(600 * x), int(400 * (1 - y))
            wait_until(partial(is_white, display, ring), 20)
            screen.touch(display, ring)
        terminal.until("Press a button at this counter: Counter 1")
        controller.press(1, Button.NEXT)
        terminal.until("Did the lamp blink")
        terminal.key("y")
        terminal.until("selftest.html")
        assert terminal.process.wait(10) == 0


def is_white(display: str, at: tuple[int, int]) -> bool:
    """Whether the middle of a ring is drawn there."""
    x, y = at
    return screen.picture(display, (x, y, x + 1, y + 1)).getpixel((0, 0)) == (255, 255, 255)


def drawn_on(display: str) -> list[str]:
    """Variables of the environment."""
    return [
        f"{name}={value}" for name, value in {**screen.DRAW_BY_SOFTWARE, "DISPLAY": display}.items()
    ]

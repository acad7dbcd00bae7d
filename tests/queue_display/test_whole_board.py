"""The real program: a real broker, a real Kivy window drawn without a display, a real process."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Self

import pytest

from messaging.codec import decode, encode
from messaging.messages import BoardState, Seen, UnitStatus
from queue_core.model import Confirmation
from rinda.broker import Broker, free_port
from tests.parts import TOPICS, UnitThread, wait_until
from tests.queue_display.board_steps import call, snapshot

ROOT = Path(__file__).parents[2]
OFFSCREEN = {"SDL_VIDEODRIVER": "offscreen", "LIBGL_ALWAYS_SOFTWARE": "1"}
SHOWN, SPOKEN = Confirmation.SHOWN, Confirmation.SPOKEN

pytestmark = pytest.mark.whole


class Module:
    """What the board hears, and what it answers."""

    def __init__(self, port: int) -> None:
        self._unit = UnitThread(port, "module")
        self._unit.listen(TOPICS.seen("board"))
        self._unit.listen(TOPICS.unit_status("board"))
        self.seen: list[Seen] = []
        self.statuses: list[UnitStatus] = []

    def __enter__(self) -> Self:
        self._unit.__enter__()
        wait_until(lambda: self._unit.link.connected)
        return self

    def __exit__(self, *error: object) -> None:
        self._unit.__exit__(*error)

    def say(self, state: BoardState) -> None:
        self._unit.call(lambda: self._unit.link.publish(TOPICS.board, encode(state), retain=True))

    def say_nonsense(self) -> None:
        last = datetime.max.replace(tzinfo=UTC)
        beyond = encode(snapshot(10**6, 0).model_copy(update={"at": last}))
        for payload in (b'{"sequence": "x"', beyond):
            self._unit.call(partial(self._unit.link.publish, TOPICS.board, payload))

    def wait_for_seen(self, *expected: Seen) -> None:
        self._wait(lambda: set(expected) <= set(self.seen))

    def wait_for_status(self, **facts: object) -> None:
        self._wait(
            lambda: any(
                all(getattr(status, name) == fact for name, fact in facts.items())
                for status in self.statuses
            )
        )

    def _wait(self, condition: Callable[[], bool]) -> None:
        def collected() -> bool:
            while not self._unit.arrived.empty():
                arrived = self._unit.arrived.get()
                if arrived.topic == TOPICS.seen("board"):
                    self.seen.append(decode(arrived.payload, Seen))
                else:
                    self.statuses.append(decode(arrived.payload, UnitStatus))
            return condition()

        wait_until(collected, 30)


@pytest.fixture
def module(broker: Broker) -> Iterator[Module]:
    with Module(broker.port) as running:
        yield running


def start_board(
    port: int, audio: str, log: Path, errors: int | None = None
) -> subprocess.Popen[bytes]:
    settings = {
        "RINDA_UNIT__ID": "board",
        "RINDA_BROKER__PORT": str(port),
        "RINDA_DISPLAY__AUDIO__KIND": audio,
        "RINDA_DISPLAY__AUDIO__DEVICE": "no-such-card",
        "RINDA_DISPLAY__AUDIO__LOG": str(log),
        "RINDA_DISPLAY__WINDOW__FULLSCREEN": "false",
        "RINDA_DISPLAY__WINDOW__WIDTH": "800",
        "RINDA_DISPLAY__WINDOW__HEIGHT": "480",
        **OFFSCREEN,
    }
    site = ROOT / "config" / "sites" / "demo" / "site.toml"
    return subprocess.Popen(
        [sys.executable, "-m", "rinda", "display", "--site", str(site)],
        cwd=ROOT,
        env={**os.environ, **settings},
        stderr=errors,
    )


def end(board: subprocess.Popen[bytes]) -> int:
    board.send_signal(signal.SIGTERM)
    return board.wait(15)


def test_a_call_is_shown_and_spoken_and_the_board_ends_when_told(
    broker: Broker, module: Module, tmp_path: Path
) -> None:
    log = tmp_path / "sound.log"
    module.say(snapshot(1, 0, [call(5, -60)]))
    board = start_board(broker.port, "simulated", log, subprocess.PIPE)
    try:
        module.wait_for_status(online=True, faults=())
        module.wait_for_seen(Seen(call=5, step=SHOWN))
        module.say_nonsense()
        module.say(snapshot(2, 1, [call(7, 1, language="en"), call(5, -60)]))
        module.wait_for_seen(Seen(call=7, step=SHOWN), Seen(call=7, step=SPOKEN))
        assert Seen(call=5, step=SPOKEN) not in module.seen
        assert len(log.read_text().splitlines()) == 3
        assert "chime.wav" in log.read_text().splitlines()[0]
    finally:
        board.send_signal(signal.SIGTERM)
        said = board.communicate(timeout=15)[1].decode()
    assert board.returncode == 0
    module.wait_for_status(online=False)
    assert said.count("window: 800 × 480 by SDL's driver offscreen") == 1
    assert said.count("refused a message") == 1
    assert "the board failed" not in said


def test_after_the_broker_was_lost_open_calls_are_confirmed_again(
    broker: Broker, module: Module, tmp_path: Path
) -> None:
    module.say(snapshot(1, 0, [call(5, -60), call(4, -90, is_open=False)]))
    board = start_board(broker.port, "none", tmp_path / "unused.log")
    try:
        module.wait_for_seen(Seen(call=5, step=SHOWN))
        broker.kill()
        module.seen.clear()
        broker.start()
        module.wait_for_seen(Seen(call=5, step=SHOWN))
        assert module.seen == [Seen(call=5, step=SHOWN)]
    finally:
        assert end(board) == 0


def test_without_a_sound_card_calls_are_shown_and_the_fault_is_said(
    broker: Broker, module: Module, tmp_path: Path
) -> None:
    module.say(snapshot(1, 0))
    board = start_board(broker.port, "aplay", tmp_path / "unused.log")
    try:
        module.wait_for_status(online=True)
        module.say(snapshot(2, 1, [call(7, 1)]))
        module.wait_for_seen(Seen(call=7, step=SHOWN))
        module.wait_for_status(faults=("sound_offline",))
        assert Seen(call=7, step=SPOKEN) not in module.seen
    finally:
        assert end(board) == 0


def test_a_mistake_in_the_board_ends_in_calm_words_and_it_comes_back(tmp_path: Path) -> None:
    finished = subprocess.run(
        [sys.executable, "-m", "tests.queue_display.failing_board", str(free_port()), tmp_path],
        cwd=ROOT,
        env={**os.environ, **OFFSCREEN},
        capture_output=True,
        text=True,
        timeout=60,
    )
    apology, back = finished.stdout.splitlines()
    assert apology == "The board will be back in a moment. Please listen to the staff."
    assert back == "back"
    assert finished.stderr.count("\nZeroDivisionError\n") == 1
    assert finished.returncode == 0


def test_every_state_can_be_drawn_in_the_smallest_window(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "queue_display.gallery", tmp_path, "lv", "320x240"],
        cwd=ROOT,
        check=True,
        timeout=60,
    )
    pictures = {path.name: path.read_bytes() for path in tmp_path.glob("display-*.png")}
    assert len(pictures) == 11
    assert len(set(pictures.values())) == 11

"""A new firmware over the line: refused with a word, cut off anywhere, kept or taken back."""

import random
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware_bridge import frames
from firmware_bridge.firmware import controller as firmware
from firmware_bridge.firmware import slots
from firmware_bridge.firmware.updates import LARGEST, Updates
from firmware_bridge.flash import Image, image, lay_out, sources
from firmware_bridge.frames import (
    Answer,
    BeginUpdate,
    CommitUpdate,
    Firmware,
    FirmwareState,
    Frame,
    KeepFirmware,
    UpdateAnswer,
    UpdateChunk,
)
from firmware_bridge.link import Link
from firmware_bridge.simulated_controller import SimulatedController
from firmware_bridge.update import MOST_BEGINS, STEADY_SECONDS, Update
from firmware_bridge.updating import bring
from tests.firmware_bridge.hostile_line import HostileLine
from tests.parts import wait_until

MICROPYTHON = shutil.which("micropython", path=str(Path(sys.executable).parent))
ROOM = "firmware_bridge/firmware"


def another(file: str = "displays.py", old: bytes = b"", new: bytes = b"# newer\n") -> Image:
    """This firmware with a change in one file."""
    files, name = sources(), f"{ROOM}/{file}"
    assert old in files[name]
    return image({**files, name: files[name].replace(old, new, 1)})


NEWER = another()
SILENT = another("pins.py", b"sys.stdout.buffer.write(data)", b"pass")


@pytest.fixture
def flash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    lay_out(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


class Controller:
    """Its end of an update; to be made anew is to start again."""

    def __init__(self) -> None:
        slots.choose()
        self.updates = Updates()
        self.updates.begin_session()

    def hear(self, *said: Frame) -> list[Frame]:
        for frame in said:
            assert self.updates.take(frames.write(frame))
            for _ in range(len(NEWER.data) // 1000):
                self.updates.work()
        return self.say()

    def say(self) -> list[Frame]:
        answers, self.updates.answers = self.updates.answers, []
        return [frames.read(each) for each in answers]


def talk(update: Update, controller: Controller, chunks: int = 10_000) -> None:
    """Until nobody has anything to say, or so much was said."""
    update.begin_session()
    answers = controller.say()
    for _ in range(chunks):
        for answer in answers:
            assert isinstance(answer, Firmware | UpdateAnswer)
            update.take(answer, 0)
        frame = update.next(STEADY_SECONDS)
        if frame is None:
            return
        answers = controller.hear(frame)


def begin(wanted: Image, protocol: int = 1, size: int | None = None) -> BeginUpdate:
    return BeginUpdate(protocol, len(wanted.data) if size is None else size, wanted.digest)


def test_the_new_one_is_tried_and_kept(flash: Path) -> None:
    update, controller = Update(NEWER, wanted=True), Controller()
    talk(update, controller)
    assert controller.updates.restart
    assert (update.percent, slots.read()) == (100, ("slot_a", "new"))
    talk(update, Controller())
    assert update.settled
    assert (update.percent, update.version) == (None, NEWER.version)
    assert (slots.read(), slots.choose()) == (("slot_b", ""), "slot_b")
    assert not list(flash.glob("update-*"))


def test_who_does_not_want_one_or_has_it_is_left_alone(flash: Path) -> None:
    for update in (Update(NEWER, wanted=False), Update(image(), wanted=True)):
        talk(update, Controller())
        assert (update.version, update.percent) == (image().version, None)
    assert slots.read() == ("slot_a", "")


def test_a_firmware_of_no_known_version_is_replaced(flash: Path) -> None:
    (flash / "slot_a" / "version").unlink()
    update, controller = Update(image(), wanted=True), Controller()
    talk(update, controller)
    assert controller.updates.restart


@pytest.mark.parametrize("chunks", [1, 2, 40, 41, 200, 500])
def test_what_came_before_the_cable_was_cut_does_not_come_again(flash: Path, chunks: int) -> None:
    talk(Update(NEWER, wanted=True), Controller(), chunks)
    update, controller = Update(NEWER, wanted=True), Controller()
    (answer,) = controller.hear(begin(NEWER))[1:]
    assert isinstance(answer, UpdateAnswer)
    assert chunks * frames.LONGEST_CHUNK - answer.offset < 2048 + 3 * frames.LONGEST_CHUNK
    talk(update, Controller())
    talk(update, Controller())
    assert update.version == NEWER.version


def test_each_refusal_has_its_word_and_leaves_what_runs(flash: Path) -> None:
    first = UpdateChunk(0, NEWER.data[:54])
    for said, word in (
        ([begin(NEWER, protocol=0)], Answer.OLDER_PROTOCOL),
        ([begin(NEWER, size=LARGEST + 1)], Answer.TOO_LARGE),
        ([begin(NEWER), first, UpdateChunk(55, b"-")], Answer.WRONG_PLACE),
        ([begin(NEWER), first, CommitUpdate()], Answer.WRONG_SIZE),
        ([begin(NEWER, size=53), first], Answer.WRONG_SIZE),
        ([begin(NEWER, size=54), first, CommitUpdate()], Answer.WRONG_HASH),
    ):
        answers = Controller().hear(*said, first, CommitUpdate())
        assert [each.answer for each in answers if isinstance(each, UpdateAnswer)][-1] is word
        assert not list(flash.glob("update-*"))
    slots.write("slot_a", slots.NEW)
    shutil.copytree(flash / "slot_a", flash / "slot_b")
    assert Controller().hear(begin(NEWER))[1:] == [UpdateAnswer(Answer.NOT_NOW, 0)]


def test_a_line_that_loses_doubles_and_corrupts_only_takes_longer(flash: Path) -> None:
    chance, pi = random.Random(5), Link(0, first_session=7)
    there, back = HostileLine(chance, 0.2), HostileLine(chance, 0.2)
    update, board = Update(NEWER, wanted=True), firmware.Controller(63, Updates())
    for now in range(0, 600_000, 5):
        for frame in map(frames.read, pi.receive(back.read(now), now)):
            if isinstance(frame, Firmware | UpdateAnswer):
                update.take(frame, now)
        if pi.ready and (said := update.next(now)):
            pi.send(frames.write(said))
        there.write(pi.transmit(now), now)
        back.write(board.step(there.read(now), {}, 31, now), now)
        board.updates.work()
        if board.restarts:
            break
    assert (pi.session, update.percent, slots.read()) == (7, 100, ("slot_a", "new"))


def test_a_controller_that_is_worse_off_each_time_is_left_alone() -> None:
    update = Update(NEWER, wanted=True)
    for _ in range(MOST_BEGINS):
        update.begin_session()
        update.take(Firmware(FirmwareState.WORKS, "old"), 0)
        assert isinstance(update.next(0), BeginUpdate)
    update.take(Firmware(FirmwareState.WORKS, "old"), 0)
    assert (update.next(0), update.failure) == (None, "interrupted")


def test_a_trial_is_ended_by_a_word_of_the_pi_when_the_link_has_been_steady() -> None:
    update = Update(NEWER, wanted=False)
    for started in (100, 200):
        update.begin_session()
        update.take(Firmware(FirmwareState.ON_TRIAL, "any"), started)
        assert (update.percent, update.next(started + STEADY_SECONDS - 0.1)) == (100, None)
    assert update.next(200 + STEADY_SECONDS) == KeepFirmware()
    update.take(Firmware(FirmwareState.WORKS, "any"), 300)
    assert (update.percent, update.next(300)) == (None, None)


@pytest.mark.skipif(not MICROPYTHON, reason="no MicroPython for this machine")
def test_power_may_fail_at_any_write_to_the_flash(tmp_path: Path) -> None:
    """On a real littlefs, in memory; with 1 for 17, at each single one."""
    lay_out(tmp_path)
    (tmp_path / "image").write_bytes(NEWER.data)
    script = Path(__file__).with_name("power_cuts.py")
    told = subprocess.run(
        [str(MICROPYTHON), "-X", "heapsize=64m", script, "image", "17"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    ).stdout
    cuts, old, new = map(int, told.splitlines()[-1].split())  # before it: files left open
    assert cuts == old + new > 30
    assert new > 0


@pytest.fixture
def simulated(tmp_path: Path) -> Iterator[SimulatedController]:
    """All of the firmware."""
    interpreter = MICROPYTHON or sys.executable
    with SimulatedController(tmp_path / "controller", tmp_path / "flash", [interpreter]) as twin:
        yield twin


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (NEWER, f"The controller runs {NEWER.version}."),
        (another("loop.py", new=b"this is no Python\n"), "fell_back"),
        (another("pins.py", b"self._watchdog.feed()", b"pass"), "fell_back"),
        (SILENT, "fell_back"),
    ],
    ids=["works", "does not start", "does not feed its watchdog", "never links"],
)
def test_over_a_real_line(
    simulated: SimulatedController, tmp_path: Path, wanted: Image, words: str
) -> None:
    said: list[str] = []
    steady = 0.1 if wanted is NEWER else STEADY_SECONDS
    if wanted is SILENT:  # nothing but the trial's end helps
        chooser = tmp_path / "flash" / "main.py"
        chooser.write_text(chooser.read_text().replace("30_000", "1_000"))
    status = bring(str(tmp_path / "controller"), 115_200, said.append, wanted, steady)
    assert words in said[-1]
    assert status == (wanted is not NEWER)


def test_a_port_that_is_not_there_is_told_at_once(tmp_path: Path) -> None:
    said: list[str] = []
    assert bring(str(tmp_path / "controller"), 115_200, said.append) == 1
    assert said == [f"There is no {tmp_path}/controller: see that the controller's cable is in."]


def test_killed_again_and_again_it_goes_on(simulated: SimulatedController, tmp_path: Path) -> None:
    said: list[str] = []
    port, flash = str(tmp_path / "controller"), tmp_path / "flash"
    bringing = threading.Thread(target=bring, args=(port, 115_200, said.append, NEWER, 0.1))
    bringing.start()
    for blocks in (1, 4, 8, 12):
        _wait_for(flash, 2048 * blocks)
        simulated.kill()
    bringing.join(60)
    assert said[-1] == f"The controller runs {NEWER.version}."
    assert (flash / "slot").read_text() == "slot_b "


def _wait_for(flash: Path, size: int) -> None:
    wait_until(lambda: sum(each.stat().st_size for each in flash.glob("update-*")) >= size)

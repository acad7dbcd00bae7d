"""`rinda demo` as people run it: at a prompt, twice, interrupted, where it cannot run."""

import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from rinda.control import ADDRESS, twin
from rinda.errors import CentreError
from rinda.screen import virtual_screen
from tests.conftest import ROOT
from tests.e2e.processes import running_below
from web.pictures import CHROMIUM

COMMAND = [sys.executable, "-m", "rinda", "demo", "--folder"]
WHOLE = 9
"""Broker, controller, and the programs with the visitors' page."""

pytestmark = pytest.mark.timeout(240)


def run(folder: Path, *options: str, **changed: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*COMMAND, str(folder), *options],
        cwd=ROOT,
        env={**os.environ, **changed},
        capture_output=True,
        text=True,
        timeout=200,
    )


def until_whole(folder: Path) -> None:
    deadline = time.monotonic() + 60
    while len(running_below(folder)) < WHOLE and time.monotonic() < deadline:
        time.sleep(0.1)
    assert len(running_below(folder)) >= WHOLE


def test_where_no_demonstration_runs_nothing_can_be_turned(tmp_path: Path) -> None:
    with pytest.raises(CentreError, match="no demonstration runs"):
        twin(tmp_path, ["printer", "paper", "out"])
    with pytest.raises(CentreError, match="say a device"):
        twin(tmp_path, ["printer"])


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").touch()
    done = run(tmp_path, "--headless")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        f"The demonstration cannot go on: {tmp_path} holds something else; name another folder."
    ]
    assert [each.name for each in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("missing", ["Xvfb", "mosquitto"])
def test_a_part_that_cannot_be_started_is_one_sentence(tmp_path: Path, missing: str) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in {"Xvfb", "mosquitto"} - {missing}:
        (tools / name).symlink_to(f"/usr/{'sbin' if name == 'mosquitto' else 'bin'}/{name}")
    done = run(tmp_path / "demo", "--headless", PATH=str(tools))
    assert done.returncode == 1
    (said,) = done.stderr.splitlines()
    assert missing in said
    assert running_below(tmp_path) == {}


@pytest.mark.whole
def test_it_ends_by_itself_and_leaves_nothing_running(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    done = run(folder, "--headless", "--seconds", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Tickets:" in done.stdout
    assert running_below(folder) == {}


@pytest.mark.whole
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_impatient_signals_leave_nothing_running(tmp_path: Path, number: signal.Signals) -> None:
    folder = tmp_path / "demo"
    process = subprocess.Popen(
        [*COMMAND, str(folder), "--headless"], cwd=ROOT, stdout=subprocess.DEVNULL
    )
    until_whole(folder)
    while process.poll() is None:
        process.send_signal(number)
        time.sleep(0.05)
    assert process.returncode == 0
    assert running_below(folder) == {}


@pytest.mark.whole
def test_the_prompt_tells_what_fell_and_a_second_demonstration_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with virtual_screen(1400, 900) as display, at_a_terminal(folder, display) as (process, end):
        said = read_until(end, b"> ")
        assert b"The desk: http://" in said
        until_whole(folder)
        os.write(end, b"printer paper low\n")
        read_until(end, b"> ")
        assert "printer paper  in | [low] | out" in twin(folder, [])
        with pytest.raises(CentreError, match="there is no eaten"):
            twin(folder, ["printer", "paper", "eaten"])
        the_page_turns_and_tells(folder)
        second = run(folder, "--headless")
        assert second.returncode == 1
        assert f"a demonstration runs in {folder}" in second.stderr
        assert (folder / "queue.db").exists()
        for each, words in running_below(folder).items():
            if " module " in words:
                os.kill(each, signal.SIGKILL)
        said = b""
        while b"Ended by itself: module." not in said:
            os.write(end, b"\n")
            said = read_until(end, b"> ")
        os.write(end, b"\x04")
        assert process.wait(60) == 1
        assert b"Traceback" not in read_until(end, b"")
    assert running_below(folder) == {}


def the_page_turns_and_tells(folder: Path) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**CHROMIUM)
        page = browser.new_page()
        page.goto(f"http://{(folder / ADDRESS).read_text()}")
        page.click("[data-turn='scanner/line/hangs'][aria-pressed=false]")
        page.wait_for_selector("#scanner .wrong", timeout=30_000)
        twin(folder, ["scanner", "line", "works"])
        page.wait_for_selector("#scanner .well", timeout=30_000)
        browser.close()


@contextmanager
def at_a_terminal(folder: Path, display: str) -> Iterator[tuple["subprocess.Popen[bytes]", int]]:
    """The demonstration as the only program on a terminal; yields it and the terminal's end."""
    end, terminal = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, str(folder)],
        cwd=ROOT,
        env={**os.environ, "DISPLAY": display, "LIBGL_ALWAYS_SOFTWARE": "1"},
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        start_new_session=True,
    )
    os.close(terminal)
    try:
        yield process, end
    finally:
        process.terminate()
        process.wait()
        os.close(end)


def read_until(end: int, mark: bytes) -> bytes:
    """What the terminal shows up to the mark; up to its end for an empty one."""
    said = b""
    while not (mark and said.endswith(mark)):
        try:
            said += os.read(end, 1)
        except OSError:  # nobody is on the terminal any more
            break
    return said

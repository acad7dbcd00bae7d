"""A visitor's keyboard at the kiosk: a real terminal, with the line discipline of the kernel."""

import os
import pty
import sys

import pytest

from drivers.console import INVOCATION

PROGRAM = (
    "import os, signal, drivers.console as c; signal.signal(signal.SIGINT, signal.SIG_DFL); "
    'c.mute(); os.write(1, b"ready"); os.read(0, 1)'
)  # Python's own handler would wait for a read that has just begun


@pytest.mark.parametrize(("environment", "goes_on"), [({INVOCATION: "1"}, True), ({}, False)])
def test_ctrl_c_ends_only_what_was_started_by_hand(
    environment: dict[str, str], goes_on: bool
) -> None:
    started = {key: value for key, value in os.environ.items() if key != INVOCATION}
    process, terminal = pty.fork()
    if process == 0:
        os.execve(sys.executable, [sys.executable, "-c", PROGRAM], {**started, **environment})
    said = b""
    while b"ready" not in said:
        said += os.read(terminal, 100)
    os.write(terminal, b"\x03")
    _, status = os.waitpid(process, 0)
    os.close(terminal)
    assert (os.waitstatus_to_exitcode(status) == 0) is goes_on

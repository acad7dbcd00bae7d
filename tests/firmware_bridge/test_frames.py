import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.frames import (
    Acknowledge,
    Button,
    ButtonPressed,
    Capability,
    Code,
    Frame,
    Hello,
    Lamp,
    SetLamp,
    ShowNumber,
    read,
    write,
)

SERIAL = Path(__file__).parents[2] / "docs" / "serial.md"


@pytest.mark.parametrize(
    "build",
    [
        lambda: Hello(0, Capability(0)),
        lambda: Hello(256, Capability(0)),
        lambda: Hello(1, Capability(256)),
        lambda: Acknowledge(-1),
        lambda: ButtonPressed(0, Button.NEXT),
        lambda: SetLamp(256, Lamp.ON),
        lambda: ShowNumber(0, "A 042"),
        lambda: ShowNumber(1, "A 0000042"),
        lambda: ShowNumber(1, "Ā 042"),
        lambda: ShowNumber(1, "A\n042"),
    ],
)
def test_a_frame_that_has_no_bytes_cannot_be_built(build: Callable[[], Frame]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        build()


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        (Code.HELLO, b"\1"),
        (Code.HELLO, b"\1\0\0"),
        (Code.HELLO, b"\0\0"),
        (Code.HEARTBEAT, b"\1"),
        (Code.BUTTON_PRESSED, b"\1\4"),
        (Code.BUTTON_PRESSED, b"\0\1"),
        (Code.PRESENCE, b"\2"),
        (Code.SET_LAMP, b"\1\3"),
        (Code.SHOW_NUMBER, b""),
        (Code.SHOW_NUMBER, b"\x01123456789"),
        (Code.SHOW_NUMBER, b"\1\xff"),
        (0x7F, b""),
    ],
)
def test_fields_that_are_not_the_codes_own_are_refused(code: int, fields: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read(code, fields)


@given(st.sampled_from(Code), st.binary(max_size=10))
def test_what_can_be_read_is_written_the_same(code: Code, fields: bytes) -> None:
    try:
        frame = read(code, fields)
    except ValueError:
        return
    assert write(frame, 0) == bytes((code, 0)) + fields


def test_capabilities_of_a_newer_controller_are_kept() -> None:
    assert read(Code.HELLO, b"\2\xf1") == Hello(2, Capability(0xF1))


def test_the_page_lists_every_code_and_value() -> None:
    rows = re.findall(r"^\| `(\w\w)` \| (\w+) \| \w+ \| (.+) \|$", SERIAL.read_text(), re.MULTILINE)
    assert {int(code, 16): name for code, name, _ in rows} == {
        code: code.name.title().replace("_", "") for code in Code
    }
    fields = {name: text for _, name, text in rows}
    for button in Button:
        assert f"{button} {button.name.lower().replace('_', '-')}" in fields["ButtonPressed"]
    for lamp in Lamp:
        assert f"{lamp} {lamp.name.lower()}" in fields["SetLamp"]

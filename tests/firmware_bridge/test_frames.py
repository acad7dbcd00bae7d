import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.frames import (
    LONGEST_CHUNK,
    Answer,
    BeginUpdate,
    Button,
    ButtonPressed,
    Capability,
    Code,
    CommitUpdate,
    Contact,
    ContactChanged,
    Firmware,
    FirmwareState,
    Frame,
    KeepFirmware,
    Lamp,
    SetLamp,
    ShowNumber,
    Temperature,
    UpdateAnswer,
    UpdateChunk,
    read,
    write,
)

SERIAL = Path(__file__).parents[2] / "docs" / "serial.md"


@pytest.mark.parametrize(
    "build",
    [
        lambda: ButtonPressed(0, Button.NEXT),
        lambda: Temperature(128),
        lambda: SetLamp(256, Lamp.ON),
        lambda: ShowNumber(0, "A 042"),
        lambda: ShowNumber(1, "A 0000042"),
        lambda: ShowNumber(1, "Ā 042"),
        lambda: ShowNumber(1, "A\n042"),
        lambda: BeginUpdate(1, 1 << 24, bytes(32)),
        lambda: UpdateChunk(0, bytes(LONGEST_CHUNK + 1)),
    ],
)
def test_a_frame_that_has_no_bytes_cannot_be_built(build: Callable[[], Frame]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        build()


@pytest.mark.parametrize(
    "frame",
    [
        ButtonPressed(3, Button.NO_SHOW),
        ContactChanged(Contact.DOOR, active=True),
        Temperature(-40),
        SetLamp(0, Lamp.BLINKING),
        ShowNumber(255, "A 042"),
        ShowNumber(1, ""),
        Firmware(FirmwareState.ON_TRIAL, "0.1.0+1a2b3c4d"),
        UpdateAnswer(Answer.WRONG_HASH, 70_000),
        BeginUpdate(1, 70_000, bytes(32)),
        UpdateChunk(70_000, bytes(LONGEST_CHUNK)),
        CommitUpdate(),
        KeepFirmware(),
    ],
)
def test_every_frame_comes_back(frame: Frame) -> None:
    assert read(write(frame)) == frame


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\x10\1\4",
        b"\x10\0\1",
        b"\x10\1",
        b"\x10\1\1\1",
        b"\x11\1\2",
        b"\x11\5\1",
        b"\x12",
        b"\x20\1\3",
        b"\x21",
        b"\x21\x01123456789",
        b"\x21\1\xff",
        b"\x13\3",
        b"\x14\1\0\0",
        b"\x30\1\0\0\1" + bytes(31),
        b"\x31\0\0\0",
        b"\x32\0",
        b"\x7f",
    ],
)
def test_fields_that_are_not_the_codes_own_are_refused(message: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read(message)


@given(st.sampled_from(Code), st.binary(max_size=10) | st.binary(min_size=36, max_size=57))
def test_what_can_be_read_is_written_the_same(code: Code, fields: bytes) -> None:
    message = bytes((code,)) + fields
    try:
        frame = read(message)
    except ValueError:
        return
    assert write(frame) == message


def test_the_page_lists_every_code_and_value() -> None:
    page = SERIAL.read_text().partition("## Messages")[2]
    rows = re.findall(r"^\| `(\w\w)` \| (\w+) \| \w+ \| (.+) \|$", page, re.MULTILINE)
    assert {int(code, 16): name for code, name, _ in rows} == {
        code: code.name.title().replace("_", "") for code in Code
    }
    fields = {name: text for _, name, text in rows}
    for button in Button:
        assert f"{button} {button.name.lower().replace('_', '-')}" in fields["ButtonPressed"]
    for contact in Contact:
        assert f"{contact} {contact.name.lower().replace('_', '-')}" in fields["ContactChanged"]
    for lamp in Lamp:
        assert f"{lamp} {lamp.name.lower()}" in fields["SetLamp"]
    for answer in Answer:
        assert f"{answer} {answer.name.lower().replace('_', ' ')}" in fields["UpdateAnswer"]
    for state in FirmwareState:
        assert f"{state} {state.name.lower().replace('_', ' ')}" in fields["Firmware"]
    for capability in Capability:
        assert re.search(rf"\b{capability} [a-z]", SERIAL.read_text())

import random
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge import cobs
from firmware_bridge.frames import (
    Acknowledge,
    Button,
    ButtonPressed,
    Capability,
    Frame,
    Heartbeat,
    Hello,
    Lamp,
    Presence,
    SetLamp,
    ShowNumber,
)
from firmware_bridge.wire import LONGEST, Decoder, Received, Refusal, encode

SERIAL = Path(__file__).parents[2] / "docs" / "serial.md"

bytes_ = st.integers(0, 255)
counters = st.integers(1, 255)
frames: st.SearchStrategy[Frame] = st.one_of(
    st.builds(Hello, st.integers(1, 255), bytes_.map(Capability)),
    st.builds(Acknowledge, bytes_),
    st.builds(Heartbeat),
    st.builds(ButtonPressed, counters, st.sampled_from(Button)),
    st.builds(Presence, st.booleans()),
    st.builds(SetLamp, counters, st.sampled_from(Lamp)),
    st.builds(
        ShowNumber,
        counters,
        st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=8),
    ),
)
messages = st.lists(st.builds(Received, bytes_, frames), max_size=8)

ONE_OF_EACH: list[Frame] = [
    Hello(1, Capability(0)),
    Acknowledge(200),
    Heartbeat(),
    ButtonPressed(3, Button.NO_SHOW),
    Presence(False),
    SetLamp(255, Lamp.OFF),
    ShowNumber(12, "A 042"),
]


@given(messages, st.data())
def test_every_frame_comes_back_however_the_line_is_cut(
    sent: list[Received], data: st.DataObject
) -> None:
    line = b"".join(encode(message.frame, message.sequence) for message in sent)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(line)))))
    decoder, received = Decoder(), []
    for start, end in zip([0, *cuts], [*cuts, len(line)], strict=True):
        received += decoder.feed(line[start:end])
    assert received == sent
    assert not decoder.refused


@pytest.mark.parametrize("frame", ONE_OF_EACH)
def test_a_cut_at_any_byte_changes_nothing(frame: Frame) -> None:
    line = encode(frame, 9)
    for cut in range(len(line)):
        decoder = Decoder()
        assert decoder.feed(line[:cut]) + decoder.feed(line[cut:]) == [Received(9, frame)]


@pytest.mark.parametrize("frame", ONE_OF_EACH)
def test_a_frame_with_any_byte_changed_is_refused(frame: Frame) -> None:
    line = encode(frame, 9)
    for place in range(1, len(line) - 1):
        for value in set(range(256)) - {line[place]}:
            decoder = Decoder()
            changed = line[:place] + bytes([value]) + line[place + 1 :]
            assert decoder.feed(changed) == []
            assert decoder.refused.total() > 0


def test_noise_before_a_frame_does_not_cost_the_frame() -> None:
    decoder = Decoder()
    line = b"boot: ready\r\n" + encode(Heartbeat(), 1)
    assert decoder.feed(line) == [Received(1, Heartbeat())]
    assert decoder.refused.total() == 1


@pytest.mark.parametrize(
    ("coded", "refusal"),
    [
        (b"\x11" * (LONGEST + 1), Refusal.OVERFLOW),
        (b"\x11", Refusal.CODING),
        (cobs.encode(b"\x03\x00\x00"), Refusal.LENGTH),
        (cobs.encode(b"\x03\x00\x00\x00"), Refusal.CRC),
        (cobs.encode(b"\x7f\x00\x05\x68"), Refusal.UNKNOWN),
        (cobs.encode(b"\x03\x00\x01\x85\xed"), Refusal.FIELDS),
    ],
)
def test_refusals_are_counted_by_reason(coded: bytes, refusal: Refusal) -> None:
    decoder = Decoder()
    assert decoder.feed(coded + b"\0") == []
    assert decoder.refused == {refusal: 1}


def test_a_line_without_zeros_is_one_overflow_and_the_next_frame_arrives() -> None:
    decoder = Decoder()
    for _ in range(1000):
        decoder.feed(b"\x11" * 100)
    assert decoder.feed(encode(Heartbeat(), 5)) == [Received(5, Heartbeat())]
    assert decoder.refused == {Refusal.OVERFLOW: 1}


def test_a_million_random_bytes_make_no_frame_and_the_buffer_stays_small() -> None:
    noise = random.Random(2026)
    decoder = Decoder()
    for _ in range(1000):
        assert decoder.feed(noise.randbytes(1000)) == []
        assert len(decoder._held) <= LONGEST + 1
    assert decoder.refused.total() > 3000


def test_well_coded_noise_passes_the_crc_no_oftener_than_its_rate() -> None:
    noise = random.Random(2026)
    decoder, tries = Decoder(), 200_000
    for _ in range(tries):
        decoder.feed(cobs.encode(noise.randbytes(noise.randint(4, 12))) + b"\0")
    assert tries - decoder.refused[Refusal.CRC] <= 2 * tries / 2**16


def test_the_sequence_number_is_one_byte() -> None:
    with pytest.raises(ValueError, match="256"):
        encode(Heartbeat(), 256)


def test_the_crc_is_ccitt_false_and_the_pages_example_is_true() -> None:
    steps = re.findall(r"^\| (.+) \| `([0-9A-F ]{6,})` \|$", SERIAL.read_text(), re.MULTILINE)
    plain, with_crc, line = (bytes.fromhex(hexadecimal) for _, hexadecimal in steps)
    assert line == b"\0" + cobs.encode(with_crc) + b"\0"
    assert with_crc == plain + _ccitt_false(plain)
    assert _ccitt_false(b"123456789") == b"\x29\xb1"
    assert line == encode(ButtonPressed(3, Button.NEXT), 0)
    assert Decoder().feed(line) == [Received(0, ButtonPressed(3, Button.NEXT))]


def _ccitt_false(data: bytes) -> bytes:
    crc = 0xFFFF
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ (0x1021 if crc & 0x8000 else 0)) & 0xFFFF
    return crc.to_bytes(2, "big")

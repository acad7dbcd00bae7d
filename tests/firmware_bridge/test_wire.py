import random
import re
from binascii import crc_hqx
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge import cobs, wire
from firmware_bridge.wire import LONGEST, Decoder, crc16, encode

SERIAL = Path(__file__).parents[2] / "docs" / "serial.md"

packets = st.binary(min_size=4, max_size=LONGEST - 3)


@given(st.binary(max_size=100))
def test_the_crc_is_that_of_the_library(data: bytes) -> None:
    assert crc16(data) == crc_hqx(data, 0xFFFF).to_bytes(2, "big")


@given(st.lists(packets, max_size=8), st.data())
def test_every_packet_comes_back_however_the_line_is_cut(
    sent: list[bytes], data: st.DataObject
) -> None:
    line = b"".join(map(encode, sent))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(line)))))
    decoder, received = Decoder(), []
    for start, end in zip([0, *cuts], [*cuts, len(line)], strict=True):
        received += decoder.feed(line[start:end])
    assert received == sent
    assert not any(decoder.refused.values())


@pytest.mark.parametrize("packet", [b"\x10\x12\x34\0\3\1", bytes(61), bytes(range(61))])
def test_a_packet_with_any_byte_changed_is_refused(packet: bytes) -> None:
    line = encode(packet)
    for place in range(1, len(line) - 1):
        for value in set(range(256)) - {line[place]}:
            decoder = Decoder()
            changed = line[:place] + bytes([value]) + line[place + 1 :]
            assert decoder.feed(changed) == []
            assert sum(decoder.refused.values()) > 0


def test_noise_before_a_packet_does_not_cost_the_packet() -> None:
    decoder = Decoder()
    assert decoder.feed(b"boot: ready\r\n" + encode(b"\3\0\1\0")) == [b"\3\0\1\0"]
    assert sum(decoder.refused.values()) == 1


@pytest.mark.parametrize(
    ("coded", "refusal"),
    [
        (b"\x11" * (LONGEST + 1), wire.OVERFLOW),
        (b"\x11", wire.CODING),
        (cobs.encode(b"\3\0\1" + crc16(b"\3\0\1")), wire.LENGTH),
        (cobs.encode(b"\3\0\1\0" + b"\0\0"), wire.CRC),
    ],
)
def test_refusals_are_counted_by_reason(coded: bytes, refusal: str) -> None:
    decoder = Decoder()
    assert decoder.feed(coded + b"\0") == []
    assert {reason for reason, count in decoder.refused.items() if count} == {refusal}


def test_a_line_without_zeros_is_one_overflow_and_the_next_packet_arrives() -> None:
    decoder = Decoder()
    for _ in range(1000):
        decoder.feed(b"\x11" * 100)
    assert decoder.feed(encode(b"\3\0\1\0")) == [b"\3\0\1\0"]
    assert decoder.refused[wire.OVERFLOW] == 1


def test_half_a_million_random_bytes_make_no_packet_and_the_buffer_stays_small() -> None:
    """`python -m benchmarks.noise` feeds ten million."""
    noise = random.Random(2026)
    decoder = Decoder()
    for _ in range(500):
        assert decoder.feed(noise.randbytes(1000)) == []
        assert len(decoder._held) <= LONGEST + 1
    assert sum(decoder.refused.values()) > 1500


def test_well_coded_noise_passes_the_crc_no_oftener_than_its_rate() -> None:
    noise = random.Random(2026)
    decoder, tries = Decoder(), 200_000
    for _ in range(tries):
        decoder.feed(cobs.encode(noise.randbytes(noise.randint(6, 14))) + b"\0")
    assert tries - decoder.refused[wire.CRC] <= 2 * tries / 2**16


def test_the_pages_example_is_true() -> None:
    steps = re.findall(r"^\| (.+) \| `([0-9A-F ]{6,})` \|$", SERIAL.read_text(), re.MULTILINE)
    plain, with_crc, line, answer = (bytes.fromhex(hexadecimal) for _, hexadecimal in steps)
    assert with_crc == plain + crc16(plain)
    assert crc16(b"123456789") == b"\x29\xb1"
    assert line == encode(plain)
    assert Decoder().feed(line) == [plain]
    assert Decoder().feed(answer) == [bytes((2, *plain[1:4]))]

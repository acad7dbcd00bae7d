"""Packets to bytes on the line and back: CRC-16, COBS, zeros around.

Runs unchanged on the microcontroller, like `cobs` and `link`: nothing here is imported that
MicroPython does not have.
"""

from firmware_bridge import cobs

LONGEST = 64  # bytes between two zeros: room for later frames, little for a microcontroller
OVERFLOW = "longer than any packet"
CODING = "not COBS"
LENGTH = "shorter than any packet"
CRC = "wrong CRC"
REFUSALS = OVERFLOW, CODING, LENGTH, CRC  # in the order in which they are examined

_SHORTEST = 4  # code, session and sequence number: a packet without fields
_CRC_START = 0xFFFF
_POLYNOMIAL = 0x1021


def encode(packet: bytes) -> bytes:
    """Give the bytes for the line."""
    return b"\0" + cobs.encode(packet + crc16(packet)) + b"\0"


def crc16(data: bytes) -> bytes:
    """CRC-16/CCITT-FALSE: x^16 + x^12 + x^5 + 1, most significant bit first."""
    crc = _CRC_START
    for byte in data:
        crc = (crc << 8 & 0xFFFF) ^ _TABLE[crc >> 8 ^ byte]
    return bytes((crc >> 8, crc & 0xFF))


class Decoder:
    """Bytes in pieces of any size to packets. Never raises; holds 65 bytes at most.

    `refused` counts what was not a packet, by reason.
    """

    def __init__(self) -> None:
        self.refused = dict.fromkeys(REFUSALS, 0)
        self._held = b""

    def feed(self, data: bytes) -> list[bytes]:
        """Take the next bytes of the line and give the packets they complete, in order."""
        packets: list[bytes] = []
        pieces = data.split(b"\0")
        self._hold(pieces[0])
        for piece in pieces[1:]:
            packets += self._end()
            self._hold(piece)
        return packets

    def _hold(self, piece: bytes) -> None:
        # One byte over the limit is kept to tell an overflow from a packet that just fits.
        self._held += piece[: LONGEST + 1 - len(self._held)]

    def _end(self) -> list[bytes]:
        coded, self._held = self._held, b""
        if not coded:  # two zeros side by side
            return []
        packet, refusal = _decode(coded)
        if refusal:
            self.refused[refusal] += 1
            return []
        return [packet]


def _decode(coded: bytes) -> tuple[bytes, str]:
    """The packet, and why it is none ("": it is one)."""
    if len(coded) > LONGEST:
        return b"", OVERFLOW
    try:
        data = cobs.decode(coded)
    except ValueError:
        return b"", CODING
    packet, crc = data[:-2], data[-2:]
    if len(packet) < _SHORTEST:
        return b"", LENGTH
    return packet, "" if crc == crc16(packet) else CRC


def _remainder(byte: int) -> int:
    crc = byte << 8
    for _ in range(8):
        crc = (crc << 1 ^ (_POLYNOMIAL if crc & 0x8000 else 0)) & 0xFFFF
    return crc


_TABLE = [_remainder(byte) for byte in range(256)]

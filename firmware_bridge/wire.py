"""Frames to bytes on the line and back: sequence number, CRC-16, COBS, zeros around."""

from binascii import crc_hqx
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from firmware_bridge import cobs
from firmware_bridge.frames import Code, Frame, read, write

LONGEST = 64  # bytes between two zeros: room for later frames, little for a microcontroller
_SHORTEST = 4  # code, sequence number and CRC: a frame without fields
_CRC_START = 0xFFFF


class Refusal(StrEnum):
    """Why bytes between two zeros were not a frame, in the order they are examined."""

    OVERFLOW = "longer than any frame"
    CODING = "not COBS"
    LENGTH = "shorter than any frame"
    CRC = "wrong CRC"
    UNKNOWN = "unknown code"
    FIELDS = "fields do not fit the code"


class FrameError(ValueError):
    """Bytes that are not a frame."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


@dataclass(frozen=True)
class Received:
    """A whole frame and the sequence number (0–255) its sender gave it."""

    sequence: int
    frame: Frame


def encode(frame: Frame, sequence: int) -> bytes:
    """Give the bytes for the line. Raises ValueError when the sequence number is not 0–255."""
    body = write(frame, sequence)
    return b"\0" + cobs.encode(body + _crc(body)) + b"\0"


class Decoder:
    """Bytes in pieces of any size to frames. Never raises; holds 65 bytes at most.

    `refused` counts what was not a frame, by reason.
    """

    def __init__(self) -> None:
        self.refused: Counter[Refusal] = Counter()
        self._held = bytearray()

    def feed(self, data: bytes) -> list[Received]:
        """Take the next bytes of the line and give the frames they complete, in order."""
        received: list[Received] = []
        first, *others = data.split(b"\0")
        self._hold(first)
        for piece in others:
            received += self._end()
            self._hold(piece)
        return received

    def _hold(self, piece: bytes) -> None:
        # One byte over the limit is kept to tell an overflow from a frame that just fits.
        self._held += piece[: LONGEST + 1 - len(self._held)]

    def _end(self) -> list[Received]:
        coded, self._held = bytes(self._held), bytearray()
        if not coded:  # two zeros side by side
            return []
        try:
            return [_decode(coded)]
        except FrameError as error:
            self.refused[error.refusal] += 1
            return []


def _decode(coded: bytes) -> Received:
    body = _checked(coded)
    code, sequence, fields = body[0], body[1], body[2:]
    if code not in set(Code):
        raise FrameError(Refusal.UNKNOWN)
    try:
        return Received(sequence, read(code, fields))
    except ValueError as error:
        raise FrameError(Refusal.FIELDS) from error


def _checked(coded: bytes) -> bytes:
    if len(coded) > LONGEST:
        raise FrameError(Refusal.OVERFLOW)
    try:
        data = cobs.decode(coded)
    except ValueError as error:
        raise FrameError(Refusal.CODING) from error
    if len(data) < _SHORTEST:
        raise FrameError(Refusal.LENGTH)
    body, crc = data[:-2], data[-2:]
    if crc != _crc(body):
        raise FrameError(Refusal.CRC)
    return body


def _crc(body: bytes) -> bytes:
    # CRC-16/CCITT-FALSE: x^16 + x^12 + x^5 + 1 (0x1021), most significant bit first.
    return crc_hqx(body, _CRC_START).to_bytes(2, "big")

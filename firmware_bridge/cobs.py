"""Consistent Overhead Byte Stuffing for short data (Cheshire and Baker, 1999).

Up to 254 bytes the coding costs exactly one byte, and the code is short enough
to run unchanged on the microcontroller (MicroPython has no package for it).
"""

LONGEST = 254  # bytes before coding; more would need blocks without an implied zero


def encode(data: bytes) -> bytes:
    """Code 0–254 bytes as one byte more, none of them zero. Raises ValueError when longer."""
    if len(data) > LONGEST:
        raise ValueError("longer than 254 bytes")
    return b"".join(bytes([len(block) + 1]) + block for block in data.split(b"\0"))


def decode(coded: bytes) -> bytes:
    """Give back what `encode` was given. Raises ValueError on anything it cannot have made."""
    if 0 in coded or not 0 < len(coded) <= LONGEST + 1:
        raise ValueError("not a coded block")
    blocks, start = [], 0
    while start < len(coded):
        end = start + coded[start]
        blocks.append(coded[start + 1 : end])
        start = end
    if start > len(coded):
        raise ValueError("ends inside a block")
    return b"\0".join(blocks)

"""Number displays of seven segments, on a chain of RS-485."""

from firmware_bridge import wire

DIGITS = 8
DASH = 0x40
LETTERS = " -0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SHAPES = "00403f065b4f666d7d077f6f777c395e79713d76301e753837545c7367506d783e1c2a646e5b"
SEGMENTS = dict(zip(LETTERS, bytes.fromhex(SHAPES)))  # noqa: B905 - MicroPython knows no strict
"""What shines of a digit, from bit 0: a top, b, c clockwise, d bottom, e, f, g middle."""


def packet(place: int, text: str) -> bytes:
    """For the chain: place and eight digits, to the right. Spaces take no digit."""
    digits = [SEGMENTS.get(letter, DASH) for letter in text.upper() if letter != " "]
    return wire.encode(bytes([place] + [0] * (DIGITS - len(digits)) + digits))

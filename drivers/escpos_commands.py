"""How long each ESC/POS command is. Source: Epson, ESC/POS Command Reference."""

CONTROL = frozenset(b"\x10\x1b\x1c\x1d")
# A whole ticket as a picture has about 50 000 bytes; nothing longer is believed.
LONGEST_COMMAND = 128 * 1024

# Bytes after the two that name the command.
ARGUMENTS = {
    b"\x1b@": 0, b"\x1b2": 0, b"\x1bL": 0, b"\x1bS": 0, b"\x1b ": 1, b"\x1b!": 1, b"\x1b%": 1,
    b"\x1b-": 1, b"\x1b3": 1, b"\x1b=": 1, b"\x1bE": 1, b"\x1bG": 1, b"\x1bJ": 1, b"\x1bM": 1,
    b"\x1bR": 1, b"\x1bT": 1, b"\x1bU": 1, b"\x1bV": 1, b"\x1ba": 1, b"\x1bd": 1, b"\x1br": 1,
    b"\x1bt": 1, b"\x1b{": 1, b"\x1b$": 2, b"\x1b\\": 2, b"\x1bc": 2, b"\x1bp": 3, b"\x1d!": 1,
    b"\x1dB": 1, b"\x1dH": 1, b"\x1dI": 1, b"\x1dL": 2, b"\x1dP": 2, b"\x1dW": 2, b"\x1da": 1,
    b"\x1db": 1, b"\x1df": 1, b"\x1dh": 1, b"\x1dr": 1, b"\x1dw": 1, b"\x1c&": 0, b"\x1c.": 0,
    b"\x1cP": 4, b"\x10\x04": 1, b"\x10\x05": 1,
}  # fmt: skip


def command_length(buffer: bytearray) -> int | None:
    """Bytes of the command that the buffer begins with; None while too few came to tell.

    An unbelievably long one counts without its data.
    """
    head = bytes(buffer[:8])
    name = head[:2]
    if len(name) < 2:
        return None
    if name in _HEADERS and len(head) < _HEADERS[name]:
        return None
    length = _length(name, head)
    return length if length <= LONGEST_COMMAND else _HEADERS[name]


# Commands that tell their own length, and how much of them must be there to know it.
_HEADERS = {b"\x1d(": 5, b"\x1dv": 8, b"\x1dV": 3, b"\x10\x14": 3}


def _length(name: bytes, head: bytes) -> int:
    match name:
        case b"\x1d(":
            return 5 + int.from_bytes(head[3:5], "little")
        case b"\x1dv":
            rows, columns = int.from_bytes(head[6:8], "little"), int.from_bytes(head[4:6], "little")
            return 8 + rows * columns
        case b"\x1dV":
            return 4 if head[2] in b"ABgh" else 3
        case b"\x10\x14":
            return 10 if head[2] == 8 else 5
        case _:
            return 2 + ARGUMENTS.get(name, 0)


def is_known(name: bytes) -> bool:
    return name in ARGUMENTS or name in _HEADERS

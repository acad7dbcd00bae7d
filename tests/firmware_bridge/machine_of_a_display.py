"""What a number display needs of a Pico's `machine`: place 3, and a chain that says some packets.

Ends after some turns, with what its MAX7219 was told last as `register value` on standard output.
"""

from firmware_bridge import wire

CHAIN = [
    wire.encode(bytes((3, 0, 0, 0, 0, 0x77, 0x3F, 0x5B, 0x06))),  # A021
    wire.encode(bytes((2, 0, 0, 0, 0, 0, 0, 0, 0x7F))),
    b"noise\0",
]


class Pin:
    IN, OUT, PULL_UP = 0, 1, 1
    jumpers = (7,)

    def __init__(self, number: int, mode: int = IN, pull: int = 0, value: int = 0) -> None:
        self._number = number

    def value(self, level: int = -1) -> int:
        return int(self._number not in Pin.jumpers)


class UART:
    def __init__(self, number: int, baud: int, rx: Pin) -> None: ...

    def read(self) -> "bytes | None":
        return CHAIN.pop(0) if CHAIN else None


class SPI:
    told: dict[int, int] = {}  # noqa: RUF012 - MicroPython has no ClassVar

    def __init__(self, number: int, sck: Pin, mosi: Pin) -> None: ...

    def write(self, data: bytes) -> None:
        SPI.told[data[0]] = data[1]


class WDT:
    def __init__(self, timeout: int) -> None:
        self._turns = 0

    def feed(self) -> None:
        self._turns += 1
        if self._turns > 10:
            for each in sorted(SPI.told):
                print(each, SPI.told[each])
            raise SystemExit

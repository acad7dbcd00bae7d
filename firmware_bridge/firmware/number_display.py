"""A number display at a counter: a Pico of its own, which listens to the chain. Its `main.py`."""

import time

from firmware_bridge import wire

BAUD = 9600
DARK_MS = 5000  # the chain repeats each second; a number older than this may be wrong
WATCHDOG_MS = 2000
RECEIVE, CLOCK, DATA, SELECT = 1, 2, 3, 5
PLACE_PINS = 6, 7, 8, 9  # to ground: 1, 2, 4, 8 more than 1
SETUP = ((0x0F, 0), (0x09, 0), (0x0A, 8), (0x0B, 7), (0x0C, 1))
"""MAX7219: no test, segments as given, half bright, eight digits, on."""


class Display:
    """Of a place. Bytes of the chain and the time, in milliseconds, come as arguments."""

    def __init__(self, place: int) -> None:
        self._place = place
        self._decoder = wire.Decoder()
        self._digits, self._told_at = bytes(8), 0

    def take(self, data: bytes, now: int) -> None:
        """Bytes of the chain."""
        for packet in self._decoder.feed(data):
            if packet[0] == self._place and len(packet) == 9:
                self._digits, self._told_at = packet[1:], now

    def digits(self, now: int) -> bytes:
        """Eight digits from the left, a segment each bit from a; dark without news."""
        return self._digits if now - self._told_at < DARK_MS else bytes(8)


def registers(digits: bytes) -> "list[bytes]":
    """What a MAX7219 is told, register and value: digit 8 is the leftmost, and bit 6 is a."""
    values = [sum([(digit >> bit & 1) << 6 - bit for bit in range(7)]) for digit in digits]
    return [bytes((8 - at, value)) for at, value in enumerate(values)]


def main() -> None:
    """For ever."""
    import machine

    pins = [machine.Pin(pin, machine.Pin.IN, machine.Pin.PULL_UP) for pin in PLACE_PINS]
    display = Display(1 + sum([(1 - pin.value()) << bit for bit, pin in enumerate(pins)]))
    chain = machine.UART(0, BAUD, rx=machine.Pin(RECEIVE))
    digits = machine.SPI(0, sck=machine.Pin(CLOCK), mosi=machine.Pin(DATA))
    select = machine.Pin(SELECT, machine.Pin.OUT, value=1)
    watchdog = machine.WDT(timeout=WATCHDOG_MS)
    while True:
        watchdog.feed()
        now = time.time_ns() // 1_000_000
        display.take(chain.read() or b"", now)
        # Set up each time: a jolt of the supply would else leave it dark.
        for each in [bytes(pair) for pair in SETUP] + registers(display.digits(now)):
            select.value(0)
            digits.write(each)
            select.value(1)
        time.sleep(0.01)


if __name__ == "__main__":
    main()

"""What `pins.py` needs of MicroPython's `machine` on a Pico. Ends the firmware after some turns."""

used: set[int] = set()


class Pin:
    IN, OUT, PULL_UP, PULL_DOWN = 0, 1, 1, 2

    def __init__(self, number: int, mode: int = IN, pull: int = 0, value: int = 0) -> None:
        assert 0 <= number <= 28
        assert number not in (23, 24, 25), "not led out"
        assert number not in used, "wired twice"
        used.add(number)
        self._level = int(pull == Pin.PULL_UP)

    def value(self, level: int | None = None) -> int:
        if level is not None:
            self._level = int(level)
        return self._level


class UART:
    def __init__(self, number: int, baud: int, tx: Pin) -> None:
        self.written = b""

    def write(self, data: bytes) -> None:
        self.written += data

    def flush(self) -> None: ...


class ADC:
    def __init__(self, channel: int) -> None:
        assert channel == 4

    def read_u16(self) -> int:
        return 14022


class WDT:
    def __init__(self, timeout: int) -> None:
        assert timeout <= 8388
        self._turns = 0

    def feed(self) -> None:
        self._turns += 1
        if self._turns > 300:
            raise SystemExit

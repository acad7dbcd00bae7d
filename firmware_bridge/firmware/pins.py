"""The one file that knows the board: a Raspberry Pi Pico, wired as docs/controller.md says."""

import select
import sys
import time

import machine

from firmware_bridge.firmware.loop import run

FIRST_BUTTON = 3  # GP3–GP14: next, recall, no-show of places 1–4, each to ground
FIRST_LAMP = 15  # GP15–GP18: lamps of places 1–4; GP19: the unit's
UNIT_LAMP = 19
CONTACTS = {1: 20, 2: 21, 3: 22, 4: 26}  # presence, door, tamper, power failing: so when high
CHAIN_TRANSMIT, CHAIN_ENABLE, CHAIN_BAUD = 0, 2, 9600
WATCHDOG_MS = 2000
WAIT_MS = 5


class Pico:
    """The Pi is at the USB socket. `places`: of the counters wired to it; `capabilities`: as Hello
    says them."""

    places = (1, 2, 3, 4)
    capabilities = 0x3F

    def __init__(self) -> None:
        self._poll = select.poll()
        self._poll.register(sys.stdin, select.POLLIN)
        self._asked_at = time.time_ns()
        self._inputs = self._wire_inputs()
        lamps = [(0, UNIT_LAMP)] + [(each, FIRST_LAMP + each - 1) for each in self.places]
        self._lamps = {place: machine.Pin(pin, machine.Pin.OUT) for place, pin in lamps}
        self._chain = machine.UART(0, CHAIN_BAUD, tx=machine.Pin(CHAIN_TRANSMIT))
        self._enable = machine.Pin(CHAIN_ENABLE, machine.Pin.OUT, value=0)
        self._thermometer = machine.ADC(4)
        self._watchdog = machine.WDT(timeout=WATCHDOG_MS)

    def elapsed(self) -> int:
        """Milliseconds since it was asked last."""
        passed = (time.time_ns() - self._asked_at) // 1_000_000
        self._asked_at += passed * 1_000_000
        return passed

    def read(self) -> bytes:
        """What came from the Pi, within a few milliseconds; empty when nothing."""
        data = b""
        wait = WAIT_MS
        while len(data) < 64 and self._poll.poll(wait):
            data += sys.stdin.buffer.read(1)
            wait = 0
        return data

    def write(self, data: bytes) -> None:
        """To the Pi. What it does not take is lost."""
        try:
            sys.stdout.buffer.write(data)
        except OSError:  # nobody reads
            pass

    def inputs(self) -> dict[bytes, bool]:
        """Level of each button and contact, by its message without the level."""
        return {key: pin.value() == active for key, (pin, active) in self._inputs.items()}

    def celsius(self) -> int:
        """The temperature inside the unit."""
        # RP2040 datasheet, 4.9.5: 0.706 V at 27 °C, 1.721 mV less for each degree.
        volts: float = self._thermometer.read_u16() * 3.3 / 65535
        return round(27 - (volts - 0.706) / 0.001721)

    def set_lamp(self, place: int, lit: bool) -> None:
        """Light or darken a lamp; place 0 is the unit's own."""
        self._lamps[place].value(lit)

    def send_to_chain(self, data: bytes) -> None:
        """To the number displays."""
        self._enable.value(1)
        self._chain.write(data)
        self._chain.flush()
        self._enable.value(0)

    def alive(self) -> None:
        """The loop goes round. A board starts again when this does not come."""
        self._watchdog.feed()

    def restart(self) -> None:
        """Start again, as when it got power."""
        machine.reset()

    def _wire_inputs(self) -> dict[bytes, tuple[machine.Pin, int]]:
        wired = {}
        for place in self.places:
            for button in (1, 2, 3):
                pin = FIRST_BUTTON + 3 * (place - 1) + button - 1
                wired[bytes((0x10, place, button))] = (
                    machine.Pin(pin, machine.Pin.IN, machine.Pin.PULL_UP),
                    0,
                )
        for contact, pin in CONTACTS.items():
            pull = machine.Pin.PULL_DOWN if contact == 1 else machine.Pin.PULL_UP
            wired[bytes((0x11, contact))] = machine.Pin(pin, machine.Pin.IN, pull), 1
        return wired


def work() -> None:
    """For ever."""
    run(Pico())

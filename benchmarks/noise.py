"""`python -m benchmarks.noise [BYTES]`: random bytes, ten million by default, into each parser of a
wire: none raises, none grows, and none believes more than its check sum lets through."""

import os
import random
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from drivers.escpos_dialogue import EscposDialogue
from drivers.escpos_interpreter import BUFFER, EscposInterpreter
from drivers.keyboard_scanner import KeyReader
from drivers.printer_line import PrinterLine
from drivers.scanner import CodeCheck
from drivers.serial_scanner import LineAssembler
from drivers.simulated_gm65 import SimulatedGm65
from firmware_bridge import wire
from firmware_bridge.link import HELLO, Link

CHUNK = 4096
HELLO_OF_PI = wire.encode(bytes((HELLO, 0x12, 0x34, 0, 1, 0)))
PATIENCE = 60.0
DRAWING = 20
"""The printer's twin draws what it is told, which takes long: it gets a part of the bytes."""

Feed = Callable[[bytes], int]
"""Takes noise; returns how many things it believed."""


def main(size: int) -> None:
    """Print a row for each parser."""
    print("| parser | bytes | believed | of | grown by |\n|---|---|---|---|---|")
    with TemporaryDirectory() as folder:
        for name, feed, of in parsers(Path(folder)):
            chunks = size // CHUNK // (DRAWING if feed.__name__ == "interpret" else 1)
            noise, believed, before = random.Random(2026), 0, 0
            for number in range(chunks):
                believed += feed(noise.randbytes(CHUNK))
                before = before or (number > chunks // 10) * resident()
            grown = resident() - before
            print(f"| {name} | {chunks * CHUNK} | {believed} | {of()} | {grown} KiB |", flush=True)


def resident() -> int:
    """The most memory so far, in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def parsers(folder: Path) -> list[tuple[str, Feed, Callable[[], str]]]:
    """Name, parser, and what its number is to be measured by."""
    decoder, link = wire.Decoder(), Link(31)
    checks = CodeCheck(), CodeCheck()
    lines, typed, keys = LineAssembler(checks[0]), LineAssembler(checks[1]), KeyReader()
    gm65 = SimulatedGm65(folder / "scanner")
    paper: list[object] = []
    interpreter = EscposInterpreter(384, paper.append, lambda: None)

    def hear(data: bytes) -> int:
        link.transmit(0)
        return len(link.receive(HELLO_OF_PI + data, 0))

    def interpret(data: bytes) -> int:
        before = len(paper)
        interpreter.feed(data)
        while interpreter.step():
            pass
        if interpreter.room < BUFFER - 200_000:
            interpreter.clear()  # it waits for the data of a long picture, as a printer would
        made, paper[before:] = len(paper) - before, []
        return made

    def obey(data: bytes) -> int:
        before = len(gm65.zones)
        gm65._receive(data)
        return len(gm65.zones) - before

    return [
        ("controller's line: packets", lambda data: len(decoder.feed(data)), by_crc(decoder)),
        (
            "a link that is up: messages",
            hear,
            by_crc(link.decoder),
        ),
        ("serial scanner: codes", lambda data: len(lines.feed(data)), refused(checks[0])),
        ("keys: codes", lambda data: len(typed.feed(keys.feed(data))), refused(checks[1])),
        ("scanner module's twin: commands", obey, lambda: "a CRC of 16 bits"),
        ("printer's answers: whole states", status_of, lambda: "4 answers in the right form each"),
        ("printer's twin: tickets", interpret, lambda: "GS V in the noise"),
    ]


def status_of(data: bytes) -> int:
    """A printer that answers each question with noise."""
    heard, said = os.pipe()
    os.write(said, data)
    os.close(said)
    line = NoisyLine(heard)
    dialogue = EscposDialogue(line, PATIENCE)
    states = 0
    try:
        while not line.ended:
            states += dialogue.status() is not None
    finally:
        dialogue.close()
    return states


class NoisyLine(PrinterLine):
    """Questions go nowhere; answers come from a pipe."""

    def __init__(self, heard: int) -> None:
        super().__init__(heard, lambda: os.close(heard))
        self._heard = heard
        self.ended = False

    def send(self, data: bytes) -> None:
        pass

    def read(self, within: float) -> int | None:
        byte = os.read(self._heard, 1)
        self.ended = not byte
        return byte[0] if byte else None


def by_crc(decoder: wire.Decoder) -> Callable[[], str]:
    """How many the CRC lets through."""

    def expected() -> str:
        tried = decoder.refused[wire.CRC]
        return f"{tried / 65536:.2f} expected: {tried} came as far as the CRC"

    return expected


def refused(check: CodeCheck) -> Callable[[], str]:
    """A scanner's line has no check sum: what is printable is a code."""
    return lambda: f"{check.refused} refused"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000)

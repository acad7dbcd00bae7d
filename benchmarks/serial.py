"""`python -m benchmarks.serial [BYTES]`: random bytes, ten million by default, into the decoder of
the serial line and into a link that is up."""

import random
import sys
import time

from firmware_bridge import wire
from firmware_bridge.link import HELLO, Link

CHUNK = 4096
SESSION = 0x1234


def main(size: int) -> None:
    """Print how many packets and messages the noise made, and how fast it was read."""
    noise, end = random.Random(2026), Link(31)
    hello = wire.encode(bytes((HELLO, SESSION >> 8, SESSION & 0xFF, 0, 1, 0)))
    messages, spent, out = 0, 0.0, 0
    for now in range(size // CHUNK):
        data = noise.randbytes(CHUNK)
        start = time.perf_counter()
        messages += len(end.receive(hello + data, now))
        out = max(out, len(end.transmit(now)))
        spent += time.perf_counter() - start
    refused = end.decoder.refused
    tried = refused[wire.CRC]
    print(f"{size} random bytes in {spent:.1f} s: {messages} false messages.")
    print(f"{tried} pieces came as far as the CRC, which lets one in 65536 through: ", end="")
    print(f"{tried / 65536:.2f} expected. Longest answer: {out} bytes.")
    print(", ".join(f"{reason}: {count}" for reason, count in refused.items()))


main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000)

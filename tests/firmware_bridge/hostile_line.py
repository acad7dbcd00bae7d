"""A serial line that splits, delays, loses, duplicates and corrupts, in virtual milliseconds."""

import random
from dataclasses import dataclass, field

from firmware_bridge.wire import Decoder


@dataclass
class HostileLine:
    """One direction. `harm` is the share of writes that suffer; the order of bytes is kept."""

    chance: random.Random
    harm: float
    cut: bool = False
    _under_way: list[tuple[int, bytes]] = field(default_factory=list)
    _last: int = 0

    def write(self, data: bytes, now: int) -> None:
        if not data or self.cut:
            return
        if self.chance.random() < self.harm:
            data = self._damaged(data)
        cut = self.chance.randrange(len(data) + 1)
        for piece in (data[:cut], data[cut:]):
            delay = self.chance.randrange(120) if self.chance.random() < self.harm else 0
            self._last = max(self._last, now + delay)
            self._under_way.append((self._last, piece))

    def read(self, now: int) -> bytes:
        arrived = [piece for at, piece in self._under_way if at <= now]
        self._under_way = self._under_way[len(arrived) :]
        return b"".join(arrived)

    def _damaged(self, data: bytes) -> bytes:
        damaged = self._anyhow(data)
        return damaged if _detectable(data, damaged) else b""

    def _anyhow(self, data: bytes) -> bytes:
        place = self.chance.randrange(len(data))
        return self.chance.choice(
            [
                b"",
                data[:place],
                data + data,
                data[:place] + data[place + 1 :],
                data[:place] + self.chance.randbytes(1) + data[place + 1 :],
                self.chance.randbytes(place) + data,
            ]
        )


def _detectable(data: bytes, damaged: bytes) -> bool:
    """Damage that a CRC of 16 bits cannot see is left out: test_wire counts how rare it is."""
    return set(Decoder().feed(damaged + b"\0")) <= set(Decoder().feed(data))

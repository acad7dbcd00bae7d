"""What a card was given, write by write, and what would be on it had its power gone at any moment.

QEMU notes the writes (blklogwrites) as Linux's dm-log-writes does. Source: Linux,
Documentation/admin-guide/device-mapper/log-writes.rst.
"""

import os
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from image.tools import run

SECTOR = 512
_HEAD = struct.Struct("<QQQQ")
"""First sector, sectors, kind, bytes of a mark."""

_FLUSH, _DURABLE, _DISCARD = 1, 2, 4
PIECE = 2**20

SHARE = 0.5
"""Of what a card need not hold yet."""


@dataclass(frozen=True, slots=True)
class Write:
    """Of `size` bytes at the card's byte `at`; they stand at the log's byte `data`, up to `end`.

    `holds`: once the card has answered, all before it is there for ever.
    """

    at: int
    size: int
    data: int
    end: int
    holds: bool
    discards: bool


def writes(log: Path) -> Iterator[Write]:
    """All that were noted in full, in order."""
    whole = log.stat().st_size
    with log.open("rb") as file:
        place = SECTOR  # after the log's own head
        while place + SECTOR <= whole:
            file.seek(place)
            sector, sectors, kind, _ = _HEAD.unpack(file.read(_HEAD.size))
            size = sectors * SECTOR
            discards = bool(kind & _DISCARD)
            end = place + SECTOR + (0 if discards else size)
            if (not sectors and not kind) or end > whole:
                return
            holds = bool(kind & (_FLUSH | _DURABLE))
            yield Write(sector * SECTOR, size, place + SECTOR, end, holds, discards)
            place = end


def cut_cards(
    card: Path,
    noted: Path,
    given: Sequence[Write],
    moments: Sequence[int],
    folder: Path,
    chance: Random,
) -> Iterator[Path]:
    """For each of `moments`, numbers in `given` that grow: a card whose power goes right after that
    write. It has all until it last had to answer, and of the rest what `chance` says.

    `card`: as it was before. Each cut is gone with the next.
    """
    sure, place, done = folder / "sure.img", folder / "cut.img", 0
    _copy(card, sure)
    with noted.open("rb") as source:
        for moment in moments:
            held = (number for number in range(done, moment + 1) if given[number].holds)
            answered = max(held, default=done - 1) + 1
            with sure.open("r+b") as file:
                _repeat(given[done:answered], source.fileno(), file.fileno())
            done = answered
            _copy(sure, place)
            rest = [each for each in given[done : moment + 1] if chance.random() < SHARE]
            with place.open("r+b") as file:
                _repeat(rest, source.fileno(), file.fileno())
            yield place
    sure.unlink()
    place.unlink(missing_ok=True)


def _copy(card: Path, to: Path) -> None:
    run("cp", "--sparse=auto", card, to)


def _repeat(given: Sequence[Write], noted: int, card: int) -> None:
    for each in given:
        for begin in range(0, 0 if each.discards else each.size, PIECE):
            piece = os.pread(noted, min(PIECE, each.size - begin), each.data + begin)
            os.pwrite(card, piece, each.at + begin)

"""What was found once stays mended; and a few seconds of looking for more."""

from pathlib import Path

import pytest

from tests.hostile.kept import KioskStore, Log, Rows
from tests.hostile.said import Target

FOUND = [
    (Log, b"\x01\x00\x00"),  # a log of one byte was a new one, with numbers from 1 again
    (Rows, b'3 ticket_cancelled {"ticket": "morning-2"}'),  # of a ticket that is not there
    (KioskStore, b"\x00;2\x09\xff\xff)\x10\x00\x00"),  # a column was gone
    (KioskStore, b'\x00bd@"o\xb6\x09y'),  # so was another; it was taken for a fault of the disk
    (KioskStore, b"seen_at 5"),
    (KioskStore, b'seen_at "2026-11-24T08:00:00"'),  # of no zone: cannot be compared
]


@pytest.mark.parametrize(("target", "data"), FOUND)
def test_what_was_found_is_mended(target: type[Target], data: bytes, tmp_path: Path) -> None:
    target(tmp_path)(data)

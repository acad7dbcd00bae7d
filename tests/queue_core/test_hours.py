"""When something opens next: after breaks, evenings, weekends and holidays."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from queue_core.centre import Centre

RIGA = ZoneInfo("Europe/Riga")


@pytest.mark.parametrize(
    ("institution", "moment", "opens"),
    [
        ("vsaa", "2026-11-24T07:59", "2026-11-24T08:00"),  # before it opens
        ("vsaa", "2026-11-24T12:10", "2026-11-24T12:30"),  # lunch
        ("vsaa", "2026-11-24T17:00", "2026-11-25T08:00"),  # the evening
        ("vsaa", "2026-11-27T15:30", "2026-11-30T08:00"),  # a weekend
        ("vsaa", "2026-12-23T18:00", "2026-12-28T08:00"),  # a holiday and a weekend
        ("nva", "2026-12-22T16:00", "2026-12-29T09:00"),  # its next day is a holiday
        ("vzd", "2026-12-17T16:00", "2027-01-07T09:00"),  # its next two days are holidays
        ("vzd", "2026-03-26T16:00", "2026-04-02T09:00"),  # summer time begins between
    ],
)
def test_the_next_opening(centre: Centre, institution: str, moment: str, opens: str) -> None:
    hours = centre.institutions[institution].hours
    local = datetime.fromisoformat(moment).replace(tzinfo=RIGA)
    assert not hours.open_at(local)
    assert hours.next_opening(local) == datetime.fromisoformat(opens).replace(tzinfo=RIGA)

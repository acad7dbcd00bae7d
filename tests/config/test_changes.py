"""What a lead changes lies over the site file, is checked as it is, and gives way to it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from config.changes import (
    Change,
    ConflictError,
    Version,
    changed,
    differences,
    leads,
    read_versions,
    still_good,
    tables_of,
    with_tables,
    write_version,
)
from config.load import ConfigError
from config.settings import Settings

EARLIER = Change(table="site", key="slot_target_minutes", was=None, now=20)
NOTICE: Any = {"text": {"lv": "Slēgts.", "en": "Closed."}, "first_day": "2026-11-25"}


def test_changes_lie_over_the_site_file(demo_settings: Settings) -> None:
    tables = tables_of(demo_settings)
    assert with_tables(demo_settings, tables).to_centre().services == (
        demo_settings.to_centre().services
    )
    wanted = [
        EARLIER,
        Change(table="notice", was=tables["notice"], now=[NOTICE]),
        Change(table="service", id="vid-eds", key="offered", now=False),
    ]
    after = changed(tables, wanted)
    assert [each.place for each in differences(tables, after)] == [
        ("site", "", "slot_target_minutes"),
        ("service", "vid-eds", "offered"),
        ("notice", "", ""),
    ]
    centre = with_tables(demo_settings, after).to_centre()
    assert not centre.services["vid-eds"].offered
    assert centre.services["vid-eds"].slot_target.total_seconds() == 20 * 60
    assert centre.notices_on(datetime(2026, 11, 24, tzinfo=UTC).date()) == ()
    assert centre.notices_on(datetime(2026, 11, 25, tzinfo=UTC).date()) == (NOTICE["text"],)


def test_a_later_edit_of_the_site_file_wins(demo_settings: Settings) -> None:
    edited = changed(tables_of(demo_settings), [EARLIER.model_copy(update={"now": 9})])
    other = Change(table="site", key="expected_minutes", now=3)
    assert list(still_good(edited, [EARLIER, other])) == [other]


@pytest.mark.parametrize(
    "change",
    [
        Change(table="service", id="vid-eds", key="series", was="B", now="A"),
        Change(table="service", id="nobody", key="walk_in", now=False),
        Change(table="site", key="booking_secret", was=None, now="something else"),
        Change(table="notice", key="text"),
    ],
)
def test_what_is_not_a_leads_stays(demo_settings: Settings, change: Change) -> None:
    with pytest.raises(ConflictError):
        changed(tables_of(demo_settings), [change])


def test_a_mistake_is_named_by_its_path(demo_settings: Settings) -> None:
    tables = tables_of(demo_settings)
    with pytest.raises(ConfigError) as error:
        with_tables(demo_settings, {**tables, "notice": [{"text": {"lv": "Slēgts."}}]})
    assert [each.key for each in error.value.problems] == ["notice[0].text"]


def test_versions_are_files(tmp_path: Path) -> None:
    at = datetime(2026, 11, 24, 8, tzinfo=UTC)
    first = Version(number=1, at=at, by="ilze", role="lead", order="o", change=(EARLIER,))
    second = first.model_copy(update={"number": 2, "change": ()})
    write_version(tmp_path, second)
    write_version(tmp_path, first)
    (tmp_path / "00003.toml").write_text("number = ")
    assert read_versions(tmp_path) == [first, second]


def test_where_there_is_no_lead_clerks_decide(demo_settings: Settings) -> None:
    staff = demo_settings.staff
    clerks = [each.model_copy(update={"role": "clerk"}) for each in staff]
    assert leads(clerks) == {each.id for each in staff}
    assert leads([*clerks, staff[0].model_copy(update={"id": "ilze", "role": "lead"})]) == {"ilze"}

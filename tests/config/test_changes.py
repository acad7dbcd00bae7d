"""What a lead changes lies over the site file, is checked as it is, and gives way to it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from config.changes import (
    Change,
    ConflictError,
    changed,
    differences,
    gone,
    leads,
    still_good,
    tables_of,
    with_gone,
    with_tables,
)
from config.load import ConfigError
from config.settings import Settings
from config.versions import (
    Version,
    bring_back,
    misfits,
    next_number,
    read_versions,
    write_version,
)

AT = datetime(2026, 11, 24, 8, tzinfo=UTC)
VERSION: Any = {"number": 1, "at": AT, "by": "ilze", "role": "lead", "order": "o"}
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


SERVICE: Any = {"id": "x", "institution": "lad", "series": "C", "name": {"lv": "X", "en": "X"}}


def test_entries_come_and_go_as_wholes(demo_settings: Settings) -> None:
    tables = tables_of(demo_settings)
    counter = tables["counter"][-1]
    after = {
        **tables,
        "service": [*tables["service"], SERVICE],
        "counter": tables["counter"][:-1],
    }
    steps = differences(tables, after)
    assert [(*each.place, each.was, each.now) for each in steps] == [
        ("service", "x", "", None, SERVICE),
        ("counter", counter["id"], "", counter, None),
    ]
    assert changed(tables, steps) == after
    once = gone(tables, after, steps)
    assert once == {"service": [], "counter": [counter]}
    named = with_gone(with_tables(demo_settings, after), once).to_centre()
    assert named.counters.keys() == demo_settings.to_centre().counters.keys()


@pytest.mark.parametrize(
    "change",
    [
        Change(table="service", id="vid-eds", now={**SERVICE, "id": "vid-eds"}),
        Change(table="service", id="y", now=SERVICE),
        Change(table="service", id="y", now="nothing"),
        Change(table="service", id="vid-eds", was=SERVICE),
    ],
)
def test_an_entry_that_is_there_is_not_added_nor_another_taken_away(
    demo_settings: Settings, change: Change
) -> None:
    with pytest.raises(ConflictError):
        changed(tables_of(demo_settings), [change])


def test_a_mistake_is_named_by_its_path(demo_settings: Settings) -> None:
    tables = tables_of(demo_settings)
    with pytest.raises(ConfigError) as error:
        with_tables(demo_settings, {**tables, "notice": [{"text": {"lv": "Slēgts."}}]})
    assert [each.key for each in error.value.problems] == ["notice[0].text"]


def test_what_cannot_be_kept_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "00001.toml").mkdir()  # in the way
    with pytest.raises(OSError, match="00001"):
        write_version(tmp_path, Version(**VERSION))
    assert [each.name for each in tmp_path.iterdir()] == ["00001.toml"]


def test_versions_are_files(tmp_path: Path) -> None:
    first = Version(**VERSION, change=(EARLIER,))
    second = first.model_copy(update={"number": 2, "change": ()})
    write_version(tmp_path, second)
    write_version(tmp_path, first)
    (tmp_path / "00003.toml").write_text("number = ")
    assert read_versions(tmp_path) == [first, second]


def test_no_file_is_overwritten_and_what_does_not_count_is_named(
    demo_settings: Settings, tmp_path: Path
) -> None:
    assert next_number(tmp_path) == 1
    renamed = Change(table="service", id="vid-eds", key="name", was={"lv": "x" * 100})
    write_version(tmp_path, Version(**VERSION, change=(EARLIER, renamed)))
    (tmp_path / "00002.toml").write_text("number = ")
    assert next_number(tmp_path) == 3
    line = (tmp_path / "00001.toml").read_text().splitlines().index('id = "vid-eds"')
    said = [str(each) for each in misfits(demo_settings, tmp_path)]
    assert said == [
        f"{tmp_path}/00002.toml: is not a version that can be read: it is left out",
        f"{tmp_path}/00001.toml:{line - 1}: service.vid-eds.name: does not count: "
        "the site file was edited since",
    ]


def test_that_nothing_counts_is_said(demo_settings: Settings, tmp_path: Path) -> None:
    late = Change(table="service", id="x", now={**SERVICE, "institution": "nowhere"})
    write_version(tmp_path, Version(**VERSION, change=(late,)))
    (only,) = misfits(demo_settings, tmp_path)
    assert only.message == "there is no institution 'nowhere'; so none of the changes counts"


def test_only_what_is_missing_is_brought_back(tmp_path: Path) -> None:
    write_version(tmp_path, Version(**VERSION))
    content = (tmp_path / "00001.toml").read_text()
    (tmp_path / "00001.toml").unlink()
    files = {"00001.toml": content, "00002.toml": content, "../x.toml": content, "y": "rust"}
    assert bring_back(tmp_path, files) == 1
    assert bring_back(tmp_path, files) == 0
    assert [each.name for each in tmp_path.iterdir()] == ["00001.toml"]


def test_where_there_is_no_lead_clerks_decide(demo_settings: Settings) -> None:
    staff = demo_settings.staff
    clerks = [each.model_copy(update={"role": "clerk"}) for each in staff]
    assert leads(clerks) == {each.id for each in staff}
    assert leads([*clerks, staff[0].model_copy(update={"id": "ilze", "role": "lead"})]) == {"ilze"}

"""Settings: merged, checked as a whole, every mistake named at once."""

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.lines import key_lines, line_of
from config.load import ConfigError, Problem, load_bookings, load_settings
from config.settings import Settings
from rinda.command import BAD_SETTINGS, main
from tests.conftest import DEMO, MORNING, ROOT

Broken = Callable[..., tuple[Problem, ...]]


@pytest.fixture
def broken(tmp_path: Path) -> Broken:
    """The problems of the demonstration site after replacing texts in it."""

    def problems(*changes: tuple[str, str]) -> tuple[Problem, ...]:
        text = (DEMO / "site.toml").read_text()
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        path = tmp_path / "site.toml"
        path.write_text(text)
        with pytest.raises(ConfigError) as caught:
            load_settings([path], {})
        return caught.value.problems

    return problems


def test_later_sources_win(tmp_path: Path) -> None:
    unit = tmp_path / "unit.toml"
    unit.write_text('[broker]\nhost = "hub"\nport = 1884\n[kiosk.printer]\nkind = "file"\n')
    environment = {"RINDA_BROKER__PORT": "1885", "RINDA_UNIT__ID": "kiosk-2", "RINDA": "x"}
    settings = load_settings([DEMO / "site.toml", unit], environment)
    assert (settings.broker.host, settings.broker.port) == ("hub", 1885)
    assert (settings.unit.id, settings.kiosk.printer.kind) == ("kiosk-2", "file")
    assert settings.kiosk.printer.baud == 19200


def test_all_mistakes_are_named_at_once_with_their_lines(broken: Broken) -> None:
    problems = broken(
        ('timezone = "Europe/Riga"', 'timezne = "Europe/Riga"'),
        ('"08:00-12:00", "12:30-18:00"', '"8 to 12"'),
        ('series = "B"', 'series = "BB"'),
    )
    lines = (DEMO / "site.toml").read_text().splitlines()
    first_b = next(n for n, line in enumerate(lines, 1) if line == 'series = "B"')
    found = {each.key: (each.line, each.message) for each in problems}
    assert set(found) == {"site.timezne", "institution[0].hours.monday[0]", "service[5].series"}
    assert "did you mean timezone?" in found["site.timezne"][1]
    assert found["service[5].series"][0] == first_b
    assert "08:00-12:00" in found["institution[0].hours.monday[0]"][1]


def test_what_tables_say_of_each_other_is_checked(broken: Broken) -> None:
    problems = broken(
        ('institution = "vid"', 'institution = "vidd"'),
        ('serves = ["novads", "vsaa", "vid", "lad"]', 'serves = ["novads", "nothing"]'),
        ('id = "klientu-2"', 'id = "klientu-1"'),
        ('name = { lv = "LAD", en = "LAD" }', 'name = { lv = "LAD" }'),
        ('text.en = "The centre is closed from 24 to 26 December."', ""),
        ('waiting_place.en = "Please take a seat in the hall, near the board."', ""),
        ('services = ["vsaa-gimene", "novads-dzivesvieta"]', 'services = ["vsaa"]'),
        ('computer_service = "dators"', 'computer_service = "vsaa-konsultacija"'),
    )
    assert [each.key for each in problems] == [
        "staff[1].id",
        "site.waiting_place",
        "institution[2].name",
        "notice[0].text",
        "service[5].institution",
        "situation[1].services",
        "site.computer_service",
        "counter[0].serves",
    ]
    assert all(each.line for each in problems)


def test_a_missing_setting_points_at_its_table(broken: Broken) -> None:
    (problem,) = broken(('booking_secret = "demonstration only, not a secret"\n', ""))
    assert (problem.key, problem.message) == ("site.booking_secret", "is missing")
    assert problem.line == (DEMO / "site.toml").read_text().splitlines().index("[site]") + 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"[site\n", "a bracket ] is missing at the end"),
        (b'[site]\nname = "\xff"\n', "UTF-8"),
        ("[site]\nid = “demo”\n".encode(), "text stands in quotes"),
        (None, "cannot be read"),
    ],
)
def test_unreadable_files(tmp_path: Path, content: bytes | None, words: str) -> None:
    path = tmp_path / "site.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        load_settings([path], {})
    assert words in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_byte_order_mark_and_windows_line_ends_are_no_mistake(tmp_path: Path) -> None:
    path = tmp_path / "site.toml"
    text = (DEMO / "site.toml").read_text().replace("\n", "\r\n")
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    (tmp_path / "bookings.toml").write_bytes((DEMO / "bookings.toml").read_bytes())
    assert load_settings([path], {}).site.id == "demo"


def test_a_wrong_environment_names_the_environment() -> None:
    with pytest.raises(ConfigError) as caught:
        load_settings([DEMO / "site.toml"], {"RINDA_BROKER__PORT": "many"})
    assert str(caught.value).startswith("environment: broker.port")


@pytest.mark.parametrize("turn", [1, -1])
def test_an_environment_that_contradicts_itself_is_a_problem(turn: int) -> None:
    names = ("RINDA_BROKER__PORT", "RINDA_BROKER__PORT__X")[::turn]
    with pytest.raises(ConfigError) as caught:
        load_settings([DEMO / "site.toml"], dict.fromkeys(names, "3"))
    assert str(caught.value).startswith("environment: broker.port")


def test_bookings(demo_settings: Settings) -> None:
    bookings = load_bookings(demo_settings)
    assert bookings[0].starts_at == datetime(2026, 11, 24, 10, 40)  # noqa: DTZ001 - local
    site = demo_settings.site.model_copy(update={"bookings_file": ""})
    assert load_bookings(demo_settings.model_copy(update={"site": site})) == ()


BOOKING = '[[booking]]\ncode = "{}"\nservice = "{}"\nstarts_at = {}\n'


@pytest.mark.parametrize(
    ("content", "keys_and_lines"),
    [
        (
            BOOKING.format("SECRET10", "vsaa-pensija", '"soon"'),
            [("booking[0].code", 2), ("booking[0].starts_at", 4)],
        ),
        (
            BOOKING.format("SECRETAB", "vsaa-pensija", "2026-11-24T10:40:00")
            + BOOKING.format("SECRETAB", "nothing", "2026-11-24T11:00:00"),
            [("booking[1].service", 7), ("booking[1].code", 6)],
        ),
        ('[booking]\ncode = "SECRETAB"\n', [("booking", 1)]),
    ],
)
def test_mistakes_in_bookings_are_named_and_codes_are_not(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    content: str,
    keys_and_lines: list[tuple[str, int]],
) -> None:
    site = tmp_path / "site.toml"
    site.write_text((DEMO / "site.toml").read_text())
    (tmp_path / "bookings.toml").write_text(content)
    with pytest.raises(ConfigError) as caught:
        load_bookings(load_settings([site], {}))
    assert [(each.key, each.line) for each in caught.value.problems] == keys_and_lines
    assert "SECRET" not in str(caught.value)
    assert main(["config", "check", "--site", str(site)]) == BAD_SETTINGS
    assert capsys.readouterr().err == f"{caught.value}\n"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('booking_secret = "demonstration only, not a secret"', 'booking_secret = "hunter2"'),
        ('pin = "scrypt', 'pin = "hunter2'),
        ("[[staff]]", "[broker]\npassword = 7072\n\n[[staff]]"),
        ('"demonstration only, not a secret"', "7072"),
        ("[site]", 'staff = ["hunter2"]\n[site]'),
        ("[site]", 'broker = "hunter2"\n[site]'),
    ],
)
def test_secrets_are_never_repeated(broken: Broken, old: str, new: str) -> None:
    said = "\n".join(str(each) for each in broken((old, new)))
    assert said
    assert "hunter2" not in said
    assert "7072" not in said


@pytest.mark.parametrize(
    ("old", "new", "key", "words"),
    [
        ('languages = ["lv", "en"]', 'languages = ["lv", "lv"]', "site.languages", "twice"),
        ('languages = ["lv", "en"]', 'languages = ["lv", "et"]', "site.languages[1]", "en, lv"),
        ('series = "B"', 'series = "b"', "service[5].series", "one capital letter, not 'b'"),
        ('id = "vid"', 'id = "VID"', "institution[1].id", "small letters"),
        ("[site]", "clock.offset_seconds = nan\n[site]", "clock.offset_seconds", "finite"),
        ("[site]", "clock.offset_seconds = 1e300\n[site]", "clock.offset_seconds", "at most"),
        ("[site]", "kiosk.printer.baud = -5\n[site]", "kiosk.printer.baud", "1200"),
        ("[site]", "kiosk.scanner.baud = 1e9\n[site]", "kiosk.scanner.baud", "921600"),
        ("[site]", 'kiosk.printer.kind = "network"\n[site]', "kiosk.printer.host", "is missing"),
        ("[site]", 'desk.host = "0.0.0.0"\n[site]', "desk.host", "rinda page"),
        (
            "[site]",
            'identity = [{ id = "broker", role = "kiosk" }]\n[site]',
            "identity[0].id",
            "kept",
        ),
        ("[site]", "[[site]]", "site", "write [site]"),
    ],
)
def test_values_that_no_site_can_mean(
    broken: Broken, old: str, new: str, key: str, words: str
) -> None:
    (problem,) = broken((old, new))
    assert problem.key == key
    assert words in problem.message


def test_a_single_table_where_they_repeat_is_told_how_to_write_it(tmp_path: Path) -> None:
    site = tmp_path / "site.toml"
    text = (DEMO / "site.toml").read_text()
    before, _, services = text.partition("[[service]]")
    first, _, rest = services.partition("[[service]]")
    site.write_text(before + "[service]" + first + rest[rest.index("[[counter]]") :])
    with pytest.raises(ConfigError) as caught:
        load_settings([site], {})
    (problem,) = caught.value.problems
    assert (problem.key, problem.message) == ("service", "write [[service]]")
    assert problem.line == text[: text.index("[[service]]")].count("\n") + 1


def test_an_empty_name_of_the_bookings_file_means_none(tmp_path: Path) -> None:
    unit = tmp_path / "unit.toml"
    unit.write_text('[site]\nbookings_file = ""\n')
    assert load_settings([DEMO / "site.toml", unit], {}).site.bookings_file == ""


def test_the_command_says_every_mistake_and_ends_with_its_own_status(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["config", "check", "--site", str(DEMO / "site.toml")]) == 0
    assert "Paraugpils" in capsys.readouterr().out
    path = tmp_path / "site.toml"
    path.write_text("[site]\nid = 5\ncolour = 'red'\n")
    assert main(["config", "check", "--site", str(path)]) == BAD_SETTINGS
    said = capsys.readouterr().err.splitlines()
    assert f"{path}:2: site.id" in said[0]
    assert len(said) > 3


@pytest.mark.parametrize("database", ["site.toml", "site.toml/queue.db", "."])
def test_a_database_that_cannot_be_used_is_one_sentence(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    database: str,
) -> None:
    site = tmp_path / "site.toml"
    site.write_text((DEMO / "site.toml").read_text())
    (tmp_path / "bookings.toml").touch()
    monkeypatch.setenv("RINDA_MODULE__DATABASE", str(tmp_path / database))
    assert main(["module", "--site", str(site)]) == BAD_SETTINGS
    (said,) = capsys.readouterr().err.splitlines()
    assert "module.database: cannot be used" in said


@given(st.text(max_size=300))
def test_any_text_has_lines(text: str) -> None:
    lines = key_lines(text)
    assert line_of(lines, ("site", "id")) is None or "site" in text


def test_hours_know_when_they_open_next(demo_settings: Settings) -> None:
    hours = demo_settings.to_centre().institutions["lad"].hours
    assert hours.open_at(MORNING)
    assert not hours.open_at(MORNING.replace(hour=12, minute=30))
    opening = hours.next_opening(MORNING.replace(hour=20))
    assert opening
    assert (opening.day, opening.hour, opening.minute) == (25, 8, 30)
    christmas = hours.next_opening(datetime(2026, 12, 22, 13, tzinfo=MORNING.tzinfo))
    assert christmas
    assert christmas.day == 23


def test_the_settings_in_the_hardware_guide_are_good(tmp_path: Path) -> None:
    guide = (ROOT / "docs" / "hardware.md").read_text(encoding="utf-8")
    examples = re.findall(r"```toml\n(.+?)```", guide, re.DOTALL)
    assert len(examples) == 2
    for example in examples:
        unit = tmp_path / "unit.toml"
        unit.write_text(example, encoding="utf-8")
        kiosk = load_settings([DEMO / "site.toml", unit], {}).kiosk
        assert "none" not in {kiosk.printer.kind, kiosk.scanner.kind}

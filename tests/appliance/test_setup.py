"""Setup in a unit's file system, against a real hub with a real broker."""

import asyncio
import os
import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import texts
from appliance.card import read_card
from appliance.codes import Codes
from appliance.files import CABLE_FILE, SUPPLICANT, WIFI_FILE, File
from appliance.known_units import KnownUnit, KnownUnits
from appliance.setup import inputs as i
from appliance.setup import result
from appliance.setup.acts import Acts
from appliance.setup.disk import NETWORK, Disk
from appliance.setup.effects import Apply
from appliance.setup.inputs import Input
from appliance.setup.model import State
from appliance.setup.pages import page_of
from appliance.setup.service import LINE, Setup
from appliance.setup.told import Done, Told
from config.load import load_settings
from config.settings import Settings
from messaging.credentials import AUTHORITY
from messaging.messages import Outcome, Role
from tests.appliance.cards import ENROL, hub_text
from tests.appliance.test_hubs import announced, announcing
from tests.appliance.test_joining import Hub
from tests.appliance.unit_root import UnitRoot
from tests.conftest import ROOT

HERE = ["127.0.0.1"]
PASSWORD, PIN = "never-to-be-shown", "987654"
CARD = f"""
[card]
role = "kiosk"
unit = "kiosk"
hub = "127.0.0.1"
code = "{{code}}"
pin = "{PIN}"
[kiosk.printer]
kind = "none"
[kiosk.scanner]
kind = "none"
[kiosk.audio]
kind = "none"
"""


@pytest.fixture
async def hub(tmp_path: Path, demo_settings: Settings) -> AsyncIterator[Hub]:
    made = Hub(tmp_path / "hub", demo_settings)
    with made.centre.broker:
        async with made.running():
            yield made


@pytest.fixture
def unit(tmp_path: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch) -> UnitRoot:
    made = UnitRoot(tmp_path / "unit", hub.centre.port)
    for name, value in made.environment.items():
        monkeypatch.setenv(name, value)
    return made


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> UnitRoot:
    """A unit without a hub."""
    made = UnitRoot(tmp_path / "unit", 1)
    for name, value in made.environment.items():
        monkeypatch.setenv(name, value)
    return made


class Person:
    """Sees what the screen is told, and does what can be done there."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self.lines: list[bytes] = []

    async def until(self, *states: State) -> Told:
        while line := await self._reader.readline():
            self.lines.append(line)
            told = Told.model_validate_json(line)
            if told.state in states:
                return told
        raise AssertionError(f"{states} never came, only {self.lines[-1:]}")

    def does(self, what: Any, value: str = "") -> None:
        self.says(Done(did=what, value=value).model_dump_json().encode())

    def says(self, line: bytes) -> None:
        self._writer.write(line + b"\n")


@asynccontextmanager
async def starting(unit: UnitRoot, port: int) -> AsyncIterator[Person]:
    """A start of the unit before somebody who looks at its screen; it ends when setup does."""
    disk = Disk(unit.folder)
    line = disk.at(LINE)
    setup = asyncio.create_task(Setup(Acts(disk, port, HERE), line).run())
    reader, writer = await opened(line)
    yield Person(reader, writer)
    await setup
    writer.close()


async def cut_at(unit: UnitRoot, port: int, *states: State) -> None:
    """A start as a process of its own, whose power is cut when it comes to one of these."""
    command = (sys.executable, "-m", "rinda", "setup", "--root", unit.folder, "--port", str(port))
    setup = await asyncio.create_subprocess_exec(*command, cwd=ROOT)
    reader, writer = await asyncio.wait_for(opened(Disk(unit.folder).at(LINE)), 20)
    await Person(reader, writer).until(*states)
    setup.kill()
    await setup.wait()
    writer.close()


async def opened(line: Path) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    while True:
        with suppress(FileNotFoundError, ConnectionRefusedError):
            return await asyncio.open_unix_connection(line)
        await asyncio.sleep(0.01)


async def started(unit: UnitRoot, port: int) -> None:
    """A start that needs nobody."""
    disk = Disk(unit.folder)
    await asyncio.wait_for(Setup(Acts(disk, port, HERE), disk.at(LINE)).run(), 20)


def is_applied(unit: UnitRoot) -> bool:
    """As the service's own condition asks."""
    command = ["sha256sum", "--check", "--status", f"{unit.folder}/data/unit/card.sha256"]
    return subprocess.run(command, check=False).returncode == 0


@pytest.mark.whole
async def test_a_kiosk_goes_from_its_card_to_the_green_page(hub: Hub, unit: UnitRoot) -> None:
    unit.card(CARD.format(code=await hub.desk.ask("kiosk")))
    async with starting(unit, hub.port) as person:
        told = await person.until(State.PAGE)
        assert not is_applied(unit)
        person.does("go_on")
    assert told.report
    checks = {each.check: each.outcome for each in told.report.findings}
    assert checks["broker"] is Outcome.GOOD
    assert (told.unit, told.role) == ("kiosk", "kiosk")
    assert told.centre["lv"]
    assert is_applied(unit)
    assert unit.said == [
        "start --no-block rinda-setup.service",
        "reload-or-restart systemd-networkd.service",
        "restart chrony.service",
        "stop wpa_supplicant@wlan0.service",
        "daemon-reload",
        "restart chrony.service",
        "restart rinda-machine.service",
        "start queue-selftest@kiosk.service",
        "start queue-result.service",
        "daemon-reload",
        "stop rinda-setup.service",
        "start --no-block rinda.target",
    ]
    settings = load_settings([unit.folder / f"etc/rinda/{n}.toml" for n in ("site", "unit")], {})
    assert settings.unit.id == "kiosk"
    assert settings.kiosk.maintenance_pin.startswith("scrypt:")
    assert (unit.folder / "var/lib/rinda/tls" / AUTHORITY).exists()
    assert unit.text("data/unit/programs") == "rinda-machine.service\nrinda-kiosk.service\n"
    shown = b"".join(person.lines).decode()
    for secret in (PIN, settings.kiosk.maintenance_pin, settings.site.booking_secret):
        assert secret not in shown
    unit.test_quickly()
    await same_again(hub, unit)
    await another_pin(hub, unit)


async def test_a_power_cut_after_joining_does_not_need_another_code(
    hub: Hub, unit: UnitRoot
) -> None:
    unit.test_quickly()
    unit.card(CARD.format(code=await hub.desk.ask("kiosk")))
    states = (State.JOINING, State.APPLYING, State.TESTING, State.PAGE)
    for at in range(len(states)):
        await cut_at(unit, hub.port, *states[at:])
        assert not is_applied(unit)
    async with starting(unit, hub.port) as person:
        await person.until(State.PAGE)
        person.does("go_on")
    assert is_applied(unit)


async def same_again(hub: Hub, unit: UnitRoot) -> None:
    """A start that finds nothing new does nothing."""
    before, _ = unit.text("etc/rinda/unit.toml"), unit.said
    await started(unit, hub.port)
    assert unit.said == []
    assert unit.text("etc/rinda/unit.toml") == before


async def another_pin(hub: Hub, unit: UnitRoot) -> None:
    """A card that changed is applied; who has joined does not join again."""
    before = unit.text("etc/rinda/unit.toml")
    unit.card(unit.text("boot/firmware/rinda.toml").replace(PIN, "1111"))
    assert not is_applied(unit)
    async with starting(unit, hub.port) as person:
        await person.until(State.PAGE)
        person.does("go_on")
    assert State.JOINING.value not in b"".join(person.lines).decode()
    assert is_applied(unit)
    assert unit.text("etc/rinda/unit.toml") != before


@pytest.mark.parametrize("role", ["hub", "all-in-one"])
async def test_a_hub_lets_itself_in_and_awaits_its_units(role: str, alone: UnitRoot) -> None:
    alone.test_quickly()
    alone.card(hub_text(ENROL, role=role))
    (alone.folder / "boot/firmware/bookings.toml").write_text("# none\n")
    await asyncio.wait_for(alone.starts_without_rights(), 60)
    assert is_applied(alone)
    folder = alone.folder / "var/lib/rinda/tls"
    unit = "kiosk-1" if role == "all-in-one" else "hub"
    made = {each.stem for each in folder.glob("*.pem")}
    assert {"module", "desk", unit, f"{unit}-self-test", f"{unit}-machine", "page"} <= made
    assert "user kiosk-2" not in alone.text("etc/mosquitto/rinda/access.acl")
    codes = Codes(alone.folder / "etc/rinda/authority/codes.json", datetime.now(UTC))
    assert [each.unit for each in codes.open] == ["kiosk-2"]
    (restarted,) = (each for each in alone.said if each.startswith("restart rinda-machine"))
    assert {"mosquitto.service", "rinda-module.service", "rinda-desk.service"} <= {
        *restarted.split()
    }
    assert "rinda-kiosk.service" not in restarted
    assert ("rinda-kiosk.service" in alone.text("data/unit/programs")) is (role == "all-in-one")


async def test_bookings_that_changed_beside_the_same_card_are_applied(alone: UnitRoot) -> None:
    alone.test_quickly()
    alone.card(hub_text(role="hub"))
    for text in ("# none\n", "# none yet\n"):
        (alone.folder / "boot/firmware/bookings.toml").write_text(text)
        assert not is_applied(alone)
        await asyncio.wait_for(alone.starts_without_rights(), 60)
        assert is_applied(alone)
        assert alone.text("etc/rinda/bookings.toml") == text


async def test_a_hub_that_cannot_let_units_in_has_no_damaged_card(alone: UnitRoot) -> None:
    years = 40 * 365 * 86400
    slow = f"[clock]\noffset_seconds = -{years}\n"
    assert await applied(alone, hub_text(slow)) == i.Failed("slow_clock")
    page = page_of(Told(state=State.DAMAGED, damage="slow_clock"), texts.language("en"))
    assert "clock is years behind" in page.items[0].title
    assert page.pressed() == ("again",)
    wrong = result.wrong(Told(state=State.DONE, damage="slow_clock"), "slow_clock")
    assert "atpaliek par gadiem" in wrong
    assert "clock is years behind" in wrong


async def test_a_card_that_awaits_a_unit_in_another_role_is_mistaken(alone: UnitRoot) -> None:
    units = alone.folder / "etc/rinda/authority/units"
    units.mkdir(parents=True)
    KnownUnits(units).keep("kiosk-2", KnownUnit({"kiosk-2": Role.DISPLAY}))
    given = await applied(alone, hub_text(ENROL))
    assert isinstance(given, i.Contradicted)
    (problem,) = given.problems
    assert problem.key == "enrol[0].role"
    assert problem.line == 1 + hub_text(ENROL).partition('role = "kiosk"\ncode')[0].count("\n")
    assert not (alone.folder / "etc/rinda/site.toml").exists()


async def applied(unit: UnitRoot, text: str) -> Input | None:
    """What comes of applying this card."""
    unit.card(text)
    (unit.folder / "boot/firmware/bookings.toml").write_text("# none\n")
    card = read_card(unit.folder / "boot/firmware/rinda.toml")
    came: list[Input] = []
    acts = Acts(Disk(unit.folder), interfaces=HERE)
    await acts.do(Apply(card, None), Told(state=State.APPLYING), came.append)
    return came[0] if came else None


async def test_a_wrong_change_is_answered_on_the_card_and_the_last_good_holds(
    hub: Hub, unit: UnitRoot
) -> None:
    (unit.folder / "data/unit/card.sha256").write_text("0  rinda.toml\n")
    unit.card('[card]\nrole = "kiosks"\n')
    await started(unit, hub.port)
    assert unit.said == ["start queue-result.service"]
    result = (unit.folder / "boot/firmware/rinda-result.txt").read_bytes().decode()
    assert result.startswith("Failā rinda.toml ir 1 kļūda\r\n")
    assert "There is 1 mistake in rinda.toml" in result
    assert "2. rinda: card.role" in result
    assert (unit.folder / "run/rinda/card-file-wrong").exists()
    await started(unit, hub.port)
    assert unit.said == []  # it stands there already


async def test_without_a_file_a_hub_is_found_and_a_code_is_typed(hub: Hub, unit: UnitRoot) -> None:
    unit.test_quickly()
    async with (
        announcing(announced("demo", {"site": "demo", "name": "Zelmeņi"})),
        starting(unit, hub.port) as person,
    ):
        told = await person.until(State.HUB)
        while not told.hubs:
            told = await person.until(State.HUB)
        assert ("127.0.0.1", "Zelmeņi") in told.hubs
        person.does("choose_hub", "127.0.0.1")
        await person.until(State.CODE)
        person.says(b"nonsense")
        await hub.desk.ask("board-2", "display")
        person.does("give_code", "A" * 12)
        told = await person.until(State.CODE)
        while not told.refused:
            told = await person.until(State.CODE)
        assert told.refused == "wrong_code"
        person.does("give_code", await hub.desk.ask("board-2", "display"))
        told = await person.until(State.PAGE)
        person.does("go_on")
    assert (told.unit, told.role) == ("board-2", "board")
    assert unit.text("data/unit/programs") == "rinda-machine.service\nrinda-display.service\n"
    assert unit.text("data/unit/card.sha256") == "none\n"
    await same_again(hub, unit)


def test_what_has_no_room_leaves_everything_as_it_was(tmp_path: Path) -> None:
    disk, folder = Disk(tmp_path), Path("/etc")
    disk.write({folder / "one": File("before")})
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(OSError, match="file"):
        disk.write({folder / "one": File("after"), Path("/file/two"): File("after")})
    assert disk.at(folder / "one").read_text() == "before"
    disk.write({folder / "one": File("after", 0o600)})
    assert disk.at(folder / "one").read_text() == "after"
    assert stat.S_IMODE(disk.at(folder / "one").stat().st_mode) == 0o600


def test_the_last_good_network_comes_back_also_after_a_power_cut(tmp_path: Path) -> None:
    disk = Disk(tmp_path)
    disk.put({CABLE_FILE: File("good"), SUPPLICANT: File("secret", 0o600)}, NETWORK)
    for is_new in (True, False):  # the power was cut, and it began again
        disk.keep_network()
        assert disk.put({CABLE_FILE: File("bad"), WIFI_FILE: File("bad")}, NETWORK) is is_new
    assert disk.put_network_back()
    assert disk.at(CABLE_FILE).read_text() == "good"
    assert stat.S_IMODE(disk.at(SUPPLICANT).stat().st_mode) == 0o600
    assert not disk.at(WIFI_FILE).exists()
    assert not disk.put_network_back()


def test_a_damaged_memory_of_joining_is_the_same_as_none(tmp_path: Path) -> None:
    disk = Disk(tmp_path)
    disk.write({Path("/data/unit/joined"): File('{"joined": {"uni')})
    assert disk.kept() is None


GENERATOR = Path("image/root/usr/lib/systemd/system-generators/rinda")


@pytest.mark.parametrize(
    ("programs", "wanted"),
    [
        (None, {"multi-user.target.wants/queue-setup.service"}),
        (
            "mosquitto.service\nwpa_supplicant@wlan0.service\n../../bad.service\n-x.service\nrm\n",
            {
                "multi-user.target.wants/queue-setup.service",
                "multi-user.target.wants/rinda.target",
                "rinda.target.wants/mosquitto.service",
                "rinda.target.wants/wpa_supplicant@wlan0.service",
            },
        ),
    ],
)
def test_systemd_is_told_what_this_unit_starts(
    tmp_path: Path, programs: str | None, wanted: set[str]
) -> None:
    folders = [tmp_path / each for each in ("normal", "early", "late")]
    for each in (*folders, tmp_path / "data/unit"):
        each.mkdir(parents=True)
    if programs:
        (tmp_path / "data/unit/programs").write_text(programs)
    command = ["sh", str(ROOT / GENERATOR), *map(str, folders)]
    subprocess.run(command, check=True, env={**os.environ, "RINDA_ROOT": str(tmp_path)})
    made = (each for each in folders[0].rglob("*") if each.is_symlink())
    assert {str(each.relative_to(folders[0])) for each in made} == wanted

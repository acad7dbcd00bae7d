"""An update from a stick to the verdict of the new version, with the power cut anywhere."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from appliance.health import LIMIT_SECONDS, Health
from appliance.rauc import UpdateError
from appliance.simulated_slots import SimulatedSlots
from appliance.update_command import take_from
from appliance.update_files import Order, Places, Record
from appliance.updates import Bundle, Reason, State
from appliance.updating import Updater
from queue_core.centre import Hours, OpenInterval, weekly

DAY = datetime(2026, 11, 24, 10, tzinfo=UTC)
NIGHT = DAY + timedelta(hours=14)
HOURS = weekly(*(OpenInterval(day, DAY.time(), NIGHT.replace(hour=16).time()) for day in range(5)))


class PowerCutError(Exception):
    """Nothing more happens until the next start."""


class Pi:
    """One that starts, is told, and may lose its power before its n-th step from now."""

    def __init__(self, root: Path, hours: Hours = HOURS) -> None:
        self.places, self.slots = Places(root), SimulatedSlots({"A": "1.0", "B": "1.0"}, self.step)
        self.now, self.seconds, self.cut_in = DAY, 0.0, -1
        self.down: set[str] = set()
        self.hub = True
        self.restarts = 0
        for folder in ("etc/rauc", "proc", "data/updates", "data/unit"):
            (root / folder).mkdir(parents=True, exist_ok=True)
        (root / "etc/rauc/system.conf").write_text("[system]\ncompatible=rinda-pi\n")
        (root / "data/unit/programs").write_text("rinda-kiosk.service\n")
        self.updater = Updater(
            self.places, self.slots, [hours], UTC, lambda: self.now, self.restart
        )
        self.running = ""
        self.start()

    def start(self) -> None:
        """Until a version comes up, as far as U-Boot goes."""
        while not (version := self.slots.start()) or version in self.down:
            pass
        self.running = version
        root = self.places.root
        (root / "etc/os-release").write_text(f'NAME="Rinda"\nIMAGE_VERSION={version}\n')
        (root / "proc/cmdline").write_text(f"quiet rauc.slot={self.slots.running} ro\n")
        self.places.told.unlink(missing_ok=True)

    def look(self) -> bool:
        """What the health's service does, its reboot included."""
        before = self.restarts
        health = Health(
            self.places,
            self.slots,
            lambda service: f"{self.running}/{service}" not in self.down,
            lambda: self.hub,
            self.restart,
            lambda: self.seconds,
            self.wait,
        )
        good = health.look()
        if self.restarts > before:
            self.start()
        return good

    def go_on(self) -> None:
        """What the updater's service does, its reboot included."""
        before = self.restarts
        try:
            self.updater.go_on()
        except UpdateError:
            return
        if self.restarts > before:
            self.start()

    def restart(self) -> None:
        self.step()
        self.restarts += 1

    def wait(self, seconds: float) -> None:
        self.seconds += seconds
        self.step()

    def step(self) -> None:
        self.cut_in -= 1
        if self.cut_in == 0:
            raise PowerCutError

    @property
    def told(self) -> tuple[str, str]:
        view = json.loads(self.places.told.read_text())
        return view["state"], view["reason"]

    def record(self) -> Record:
        found = self.places.recorded()
        assert found
        return found


@pytest.fixture
def pi(tmp_path: Path) -> Pi:
    return Pi(tmp_path / "pi")


def stick(folder: Path, version: str, compatible: str = "rinda-pi") -> Path:
    folder.mkdir(exist_ok=True)
    text = json.dumps({"version": version, "compatible": compatible})
    (folder / f"rinda-{version}.raucb").write_text(text)
    return folder


def test_a_stick_by_day_is_installed_by_night(pi: Pi, tmp_path: Path) -> None:
    take_from(stick(tmp_path / "stick", "1.1"), pi.updater, Order(bundle=""))
    pi.go_on()
    assert pi.told == ("waiting", "")
    assert pi.running == "1.0"
    pi.now = NIGHT
    pi.go_on()
    assert pi.running == "1.1"
    assert pi.look()
    assert pi.told == ("done", "")
    assert pi.slots.left["B"] == 3
    assert not list(pi.places.store.iterdir())


@pytest.mark.parametrize(
    ("version", "compatible", "reason"),
    [("0.9", "rinda-pi", Reason.OLDER), ("1.1", "rinda-twin", Reason.OTHER_MACHINE)],
)
def test_a_stick_with_something_else_is_refused(
    pi: Pi, tmp_path: Path, version: str, compatible: str, reason: Reason
) -> None:
    folder = stick(tmp_path / "stick", version, compatible)
    with pytest.raises(UpdateError) as refused:
        take_from(folder, pi.updater, Order(bundle=""))
    assert refused.value.reason == reason
    assert not list(pi.places.store.iterdir())


def on(pi: Pi, hours: range) -> None:
    """Switched on for these hours of the day, its timers every ten minutes."""
    midnight = pi.now.replace(hour=0, minute=0)
    pi.start()
    for minutes in range(0, len(hours) * 60, 10):
        pi.now = midnight + timedelta(hours=hours.start, minutes=minutes)
        (pi.places.root / "proc/uptime").write_text(f"{minutes * 60}.00 0.00\n")
        if not minutes:
            pi.look()
        pi.updater.wake()
        before, running = pi.restarts, pi.running
        pi.go_on()
        if pi.restarts == before and minutes:
            assert pi.running == running


def test_a_unit_that_is_off_at_night_is_written_by_day_and_starts_it_the_next_morning(
    pi: Pi, tmp_path: Path
) -> None:
    take_from(stick(tmp_path / "stick", "1.1"), pi.updater, Order(bundle=""))
    ran, states = [], []
    for _ in range(4):
        on(pi, range(10, 17))
        ran.append(pi.running)
        states.append(pi.told[0])
        pi.now += timedelta(days=1)
    assert ran == ["1.0", "1.0", "1.0", "1.1"]
    assert states == ["waiting", "waiting", "installed", "done"]
    assert pi.restarts == 0


def test_a_unit_that_stays_on_waits_for_the_night(pi: Pi, tmp_path: Path) -> None:
    for _ in range(3):
        on(pi, range(24))
        pi.now += timedelta(days=1)
    take_from(stick(tmp_path / "stick", "1.1"), pi.updater, Order(bundle=""))
    on(pi, range(10, 17))
    assert (pi.running, pi.told[0]) == ("1.0", "waiting")


def test_another_version_takes_the_place_of_one_that_was_not_started_yet(
    pi: Pi, tmp_path: Path
) -> None:
    pi.updater.install(
        str(stick(tmp_path / "one", "1.1") / "rinda-1.1.raucb"), Bundle("1.1", "rinda-pi")
    )
    taken(pi, tmp_path / "two", "1.2")
    pi.go_on()
    assert pi.running == "1.2"


def test_files_beside_the_bundle_say_how_it_is_meant(pi: Pi, tmp_path: Path) -> None:
    folder = stick(tmp_path / "stick", "0.9")
    (folder / "rinda-downgrade.txt").touch()
    (folder / "rinda-now").touch()
    take_from(folder, pi.updater, Order(bundle=""))
    assert pi.told == ("waiting", "downgraded")
    pi.go_on()
    assert pi.running == "0.9"
    pi.look()
    assert pi.told == ("done", "downgraded")
    pi.start()
    pi.look()
    assert pi.told == ("done", "downgraded")
    taken(pi, tmp_path / "newer")
    pi.go_on()
    pi.look()
    assert pi.told == ("done", "")


def test_an_older_version_that_fails_is_told_of_as_any_other(pi: Pi, tmp_path: Path) -> None:
    folder = stick(tmp_path / "stick", "0.9")
    pi.down = {"0.9"}
    take_from(folder, pi.updater, Order(bundle="", now=True, downgrade=True))
    pi.go_on()
    assert pi.running == "1.0"
    pi.look()
    assert pi.told == ("failed", "not_started")


def test_of_several_bundles_the_newest_good_one_is_taken(pi: Pi, tmp_path: Path) -> None:
    folder = stick(stick(tmp_path / "stick", "1.2"), "1.10")
    (folder / "rinda-9.raucb").write_text("damaged")
    take_from(folder, pi.updater, Order(bundle=""))
    (taken,) = pi.places.bundles()
    assert taken.name == "rinda-1.10.raucb"
    assert taken.stat().st_mode & 0o777 == 0o644


def test_a_stick_of_damaged_bundles_is_said_to_be_one(pi: Pi, tmp_path: Path) -> None:
    (tmp_path / "rinda-9.raucb").write_text("damaged")
    with pytest.raises(UpdateError) as refused:
        take_from(tmp_path, pi.updater, Order(bundle=""))
    assert refused.value.reason == Reason.UNTRUSTED


def taken(pi: Pi, folder: Path, version: str = "1.1") -> None:
    take_from(stick(folder, version), pi.updater, Order(bundle="", now=True))


def test_a_version_whose_program_fails_goes_back_and_is_not_tried_again(
    pi: Pi, tmp_path: Path
) -> None:
    pi.down = {"1.1/rinda-kiosk.service"}
    taken(pi, tmp_path / "stick")
    pi.go_on()
    assert pi.running == "1.1"
    assert not pi.look()
    assert pi.seconds >= LIMIT_SECONDS
    assert pi.running == "1.0"
    assert pi.look()
    assert pi.told == ("failed", "program")
    with pytest.raises(UpdateError) as refused:
        taken(pi, tmp_path / "stick")
    assert refused.value.reason == Reason.TRIED_BEFORE


def test_a_version_that_does_not_start_is_told_of(pi: Pi, tmp_path: Path) -> None:
    pi.down = {"1.1"}
    taken(pi, tmp_path / "stick")
    pi.go_on()
    assert pi.running == "1.0"
    assert pi.look()
    assert pi.told == ("failed", "not_started")


def test_what_is_unplugged_sends_nobody_back_from_a_version_that_was_good(pi: Pi) -> None:
    pi.down, pi.hub = {"1.0/rinda-kiosk.service"}, False
    assert pi.look()
    assert pi.slots.left["A"] == 3


def test_a_version_that_hears_its_hub_no_more_goes_back_and_is_tried_another_night(
    pi: Pi, tmp_path: Path
) -> None:
    bundle = stick(tmp_path / "stick", "1.1") / "rinda-1.1.raucb"
    pi.updater.install(str(bundle), Bundle("1.1", "rinda-pi"), hub=True)
    pi.start()
    pi.hub = False
    assert not pi.look()
    assert pi.look()
    assert pi.told == ("failed", "hub")
    assert pi.record().tried == ()


def test_an_order_to_go_back_that_is_not_roots_own_does_not_count(pi: Pi, tmp_path: Path) -> None:
    order = Order(bundle="rinda-0.9.raucb", downgrade=True)
    pi.places.order.write_text(order.model_dump_json())
    found = pi.places.ordered()
    assert found
    assert found.downgrade
    if pi.places.order.stat().st_uid == 0:
        os.chown(pi.places.order, 65534, -1)
        found = pi.places.ordered()
        assert found
        assert not found.downgrade


@profile(max_examples=40)
@given(
    st.lists(st.integers(1, 25), max_size=4),
    st.sampled_from(["", "1.1", "1.1/rinda-kiosk.service"]),
)
def test_whenever_the_power_is_cut_a_whole_version_runs_and_what_became_of_it_is_told(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[int], wrong: str
) -> None:
    root = tmp_path_factory.mktemp("pi")
    pi = Pi(root / "unit")
    pi.down = {wrong}
    taken(pi, root / "stick")
    cutting = [*cuts, -1]
    for cut in cutting:
        pi.cut_in = cut
        try:
            until_settled(pi)
        except PowerCutError:
            pi.start()
        assert pi.running in {"1.0", "1.1"}
        assert pi.slots.versions[pi.slots.running] == pi.running
    pi.now += timedelta(days=1)
    until_settled(pi)
    assert pi.record().state in {State.DONE, State.FAILED}
    assert (pi.record().state == State.DONE) == (pi.running == "1.1")
    if not wrong and len(cuts) < 2:
        assert pi.running == "1.1"


def until_settled(pi: Pi) -> None:
    for _ in range(6):
        pi.look()
        pi.go_on()
